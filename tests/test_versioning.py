"""The version that a change calls for, as docs/versioning.md states it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sumy2022
from conftest import Files, lay, write
from sumy2022.changelog import entry, opens_with_a_sentence
from sumy2022.example import Add, Drop, Edit, Swap
from sumy2022.versioning import Level, is_before, level, next_version, reasons

EVENTS = "schemas/events.json"
NOTE = {"name": "colour", "type": "string", "format": "default", "description": "A colour.", "constraints": {}}


@pytest.fixture
def called_for(miniature: Files, tmp_path: Path) -> Any:
    """Return the level and the words of the reasons for a change of the miniature."""

    def compare(*changes: Any, files: Files | None = None) -> tuple[Level, list[str]]:
        new = lay(miniature | (files or {}), changes)
        found = reasons(sumy2022.diff(write(miniature, tmp_path / "old"), write(new, tmp_path / "new")))
        return level(found), [reason.words for reason in found]

    return compare


def schema(miniature: Files, name: str, change: Any) -> Files:
    """Return a schema after a change of its document."""
    document = json.loads(miniature[f"schemas/{name}.json"])
    change({field["name"]: field for field in document["fields"]}, document)
    return {f"schemas/{name}.json": json.dumps(document).encode()}


def test_nothing_calls_for_nothing(called_for: Any) -> None:
    assert called_for() == (Level.NONE, [])


@pytest.mark.parametrize(
    ("change", "wanted", "words"),
    [
        (Edit("events", {"title": "Other"}), Level.PATCH, "events: 1 cell changed"),
        (Add("actors", {"actor_id": "ACT-0900"}), Level.MINOR, "actors: 1 row is new"),
        (Drop("evacuations"), Level.MINOR, "evacuations: 1 row is gone"),
        (Swap("data/outline.geojson", "{", "{ "), Level.PATCH, "data/outline.geojson has other content"),
        (Swap(EVENTS, '"maxLength": 120', '"maxLength": 130'), Level.MINOR, "maxLength admits more values"),
        (Swap(EVENTS, '"maxLength": 120', '"maxLength": 110'), Level.MAJOR, "maxLength admits fewer values"),
        (Swap(EVENTS, '"title": "Events"', '"title": "What happened"'), Level.PATCH, "/title changed"),
        (Swap("datapackage.json", '"name": "miniature"', '"name": "other"'), Level.PATCH, "/name changed"),
        (Swap("datapackage.json", '"version": "0.1.0"', '"version": "0.1.1"'), Level.NONE, ""),
        (Swap("datapackage.json", '"CC-BY-4.0"', '"proprietary"'), Level.MAJOR, "/licenses/"),
        (Swap("datapackage.json", '"name": "outline"', '"name": "border"'), Level.MAJOR, "the file of outline is gone"),
    ],
)
def test_a_change_of_one_thing(called_for: Any, change: Any, wanted: Level, words: str) -> None:
    found, why = called_for(change)
    assert found == wanted
    assert words in " ".join(why)


def drop_code(fields: Any, _: Any) -> None:
    codes = fields["event_type"]
    assert codes["constraints"]["enum"].pop() == codes["categories"].pop()["value"] == "other"


def add_code(fields: Any, _: Any) -> None:
    codes = fields["event_type"]
    codes["constraints"]["enum"].append("festival")
    codes["categories"].append({"value": "festival", "label": "Festival", "description": "People celebrate."})


def no_codes(fields: Any, _: Any) -> None:
    del fields["event_type"]["constraints"]["enum"], fields["event_type"]["categories"]


def codes_for_text(fields: Any, _: Any) -> None:
    fields["title"]["constraints"]["enum"] = ["Shelling of Alpha"]


def require(fields: Any, _: Any) -> None:
    fields["place_detail"]["constraints"]["required"] = True


def let_be_empty(fields: Any, _: Any) -> None:
    fields["summary"]["constraints"]["required"] = False


def other_pattern(fields: Any, _: Any) -> None:
    fields["event_id"]["constraints"]["pattern"] = "(?:EVT-[0-9]{5,})"


def no_pattern(fields: Any, _: Any) -> None:
    del fields["event_id"]["constraints"]["pattern"]


def other_type(fields: Any, _: Any) -> None:
    fields["date_start"]["type"] = "string"


def other_key(_: Any, document: Any) -> None:
    document["uniqueKeys"] = [["title"]]


def other_words(fields: Any, _: Any) -> None:
    fields["title"]["description"] = "Other words."
    fields["event_type"]["categories"][0]["description"] = "Other words."


@pytest.mark.parametrize(
    ("change", "wanted", "words"),
    [
        (drop_code, Level.MAJOR, "lost the code other"),
        (add_code, Level.MINOR, "has the new code festival"),
        (no_codes, Level.MINOR, "enum admits more values"),
        (codes_for_text, Level.MAJOR, "enum admits fewer values"),
        (require, Level.MAJOR, "required admits fewer values"),
        (let_be_empty, Level.MINOR, "required admits more values"),
        (other_pattern, Level.MAJOR, "pattern admits fewer values"),
        (no_pattern, Level.MINOR, "pattern admits more values"),
        (other_type, Level.MAJOR, "/fields/date_start/type changed"),
        (other_key, Level.MAJOR, "/uniqueKeys changed"),
        (other_words, Level.PATCH, "has other words"),
    ],
)
def test_a_change_of_a_schema(called_for: Any, miniature: Files, change: Any, wanted: Level, words: str) -> None:
    found, why = called_for(files=schema(miniature, "events", change))
    assert found == wanted
    assert words in " ".join(why)


def test_columns_that_come_and_go(called_for: Any, miniature: Files, tmp_path: Path) -> None:
    def widen(_: Any, document: Any) -> None:
        document["fields"].append(NOTE)

    header, rest = miniature["data/actors.csv"].split(b"\n", 1)
    rows = b"\n".join(line + b"," for line in rest.splitlines())
    wider = schema(miniature, "actors", widen) | {"data/actors.csv": header + b",colour\n" + rows + b"\n"}
    found, why = called_for(files=wider)
    assert (found, why[0]) == (Level.MINOR, "actors has the new column colour")
    assert not any("fields/colour" in words for words in why)
    back = reasons(sumy2022.diff(tmp_path / "new", tmp_path / "old"))
    assert back[0] == (Level.MAJOR, "actors lost the column colour")


def test_tables_that_come_and_go(miniature: Files, tmp_path: Path) -> None:
    descriptor = json.loads(miniature["datapackage.json"])
    descriptor["resources"] = [item for item in descriptor["resources"] if item["name"] != "retired_ids"]
    old = write(miniature, tmp_path / "old")
    new = write(miniature | {"datapackage.json": json.dumps(descriptor).encode()}, tmp_path / "new")
    assert level(reasons(sumy2022.diff(old, new))) == Level.MAJOR
    found = reasons(sumy2022.diff(new, old))
    assert [reason.words for reason in found if reason.level is Level.MINOR] == ["the table retired_ids is new"]
    assert level(found) == Level.MINOR


@pytest.mark.parametrize(
    ("version", "called_for", "wanted"),
    [
        ("1.2.3", Level.NONE, "1.2.3"),
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("0.2.3", Level.PATCH, "0.2.4"),
        ("0.2.3", Level.MINOR, "0.2.4"),
        ("0.2.3", Level.MAJOR, "0.3.0"),
        ("2.0.0-rc.1", Level.MAJOR, "2.0.0"),
        ("nonsense", Level.MAJOR, "nonsense"),
    ],
)
def test_the_next_version(version: str, called_for: Level, wanted: str) -> None:
    assert next_version(version, called_for) == wanted


@given(st.tuples(*[st.integers(0, 99)] * 3), st.sampled_from([one for one in Level if one is not Level.NONE]))
def test_the_next_version_is_later_and_graver_ones_are_later_still(numbers: tuple[int, int, int], one: Level) -> None:
    version = ".".join(map(str, numbers))
    assert is_before(version, next_version(version, one))
    graver = [next_version(version, more) for more in Level if more > one]
    assert not any(is_before(other, next_version(version, one)) for other in graver)


CHANGELOG = "# Changelog\n\n## 1.1.0 (2026-01-01)\n\nUpdate at once.\n\n- more\n\n## 1.0.0\n\n### Data\n\n- first\n"


def test_an_entry_of_the_changelog_stands_under_its_heading() -> None:
    assert entry(CHANGELOG, "1.1.0") == "Update at once.\n\n- more"
    assert entry(CHANGELOG, "1.0.0") == "### Data\n\n- first"
    assert entry(CHANGELOG, "1.0") is None
    assert entry("", "1.0.0") is None


@pytest.mark.parametrize(
    ("text", "wanted"), [("Update at once.", True), ("### Data", False), ("- a.", False), ("", False)]
)
def test_an_entry_opens_with_a_sentence(text: str, wanted: bool) -> None:
    assert opens_with_a_sentence(text) is wanted
