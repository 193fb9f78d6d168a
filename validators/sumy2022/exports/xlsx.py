"""All tables as one Excel workbook, for people who work in a spreadsheet: a sheet a table, with a codebook.

STEM.xlsx opens in Excel, LibreOffice and Google Sheets. The sheet `Read me` tells what it is and how to cite it,
`Codebook` explains every column and code. Dates are dates, counts are numbers, and identifiers, codes and words are
text that no spreadsheet reinterprets; coded columns offer their codes to choose from. An empty cell means unknown.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sumy2022.exports import stem
from sumy2022.exports.checked import checked
from sumy2022.exports.moment import moment
from sumy2022.exports.wording import codebook, read_me
from sumy2022.extras import need
from sumy2022.findings import UsageError
from sumy2022.package import Package
from sumy2022.schema import Field, TableSchema

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
"""What a sheet and a cell hold at most; the characters are UTF-16 units."""
LONGEST_NAME = 31
"""How many characters the name of a sheet may have."""
FIRST_DAY = date(1900, 3, 1)
"""The first day that all spreadsheets count alike: Excel takes 1900 for a leap year. Earlier days are text."""
WIDTHS = (10, 60)
"""The least and the most characters that a column shows."""
README, CODEBOOK, CODES = "Read me", "Codebook", "Codes"
OURS = (README, CODEBOOK, CODES, "History")
"""The names of sheets that no table gets: our own, and one that Excel keeps for itself."""
TEXT = {"num_format": "@", "valign": "top"}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "text": TEXT,
    "formula": TEXT | {"quote_prefix": True},
    "wrapped": TEXT | {"text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top"},
    "integer": {"num_format": "0", "valign": "top"},
    "general": {"valign": "top"},
    "header": {"num_format": "@", "bold": True, "bg_color": "#E8E8E8", "bottom": 1},
}
FORMULA = re.compile(r"\s*[=+\-@']")
"""How a text begins that a spreadsheet would read otherwise once someone edits the cell."""


@dataclass
class Book:
    """A workbook in the making: its formats by name, and the columns of the hidden sheet of codes that are taken."""

    book: Workbook
    formats: Mapping[str, Format]
    codes: Worksheet | None = None
    lists: dict[tuple[Any, ...], str] = field(default_factory=dict)


def write(package: Package, folder: Path) -> list[Path]:
    """Write the workbook.

    Raises `UsageError` as `checked` does, where XlsxWriter is not installed, and where a sheet or a cell would be
    larger than a workbook can hold.
    """
    need("The format xlsx", "xlsxwriter")
    from xlsxwriter import Workbook

    tables = checked(package)
    names = sheet_names(tables)
    buffer = io.BytesIO()
    made = Workbook(buffer, {"in_memory": True})
    made.set_properties({"title": package.descriptor.title[:255], "created": moment(package)})
    book = Book(made, {name: made.add_format(dict(style)) for name, style in STYLES.items()})
    _words(book, README, read_me(package, {names[name]: len(table) for name, table in tables.items()}), (24, 100))
    sheets = {name: made.add_worksheet(names[name]) for name in tables}
    _words(book, CODEBOOK, codebook(package, names), (16, 20, 22, 9, 9, 60, 18, 22, 60), table=True)
    for name, table in tables.items():
        _table(book, sheets[name], package.schemas[name], table)
    made.close()
    path = folder / f"{stem(package)}.xlsx"
    path.write_bytes(buffer.getvalue())
    return [path]


def sheet_names(tables: Iterable[str]) -> dict[str, str]:
    """Return a name of a sheet for each table: its own, cut where it is too long, numbered where it is taken."""
    names: dict[str, str] = {}
    taken = {name.lower() for name in OURS}
    for table in tables:
        name, number = table[:LONGEST_NAME], 1
        while name.lower() in taken:
            number += 1
            name = f"{table[: LONGEST_NAME - len(f'~{number}')]}~{number}"
        taken.add(name.lower())
        names[table] = name
    return names


def _words(book: Book, name: str, rows: Iterable[Sequence[str]], widths: Sequence[int], *, table: bool = False) -> None:
    """Write a sheet of words, whose first row is its header if it is a `table`, and otherwise its first column."""
    sheet = book.book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, book.formats["wrapped"])
    last = 1
    for last, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            head = last == 0 if table else column == 0
            if cell:
                _text(sheet, last, column, cell, book.formats["header" if head else "wrapped"])
    if table:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(widths) - 1)


def _table(book: Book, sheet: Worksheet, schema: TableSchema, table: pd.DataFrame) -> None:
    """Write a table: a header that stays in sight and filters, and a column after the other."""
    if len(table) >= MOST_ROWS or len(schema.fields) > MOST_COLUMNS:
        raise UsageError(
            f"{schema.name} has {len(table):,} rows and {len(schema.fields):,} columns; a sheet holds at most "
            f"{MOST_ROWS - 1:,} and {MOST_COLUMNS:,}. Use another format, such as sqlite."
        )
    for column, known in enumerate(schema.fields):
        cells = table[known.name]
        kind = _kind(schema, known)
        sheet.set_column(column, column, _width(known.name, cells, kind), book.formats[kind])
        _text(sheet, 0, column, known.name, book.formats["header"])
        put = _writer(book, sheet, kind)
        filled = cells.dropna()
        for row, cell in zip(filled.index, filled.tolist(), strict=True):
            put(row + 1, column, cell)
        if "enum" in known.constraints and kind != "date":
            _choices(book, sheet, column, kind, tuple(known.constraints["enum"]))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table), 1), len(schema.fields) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})


def _kind(schema: TableSchema, known: Field) -> str:
    """Return how a column is formatted. Whole numbers that identify something are text: nobody adds them up."""
    if known.type == "integer":
        keys = {*schema.primary_key, *(name for key in schema.foreign_keys for name in key.fields)}
        return "text" if known.name in keys or known.name.endswith("_id") else "integer"
    return {"string": "text", "date": "date", "year": "integer"}.get(known.type, "general")


def _width(name: str, cells: pd.Series, kind: str) -> int:
    """Return the width at which a column shows its name, with the button of the filter, and most of its cells."""
    longest = cells.dropna().astype("str").str.len().max() if kind == "text" and cells.notna().any() else 0
    least, most = WIDTHS
    return int(min(max(least, len(name) + 4, longest + 1), most))


def _writer(book: Book, sheet: Worksheet, kind: str) -> Callable[[int, int, Any], None]:
    """Return the function that writes one cell of a column."""
    plain, style = book.formats["text"], book.formats[kind]

    def text(row: int, column: int, value: Any) -> None:
        words = str(value)
        _text(sheet, row, column, words, book.formats["formula"] if FORMULA.match(words) else plain)

    def day(row: int, column: int, value: Any) -> None:
        if value.date() < FIRST_DAY:
            sheet.write_string(row, column, value.date().isoformat(), plain)
        else:
            sheet.write_datetime(row, column, value, style)

    def number(row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        else:
            sheet.write_number(row, column, value, style)

    return {"text": text, "date": day}.get(kind, number)


def _text(sheet: Worksheet, row: int, column: int, words: str, style: Format) -> None:
    """Write text that stays text, whole."""
    if len(words.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
        raise UsageError(
            f"Row {row + 1} of the sheet {sheet.name} has a cell of {len(words):,} characters, column {column + 1}; a "
            f"workbook holds at most {MOST_CHARACTERS:,} in one. Use another format, such as sqlite."
        )
    if words.startswith("<r>") and words.endswith("</r>"):
        # XlsxWriter takes such text for markup of its own and does not escape it, unless it comes in pieces.
        sheet.write_rich_string(row, column, words[:1], style, words[1:], style)
    else:
        sheet.write_string(row, column, words, style)


def _choices(book: Book, sheet: Worksheet, column: int, kind: str, codes: tuple[Any, ...]) -> None:
    """Let a column offer its codes. They stand on a hidden sheet: a list in the cell itself has 255 characters."""
    from xlsxwriter.utility import xl_range_abs

    if book.codes is None:
        book.codes = book.book.add_worksheet(CODES)
        book.codes.hide()
    if (kind, codes) not in book.lists:
        at, put = len(book.lists), _writer(book, book.codes, kind)
        for row, code in enumerate(codes):
            put(row, at, code)
        book.lists[kind, codes] = f"={CODES}!{xl_range_abs(0, at, len(codes) - 1, at)}"
    options = {
        "validate": "list",
        "source": book.lists[kind, codes],
        "error_title": "Not a code",
        "error_message": f"Choose one of the codes offered; the sheet {CODEBOOK} explains them.",
    }
    sheet.data_validation(1, column, MOST_ROWS - 1, column, options)
