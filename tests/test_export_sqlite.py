"""The SQLite export, asked by SQLite itself and by Datasette, against the CSVs and the figures of the library."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from datasette.app import Datasette

import sumy2022
from conftest import ROOT, Files, _miniature, lay, write
from exporting import rows, two_runs
from sumy2022 import views
from sumy2022.__main__ import main
from sumy2022.example import Add, Edit, Swap
from sumy2022.exports.sqlite import HEADER
from sumy2022.package import open_package

VALUES = {"integer": int, "number": float}
"""How a cell becomes a value, by the type of its field; all others stay text."""
HOSTILE = [
    Edit("events", {"title": "x'); DROP TABLE events; --", "summary": '"=1+1" \u202e𝄞 \x7f -- NULL'}),
    Edit("events", {"title": "NULL", "place_detail": "NA", "summary": "=cmd|' /C calc'!A0"}, row=1),
    Edit("places", {"name_en": 'a "b" c', "name_uk": "Кам'янка"}, row=4),
    Edit("places", {"kind": "raion"}, row=3),  # a raion in a raion: the nearer one is meant
    Edit("places", {"parent_id": "PLC-0001"}, row=1),  # two places that lie in each other
    Edit("sources", {"title": "0012", "publisher": "1e5", "note": "1"}),
    Swap("schemas/events.json", '"What was done', '"-- \\n); DROP TABLE events; /* \\u0000 What was done'),
    Swap("datapackage.json", '"title": "Miniature"', '"title": "a \\"b\\" \'c\'\\n--"'),
]  # fmt: skip


def export(folder: Path, target: Path) -> Path:
    assert main(["export", "sqlite", str(folder), "--output", str(target)]) == 0
    (path,) = target.iterdir()
    return path


@pytest.fixture(scope="module", params=["shipped", "hostile"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "shipped":
        return ROOT
    return write(lay(dict(_miniature()), HOSTILE), tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def file(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(package, tmp_path_factory.mktemp("out"))


@pytest.fixture
def database(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.fixture
def small(miniature: Files, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The miniature as a database that can be changed."""
    path = export(write(miniature, tmp_path / "package"), tmp_path / "out")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def schemas(package: Path) -> dict[str, dict[str, Any]]:
    descriptor = json.loads((package / "datapackage.json").read_bytes())
    tables = [resource for resource in descriptor["resources"] if "schema" in resource]
    return {table["name"]: json.loads((package / table["schema"]).read_bytes()) for table in tables}


def records(database: sqlite3.Connection, query: str) -> list[dict[str, Any]]:
    cursor = database.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def known(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    return [views.plain(row) for row in frame.to_dict("records")]


# What is in it ------------------------------------------------------------------------------------------------------


def test_sqlite_finds_nothing_amiss(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.execute("SELECT count(*) FROM events_search").fetchone()


def test_every_cell_is_that_of_the_csv(package: Path, database: sqlite3.Connection) -> None:
    for table, schema in schemas(package).items():
        types = {field["name"]: VALUES.get(field["type"], str) for field in schema["fields"]}
        expected = [
            {name: types[name](cell) if cell else None for name, cell in row.items()} for row in rows(package, table)
        ]
        assert records(database, f"SELECT * FROM {table} ORDER BY rowid") == expected


def test_the_figures_are_those_of_the_library(package: Path, database: sqlite3.Connection) -> None:
    assert records(database, "SELECT * FROM estimates") == known(sumy2022.estimates(package))
    assert records(database, "SELECT * FROM corroboration") == known(sumy2022.corroboration(package))


def test_the_flat_events_are_those_of_the_library(package: Path, database: sqlite3.Connection) -> None:
    expected = known(views.flat_events(views.tables_of(open_package(package))))
    assert records(database, "SELECT * FROM events_flat ORDER BY event_id") == expected


def test_each_place_has_a_row_a_day(package: Path, database: sqlite3.Connection) -> None:
    expected = Counter(
        (row["place_id"], (first + timedelta(days)).isoformat(), row["controller"])
        for row in rows(package, "control")
        for first, last in [(date.fromisoformat(row["date_start"]), date.fromisoformat(row["date_end"]))]
        for days in range((last - first).days + 1)
    )
    assert Counter(database.execute("SELECT place_id, day, controller FROM control_days")) == expected
    assert set(expected.values()) == {1}


def test_the_package_says_what_it_is(package: Path, database: sqlite3.Connection) -> None:
    descriptor = json.loads((package / "datapackage.json").read_bytes())
    (told,) = records(database, "SELECT * FROM _package")
    assert {name: told[name] for name in ("name", "title", "version", "created", "description")} == {
        name: descriptor[name] for name in ("name", "title", "version", "created", "description")
    }
    assert told["licence"] == descriptor["licenses"][0]["name"]
    for part in (descriptor["version"], descriptor["created"][:4], descriptor["contributors"][0]["title"]):
        assert part in told["citation"]


def test_fields_and_codes_are_described(package: Path, database: sqlite3.Connection) -> None:
    told = {(row["table_name"], row["name"]): row for row in records(database, "SELECT * FROM _fields")}
    meanings = database.execute("SELECT table_name, field, code, description FROM _codes")
    codes = {(table, field, code): words for table, field, code, words in meanings}
    sql = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    fields = [(table, field) for table, schema in schemas(package).items() for field in schema["fields"]]
    assert len(told) == len(fields)
    for table, field in fields:
        row = told[table, field["name"]]
        assert (row["type"], row["description"]) == (field["type"], field["description"])
        assert row["required"] == field["constraints"]["required"]
        assert " ".join(field["description"].replace("\0", "").split()) in sql[table]
        for category in field.get("categories", ()):
            assert codes.pop((table, field["name"], category["value"])) == category["description"]
    assert codes == {}
    assert told["casualties", "superseded_by"]["refers_to"] == "casualties.casualty_id"


# What it refuses ----------------------------------------------------------------------------------------------------

REFUSED = {
    "a required field": "UPDATE events SET title = NULL",
    "an empty text": "UPDATE events SET place_detail = ''",
    "a code": "UPDATE events SET event_type = 'picnic'",
    "a pattern": "UPDATE actors SET wikidata_id = 'Q01' WHERE actor_id = 'ACT-0001'",
    "a pattern with a tail": "INSERT INTO retired_ids VALUES ('EVT-0001x', '1.0.0', 'error', NULL, NULL)",
    "a pattern of several words": "UPDATE events SET time_start = '24:00'",
    "a day that no month has": "UPDATE events SET date_end = '2022-02-30'",
    "a day in another form": "UPDATE events SET date_end = '2022-3-1'",
    "a length": "UPDATE events SET title = printf('%.121c', 'x')",
    "a bound": "UPDATE places SET latitude = 90.5",
    "a negative count": "UPDATE casualties SET count_low = -1",
    "text for a number": "UPDATE casualties SET count_low = 'several'",
    "part of a person": "UPDATE casualties SET count_low = 1.5",
    "a repeated unique field": "UPDATE places SET geonames_id = 1001",
    "a repeated key": "INSERT INTO event_actors SELECT * FROM event_actors",
    "a reference to nothing": "UPDATE casualties SET source_id = 'SRC-9999'",
    "a reference to nothing in its own table": "UPDATE events SET part_of = 'EVT-9999'",
    "the removal of what is referred to": "DELETE FROM places WHERE place_id = 'PLC-0005'",
}  # fmt: skip


@pytest.mark.parametrize("command", REFUSED.values(), ids=REFUSED)
def test_a_change_against_the_schema_is_refused(command: str, small: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        small.execute(command)


def test_a_change_with_the_schema_is_taken(small: sqlite3.Connection) -> None:
    small.execute("UPDATE events SET time_start = '23:59', date_end = '2022-02-28', place_detail = NULL")
    small.execute("UPDATE places SET latitude = 90, geonames_id = NULL, wikidata_id = NULL")
    small.execute("INSERT INTO retired_ids VALUES ('EVT-00012', '1.0.0', 'error', NULL, NULL)")


def test_every_reference_is_indexed(package: Path, database: sqlite3.Connection) -> None:
    for table, schema in schemas(package).items():
        for key in schema.get("foreignKeys", ()):
            (name,) = key["fields"]
            (plan,) = records(database, f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {name} = 'x'")
            assert plan["detail"].startswith(f"SEARCH {table} USING"), plan


# Search and Datasette -----------------------------------------------------------------------------------------------


def found(database: sqlite3.Connection, words: str) -> list[str]:
    query = "SELECT event_id FROM events_search WHERE events_search MATCH ? ORDER BY event_id"
    return [event for (event,) in database.execute(query, (words,))]


def test_the_search_finds_words_and_names_of_places(small: sqlite3.Connection) -> None:
    assert found(small, "альфа") == ["EVT-0001", "EVT-0003", "EVT-0004", "EVT-0005"]
    assert found(small, "БЕТА") == ["EVT-0002"]
    assert found(small, "shells") == ["EVT-0001"]
    assert found(small, "title: shells") == []
    assert found(small, "gamma") == []


def test_accents_make_no_difference(miniature: Files, tmp_path: Path) -> None:
    files = lay(miniature, [Edit("places", {"name_es": "Óblast"}, row=4)])
    with closing(sqlite3.connect(export(write(files, tmp_path / "package"), tmp_path / "out"))) as database:
        assert len(found(database, "oblast")) == 4


def test_datasette_serves_views_and_search(file: Path, package: Path) -> None:
    places = {row["place_id"]: row for row in rows(package, "places")}
    event = rows(package, "events")[0]
    names = (places[row["place_id"]]["name_uk"] for row in rows(package, "events"))
    word = next(name for name in names if name).split()[0]

    async def ask() -> tuple[Any, ...]:
        site = Datasette(immutables=[str(file)])
        await site.invoke_startup()
        (base,) = (name for name in site.databases if name != "_internal")
        base = f"/{base.replace('.', '~2E')}"
        asked = [
            f"{base}/events_flat.json?_shape=array&event_id={event['event_id']}",
            f"{base}/events_search.json?_shape=array&_size=max&_search={word}",
            f"{base}/events.json?_size=0",
        ]
        return tuple([(await site.client.get(address)).json() for address in asked])

    (flat,), hits, table = asyncio.run(ask())
    assert flat["title"] == event["title"]
    assert flat["place"] == places[event["place_id"]]["name_en"]
    assert hits
    assert all(word.casefold() in json.dumps(hit, ensure_ascii=False).casefold() for hit in hits)
    assert table["filtered_table_rows_count"] == len(rows(package, "events"))


# How it is written --------------------------------------------------------------------------------------------------


def test_the_same_package_gives_the_same_bytes(miniature: Files, tmp_path: Path) -> None:
    first, second = two_runs("sqlite", write(miniature, tmp_path / "package"), tmp_path / "out")
    assert first == second
    (data,) = first.values()
    assert {at: int.from_bytes(data[at : at + 4], "big") for at in HEADER} == HEADER


def test_bytes_that_hold_nothing_are_zero(file: Path) -> None:
    data = file.read_bytes()
    for start in range(4096, len(data), 4096):
        page = data[start : start + 4096]
        if (header := {2: 12, 5: 12, 10: 8, 13: 8}.get(page[0])) is not None:
            cells, content = int.from_bytes(page[3:5], "big"), int.from_bytes(page[5:7], "big")
            assert not any(page[header + 2 * cells : content])


def test_an_empty_table_stays_one(miniature: Files, tmp_path: Path) -> None:
    files = lay(miniature, [Add("waivers", {"rule": "EVT-110", "key": "EVT-0001", "reason": "x", "until": "1.0.0"})])
    with closing(sqlite3.connect(export(write(files, tmp_path / "package"), tmp_path / "out"))) as database:
        assert database.execute("SELECT count(*) FROM retired_ids").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM waivers").fetchone() == (1,)
