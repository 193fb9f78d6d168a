"""The bytes of one CSV file as text cells, with every physical fault at its line.

A sound file is read whole (`plain`). A file that shows any sign of trouble is read record by record instead, so that
one bad line costs that line and no other.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.findings import Fault
from sumy2022.plain import read_plain
from sumy2022.rules import canonical as form
from sumy2022.rules import structure as st

BOM = b"\xef\xbb\xbf"
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs"}
"""What may separate cells instead of a comma, and how a message calls it."""
_OTHER_HEADER = re.compile(rb"[^,\0;\t]+([;\t])[^,\0]*")
"""A header whose names are separated otherwise than by a comma."""
CELL_LIMIT = 100_000
"""The most characters that a cell may hold."""
RECORD_LINES = 100
"""The most lines that the quoted cells of one record may run over."""
RECORD_LIMIT = 5_000_000
"""The most characters that a record may have."""
HEADER_LIMIT = 100_000
"""The most characters that a header may have."""


@dataclass
class Reading:
    """A file's records as text.

    `table` has one string column per header name (the first, where a name is repeated); `lines` is the
    physical line of each record. `lost` tells that records are missing from it: what was wrong with them is
    among `faults`. `minimal` tells that the bytes are known to be what this table is written as.
    """

    file: str
    header: list[str] = field(default_factory=list)
    table: pa.Table = field(default_factory=lambda: pa.table({}))
    lines: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    faults: list[Fault] = field(default_factory=list)
    lost: bool = False
    minimal: bool = False

    def fault(self, rule: str, line: int | None = None, value: str | None = None, **facts: str) -> None:
        """Record a fault of this file."""
        self.faults.append(Fault(rule, self.file, line, value=value, facts=facts))


def read_csv(data: bytes, file: str) -> Reading:
    """Read a CSV file's bytes; empty cells become null.

    A header that has no comma but a semicolon or tab is one fault, and nothing is read below it.
    """
    reading = Reading(file)
    line, header = first_line(data)
    other = _OTHER_HEADER.fullmatch(header)
    if not header or other:
        if other:
            reading.fault(form.DELIMITER, line, OTHER_DELIMITERS[other[1].decode()])
        else:
            reading.fault(st.EMPTY_FILE)
        reading.lost = True
        return reading
    if (sound := read_sound(data, file)) is not None:
        return sound
    _read_records(data, reading)
    _name_columns_once(reading)
    return reading


def read_sound(data: bytes, file: str) -> Reading | None:
    """Read a CSV file's bytes at once; None where they show any sign of trouble."""
    header = first_line(data)[1]
    if not header or data.startswith(BOM) or _OTHER_HEADER.fullmatch(header) or _endless(data):
        return None
    found = read_plain(data, longest=CELL_LIMIT)
    if found is None:
        return None
    table, minimal = found
    lines = np.arange(2, table.num_rows + 2)
    return Reading(file, table.column_names, table, lines, minimal=minimal)


def read_export(data: bytes, file: str, delimiter: str) -> Reading:
    """Read a file that is not empty as a spreadsheet may have saved it, for `fmt` to restore.

    Its cells may be separated by another character, and nameless columns and empty cells may follow the last one.
    """
    reading = Reading(file)
    _read_records(data, reading, delimiter, padded=True)
    _name_columns_once(reading)
    return reading


def first_line(data: bytes) -> tuple[int, bytes]:
    """Return the number and the bytes of the first line that is not blank; no bytes where there is none.

    Of a line that is longer than any header the beginning is returned.
    """
    text = data.removeprefix(BOM)
    rest = text.lstrip(b"\r\n")
    blank = text[: len(text) - len(rest)].splitlines()
    return len(blank) + 1, re.split(rb"[\r\n]", rest[:HEADER_LIMIT], maxsplit=1)[0]


def _endless(data: bytes) -> bool:
    """Tell whether a line may be longer than a record or header can be, by looking at a few places only."""
    at = data.find(b"\n", 0, HEADER_LIMIT + 1)
    if at < 0:
        return len(data) > HEADER_LIMIT
    while len(data) - at > RECORD_LIMIT:
        at = data.rfind(b"\n", at + 1, at + RECORD_LIMIT + 2)
        if at < 0:
            return True
    return False


def _read_records(data: bytes, reading: Reading, delimiter: str = ",", *, padded: bool = False) -> None:
    """Read a file record by record and note where each one starts; `padded` leaves out what is empty at their ends."""
    lines = [
        _decode(line, number, reading)
        for number, line in enumerate(data.removeprefix(BOM).splitlines(keepends=True), 1)
    ]
    starts: list[int] = []
    rows: list[list[str]] = []
    width = 0
    for start, row in _records(lines, reading, delimiter, padded=padded):
        if not reading.header:
            reading.header = row
            width = len(row)
        elif len(row) != width:
            reading.fault(st.RAGGED_ROW, start, value=_excerpt(",".join(row)), found=str(len(row)), expected=str(width))
            reading.lost = True
        else:
            starts.append(start)
            rows.append(row)
    columns = [[row[index] for row in rows] for index in range(width)]
    arrays = [pa.array(column, type=pa.string()) for column in columns]
    reading.table = _null(pa.Table.from_arrays(arrays, names=reading.header))
    reading.lines = np.array(starts, dtype=np.int64)


def _decode(line: bytes, number: int, reading: Reading) -> str | None:
    """Decode one physical line; a line that cannot be text is None and a fault."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        reading.fault(st.BAD_ENCODING, number, value=f"0x{line[error.start]:02x}", byte=str(error.start + 1))
        reading.lost = True
        return None
    if "\0" in text:
        reading.fault(st.NUL_BYTE, number, byte=str(line.index(0) + 1))
        reading.lost = True
        return None
    return text


def _records(
    lines: list[str | None], reading: Reading, delimiter: str, *, padded: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its first physical line.

    A quoted cell may run over lines. Where the record that so arises has not the header's number of cells, or
    reaches the end of the file inside the quotes, the quote was never closed: its line alone is given up, and
    reading goes on with the next (a reader that does not would swallow all rows up to the next quote).
    The header is one line; without it nothing can be said of the rest.
    """
    at = 0
    width: int | None = None
    while at < len(lines):
        line = lines[at]
        if line is None:
            if width is None:
                return
            at += 1
            continue
        if not line.strip("\r\n"):
            reading.fault(form.BLANK_LINE, at + 1)
            at += 1
            continue
        if len(line) > (HEADER_LIMIT if width is None else RECORD_LIMIT):
            _give_up(line, at + 1, reading, delimiter)
            if width is None:
                return
            at += 1
            continue
        row, used = _record(lines, at, delimiter)
        if padded and row is not None:
            row = _without_padding(row, width or 0)
        if row is None or (used > 1 and len(row) != width):
            too_long = row is None and len(line) > CELL_LIMIT
            reading.fault(st.CELL_TOO_LONG if too_long else st.UNCLOSED_QUOTE, at + 1, value=_excerpt(line))
            reading.lost = True
            if width is None:
                return
            at += 1
            continue
        if used > 1:
            reading.fault(
                form.LINE_BREAK, at + 1, value=_excerpt("".join(part or "" for part in lines[at : at + used]))
            )
        width = width or len(row)
        yield at + 1, row
        at += used


def _give_up(line: str, number: int, reading: Reading, delimiter: str) -> None:
    """Say what is wrong with a line that is too long to be a record: a cell of it, or how many it has."""
    row, _ = _record([line[:RECORD_LIMIT]], 0, delimiter)
    if row is not None and reading.header and len(row) > (width := len(reading.header)):
        reading.fault(
            st.RAGGED_ROW, number, value=_excerpt(line), found=f"more than {len(row) - 1}", expected=str(width)
        )
    else:
        reading.fault(st.CELL_TOO_LONG, number, value=_excerpt(line))
    reading.lost = True


def _record(lines: list[str | None], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Parse the record that starts at `at`; None when its quotes are not closed or a cell is too long."""
    used = 0

    def feed() -> Iterator[str]:
        nonlocal used
        room = RECORD_LIMIT
        for line in lines[at : at + RECORD_LINES]:
            if line is None or (room := room - len(line)) < 0:
                return
            used += 1
            yield line

    limit = csv.field_size_limit(CELL_LIMIT)
    try:
        row = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        # Strict parsing also refuses text after a closing quote, which is a matter of form, not of reading.
        lenient = csv.reader([lines[at] or "", ""], delimiter=delimiter)
        try:
            row = next(lenient)
        except csv.Error:
            return None, 1
        # Inside open quotes the reader has gone on to the second line.
        return (row, 1) if lenient.line_num == 1 else (None, 1)
    finally:
        csv.field_size_limit(limit)
    return row, used


def _without_padding(row: list[str], width: int) -> list[str]:
    """Return a record without the empty cells that follow its first `width` ones."""
    end = len(row)
    while end > width and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _name_columns_once(reading: Reading) -> None:
    """Keep the first of columns that share a name, and report the others."""
    seen: dict[str, int] = {}
    for index, name in enumerate(reading.header):
        if name in seen:
            reading.fault(st.COLUMN_TWICE, 1, value=name)
        else:
            seen[name] = index
    if len(seen) < len(reading.header):
        reading.table = reading.table.select(list(seen.values()))


def _null(table: pa.Table) -> pa.Table:
    """Turn empty cells into nulls."""
    empty, null = pa.scalar("", pa.string()), pa.scalar(None, pa.string())
    columns = [pc.if_else(pc.equal(column, empty), null, column) for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _excerpt(text: str) -> str:
    """Return the start of a line, enough to recognise it."""
    line = text[:100].rstrip("\r\n").replace("\n", "⏎")
    return line if len(line) <= 60 else line[:57] + "..."
