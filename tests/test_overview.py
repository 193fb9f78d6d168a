"""The overview: its figures, case by case and against another reader's, and its pictures."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import duckdb
import pandas as pd
import pytest

import sumy2022
from conftest import ROOT, Files, lay, write
from sumy2022 import figures
from sumy2022.example import Edit, Swap
from sumy2022.findings import UsageError
from sumy2022.overview import TYPES, overview
from sumy2022.package import open_package

START, END = pd.Timestamp("2022-02-24"), pd.Timestamp("2022-04-08")


@pytest.fixture(scope="module")
def tables() -> figures.Tables:
    package = open_package(ROOT)
    return {name: sumy2022.load(name, ROOT) for name in package.schemas}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return overview(open_package(ROOT))


def sql(query: str) -> list[tuple[Any, ...]]:
    for name in ("events", "event_sources", "casualties", "control"):
        query = query.replace(f"FROM {name}", f"FROM read_csv('{ROOT}/data/{name}.csv', header = true, quote = '\"')")
    return duckdb.sql(query).fetchall()


def test_weeks_cover_the_period_and_the_last_is_cut() -> None:
    weeks = figures.weeks(START, END)
    assert len(weeks) == 7
    assert (weeks["first"].iloc[0], weeks["last"].iloc[-1]) == (START, END)
    assert ((weeks["first"].iloc[1:].to_numpy() - weeks["last"].iloc[:-1].to_numpy()) == pd.Timedelta(days=1)).all()


def test_an_event_counts_in_the_week_of_its_first_day() -> None:
    days = ["2022-02-23", "2022-02-24", "2022-03-02", "2022-03-03", "2022-04-08", "2022-04-09"]
    events = pd.DataFrame({"event_type": "battle", "date_start": pd.to_datetime(days)})
    counted = figures.events_by_week(events, START, END).loc["battle"]
    assert counted.to_dict() == {0: 2, 1: 1, 2: 0, 3: 0, 4: 0, 5: 0, 6: 1, "outside": 2}


def test_a_place_has_the_events_of_all_that_lies_in_it() -> None:
    places = pd.DataFrame(
        {"place_id": ["O", "R", "T"], "parent_id": [None, "O", "R"], "kind": ["oblast", "raion", "city"]}
    )
    events = pd.DataFrame({"event_id": ["1", "2", "3"], "place_id": ["T", "T", "R"]})
    counted = figures.events_by_place(events, places).set_index("place_id")["events"]
    assert counted.to_dict() == {"O": 3, "R": 3, "T": 2}


def toll(*claims: dict[str, Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    cells = {"outcome": "killed", "population": "civilian", "side": None, "sex": "all", "age": "all", "as_of": pd.NaT,
             "claimed_by": None, "source_id": "S", "place_id": None, "status": "standing"}  # fmt: skip
    casualties = pd.DataFrame([cells | claim | {"casualty_id": str(n)} for n, claim in enumerate(claims)])
    tables = {
        "casualties": casualties.astype({"count_low": "Int64", "count_high": "Int64"}),
        "events": pd.DataFrame({"event_id": ["1", "2"], "place_id": "P", "part_of": [None, "1"]}),
        "actors": pd.DataFrame({"actor_id": ["A"], "kind": ["medium"], "side": ["none"]}),
        "sources": pd.DataFrame({"source_id": ["S"], "kind": ["news"], "derived_from": [None]}),
    }
    found = figures.toll(tables)
    return {(row.people, row.outcome): (row.low, row.best, row.high, row.events) for row in found.itertuples()}


def bounds(event: str, low: int | None, high: int | None, **cells: Any) -> dict[str, Any]:
    return {"event_id": event, "count_low": low, "count_high": high, **cells}


CIVIL, UKRAINE, RUSSIA, FORCES = figures.PEOPLE


def test_a_part_of_an_event_that_is_counted_is_not_counted_again() -> None:
    assert toll(bounds("1", 5, 5), bounds("2", 2, 2)) == {(CIVIL, "killed"): (5, 5, 5, 1)}
    assert toll(bounds("1", 5, 5, outcome="injured"), bounds("2", 2, 2))[CIVIL, "killed"] == (2, 2, 2, 1)


def test_an_open_figure_enters_with_what_is_known_of_it() -> None:
    assert toll(bounds("1", 70, None))[CIVIL, "killed"] == (70, 70, 70, 1)
    assert toll(bounds("1", 2, 2, age="child"))[CIVIL, "killed"] == (2, 2, 2, 1)
    assert toll(bounds("1", None, 9))[CIVIL, "killed"] == (0, 0, 9, 1)


def test_the_toll_keeps_the_groups_apart() -> None:
    found = toll(
        bounds("1", 4, 4, population="unknown"),
        bounds("1", 7, 7, population="military", side="ukraine"),
        bounds("1", 9, 9, population="military", side="russia"),
        bounds("1", 3, 3, population="police"),
    )
    assert {name: figures[1] for (name, _), figures in found.items()} == {CIVIL: 4, UKRAINE: 7, RUSSIA: 9, FORCES: 3}


def test_every_event_type_is_in_one_group() -> None:
    schema = json.loads((ROOT / "schemas" / "events.json").read_text())
    (field,) = (field for field in schema["fields"] if field["name"] == "event_type")
    assert sorted(code for codes in TYPES.values() for code in codes) == sorted(field["constraints"]["enum"])


def test_the_figures_are_those_of_another_reader(tables: figures.Tables) -> None:
    by_type = figures.events_by_week(tables["events"], START, END).sum(axis=1)
    assert by_type.to_dict() == dict(sql("SELECT event_type, count(*) FROM events GROUP BY 1"))
    conflicts = figures.conflicts(tables).groupby("about")["number"].sum()
    (events,) = sql("SELECT count(DISTINCT event_id) FROM event_sources WHERE stance = 'contradicts'")[0]
    (fallen,) = sql("SELECT count(*) FROM casualties WHERE status <> 'standing'")[0]
    assert conflicts["an event that a source contradicts"] == events
    assert conflicts["a count that no longer stands"] == fallen
    assert figures.voices(tables)["events"].sum() == len(tables["events"])


def test_the_page_adds_up(pages: dict[str, str], tables: figures.Tables) -> None:
    page = pages["docs/overview.md"]
    (total,) = re.findall(r"^\| \*\*all\*\* \|.*\*\*(\d+)\*\* \|$", page, flags=re.MULTILINE)
    assert int(total) == len(tables["events"])
    assert "likely considerably higher" in page
    days = re.findall(r"^\| [^|`]+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", page, flags=re.MULTILINE)
    assert len(days) == tables["control"]["place_id"].nunique()
    assert {sum(map(int, row)) for row in days} == {(END - START).days + 1}


def test_the_pictures_are_sound_and_show_each_day_and_place(pages: dict[str, str], tables: figures.Tables) -> None:
    names = tables["places"].set_index("place_id")["name_en"]
    for path, wanted in (
        ("docs/overview/events.svg", [name for group in TYPES for name in group.split(" ")[:1]]),
        ("docs/overview/control.svg", [str(names[place]) for place in tables["control"]["place_id"].unique()]),
        ("docs/overview/sources.svg", ["corroborated", "contested", "6 or more"]),
    ):
        picture = ElementTree.fromstring(pages[path])
        words = " ".join(picture.itertext())
        assert all(word in words for word in wanted), path
        assert len(pages[path]) < 200_000


def test_two_runs_draw_the_same(pages: dict[str, str]) -> None:
    assert overview(open_package(ROOT)) == pages


def test_without_a_period_there_is_no_overview(miniature: Files, tmp_path: Any) -> None:
    descriptor = json.loads(miniature["datapackage.json"])
    del descriptor["temporal"]
    miniature["datapackage.json"] = json.dumps(descriptor).encode()
    with pytest.raises(UsageError, match="study period"):
        overview(open_package(write(miniature, tmp_path)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Swap("datapackage.json", '"start": "2022-02-24"', '"start": "1022-02-24"'), "longer than 60 weeks"),
        (Swap("schemas/control.json", '"date"', '"string"'), "control has no date_start of the type"),
        (Swap("datapackage.json", '"name": "control"', '"name": "rule"'), "control has no control_id"),
    ],
)
def test_what_stands_in_the_way_is_told(miniature: Files, tmp_path: Any, change: Swap, words: str) -> None:
    package = open_package(write(lay(miniature, [change]), tmp_path))
    with pytest.raises(UsageError, match=words):
        overview(package)


def test_what_the_data_holds_breaks_no_table_and_no_link(miniature: Files, tmp_path: Any) -> None:
    hostile = [
        Edit(
            "sources", {"publisher": "A | <b>B</b> ![x](https://example.org/x.png)", "url": "https://example.org/a(b)"}
        ),
        Edit("casualties", {"event_id": "", "place_id": "PLC-0001", "claimed_by": "", "source_id": "SRC-0001"}, row=2),
    ]
    page = overview(open_package(write(lay(miniature, hostile), tmp_path)))["docs/overview.md"]
    assert (
        "| A \\| &lt;b>B&lt;/b> !\\[x\\](https://example.org/x.png) | [SRC-0001](https://example.org/a%28b%29) |"
        in page
    )


def test_an_empty_package_has_an_overview(miniature: Files, tmp_path: Any) -> None:
    for path in miniature:
        if path.endswith(".csv"):
            miniature[path] = miniature[path].split(b"\n")[0] + b"\n"
    page = overview(open_package(write(miniature, tmp_path)))["docs/overview.md"]
    assert "| `events` | 0 |" in page
