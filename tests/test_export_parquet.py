"""The Parquet export, read by DuckDB and by Polars, against the CSVs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from conftest import ROOT, Files, _miniature, lay, write
from exporting import two_runs
from referee import one_column
from sumy2022.__main__ import main
from sumy2022.example import Edit, Swap

VALUES: Mapping[str, Callable[[str], Any]] = {"integer": int, "number": float, "date": date.fromisoformat}
"""How a cell becomes a value, by the type of its field; all others stay text."""
DUCKDB = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}
POLARS = {"string": pl.String, "integer": pl.Int64, "number": pl.Float64, "date": pl.Date}
HOSTILE = [
    Edit("events", {"title": "NULL", "place_detail": "NA", "summary": '"=1+1" \u202e𝄞 \x7f \\N'}),
    Edit("events", {"title": "nan", "summary": "\\n \\t"}, row=1),
    Edit("places", {"name_en": 'a "b" c', "latitude": "-0.0000001", "geonames_id": "999999999999999"}, row=4),
    Edit("sources", {"title": "0012", "publisher": "1e5", "published": "0001-01-01", "accessed": "9999-12-31"}),
    Swap("schemas/events.json", '"What was done', '"a \\"b\\" \\u0000 \U0001f4a5 What was done'),
    Swap("datapackage.json", '"title": "Miniature"', '"title": "a \\"b\\" \'c\'\\n--"'),
]


@pytest.fixture(scope="module", params=["shipped", "hostile"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "shipped":
        return ROOT
    return write(lay(dict(_miniature()), HOSTILE), tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def folder(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out")
    assert main(["export", "parquet", str(package), "--output", str(target)]) == 0
    return target


def descriptor(package: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((package / "datapackage.json").read_bytes())
    return found


def schemas(package: Path) -> dict[str, dict[str, Any]]:
    tables = [resource for resource in descriptor(package)["resources"] if "schema" in resource]
    return {table["name"]: json.loads((package / table["schema"]).read_bytes()) for table in tables}


def values(package: Path, table: str, schema: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the values of a CSV, read without any code of ours."""
    types = [VALUES.get(field["type"], str) for field in schema["fields"]]
    with (package / f"data/{table}.csv").open(encoding="utf-8", newline="") as lines:
        _, *cells = csv.reader(lines)
    return [tuple(kind(cell) if cell else None for kind, cell in zip(types, row, strict=True)) for row in cells]


def file(folder: Path, table: str) -> Path:
    (found,) = folder.glob(f"*-{table}.parquet")
    return found


def test_there_is_a_file_a_table(package: Path, folder: Path) -> None:
    stem = f"{descriptor(package)['name']}-{descriptor(package)['version']}"
    assert {path.name for path in folder.iterdir()} == {f"{stem}-{name}.parquet" for name in schemas(package)}


def test_duckdb_reads_every_cell(package: Path, folder: Path) -> None:
    for table, schema in schemas(package).items():
        read = duckdb.read_parquet(str(file(folder, table)))
        assert dict(zip(read.columns, map(str, read.types), strict=True)) == {
            field["name"]: DUCKDB[field["type"]] for field in schema["fields"]
        }
        assert read.fetchall() == values(package, table, schema)


def test_polars_reads_every_cell(package: Path, folder: Path) -> None:
    for table, schema in schemas(package).items():
        read = pl.read_parquet(file(folder, table))
        assert read.schema == {field["name"]: POLARS[field["type"]] for field in schema["fields"]}
        assert read.rows() == values(package, table, schema)


def test_what_is_required_has_no_null(package: Path, folder: Path) -> None:
    for table, schema in schemas(package).items():
        query = "SELECT name, repetition_type FROM parquet_schema(?) WHERE type IS NOT NULL AND num_children IS NULL"
        found = dict(duckdb.execute(query, [str(file(folder, table))]).fetchall())
        assert found == {
            field["name"]: "REQUIRED" if field["constraints"]["required"] else "OPTIONAL" for field in schema["fields"]
        }


def test_tables_join(package: Path, folder: Path) -> None:
    """Each standing count of an event finds its event, its place and its source, in both."""
    tables = {
        name: [dict(zip([f["name"] for f in schema["fields"]], row, strict=True)) for row in cells]
        for name, schema in schemas(package).items()
        for cells in [values(package, name, schema)]
    }
    events = {row["event_id"]: row for row in tables["events"]}
    places = {row["place_id"]: row["name_en"] for row in tables["places"]}
    expected = sorted(
        (row["casualty_id"], places[events[row["event_id"]]["place_id"]])
        for row in tables["casualties"]
        if row["event_id"] and row["status"] == "standing"
    )
    names = {name: str(file(folder, name)) for name in ("casualties", "events", "places", "sources")}
    joined = duckdb.sql(f"""
        SELECT casualty_id, name_en
        FROM '{names["casualties"]}' AS casualties JOIN '{names["events"]}' AS events USING (event_id)
        JOIN '{names["places"]}' AS places ON places.place_id = events.place_id
        JOIN '{names["sources"]}' AS sources USING (source_id)
        WHERE status = 'standing' ORDER BY casualty_id
    """)
    assert joined.fetchall() == expected
    read = {name: pl.scan_parquet(path) for name, path in names.items()}
    again = (
        read["casualties"]
        .filter(pl.col("status") == "standing")
        .join(read["events"].select("event_id", at="place_id"), on="event_id")
        .join(read["places"], left_on="at", right_on="place_id")
        .join(read["sources"], on="source_id")
        .select("casualty_id", "name_en")
        .sort("casualty_id")
    )
    assert again.collect().rows() == expected
    assert expected


def test_each_file_says_where_it_is_from(package: Path, folder: Path) -> None:
    about = descriptor(package)
    for table, schema in schemas(package).items():
        query = "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)"
        told = dict(duckdb.execute(query, [str(file(folder, table))]).fetchall())
        assert {key: told[key] for key in ("name", "title", "version")} == {
            key: about[key] for key in ("name", "title", "version")
        }
        assert told["licence"] == about["licenses"][0]["name"]
        assert f"Version {about['version']}." in told["citation"]
        assert told["table"] == table
        assert json.loads(told["table_schema"]) == schema


def test_each_column_is_described(package: Path, folder: Path) -> None:
    for table, schema in schemas(package).items():
        read = pq.read_schema(file(folder, table))
        for field in schema["fields"]:
            assert read.field(field["name"]).metadata[b"description"].decode() == field["description"]


def test_the_columns_are_compressed_with_zstd(folder: Path) -> None:
    query = "SELECT DISTINCT compression FROM parquet_metadata(?)"
    assert duckdb.execute(query, [str(file(folder, "events"))]).fetchall() == [("ZSTD",)]


def test_the_same_package_gives_the_same_bytes(miniature: Files, tmp_path: Path) -> None:
    first, second = two_runs("parquet", write(miniature, tmp_path / "package"), tmp_path / "out")
    assert first == second


TYPES = {"boolean": ["true", "false", ""], "year": ["0001", "2022", ""], "integer": ["-999999999999999", "0", ""]}


@pytest.mark.parametrize("kind", TYPES)
def test_types_that_the_package_does_not_use(kind: str, tmp_path: Path) -> None:
    package = write(one_column(kind, TYPES[kind]).files(), tmp_path / "package")
    assert main(["export", "parquet", str(package), "--output", str(tmp_path / "out")]) == 0
    expected = [json.loads(cell.lstrip("0") or "0") if cell else None for cell in TYPES[kind]]
    assert pl.read_parquet(file(tmp_path / "out", "t"))["x"].to_list() == expected
