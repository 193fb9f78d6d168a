"""Reading and writing of CSV files: each physical fault costs its own line and no other."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import NamedTuple
from unittest import mock

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzzing import fuzz
from referee import to_csv
from sumy2022 import reading
from sumy2022.canonical import clean, form_faults, tidy, to_bytes
from sumy2022.context import Context
from sumy2022.plain import read_plain
from sumy2022.reading import CELL_LIMIT, RECORD_LINES, Reading, read_csv
from sumy2022.rules import canonical as form
from sumy2022.schema import Field, TableSchema

FILE = "t.csv"
Rows = list[list[str | None]]


def rows_of(found: Reading) -> Rows:
    return [list(row.values()) for row in found.table.to_pylist()]


def slowly(data: bytes) -> Reading:
    """Read record by record what may be fit for pyarrow."""
    with mock.patch.object(reading, "read_plain", return_value=None):
        return read_csv(data, FILE)


def schema_of(names: list[str], key: int = 1) -> TableSchema:
    return TableSchema("t", "t.json", tuple(Field(name) for name in names), primary_key=tuple(names[:key]))


def form_rules(data: bytes, names: list[str], key: int = 0) -> list[tuple[str, int | None]]:
    """The faults of a file and its form, as rule and line."""
    found = read_csv(data, FILE)
    faults = [*found.faults, *form_faults(data, found, schema_of(names, key))]
    return sorted(((fault.rule, fault.line) for fault in faults), key=lambda pair: (pair[1] or 0, pair[0]))


# Files one by one -----------------------------------------------------------------------------------------------


class Case(NamedTuple):
    data: bytes
    rows: Rows
    lines: list[int]
    faults: list[tuple[str, int | None]]
    lost: bool = True
    header: tuple[str, ...] = ("a", "b")


CASES = {
    "sound": Case(b"a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]], [2, 3], [], lost=False),
    "only a header": Case(b"a,b\n", [], [], [], lost=False),
    "only a header, no line break": Case(b"a,b", [], [], [], lost=False),
    "no line break at the end": Case(b"a,b\n1,2", [["1", "2"]], [2], [], lost=False),
    "empty cells": Case(b"a,b\n,\n1,\n", [[None, None], ["1", None]], [2, 3], [], lost=False),
    "empty cells in quotes": Case(b'a,b\n"",""\n', [[None, None]], [2], [], lost=False),
    "carriage returns": Case(b"a,b\r\n1,2\r\n3,4\r\n", [["1", "2"], ["3", "4"]], [2, 3], [], lost=False),
    "carriage returns alone": Case(b"a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]], [2, 3], [], lost=False),
    "mixed line ends": Case(b"a,b\n1,2\r3,4\r\n5,6", [["1", "2"], ["3", "4"], ["5", "6"]], [2, 3, 4], [], lost=False),
    "byte order mark": Case(b"\xef\xbb\xbfa,b\n1,2\n", [["1", "2"]], [2], [], lost=False),
    "byte order mark before quotes": Case(b'\xef\xbb\xbf"a",b\n1,2\n', [["1", "2"]], [2], [], lost=False),
    "nothing": Case(b"", [], [], [("CSV-001", None)], header=()),
    "blank lines alone": Case(b"\n\r\n\n", [], [], [("CSV-001", None)], header=()),
    "byte order mark alone": Case(b"\xef\xbb\xbf", [], [], [("CSV-001", None)], header=()),
    "blank lines": Case(
        b"\na,b\n\n1,2\n\n", [["1", "2"]], [4], [("CSV-100", 1), ("CSV-100", 3), ("CSV-100", 5)], lost=False
    ),
    "blank line with carriage return": Case(b"a,b\n1,2\n\r\n", [["1", "2"]], [2], [("CSV-100", 3)], lost=False),
    "spaces are no blank line": Case(b"a,b\n \n1,2\n", [["1", "2"]], [3], [("CSV-004", 2)]),
    "ragged rows": Case(
        b"a,b\n1\n2,3\n4,5,6\n7,8\n", [["2", "3"], ["7", "8"]], [3, 5], [("CSV-004", 2), ("CSV-004", 4)]
    ),
    "bad bytes": Case(b"a,b\n1,\xff\n3,4\n\xd0,5\n", [["3", "4"]], [3], [("CSV-002", 2), ("CSV-002", 4)]),
    "bytes of a surrogate": Case(b"a,b\n1,\xed\xa0\x80\n3,4\n", [["3", "4"]], [3], [("CSV-002", 2)]),
    "bad bytes in the header": Case(b"a,\xff\n1,2\n", [], [], [("CSV-002", 1)], header=()),
    "bad bytes in the header alone": Case(b"a,\xff", [], [], [("CSV-002", 1)], header=()),
    "bad bytes after a blank line": Case(b"\na,\xff\n1,2\n", [], [], [("CSV-002", 2), ("CSV-100", 1)], header=()),
    "NUL": Case(b"a,b\n1,\0\n3,4\n", [["3", "4"]], [3], [("CSV-003", 2)]),
    "NUL in the header": Case(b"a\0,b\n1,2\n", [], [], [("CSV-003", 1)], header=()),
    "UTF-16": Case("a,b\n1,2".encode("utf-16-le"), [], [], [("CSV-003", 1), ("CSV-003", 2)], header=()),
    "quoted comma and quote": Case(b'a,b\n"1,""x""",2\n', [['1,"x"', "2"]], [2], [], lost=False),
    "cell of two lines": Case(
        b'a,b\n"1\n1",2\n3,4\n', [["1\n1", "2"], ["3", "4"]], [2, 4], [("CSV-105", 2)], lost=False
    ),
    "cell of two lines, carriage returns": Case(
        b'a,b\r\n1,"2\r\n2"\r\n3,4\r\n', [["1", "2\r\n2"], ["3", "4"]], [2, 4], [("CSV-105", 2)], lost=False
    ),
    "cell of many lines": Case(
        b'a,b\n"' + b"\n" * (RECORD_LINES - 1) + b'",2\n3,4\n',
        [["\n" * (RECORD_LINES - 1), "2"], ["3", "4"]],
        [2, RECORD_LINES + 2],
        [("CSV-105", 2)],
        lost=False,
    ),
    "open quote": Case(b'a,b\n1,"2\n3,4\n5,6\n', [["3", "4"], ["5", "6"]], [3, 4], [("CSV-005", 2)]),
    "open quote at the end": Case(b'a,b\n1,2\n3,"4', [["1", "2"]], [2], [("CSV-005", 3)]),
    "open quote, closed by the next one": Case(
        b'a,b\n"1,2\n3,4\n"5,6\n7,8\n', [["3", "4"], ["7", "8"]], [3, 5], [("CSV-005", 2), ("CSV-005", 4)]
    ),
    "open quote far from the next one": Case(
        b'a,b\n"1,2\n' + b"3,4\n" * (2 * RECORD_LINES) + b'",6\n',
        [["3", "4"]] * (2 * RECORD_LINES),
        list(range(3, 2 * RECORD_LINES + 3)),
        [("CSV-005", 2), ("CSV-005", 2 * RECORD_LINES + 3)],
    ),
    "open quote before bad bytes": Case(
        b'a,b\n"1,2\n\xff"\n3,4\n', [["3", "4"]], [4], [("CSV-002", 3), ("CSV-005", 2)]
    ),
    "open quote after quotes in the line": Case(
        b'a,b\nx"y,"2\n3,4\n5,6\n', [["3", "4"], ["5", "6"]], [3, 4], [("CSV-005", 2)]
    ),
    "open quote after a closed cell with text": Case(
        b'a,b\n"x"y"z,"2\n3,4\n', [["3", "4"]], [3], [("CSV-005", 2)]
    ),
    "open quote in the header": Case(b'a,"b\n1,2\n3,4\n', [], [], [("CSV-005", 1)], header=()),
    "header of two lines": Case(b'"a\na",b\n1,2\n', [], [], [("CSV-005", 1)], header=()),
    "text after a closing quote": Case(b'a,b\n"1"x,2\n3,4\n', [["1x", "2"], ["3", "4"]], [2, 3], [], lost=False),
    "quotes inside a cell": Case(b'a,b\n1"x"1,2"\n3,4\n', [['1"x"1', '2"'], ["3", "4"]], [2, 3], [], lost=False),
    "one column, empty cell": Case(b'a\n1\n""\n2\n', [["1"], [None], ["2"]], [2, 3, 4], [], lost=False, header=("a",)),
    "one column, blank line": Case(b"a\n1\n\n2\n", [["1"], ["2"]], [2, 4], [("CSV-100", 3)], lost=False, header=("a",)),
    "semicolons": Case(b"a;b\n1;2,3\n", [], [], [("CSV-108", 1)], header=()),
    "semicolons and quotes": Case(b'\xef\xbb\xbf"a";"b"\r\n1;2\r\n', [], [], [("CSV-108", 1)], header=()),
    "semicolons alone behind one name": Case(b"\n\na;;\n1;;\n", [], [], [("CSV-108", 3)], header=()),
    "tabs": Case(b"a\tb\n1\t2\n\xff\n", [], [], [("CSV-108", 1)], header=()),
    "semicolons and tabs": Case(b"a;b\tc\n", [], [], [("CSV-108", 1)], header=()),
    "semicolons and commas": Case(b"a;b,c\n1,2;3\n", [["1", "2;3"]], [2], [], lost=False, header=("a;b", "c")),
    "UTF-16 with tabs": Case("a\tb\n".encode("utf-16"), [], [], [("CSV-002", 1), ("CSV-003", 2)], header=()),
    "column twice": Case(b"a,b,a\n1,2,3\n", [["1", "2"]], [2], [("CSV-007", 1)], lost=False, header=("a", "b", "a")),
    "nameless columns": Case(b",\n1,2\n", [["1"]], [2], [("CSV-007", 1)], lost=False, header=("", "")),
    "one nameless column": Case(b'""\n1\n', [["1"]], [2], [], lost=False, header=("",)),
    "longest cell": Case(
        b"a,b\n1," + b"x" * CELL_LIMIT + b"\n", [["1", "x" * CELL_LIMIT]], [2], [], lost=False
    ),
    "cell too long": Case(b"a,b\n1," + b"x" * (CELL_LIMIT + 1) + b"\n3,4\n", [["3", "4"]], [3], [("CSV-006", 2)]),
    "cell too long, in quotes": Case(
        b'a,b\n1,"' + b"x" * (CELL_LIMIT + 1) + b'"\n3,4\n', [["3", "4"]], [3], [("CSV-006", 2)]
    ),
    "cell too long, quote open": Case(
        b'a,b\n1,"' + b"x" * (CELL_LIMIT + 1) + b"\n3,4\n", [["3", "4"]], [3], [("CSV-006", 2)]
    ),
    "cell too long in the header": Case(
        b"a," + b"x" * 200_000 + b"\n1,2\n", [], [], [("CSV-006", 1)], header=()
    ),
    "characters that end lines elsewhere": Case(
        "a,b\n1\x0b\x0c\x1c\x1d\x1e,\x85\u2028\u2029\n".encode(),
        [["1\x0b\x0c\x1c\x1d\x1e", "\x85\u2028\u2029"]],
        [2],
        [],
        lost=False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_file_gives_its_rows_at_their_lines(name: str) -> None:
    case = CASES[name]
    for found in (read_csv(case.data, FILE), slowly(case.data)):
        assert tuple(found.header) == case.header
        assert rows_of(found) == case.rows
        assert found.lines.tolist() == case.lines
        assert sorted((fault.rule, fault.line) for fault in found.faults) == case.faults
        assert found.lost is case.lost


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (b"a,b\n1,2\n3,4\n", []),
        (b"\xef\xbb\xbfa,b\n1,2\n", [("CSV-101", 1)]),
        (b"a,b\n1,2\r\n3,4\r\n", [("CSV-102", 2)]),
        (b"a,b\n1,2", [("CSV-107", 2)]),
        (b'a,b\n"1",2\n', [("CSV-106", 2)]),
        (b'"a",b\n1,2\n', [("CSV-106", 1)]),
        (b'a,b\n"1"x,2\n', [("CSV-106", 2)]),
        (b'a,b\n1"x,2\n', [("CSV-106", 2)]),
        (b"\na,b\n\n1,2\n", [("CSV-100", 1), ("CSV-100", 3)]),
        (b"b,a\n1,2\n", [("CSV-103", 1)]),
        (b"a,b\n3,1\n1,2\n2,0\n,9\n", [("CSV-104", 3), ("CSV-104", 5)]),
        (b"a,b\n1,3\n1,2\n", [("CSV-104", 3)]),
    ],
)
def test_a_file_differs_from_canonical_form_at_a_line(data: bytes, rules: list[tuple[str, int]]) -> None:
    assert form_rules(data, ["a", "b"], key=2) == rules


def test_a_cell_cannot_command_a_reader_to_take_text_for_null() -> None:
    words = [b"NA", b"nan", b"null", b"NULL", b"None", b"-", b"N/A", b"true", b"1e5", b"2022-01-01"]
    found = read_csv(b"a,b\n" + b"".join(word + b"," + word + b"\n" for word in words), FILE)
    assert rows_of(found) == [[word.decode()] * 2 for word in words]


# Any file -------------------------------------------------------------------------------------------------------

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0\r\n\ufeff") | st.sampled_from(list('", ;\t\\\'"",,'))
TEXT = st.text(CHARACTERS, max_size=5)


def separated_by_commas(header: list[str]) -> bool:
    """Whether a header cannot be taken for one of several names with another character between them."""
    return len(header) > 1 or not set(header[0]) & set(";\t")


@st.composite
def grids(draw: st.DrawFn) -> list[list[str]]:
    """A header of different names, and rows."""
    header = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True).filter(separated_by_commas))
    row = st.lists(TEXT, min_size=len(header), max_size=len(header))
    return [header, *draw(st.lists(row, max_size=6))]


def nulls(rows: list[list[str]]) -> Rows:
    return [[cell or None for cell in row] for row in rows]


@fuzz(300)
@given(grids())
@example([["a"], [""], ["b"], [""]])
@example([[""], [""]])
@example([["a", "b"]])
def test_canonical_bytes_are_read_and_written_back(grid: list[list[str]]) -> None:
    data = to_csv(grid)
    found = read_csv(data, FILE)
    assert (found.header, rows_of(found)) == (grid[0], nulls(grid[1:]))
    assert found.lines.tolist() == list(range(2, len(grid) + 1))
    assert (found.faults, found.lost) == ([], False)
    assert to_bytes(found.table) == data
    assert [fault.rule for fault in form_faults(data, found, schema_of(grid[0], key=0))] == []


@fuzz(300)
@given(grids())
def test_both_ways_of_reading_give_the_same(grid: list[list[str]]) -> None:
    data = to_csv(grid)
    assert read_plain(data, CELL_LIMIT) is not None
    fast, slow = read_csv(data, FILE), slowly(data)
    assert fast.table.equals(slow.table)
    assert (fast.header, fast.lines.tolist()) == (slow.header, slow.lines.tolist())
    assert (fast.faults, fast.lost) == (slow.faults, slow.lost) == ([], False)


@fuzz(300)
@given(grids(), st.randoms(use_true_random=False))
def test_what_passes_for_minimal_is_what_is_written(grid: list[list[str]], chance: Random) -> None:
    """Some cells are quoted that need it or not; a plain file counts as minimal exactly if it would be written so."""

    def quoted(cell: str) -> str:
        needs = any(mark in cell for mark in '",')
        return '"' + cell.replace('"', '""') + '"' if needs or chance.random() < 0.2 else cell

    data = "".join(",".join(map(quoted, row)) + "\n" for row in grid).encode()
    for text in (data, data.removesuffix(b"\n")):
        found = read_plain(text, CELL_LIMIT)
        if found is not None and found.table.num_columns > 1:
            assert found.minimal == (to_bytes(found.table) == text)


PIECES = st.sampled_from(
    ['"', '"', ",", ",", "\n", "\n", "\r\n", "\r", '""', '","', '"\n', "1,2\n", "a", "x y", "\ufeff"]
)
SCRAPS = st.lists(PIECES, max_size=25).map(lambda parts: "a,b\n" + "".join(parts))


@fuzz(500)
@given(SCRAPS.map(str.encode) | st.binary(max_size=60).map(lambda data: b"a,b\n" + data) | st.binary(max_size=40))
@example(b'a,b\nx"y,"c\n1,2\n3,4\n')
@example(b'a"b,"c\nd,e"f\n1,2\n')
def test_both_ways_of_reading_give_the_same_of_any_bytes(data: bytes) -> None:
    fast, slow = read_csv(data, FILE), slowly(data)
    assert rows_of(fast) == rows_of(slow)
    assert (fast.header, fast.lines.tolist()) == (slow.header, slow.lines.tolist())
    assert (fast.faults, fast.lost) == (slow.faults, slow.lost)


@fuzz(500)
@given(SCRAPS)
def test_no_line_is_lost_in_silence(text: str) -> None:
    """Each line is a record, or belongs to one that runs over lines and is named for it, or has a fault."""
    found = read_csv(text.encode(), FILE)
    lines = text.encode().splitlines()
    faulty = {fault.line: fault.rule for fault in found.faults}
    starts = {1, *found.lines.tolist(), *faulty}
    for number in range(1, len(lines) + 1):
        if number not in starts:
            start = max(line for line in starts if line < number)
            assert faulty.get(start) == "CSV-105"
    for line, row in zip(found.lines.tolist(), rows_of(found), strict=True):
        beginning = (row[0] or "").split("\n")[0].split("\r")[0].replace('"', "")
        assert lines[line - 1].decode().replace('"', "").startswith(beginning)


@fuzz(300)
@given(SCRAPS)
def test_a_file_that_differs_from_canonical_form_has_a_finding(text: str) -> None:
    data = text.encode()
    found = read_csv(data, FILE)
    faults = [*found.faults, *form_faults(data, found, schema_of(["a", "b"], key=0))]
    broken = any(set(cell or "") & set("\r\n") for row in rows_of(found) for cell in row)
    assert bool(faults) is (found.lost or broken or data != to_bytes(found.table))


# Putting in order -----------------------------------------------------------------------------------------------

SPACES = "\u00a0\u2003\u3000\u2028\u0085\t\x0b\x0c \n\r"
UNSEEN = "\x07\x1b\x1c\x7f\x9b\u00ad\u200b\u200d\u202e\u2060\ufeff"
COMPOSED = "e\u0301\u0323é\u1100\u1161"
MESSY = st.text(st.sampled_from(f'{SPACES}{UNSEEN}{COMPOSED}a,"') | CHARACTERS, max_size=6)


@st.composite
def messes(draw: st.DrawFn) -> tuple[list[str], bytes]:
    """A table's names, and a file of it that has everything that can be put right."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    order = draw(st.permutations(names))
    rows = draw(st.lists(st.lists(MESSY, min_size=len(names), max_size=len(names)), max_size=6))
    data = to_csv([order, *rows])
    if draw(st.booleans()):
        data = b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")
    return names, data


@fuzz(300)
@given(messes(), st.integers(0, 2))
@example((["a"], to_csv([["a"], ["e\u200d\u0301"]])), 1)
@example((["a", "b"], to_csv([["a", "b"], ["x", "1"], ["", "2"], ["\u200b", "3"]])), 1)
def test_what_was_put_in_order_stays_so(mess: tuple[list[str], bytes], key: int) -> None:
    names, data = mess
    found = read_csv(data, FILE)
    once = tidy(found, schema_of(names, key))
    again = read_csv(once, FILE)
    assert tidy(again, schema_of(names, key)) == once
    assert (again.faults, again.lost, again.header) == ([], False, names)
    wanted = [[clean(row[name] or "") or None for name in names] for row in found.table.to_pylist()]
    wanted = [row for row in wanted if any(row) or key == 0]  # a row without any cell has no key either
    assert rows_of(again) == sorted(wanted, key=lambda row: [cell or "" for cell in row[:key]])
    assert list(form_faults(once, again, schema_of(names, key))) == []
    cells = pd.Series([cell for row in rows_of(again) for cell in row if cell is not None], dtype="str")
    for rule in (
        form.text_is_composed,
        form.spaces_are_single,
        form.no_control_characters,
        form.no_invisible_characters,
    ):
        assert rule(cells, Context()).all()


@fuzz(300)
@given(MESSY)
def test_clean_text_is_composed_and_visible(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert {unicodedata.category(char) for char in cleaned}.isdisjoint({"Cc", "Zl", "Zp"})


def test_clean_leaves_sound_text_alone() -> None:
    text = "Суми, Сумська область: 5 km \u2013 «так» O\u2019Brien, José"
    assert clean(text) == text


def test_words_are_not_joined_by_what_is_taken_out() -> None:
    assert clean("a\u0085b\u2028c\u00a0d\te\nf") == "a b c d e f"
    assert clean("a\u200bb\x07c\ufeffd") == "abcd"


def test_columns_that_would_become_one_keep_their_names() -> None:
    found = read_csv(b"a,a \n1,2\n", FILE)
    assert tidy(found, schema_of(["a"])) == b"a,a \n1,2\n"


def test_rows_are_sorted_as_text_and_stay_in_order_among_equals() -> None:
    """By code point, which is the order of the bytes; an empty key comes first."""
    found = read_csv("a,b\nя,5\nz,3\n,1\na,2\nz,4\n\U0001d11e,7\n\uffdc,6\n".encode(), FILE)
    assert [row[1] for row in rows_of(read_csv(tidy(found, schema_of(["a", "b"])), FILE))] == list("1234567")


@pytest.mark.parametrize("columns", [1, 3])
def test_a_table_without_rows_is_its_header(columns: int) -> None:
    names = ["a", "b", "c"][:columns]
    found = read_csv(",".join(names).encode(), FILE)
    assert to_bytes(found.table) == tidy(found, schema_of(names)) == f"{','.join(names)}\n".encode()
