"""`sumy2022 fmt` undoes what spreadsheets do where nothing was lost, and names the rest.

The round trips are real: LibreOffice opens every table of the shipped package and saves it. Where it is not installed
they are skipped, but not where CI=true.
"""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import ROOT, Files, lay, write
from fuzzing import fuzz
from referee import to_csv
from sumy2022 import diff
from sumy2022.__main__ import main
from sumy2022.canonical import _canonical_cells, canonical_cell, clean, read_restorable, tidy, write_atomically
from sumy2022.example import Edit
from sumy2022.package import open_package
from sumy2022.rules import canonical as form
from sumy2022.schema import Field, TableSchema
from sumy2022.spreadsheet import habit, restored
from sumy2022.text import matches
from sumy2022.validation import validate

EVENTS, PLACES, RETIRED = "data/events.csv", "data/places.csv", "data/retired_ids.csv"
CLOCK = "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9])"
BOM = b"\xef\xbb\xbf"
Grid = list[list[str]]


def grid_of(data: bytes, delimiter: str = ",") -> Grid:
    return list(csv.reader(io.StringIO(data.decode()), delimiter=delimiter))


def saved(grid: Sequence[Sequence[str]], delimiter: str = ";", quoting: int = csv.QUOTE_ALL, end: str = "\n") -> bytes:
    """Write cells as a spreadsheet may."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(grid)  # type: ignore[arg-type]
    return out.getvalue().encode()


# Whole files ----------------------------------------------------------------------------------------------------


def padded(grid: Grid, cells: int = 3) -> Grid:
    return [[*row, *[""] * cells] for row in grid]


FILES: dict[str, Callable[[Grid], bytes]] = {
    "byte order mark": lambda grid: BOM + to_csv(grid),
    "carriage returns": lambda grid: to_csv(grid).replace(b"\n", b"\r\n"),
    "semicolons": lambda grid: saved(grid, ";", csv.QUOTE_MINIMAL),
    "semicolons, everything in quotes": saved,
    "semicolons, byte order mark, carriage returns": lambda grid: BOM + saved(grid, end="\r\n"),
    "tabs": lambda grid: saved(grid, "\t", csv.QUOTE_MINIMAL),
    "everything in quotes": lambda grid: saved(grid, ","),
    "rows in another order": lambda grid: to_csv([grid[0], *reversed(grid[1:])]),
    "columns in another order": lambda grid: to_csv([row[::-1] for row in grid]),
    "empty columns at the end": lambda grid: to_csv(padded(grid)),
    "one empty column at the end": lambda grid: to_csv(padded(grid, 1)),
    "empty columns behind some rows": lambda grid: to_csv([*grid[:3], *padded(grid[3:])]),
    "empty columns of a header alone": lambda grid: to_csv([*padded(grid[:1]), *grid[1:]]),
    "empty columns, semicolons": lambda grid: saved(padded(grid)),
    "empty rows at the end": lambda grid: to_csv([*grid, *[[""] * len(grid[0])] * 3]),
    "empty rows among others": lambda grid: to_csv([*grid[:2], [""] * len(grid[0]), *grid[2:]]),
    "blank lines at the end": lambda grid: to_csv(grid) + b"\n\n\r\n",
    "typographic spaces": lambda grid: to_csv([[cell.replace(" ", "\u00a0") for cell in row] for row in grid]),
    "spaces about cells": lambda grid: to_csv([[f"\u2009{cell} " for cell in row] for row in grid]),
}


@pytest.mark.parametrize("habit", FILES)
def test_a_file_is_restored(habit: str, miniature: Files, tmp_path: Path) -> None:
    tables = [path for path in miniature if path.endswith(".csv")]
    folder = write(miniature | {path: FILES[habit](grid_of(miniature[path])) for path in tables}, tmp_path)
    assert main(["fmt", "--check", str(folder)]) == 1
    assert main(["fmt", str(folder)]) == 0
    assert {path: (folder / path).read_bytes() for path in miniature} == miniature
    assert main(["fmt", "--check", str(folder)]) == 0


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"id;retired_in;reason;replaced_by;remark\n", "CSV-108"),
        (b"id;retired_in;reason;replaced_by\n", "CSV-108"),
        (b"id;retired_in;reason;replaced_by;note\tx\n", "CSV-108"),
        (b"id;retired_in;reason;replaced_by;note;id\n", "CSV-108"),
        (b"id,retired_in,reason,replaced_by,note,,\nEVT-0900,0.1.0,error,,,,x\n", "CSV-004"),
        (b"id,retired_in,reason,replaced_by,note\nEVT-0900,0.1.0,error\n", "CSV-004"),
        (b"id;retired_in;reason;replaced_by;note\nEVT-0900;0.1.0;error\n", "CSV-004"),
        (b'id;retired_in;reason;replaced_by;note\nEVT-0900;0.1.0;error;;"a\n', "CSV-005"),
        (b"id;retired_in;reason;replaced_by;note\nEVT-0900;0.1.0;error;;\xff\n", "CSV-002"),
    ],
)
def test_a_file_that_only_a_guess_could_restore_is_left(
    data: bytes, rule: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the other files of the package are restored all the same."""
    semicolons = saved(grid_of(miniature[EVENTS]))
    folder = write(miniature | {RETIRED: data, EVENTS: semicolons}, tmp_path)
    assert main(["fmt", str(folder)]) == 2
    assert (folder / RETIRED).read_bytes() == data
    assert (folder / EVENTS).read_bytes() == miniature[EVENTS]
    assert f"not formatted, for it cannot be read whole ({rule})" in capsys.readouterr().out


def test_another_delimiter_is_one_finding(miniature: Files, tmp_path: Path) -> None:
    """And not one for each column that the header then lacks, and each row that has another number of commas."""
    folder = write(miniature | {EVENTS: saved(grid_of(miniature[EVENTS]), ";", csv.QUOTE_MINIMAL)}, tmp_path)
    report = validate(folder)
    assert [(finding.rule, finding.file, finding.line) for finding in report.findings] == [("CSV-108", EVENTS, 1)]
    assert "sumy2022 fmt" in report.findings[0].fix
    assert "EVT-101" in {item.rule for item in report.not_run}


def test_the_help_says_how_to_open_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fmt", "--help"])
    assert 'import every column as text, with "detect special numbers" off' in " ".join(capsys.readouterr().out.split())


# Single cells ---------------------------------------------------------------------------------------------------

TIME = Field("time_start", constraints={"pattern": CLOCK}, example="04:30")
DAY, WHOLE, NUMBER = Field("date_start", "date"), Field("count_low", "integer"), Field("latitude", "number")
KEY = Field("event_id", constraints={"pattern": "(?:EVT-[0-9]{4,})"}, example="EVT-0001")
TEXT, TRUTH = Field("note"), Field("sure", "boolean")
CODE = Field("kind", constraints={"enum": ["city", "town"]})


@pytest.mark.parametrize(
    ("known", "written", "meant"),
    [
        (TIME, "05:00:00 AM", "05:00"),
        (TIME, "05:00:00", "05:00"),
        (TIME, "5:00", "05:00"),
        (TIME, "5:00:00.000", "05:00"),
        (TIME, "12:00:00 AM", "00:00"),
        (TIME, "12:30 pm", "12:30"),
        (TIME, "11:59:00 PM", "23:59"),
        (NUMBER, "50.910", "50.91"),
        (NUMBER, "51.000", "51"),
        (NUMBER, "+51.5", "51.5"),
        (NUMBER, "-0", "0"),
        (NUMBER, "-0.00", "0"),
        (NUMBER, "-051.50", "-51.5"),
        (NUMBER, "0.10", "0.1"),
        (NUMBER, "100", "100"),
        (NUMBER, "0.12345678901234567", "0.12345678901234567"),
        (WHOLE, "70.0", "70"),
        (WHOLE, "70.00", "70"),
        (WHOLE, "+7", "7"),
        (WHOLE, "007", "7"),
        (WHOLE, "100", "100"),
    ],
)
def test_a_cell_is_restored(known: Field, written: str, meant: str) -> None:
    assert restored(known, written) == meant
    assert restored(known, meant) == meant


@pytest.mark.parametrize(
    ("known", "written"),
    [
        (TIME, "05:00:30"),
        (TIME, "17:00:00 PM"),
        (TIME, "00:10 AM"),
        (TIME, "24:00"),
        (TIME, "5"),
        (WHOLE, "70.000"),
        (WHOLE, "1.5"),
        (WHOLE, "1,234"),
        (NUMBER, "50,91"),
        (NUMBER, "1.23E+05"),
        (NUMBER, "1.2.3"),
        (TEXT, "05:00:00"),
        (TEXT, "0050.10"),
        (KEY, "0012"),
        (Field("code", constraints={"pattern": "(?:[0-9:]+)"}), "05:00:00"),
        (Field("length", constraints={"pattern": "(?:[0-9]{2}:[0-9]{2})"}), "05:00:00"),
        (Field("either", constraints={"pattern": f"(?:{CLOCK}(?::00)?)"}), "05:00:00"),
    ],
)
def test_a_cell_that_only_a_guess_could_restore_is_left(known: Field, written: str) -> None:
    assert restored(known, written) == written


class Spoilt(NamedTuple):
    field: Field
    text: str
    words: str
    not_words: str = "2022-"


SPOILT = [
    Spoilt(DAY, "24.02.2022", "rewritten this date: write 2022-02-24", "two ways"),
    Spoilt(DAY, "2/24/2022", "rewritten this date: write 2022-02-24", "two ways"),
    Spoilt(DAY, "24-Feb-22", "rewritten this date: write 2022-02-24", "two ways"),
    Spoilt(DAY, "2/24/22", "rewritten this date: write 2022-02-24", "two ways"),
    Spoilt(DAY, "02.02.2022", "rewritten this date: write 2022-02-02", "two ways"),
    Spoilt(DAY, "2022-02-24 00:00:00", "rewritten this date: write 2022-02-24", "two ways"),
    Spoilt(DAY, "3/4/2022", "can be read in two ways"),
    Spoilt(DAY, "24.02.22", "can be read in two ways"),
    Spoilt(DAY, "24-Feb", "left a part of it out"),
    Spoilt(DAY, "44616", "this is 2022-02-24, or 2026-02-25", "rewritten"),
    Spoilt(DAY, "#VALUE!", "could not compute or show"),
    Spoilt(WHOLE, "1.234", "thousands or decimals: write 1234 if"),
    Spoilt(WHOLE, "1,234", "thousands or decimals: write 1234 if"),
    Spoilt(WHOLE, "1 234", "thousands or decimals: write 1234 if"),
    Spoilt(WHOLE, "1\u202f234\u202f567", "thousands or decimals: write 1234567 if"),
    Spoilt(WHOLE, "5,5", "it has decimals"),
    Spoilt(WHOLE, "1.23E+05", "may have rounded it"),
    Spoilt(WHOLE, "TRUE", "truth values in capitals: take the cell from the source", "write true"),
    Spoilt(WHOLE, "5-May", "taken it for a date"),
    Spoilt(WHOLE, "70.0", "`sumy2022 fmt` restores it"),
    Spoilt(NUMBER, "50,91", "a comma for the point: write 50.91"),
    Spoilt(NUMBER, "1,234", "take the number from the source", "write"),
    Spoilt(NUMBER, "1.234.567", "write 1234567 if"),
    Spoilt(NUMBER, "1.23E+05", "may have rounded it"),
    Spoilt(TIME, "05:00:30", "added to this time"),
    Spoilt(TIME, "0.208333333", "part of the day: this is 05:00"),
    Spoilt(TIME, "05:00:00 AM", "`sumy2022 fmt` restores it"),
    Spoilt(KEY, "EVT-12", "write EVT-0012"),
    Spoilt(KEY, "12", "write EVT-0012"),
    Spoilt(Field("code", constraints={"pattern": "(?:[0-9]{4})"}), "1", "write 0001"),
    Spoilt(KEY, "1-Feb", "taken it for a date"),
    Spoilt(TRUTH, "TRUE", "write true"),
    Spoilt(CODE, "#REF!", "could not compute or show"),
    Spoilt(TEXT, "#NAME?", "could not compute or show"),
    Spoilt(TEXT, "30:00.00", "taken it for a time of day"),
]


@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda spoilt: f"{spoilt.field.name} {spoilt.text}")
def test_a_habit_is_named(spoilt: Spoilt) -> None:
    words = habit(spoilt.field, spoilt.text) or ""
    assert spoilt.words in words
    assert spoilt.not_words not in words


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (DAY, "2022-02-30"),
        (DAY, "about March"),
        (WHOLE, "many"),
        (NUMBER, "N50.5"),
        (TIME, "25:00"),
        (KEY, "EVT-"),
        (CODE, "hamlet"),
        (TEXT, "They left at 05:00:00 \u2013 \u201cin the dark\u201d, 1.23E+05 m away."),
    ],
)
def test_no_habit_is_named_where_there_is_none(known: Field, text: str) -> None:
    assert habit(known, text) is None


@pytest.mark.parametrize(
    ("table", "cells", "rule", "words"),
    [
        ("events", {"date_start": "24.02.2022"}, "TAB-101", "a spreadsheet has rewritten this date: write 2022-02-24"),
        ("events", {"time_start": "05:00:30"}, "TAB-104", "a spreadsheet has added to this time"),
        ("events", {"time_start": "05:00:00"}, "TAB-104", "`sumy2022 fmt` restores it"),
        ("events", {"event_type": "#NAME?"}, "TAB-103", "could not compute or show a cell"),
        ("sources", {"url": "#REF!"}, "TAB-107", "could not compute or show a cell"),
        ("casualties", {"claimed_by": "ACT-3"}, "TAB-104", "write ACT-0003"),
        ("casualties", {"count_low": "1.234"}, "TAB-101", "the mark may separate thousands or decimals"),
    ],
)
def test_the_one_finding_of_a_cell_names_the_habit(
    table: str, cells: dict[str, str], rule: str, words: str, miniature: Files, tmp_path: Path
) -> None:
    findings = validate(write(lay(miniature, [Edit(table, cells)]), tmp_path)).findings
    mine = {finding.rule: finding.message for finding in findings if finding.field in cells and finding.line == 2}
    assert words in mine[rule]
    assert not [name for name in mine if name.startswith("CSV")], "a cell that breaks the schema has no second finding"


def test_cells_that_are_left_are_listed(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By their line in the file as it is then, and the rest of the file is restored."""
    changes = [
        Edit("events", {"date_start": "24.02.2022", "time_start": "05:00:00 AM"}),
        Edit("places", {"latitude": "1.2E+1"}, row=4),
    ]
    spoilt = lay(miniature, changes)
    wanted = lay(spoilt, [Edit("events", {"time_start": "05:00"})])
    header, *rows = grid_of(spoilt[EVENTS])
    folder = write(spoilt | {EVENTS: saved([header, *reversed(rows)])}, tmp_path)
    assert main(["fmt", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{PLACES}:6: latitude is left as '1.2E+1'; "
        "a spreadsheet shortens long numbers so, and may have rounded it: take the number from the source",
        f"{EVENTS}: rewritten",
        f"{EVENTS}:2: date_start is left as '24.02.2022'; a spreadsheet has rewritten this date: write 2022-02-24",
        "`sumy2022 validate` says what is wrong with the cells left as they are.",
    ]
    assert (folder / EVENTS).read_bytes() == wanted[EVENTS]
    found = {(finding.file, finding.line, finding.field) for finding in validate(folder).findings}
    assert {(EVENTS, 2, "date_start"), (PLACES, 6, "latitude")} <= found
    assert main(["fmt", "--check", str(folder)]) == 0


def test_a_long_list_is_cut(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[f"EVT-{number:04}", "0.1.0", "error", "", "1.23E+05"] for number in range(900, 950)]
    folder = write(miniature | {RETIRED: to_csv([*grid_of(miniature[RETIRED]), *rows])}, tmp_path)
    assert main(["fmt", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 22
    assert lines[20] == f"{RETIRED}: 30 more cells like these are left"


def test_an_odd_number_is_one_finding(miniature: Files, tmp_path: Path) -> None:
    """One that is no number is of the wrong type and not also in the wrong form."""
    for cell, rule in (("51.50", "CSV-116"), ("+51.5", "TAB-101"), ("51,50", "TAB-101"), ("5.15E1", "CSV-116")):
        folder = write(lay(miniature, [Edit("places", {"latitude": cell}, row=4)]), tmp_path)
        assert [(found.rule, found.line) for found in validate(folder).findings] == [(rule, 6)]


# Any table ------------------------------------------------------------------------------------------------------

SCHEMA = TableSchema(
    "t", "t.json", (Field("id", constraints={"required": True}), TEXT, DAY, TIME, WHOLE, NUMBER), primary_key=("id",)
)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from(';,"\t\u00e9'), max_size=12)
ODD_CELLS = WORDS | st.sampled_from(["5:00", "1,5", "-0", "00", "1e5", "#REF!"])
ZEROS = st.integers(0, 3).map(lambda number: "0" * number)


@st.composite
def tables(draw: st.DrawFn) -> Grid:
    """The cells of a table in canonical form."""
    numbers = draw(st.lists(st.integers(1, 99), max_size=6, unique=True))
    rows = [
        [
            f"T-{number:04}",
            clean(draw(WORDS)),
            draw(st.dates().map(str) | st.just("")),
            draw(st.times().map(lambda time: f"{time:%H:%M}") | st.just("")),
            draw(st.integers(-(10**14), 10**14).map(str) | st.just("")),
            draw(st.sampled_from(["", "0", "51", "100", "-0.5", "50.91", "34.00001", "-120.1"])),
        ]
        for number in sorted(numbers)
    ]
    return [list(SCHEMA.names), *rows]


def long_time(draw: st.DrawFn, time: str) -> str:
    hour, minute = int(time[:2]), time[3:]
    half = f"{hour % 12 or 12}:{minute}:00 {'PM' if hour >= 12 else 'AM'}"
    return draw(st.sampled_from([time, f"{time}:00", f"{hour}:{minute}", f"{hour}:{minute}:00", half, half.lower()]))


def long_number(draw: st.DrawFn, number: str) -> str:
    sign = draw(st.sampled_from(["", "+"])) if number[0] != "-" else ""
    sign = draw(st.sampled_from(["-", "+", ""])) if number == "0" else sign
    zeros = draw(ZEROS)
    return sign + (number + zeros if "." in number else f"{number}.{zeros}" if zeros else number)


def mangled_cell(draw: st.DrawFn, name: str, cell: str) -> str:
    if not cell:
        return draw(st.sampled_from(["", "", " ", "\u00a0", "\u200b"]))
    if name == TIME.name:
        cell = long_time(draw, cell)
    if name == NUMBER.name:
        cell = long_number(draw, cell)
    if name == WHOLE.name:
        cell += draw(st.sampled_from(["", ".0", ".00"]))
    before, after = draw(st.sampled_from(["", " ", "\u2003"])), draw(st.sampled_from(["", " ", "\u00a0", "\n"]))
    space = draw(st.sampled_from([" ", "\u00a0", "  ", "\u202f", "\u200b \u200b", "\n"]))
    return f"{before}{cell.replace(' ', space)}{after}"


@st.composite
def mangled(draw: st.DrawFn) -> tuple[Grid, bytes]:
    """A table, and a file of it as a spreadsheet might have saved it."""
    table = draw(tables())
    names, *rows = table
    order = draw(st.permutations(range(len(names))))
    rows = [[mangled_cell(draw, name, cell) for name, cell in zip(names, row, strict=True)] for row in rows]
    rows = draw(st.permutations([*rows, *[[""] * len(names)] * draw(st.integers(0, 2))]))
    grid = [[row[at] for at in order] for row in (names, *rows)]
    width = draw(st.integers(0, 3))
    grid = padded(grid, width) if draw(st.booleans()) else [*padded(grid[:1], width), *grid[1:]]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    data = saved(grid, draw(st.sampled_from(",;\t")), quoting, end)
    return table, draw(st.sampled_from([b"", BOM])) + data + end.encode() * draw(st.integers(0, 2))


@fuzz(400)
@given(mangled())
@example(([list(SCHEMA.names)], b"id;note;date_start;time_start;count_low;latitude;;\r\n"))
def test_what_a_spreadsheet_did_without_loss_is_undone(case: tuple[Grid, bytes]) -> None:
    table, data = case
    once = tidy(read_restorable(data, "t.csv", SCHEMA), SCHEMA)
    assert once == to_csv(table)
    assert tidy(read_restorable(once, "t.csv", SCHEMA), SCHEMA) == once


@fuzz(300)
@given(st.lists(st.lists(ODD_CELLS, min_size=6, max_size=6), max_size=5))
def test_whatever_a_table_holds_it_is_restored_once(rows: Grid) -> None:
    data = saved([SCHEMA.names, *rows])
    reading = read_restorable(data, "t.csv", SCHEMA)
    if not reading.lost:
        once = tidy(reading, SCHEMA)
        assert tidy(read_restorable(once, "t.csv", SCHEMA), SCHEMA) == once


@fuzz(300)
@given(
    st.sampled_from([*SCHEMA.fields, KEY, CODE, TRUTH]),
    st.text(max_size=30) | st.from_regex(r"[0-9+.,:/ EAPMa-z#-]{0,20}"),
)
def test_any_cell_can_be_looked_at(known: Field, text: str) -> None:
    once = restored(known, text)
    assert restored(known, once) == once
    habit(known, text)


ALL_KINDS = [*SCHEMA.fields, KEY, CODE, TRUTH, None]
PIECES = st.sampled_from(
    ["Суми", "їжак", "naïve", "«", "№", "–", "05:00", "5:00", "1.50", "12", "-0", "+7", "a  b", "\ufeff"]
)


@fuzz(100)
@given(st.sampled_from(ALL_KINDS), st.lists(st.none() | ODD_CELLS | st.lists(PIECES).map(" ".join) | st.text()))
def test_a_column_is_restored_as_its_cells_are(known: Field | None, cells: list[str | None]) -> None:
    found = _canonical_cells(pa.array([cell or None for cell in cells], pa.string()), known).to_pylist()
    assert found == [canonical_cell(cell or "", known) or None for cell in cells]


def test_what_is_sure_is_canonical_whatever_stands_beside_it() -> None:
    """So that cells of such characters need not be looked at one by one."""
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    sure = set(pa.array(every).filter(matches(pa.array(every), f"[{form.SURE}]")).to_pylist())
    assert len(sure) > 1000
    assert all(clean(character) == character and not unicodedata.combining(character) for character in sure)
    composed = (unicodedata.decomposition(character).split() for character in every)
    seconds = {chr(int(parts[1], 16)) for parts in composed if len(parts) == 2 and not parts[0].startswith("<")}
    assert not sure & seconds


# Writing --------------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_every_file_whole(miniature: Files, tmp_path: Path) -> None:
    """The limit stands for the disk: a file may not grow beyond it."""
    mangled = miniature | {EVENTS: miniature[EVENTS].replace(b"\n", b"\r\n")}
    folder = write(mangled, tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = subprocess.run(
        [sys.executable, "-B", "-m", "sumy2022", "fmt", str(folder)], preexec_fn=limit, capture_output=True, text=True
    )
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "events.csv cannot be written" in done.stderr
    assert {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    } == mangled


WRITER = """
import itertools, pathlib, signal, sys
from sumy2022.canonical import write_atomically
signal.signal(signal.SIGINT, signal.default_int_handler)  # which who runs the tests may have ignored
path, texts = pathlib.Path(sys.argv[1]), (b"a" * 300_000, b"b" * 200_000)
print("ready", flush=True)
for text in itertools.cycle(texts):
    write_atomically(path, text)
"""


@pytest.mark.parametrize("number", range(20))
def test_an_interruption_leaves_a_file_old_or_new(number: int, tmp_path: Path) -> None:
    path, chance = tmp_path / "t.csv", random.Random(number)
    path.write_bytes(b"a" * 300_000)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.random() / 50)
        process.send_signal((signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[number % 3])
        process.wait(timeout=30)
    assert path.read_bytes() in (b"a" * 300_000, b"b" * 200_000)
    if number % 3 == 0:
        assert list(tmp_path.iterdir()) == [path], "an interruption that can be caught leaves nothing behind"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_atomically(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


# LibreOffice ----------------------------------------------------------------------------------------------------

UTF_8, ENGLISH = 76, 1033
OPEN = f"CSV:44,34,{UTF_8},1,,{ENGLISH},false,{{}}"
"""Comma, double quote; from the first line, columns of any kind; quoted cells are not text; detect special numbers."""
SAVE = f"csv:Text - txt - csv (StarCalc):59,34,{UTF_8},1,,0,true,true,false"
"""Semicolon, double quote; all text cells quoted, cells saved as they are shown."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function that converts files with LibreOffice and returns the folder of the results."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice Calc is not installed (the Debian package is libreoffice-calc)")
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("profile")

    def convert(files: Sequence[Path], to: str, *more: str) -> Path:
        folder = tmp_path_factory.mktemp("converted")
        command = [str(program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", *more]
        subprocess.run(
            [*command, "--convert-to", to, "--outdir", str(folder), *map(str, files)],
            check=True,
            capture_output=True,
            timeout=300,
        )
        assert len(list(folder.iterdir())) == len(files)
        return folder

    return convert


def opened_and_saved(files: Sequence[Path], office: Callable[..., Path], *, detect: bool, workbook: bool) -> Path:
    """Open CSV files in LibreOffice and save them, or save them as workbooks first and open these."""
    options = f"--infilter={OPEN.format(str(detect).lower())}"
    if not workbook:
        return office(files, SAVE, options)
    return office(sorted(office(files, "xlsx", options).iterdir()), SAVE)


def shipped(folder: Path) -> Path:
    """Copy the shipped package in canonical form."""
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "datapackage.json", folder)
    assert main(["fmt", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("workbook", [False, True], ids=["csv", "xlsx"])
@pytest.mark.parametrize("detect", [False, True], ids=["as text", "special numbers detected"])
def test_a_round_trip_through_libreoffice(
    detect: bool, workbook: bool, tmp_path: Path, office: Callable[..., Path]
) -> None:
    """Every table comes back byte by byte, but for the texts that LibreOffice was allowed to take for numbers.

    Of these, `diff` shows each, `fmt` has changed none further, and `validate` names each that is not free text.
    """
    original = shipped(tmp_path / "original")
    tables = sorted((original / "data").glob("*.csv"))
    copy = shutil.copytree(original, tmp_path / "copy")
    for path in opened_and_saved(tables, office, detect=detect, workbook=workbook).iterdir():
        assert path.read_bytes() != (copy / "data" / path.name).read_bytes(), "LibreOffice has changed nothing"
        shutil.copy(path, copy / "data")
    assert main(["fmt", str(copy)]) == 0

    lost = {
        (f"data/{path.name}", line, field)
        for path in tables
        for line, (before, after) in enumerate(zip(rows_of(path), rows_of(copy / "data" / path.name), strict=True), 2)
        for field in before
        if before[field] != after[field]
    }
    assert detect or not lost
    cells = sum(len(rows_of(path)) * len(grid_of(path.read_bytes())[0]) for path in tables)
    assert len(lost) < cells / 1000
    for table in tables:
        if f"data/{table.name}" not in {file for file, _, _ in lost}:
            assert (copy / "data" / table.name).read_bytes() == table.read_bytes()
    changed = [
        (table.file, cell.field)
        for table in diff(original, copy).tables
        for row in table.rows_changed()
        for cell in row.cells
    ]
    assert sorted(changed) == sorted((file, field) for file, _, field in lost)
    prose = {
        (f"data/{name}.csv", field) for name, schema in open_package(copy).schemas.items() for field in schema.prose
    }
    found = {(finding.file, finding.line, finding.field) for finding in validate(copy).findings}
    assert {(file, line, field) for file, line, field in lost if (file, field) not in prose} <= found


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode())))


def test_what_libreoffice_detects_is_restored_or_named(
    miniature: Files, tmp_path: Path, office: Callable[..., Path]
) -> None:
    """Coordinates lose their zeros, a time gets seconds and a half of the day, and a note is taken for a time."""
    changes = [
        Edit("events", {"time_start": "17:45"}),
        Edit("events", {"time_start": "00:05"}, row=1),
        Edit("event_sources", {"note": "04:30."}),
        Edit("places", {"latitude": "50.9", "longitude": "34"}, row=4),
    ]
    original = lay(miniature, changes)
    folder = write(original, tmp_path)
    tables = sorted((folder / "data").glob("*.csv"))
    converted = opened_and_saved(tables, office, detect=True, workbook=False)
    for path in converted.iterdir():
        shutil.copy(path, folder / "data")
    assert b"05:45:00 PM" in (folder / EVENTS).read_bytes()
    assert main(["fmt", str(folder)]) == 0
    assert (folder / EVENTS).read_bytes() == original[EVENTS]
    assert (folder / PLACES).read_bytes() == original[PLACES]
    found = {(finding.rule, finding.file, finding.field) for finding in validate(folder).findings}
    assert ("CSV-118", "data/event_sources.csv", "note") in found
