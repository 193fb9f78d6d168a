"""The shipped package as its users read it: frictionless, pandas, Polars, DuckDB, and our own loader."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import frictionless
import pandas as pd
import polars as pl
import pytest

import sumy2022
from conftest import ROOT, lay, write
from sumy2022.example import Edit
from sumy2022.table_schema import read_schema

DESCRIPTOR = json.loads((ROOT / "datapackage.json").read_bytes())
TABLES = [item["name"] for item in DESCRIPTOR["resources"] if item.get("type") == "table"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a zip file: the descriptor and every file that it names."""
    path = tmp_path_factory.mktemp("zip") / "package.zip"
    paths = ["datapackage.json", *(item["path"] for item in DESCRIPTOR["resources"])]
    paths += [item["schema"] for item in DESCRIPTOR["resources"] if "schema" in item]
    with zipfile.ZipFile(path, "w") as file:
        for name in paths:
            file.write(ROOT / name, name)
    return path


def test_the_data_is_valid() -> None:
    report = sumy2022.validate(ROOT)
    assert [(finding.rule, finding.file, finding.line, finding.message) for finding in report.findings] == []
    assert report.not_run == ()


def test_frictionless_finds_the_folder_valid() -> None:
    command = [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "INVALID" not in done.stdout


def test_frictionless_finds_the_zip_valid(archive: Path) -> None:
    report = frictionless.Package(str(archive)).validate()
    assert report.flatten(["name", "type", "note"]) == []


def test_our_own_reader_opens_the_zip(archive: Path) -> None:
    assert sumy2022.validate(archive).findings == ()


def test_frictionless_gives_the_events_as_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    frame = frictionless.Package("datapackage.json").get_resource("events").to_pandas()
    assert len(frame) == len(sumy2022.load("events"))


@pytest.mark.parametrize("table", TABLES)
def test_all_readers_count_the_same_rows_and_nulls(table: str) -> None:
    path = ROOT / "data" / f"{table}.csv"
    own = sumy2022.load(table, ROOT)
    counts = {name: int(number) for name, number in own.isna().sum().items()}
    plain = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    assert dict(plain.isna().sum()) == counts
    lazy = pl.read_csv(path, infer_schema=False)
    assert {name: number[0] for name, number in lazy.null_count().to_dict(as_series=False).items()} == counts
    quoted = ", ".join(f'count(*) - count("{name}")' for name in counts)
    rows = duckdb.sql(f"SELECT count(*), {quoted} FROM read_csv('{path}', all_varchar = true, header = true)")
    assert rows.fetchall()[0] == (len(own), *counts.values())
    assert len(plain) == len(lazy) == len(own)


@pytest.mark.parametrize("table", TABLES)
def test_the_loader_gives_every_field_its_type(table: str) -> None:
    schema = json.loads((ROOT / "schemas" / f"{table}.json").read_bytes())
    frame = sumy2022.load(table, ROOT)
    kinds = {"string": "str", "integer": "Int64", "number": "float64", "date": "datetime64[s]"}
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        field["name"]: kinds[field["type"]] for field in schema["fields"]
    }
    assert list(frame.index) == list(range(len(frame)))


@pytest.mark.parametrize("table", TABLES)
def test_the_schema_is_written_out_in_full(table: str) -> None:
    schema = json.loads((ROOT / "schemas" / f"{table}.json").read_bytes())
    assert list(schema)[:4] == ["name", "title", "description", "fields"]
    for field in schema["fields"]:
        keys = [key for key in field if key != "categories"]
        assert keys == ["name", "title", "description", "type", "format", "constraints", "example"], field["name"]
        assert next(iter(field["constraints"])) == "required"
        assert field["description"].endswith(".")
        for category in field.get("categories", ()):
            assert category["label"]
            assert category["description"].endswith(".")
        if "enum" in field["constraints"]:
            assert [item["value"] for item in field["categories"]] == field["constraints"]["enum"]


@pytest.mark.parametrize("table", TABLES)
def test_the_examples_fit_their_fields(table: str) -> None:
    schema = json.loads((ROOT / "schemas" / f"{table}.json").read_bytes())
    frictionless.Schema.from_descriptor(schema)  # refuses an example that does not fit
    found, faults = read_schema(schema, table, f"schemas/{table}.json")
    assert faults == []
    assert [field.example for field in found.fields if field.example is None] == []


def test_the_loader_refuses_a_damaged_table(tmp_path: Path, miniature: dict[str, bytes]) -> None:
    folder = write(lay(miniature, [Edit("events", {"date_start": "24.02.2022"})]), tmp_path)
    with pytest.raises(sumy2022.UsageError, match=r"TAB-101 at data/events\.csv:2"):
        sumy2022.load("events", folder)
    assert len(sumy2022.load("places", folder)) == 8  # the fault of one table does not close the others


def test_the_loader_refuses_a_table_without_its_file(tmp_path: Path, miniature: dict[str, bytes]) -> None:
    del miniature["data/events.csv"]
    with pytest.raises(sumy2022.UsageError, match="cannot be read"):
        sumy2022.load("events", write(miniature, tmp_path))


def test_an_unknown_table_is_named_with_its_neighbour() -> None:
    with pytest.raises(sumy2022.UsageError, match="did you mean events"):
        sumy2022.load("event", ROOT)


def test_the_public_names_are_those_listed() -> None:
    assert sumy2022.__all__ == sorted(sumy2022.__all__)
    assert all(hasattr(sumy2022, name) for name in sumy2022.__all__)


def test_no_public_name_is_hidden_by_a_module() -> None:
    code = (
        "import sumy2022, pkgutil, importlib\n"
        "names = [m.name for m in pkgutil.iter_modules(sumy2022.__path__) if m.name != '__main__']\n"
        "for name in names: importlib.import_module(f'sumy2022.{name}')\n"
        "assert all(callable(getattr(sumy2022, name)) for name in sumy2022.__all__)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
