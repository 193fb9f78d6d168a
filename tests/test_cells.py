"""Rules of cells: what is not searched, because its cells are the same as others, would not have been found either."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Files, _miniature, write
from fuzzing import fuzz
from sumy2022 import judging, open_package, validate
from sumy2022.cells import Column, settled
from sumy2022.findings import Finding
from sumy2022.package import read_package
from sumy2022.storage import Folder, Overlay
from sumy2022.tables import read_tables

ODD = [" x", "x  y", "=x", "x\u200b", "e\u0301", "x\x07", "\u00a0"]
FILES = dict(_miniature())
CELLS = sorted({cell for path, data in FILES.items() if path.endswith(".csv") for cell in data.decode().split(",")})


def replaced(files: Files, old: str, new: str, places: list[str]) -> Files:
    """Put a text in the place of another in some files."""
    return files | {path: files[path].replace(old.encode(), new.encode()) for path in places}


def findings(files: Files) -> tuple[Finding, ...]:
    return validate(read_package(Overlay(Folder(Path("/nowhere")), files))).findings


def columns_settled(files: Files, folder: Path) -> set[Column]:
    return settled(read_tables(open_package(write(files, folder))))


@fuzz(60)
@given(
    st.sampled_from([cell for cell in CELLS if cell and "\n" not in cell]),
    st.sampled_from(ODD),
    st.lists(st.sampled_from([path for path in FILES if path.endswith((".csv", "events.json"))]), min_size=1),
)
def test_nothing_is_lost_by_what_is_not_searched(old: str, odd: str, places: list[str]) -> None:
    files = replaced(FILES, old, old + odd, places)
    found = findings(files)
    with mock.patch.object(judging, "settled", return_value=set()):
        assert found == findings(files)


def test_codes_and_references_are_not_searched(miniature: Files, tmp_path: Path) -> None:
    found = columns_settled(miniature, tmp_path)
    assert {("events", "event_type"), ("event_sources", "event_id"), ("places", "parent_id")} <= found
    assert not {("events", "event_id"), ("events", "title"), ("sources", "url")} & found


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        ("shelling", "shellng", {("events", "event_type")}),
        ("PLC-0006", "PLC-9999", {("events", "place_id")}),
    ],
)
def test_a_column_with_a_fault_is_searched(
    old: str, new: str, columns: set[Column], miniature: Files, tmp_path: Path
) -> None:
    assert columns <= columns_settled(miniature, tmp_path / "sound")
    assert not columns & columns_settled(replaced(miniature, old, new, ["data/events.csv"]), tmp_path / "faulty")


def test_an_odd_key_is_found_wherever_it_stands(miniature: Files, tmp_path: Path) -> None:
    tables = [path for path in miniature if path.endswith(".csv")]
    files = replaced(miniature, "EVT-0001", "EVT-0001\u200b", tables)
    found = [item for item in validate(write(files, tmp_path)).findings if item.rule == "CSV-114"]
    cells = sum(files[path].decode().count("EVT-0001\u200b") for path in tables)
    assert (len(found), {item.file for item in found} > {"data/events.csv"}) == (cells, True)


def test_an_odd_code_is_found_in_each_cell(miniature: Files, tmp_path: Path) -> None:
    files = replaced(miniature, "shelling", "=shelling", ["data/events.csv", "schemas/events.json"])
    found = [item for item in validate(write(files, tmp_path)).findings if item.rule == "CSV-115"]
    assert len(found) == miniature["data/events.csv"].decode().count(",shelling,") > 0


def test_columns_that_refer_to_each_other_are_searched(miniature: Files, tmp_path: Path) -> None:
    """Else each would be left to the other."""
    schema = json.loads(miniature["schemas/sources.json"])
    schema["foreignKeys"] = [
        {"fields": ["source_id"], "reference": {"resource": "event_sources", "fields": ["source_id"]}}
    ]
    found = columns_settled(miniature | {"schemas/sources.json": json.dumps(schema).encode()}, tmp_path)
    assert not {("sources", "source_id"), ("event_sources", "source_id")} & found
