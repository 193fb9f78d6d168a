"""Where we refuse what frictionless 5.21 accepts, and the few places where it is the other way round.

Each case asserts both sides, so that a new version of frictionless that changes its mind is noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import write
from referee import Found, Small, one_column, opened, ours, theirs

STRICTER: dict[str, tuple[list[str], str]] = {
    "integer": (["05", "00", "-0", "+5", "1_000", " 5", "5 ", "\u0663", "\uff13", "1234567890123456"], "TAB-101"),
    "number": (
        [
            "05",
            "+5",
            "1_000",
            " 5",
            "5 ",
            ".5",
            "5.",
            "\u0663.\u0665",
            "NaN",
            "Infinity",
            "-inf",
            "1e100",
            "1234567890123456789",
        ],
        "TAB-101",
    ),
    "boolean": (["True", "TRUE", "1", "False", "FALSE", "0"], "TAB-101"),
    "date": (["2022-2-4", "2022-02-4", "2022-2-04", "\uff12\uff10\uff12\uff12-02-24"], "TAB-101"),
    "year": (["+202", " 202", "202 ", "-000", "2_22", "\uff12\uff10\uff12\uff12"], "TAB-101"),
    "uri": (
        ["http://a b", "http://a<b>", "https://дім.example/", "mailto:a@example.org", "urn:isbn:0", "https:a", "x:"],
        "TAB-107",
    ),
}
"""By type: cells that frictionless accepts and we do not, and the rule that we name."""


def both(small: Small, folder: Path) -> tuple[list[str], set[Found]]:
    """Return the rules that we name, of the package, its files and its tables, and what frictionless finds."""
    package, tables, faults = opened(write(small.files(), folder))
    assert package.faults == []
    faults += [fault for table in tables.values() for fault in table.faults]
    return [fault.rule for fault in faults], theirs(folder)


@pytest.mark.parametrize(
    ("kind", "cell", "rule"), [(kind, cell, rule) for kind, (cells, rule) in STRICTER.items() for cell in cells]
)
def test_a_cell_is_written_in_one_way(kind: str, cell: str, rule: str, tmp_path: Path) -> None:
    more = {"format": "uri"} if kind == "uri" else {}
    small = one_column("string" if kind == "uri" else kind, [cell], **more)
    assert both(small, tmp_path) == ([rule], set())


def test_a_primary_key_is_filled_in_every_part(tmp_path: Path) -> None:
    small = one_column("string", ["a", "", "b"])
    small.schemas["t"]["primaryKey"] = ["filled", "x"]
    rules, referee = both(small, tmp_path)
    assert rules == ["CSV-104", "TAB-102"]
    assert referee == set()


def test_rows_with_a_partly_empty_key_are_not_compared(tmp_path: Path) -> None:
    """The empty cell is one fault; that the rows look alike without it is none."""
    small = one_column("string", ["", ""])
    small.schemas["t"]["primaryKey"] = ["filled", "x"]
    rules, referee = both(small, tmp_path)
    assert rules == ["TAB-102", "TAB-102"]
    assert referee == {Found("primary-key", "t", 3, ("filled", "x"))}


def test_a_reference_is_filled_in_whole_or_not_at_all(tmp_path: Path) -> None:
    """Frictionless lets a half reference pass where the other table has the same half of a key."""
    small = one_column("string", ["", "b"])
    small.schemas["t"]["foreignKeys"] = [{"fields": ["filled", "x"], "reference": {"fields": ["filled", "x"]}}]
    assert both(small, tmp_path) == (["TAB-203"], set())


def test_unique_keys_are_checked(tmp_path: Path) -> None:
    small = one_column("string", ["a", "a", "", ""])
    small.schemas["t"]["uniqueKeys"] = [["filled", "x"]]
    assert both(small, tmp_path) == (["TAB-202"], set())


def broken_file(change: Callable[[bytes], bytes], folder: Path) -> tuple[list[str], set[Found]]:
    """Judge a table of three rows whose bytes were changed."""
    small = one_column("string", ["a", "b", "c"])
    files = small.files()
    write(files | {"t.csv": change(files["t.csv"])}, folder)
    _, tables, faults = opened(folder)
    return [fault.rule for fault in (*tables["t"].faults, *faults)], theirs(folder)


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        pytest.param("CSV-005", b"-,b\n", b'-,"b\n', id="a quote that is not closed swallows no row"),
        pytest.param("CSV-003", b"-,b\n", b"-,b\0\n", id="a NUL byte"),
        pytest.param("CSV-101", b"filled", b"\xef\xbb\xbffilled", id="a byte order mark"),
        pytest.param("CSV-102", b"-,b\n", b"-,b\r\n", id="a carriage return"),
        pytest.param("CSV-106", b"-,b\n", b'-,"b"\n', id="needless quotes"),
        pytest.param("CSV-106", b"filled,x", b'"filled",x', id="needless quotes in the header"),
        pytest.param("CSV-105", b"-,b\n", b'-,"b\nb"\n', id="a line break in a cell"),
        pytest.param("CSV-107", b"-,c\n", b"-,c", id="no line break at the end"),
    ],
)
def test_a_file_is_in_canonical_form(rule: str, old: bytes, new: bytes, tmp_path: Path) -> None:
    assert broken_file(lambda data: data.replace(old, new), tmp_path) == ([rule], set())


def test_a_columns_name_has_no_outer_space(tmp_path: Path) -> None:
    rules, referee = broken_file(lambda data: data.replace(b"filled,x", b"filled,x "), tmp_path)
    assert rules == ["TAB-001"]
    assert referee == set()


SCHEMAS: dict[str, tuple[str, dict[str, Any]]] = {
    "a misspelt property": ("PKG-002", {"contraints": {"required": True}}),
    "codes that categories do not explain": (
        "PKG-008",
        {"constraints": {"enum": ["a"]}, "categories": [{"value": "b"}]},
    ),
    "a pattern that is not in one group": ("PKG-006", {"constraints": {"pattern": "(?:a)|(?:b)"}}),
    "a pattern with a class of letters": ("PKG-006", {"constraints": {"pattern": r"(?:\w)"}}),
    "a pattern that needs backtracking": ("PKG-006", {"constraints": {"pattern": r"(?:(?=a)a)"}}),
    "a pattern with an open count": ("PKG-006", {"constraints": {"pattern": "(?:a{,2})"}}),
    "a negative length": ("PKG-003", {"constraints": {"minLength": -1}}),
}


@pytest.mark.parametrize("case", SCHEMAS)
def test_a_schema_holds_nothing_that_is_not_checked(case: str, tmp_path: Path) -> None:
    rule, more = SCHEMAS[case]
    package, _, _ = opened(write(one_column("string", ["a"], **more).files(), tmp_path))
    assert [fault.rule for fault in package.faults] == [rule]
    assert theirs(tmp_path) == set()


def test_a_reference_to_an_unknown_field_is_no_fault_of_the_rows(tmp_path: Path) -> None:
    small = one_column("string", ["a", "b"])
    small.schemas["t"]["foreignKeys"] = [{"fields": ["x"], "reference": {"fields": ["y"]}}]
    package, tables, _ = opened(write(small.files(), tmp_path))
    assert [fault.rule for fault in package.faults] == ["PKG-007"]
    assert ours(tables) == set()
    assert {fault.line for fault in theirs(tmp_path)} == {2, 3}


def test_a_row_that_is_empty_throughout_is_a_fault_only_where_cells_are_required(tmp_path: Path) -> None:
    """Here frictionless is the stricter one: it calls any such row a fault, and says nothing else of it."""
    small = Small({"t": {"fields": [{"name": "x", "type": "string"}, {"name": "y", "type": "string"}]}})
    small.rows["t"] = [("", ""), ("a", "b")]
    rules, referee = both(small, tmp_path)
    assert rules == []
    assert {(fault.line, fault.fields) for fault in referee} == {(2, ("",))}


def test_numbers_are_compared_as_floats(tmp_path: Path) -> None:
    """Here frictionless is the finer one: it compares decimals beyond the 15 digits that a float holds."""
    small = one_column("number", ["0.3", "0.30000000000000001"], constraints={"maximum": 0.3})
    rules, referee = both(small, tmp_path)
    assert rules == []
    assert referee == {Found("cell", "t", 3, ("x",))}
