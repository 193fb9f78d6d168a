"""The canonical form of the CSV files, which keeps every difference between two versions a real change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sumy2022.context import Context
from sumy2022.example import Add, Edit, Swap, Write
from sumy2022.findings import Severity
from sumy2022.rule import Scope, declare, rule
from sumy2022.text import composed, contains

if TYPE_CHECKING:
    import pandas as pd

SINCE = "1.0.0"
ERROR = Severity.ERROR
EVENTS = "data/events.csv"
_ODD = "\t\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACE = f"[ \n\r{_ODD}]"
STRAY_SPACE = f"^{_SPACE}|{_SPACE}$|{_SPACE}{{2}}|[{_ODD}]"
INVISIBLE = "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
"""Zero-width and bidirectional characters."""
CONTROL = "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
FORMULA = "^[=+@-]"
SURE = (
    r"!-~\x{a1}-\x{ac}\x{ae}-\x{2ff}\x{400}-\x{482}\x{48a}-\x{52f}"
    r"\x{2010}-\x{2027}\x{2030}-\x{205e}\x{20a0}-\x{20bf}\x{2116}"
)
"""Visible characters of Latin and Cyrillic texts, as the inside of a class of RE2, that are in NFC whatever stands
beside them."""
UNSURE = f"[^ {SURE}]"
FMT = "Run `sumy2022 fmt`, which restores the form and changes nothing else."

BLANK_LINE = declare(
    "CSV-100",
    "blank-line",
    ERROR,
    since=SINCE,
    reason="A file has no blank lines, so that a record's number follows from its line's.",
    message="the line is blank",
    fix=FMT,
    bad=(Swap(EVENTS, "\nEVT-0002", "\n\nEVT-0002"),),
    place=(EVENTS, 3),
)
BYTE_ORDER_MARK = declare(
    "CSV-101",
    "byte-order-mark",
    ERROR,
    since=SINCE,
    reason="A file does not begin with a byte order mark.\n\n"
    "Many readers take it for a part of the first column's name.",
    message="the file begins with a byte order mark",
    fix=FMT,
    bad=(Swap(EVENTS, "", "\ufeff"),),
    place=(EVENTS, 1),
)
LINE_ENDING = declare(
    "CSV-102",
    "carriage-return",
    ERROR,
    since=SINCE,
    reason="Lines end with LF alone; a file has no carriage return.",
    message="the file has {count} carriage returns, the first on this line",
    fix=FMT,
    bad=(Swap(EVENTS, "\nEVT-0002", "\r\nEVT-0002"),),
    place=(EVENTS, 2),
)
COLUMN_ORDER = declare(
    "CSV-103",
    "columns-out-of-order",
    ERROR,
    since=SINCE,
    reason="Columns stand in the order of the schema's fields.",
    message="{value} stands where another column belongs",
    fix="Run `sumy2022 fmt`; the order is {expected}.",
    bad=(Swap("data/retired_ids.csv", "reason,replaced_by", "replaced_by,reason"),),
    place=("data/retired_ids.csv", 1),
)
ROW_ORDER = declare(
    "CSV-104",
    "rows-out-of-order",
    ERROR,
    since=SINCE,
    reason="Rows are sorted by primary key, compared as text.",
    message="{value} stands after {other}",
    fix=FMT,
    bad=(
        Add("retired_ids", {"id": "EVT-0902", "retired_in": "0.1.0", "reason": "error"}),
        Add("retired_ids", {"id": "EVT-0901", "retired_in": "0.1.0", "reason": "error"}),
    ),
    place=("data/retired_ids.csv", 3),
)
LINE_BREAK = declare(
    "CSV-105",
    "line-break-in-cell",
    ERROR,
    since=SINCE,
    reason="A cell holds no line break, so that every record is one line for every tool.",
    message="a cell runs over more than one line: {value}",
    fix="Run `sumy2022 fmt`, which puts a space in its place.",
    bad=(Swap(EVENTS, "Shelling of Alpha", '"Shelling\nof Alpha"'),),
    place=(EVENTS, 2),
)
QUOTING = declare(
    "CSV-106",
    "needless-or-missing-quotes",
    ERROR,
    since=SINCE,
    reason="A cell stands in quotes only if it holds a comma or a quote (RFC 4180, written minimally).",
    message="the line is quoted otherwise than it has to be: {value}",
    fix=FMT,
    bad=(Swap(EVENTS, "Shelling of Alpha", '"Shelling of Alpha"'),),
    place=(EVENTS, 2),
)
FINAL_NEWLINE = declare(
    "CSV-107",
    "missing-final-newline",
    ERROR,
    since=SINCE,
    reason="The last line ends with LF, like all others.",
    message="the last line has no line break at its end",
    fix=FMT,
    bad=(Swap("data/retired_ids.csv", "note\n", "note"),),
    place=("data/retired_ids.csv", 1),
)
DELIMITER = declare(
    "CSV-108",
    "cells-not-separated-by-commas",
    ERROR,
    since=SINCE,
    reason="Cells are separated by commas.\n\nWhere the comma is the decimal mark, spreadsheets write semicolons. "
    "Nothing else is checked in such a file, for its header is not that of the table.",
    message="the cells are separated by {value}",
    fix="Run `sumy2022 fmt`, which puts commas. When you export from a spreadsheet, choose the comma as separator.",
    bad=(Write("data/retired_ids.csv", "id;retired_in;reason;replaced_by;note\n"),),
    place=("data/retired_ids.csv", 1),
)
NUMBER = declare(
    "CSV-116",
    "number-not-in-shortest-form",
    ERROR,
    since=SINCE,
    reason="A number is written as its shortest plain decimal: no zeros at the end, no exponent, and no sign before 0."
    "\n\nSpreadsheets add and drop such zeros. With one form for each value, a difference is a change of the value.",
    message="{field} is {value}, which is not its shortest form",
    fix="Run `sumy2022 fmt`, which writes it so. Where there is an exponent, take the number from the source instead: "
    "a spreadsheet may have rounded it.",
    bad=(Edit("places", {"latitude": "51.50"}, row=4),),
    good=(Edit("places", {"latitude": "51.5"}, row=4),),
)


@rule(
    "CSV-111",
    "text-not-nfc",
    ERROR,
    since=SINCE,
    scope=Scope.CELL,
    suspect=UNSURE,
    message="{field} holds letters in decomposed form: {value}",
    fix=FMT,
    bad=(Edit("places", {"name_es": "Leo\u0301n"}, row=4),),
    good=(Edit("places", {"name_es": "Le\u00f3n"}, row=4),),
)
def text_is_composed(cells: pd.Series, _: Context) -> pd.Series:
    """Text is in Unicode NFC, so that what looks equal is equal."""
    return composed(cells)


@rule(
    "CSV-112",
    "stray-white-space",
    ERROR,
    since=SINCE,
    scope=Scope.CELL,
    suspect=STRAY_SPACE,
    message="{field} has white space at an end, doubled, or of an unusual kind: {value}",
    fix=FMT,
    bad=(Edit("events", {"title": "Shelling  of Alpha"}),),
    good=(Edit("events", {"title": "Shelling of Alpha"}),),
)
def spaces_are_single(cells: pd.Series, _: Context) -> pd.Series:
    """A cell has no white space at its ends, none doubled, and no kind but the plain space.

    The no-break spaces that word processors put in look like spaces and compare as other text.
    """
    return ~contains(cells, STRAY_SPACE)


@rule(
    "CSV-113",
    "control-character",
    ERROR,
    since=SINCE,
    scope=Scope.CELL,
    suspect=CONTROL,
    message="{field} holds a control character: {value}",
    fix=FMT,
    bad=(Edit("events", {"title": "Shelling\x07 of Alpha"}),),
    good=(Edit("events", {"title": "Shelling of Alpha"}),),
)
def no_control_characters(cells: pd.Series, _: Context) -> pd.Series:
    """A cell holds no control character; none is text, and some command a terminal."""
    return ~contains(cells, CONTROL)


@rule(
    "CSV-114",
    "invisible-character",
    ERROR,
    since=SINCE,
    scope=Scope.CELL,
    suspect=INVISIBLE,
    message="{field} holds a zero-width or bidirectional character: {value}",
    fix=FMT,
    bad=(Edit("events", {"title": "Shelling of\u200b Alpha"}),),
    good=(Edit("events", {"title": "Shelling of Alpha"}),),
)
def no_invisible_characters(cells: pd.Series, _: Context) -> pd.Series:
    """A cell holds no zero-width and no bidirectional character: they make text read other than it is."""
    return ~contains(cells, INVISIBLE)


@rule(
    "CSV-115",
    "formula-like-cell",
    ERROR,
    since=SINCE,
    scope=Scope.CELL,
    suspect=FORMULA,
    message="{field} begins like a formula: {value}",
    fix="Rephrase it so that the text begins with a letter or digit.",
    bad=(Edit("events", {"title": "=SUM(A1)"}),),
    good=(Edit("events", {"title": "SUM(A1)"}),),
)
def no_formula(cells: pd.Series, _: Context) -> pd.Series:
    """A text does not begin with `=`, `+`, `-` or `@`, which a spreadsheet would run as a formula."""
    return ~contains(cells, FORMULA)
