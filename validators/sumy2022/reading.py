"""The bytes of one CSV file as text cells, with every physical fault at its line.

A sound file goes through `pyarrow.csv` whole. A file that shows any sign of trouble is read record by record
instead, so that one bad line costs that line and no other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from sumy2022.findings import Fault
from sumy2022.rules import canonical as form
from sumy2022.rules import structure as st

BOM = b"\xef\xbb\xbf"
CELL_LIMIT = 100_000
"""The most characters that a cell may hold."""
FRAME = np.frombuffer(b',\n"', dtype=np.uint8)
"""What stands before a quote that opens a cell, after one that closes it, or beside one of a doubled pair."""
SMALL = 1 << 20
"""The bytes up to which a file is read faster by one thread than by several."""
RECORD_LINES = 100
"""The most lines that the quoted cells of one record may run over."""


@dataclass
class Reading:
    """A file's records as text.

    `table` has one string column per header name (the first, where a name is repeated); `lines` is the
    physical line of each record. `lost` tells that records are missing from it: what was wrong with them is
    among `faults`.
    """

    file: str
    header: list[str] = field(default_factory=list)
    table: pa.Table = field(default_factory=lambda: pa.table({}))
    lines: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    faults: list[Fault] = field(default_factory=list)
    lost: bool = False

    def fault(self, rule: str, line: int | None = None, value: str | None = None, **facts: str) -> None:
        """Record a fault of this file."""
        self.faults.append(Fault(rule, self.file, line, value=value, facts=facts))


def read_csv(data: bytes, file: str) -> Reading:
    """Read a CSV file's bytes; empty cells become null."""
    reading = Reading(file)
    if not data.removeprefix(BOM).strip(b"\r\n"):
        reading.fault(st.EMPTY_FILE)
        reading.lost = True
        return reading
    if _is_plain(data) and (table := _read_whole(data)) is not None:
        reading.header = table.column_names
        reading.lines = np.arange(2, table.num_rows + 2)
        reading.table = table
    else:
        _read_records(data, reading)
        reading.table = _null(reading.table)
    _name_columns_once(reading)
    return reading


def _is_plain(data: bytes) -> bool:
    """Tell whether every line is one record, by what the bytes show."""
    if data.startswith((BOM, b"\n")) or b"\r" in data or b"\0" in data or b"\n\n" in data:
        return False
    if b'"' not in data:
        return True
    view = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(view == ord('"'))
    before = np.searchsorted(quotes, np.flatnonzero(view == ord("\n")))
    if len(quotes) % 2 or (before % 2).any():
        return False
    # A quote elsewhere than at the side of a cell or doubled, as in `a"b,"c`, would open what parity does not show.
    opening, closing = quotes[::2], quotes[1::2]
    beside = np.concatenate([view[opening[opening > 0] - 1], view[closing[closing < len(view) - 1] + 1]])
    return bool(np.isin(beside, FRAME).all())


def _read_whole(data: bytes) -> pa.Table | None:
    """Read a plain file with pyarrow; None when it meets a ragged row, a bad byte or too long a cell."""
    try:
        header = next(csv.reader([data.split(b"\n", 1)[0].decode("utf-8")]))
    except (csv.Error, UnicodeDecodeError):
        return None
    if len(set(header)) != len(header) or max(map(len, header)) > CELL_LIMIT or len(data) > 2**31 - 1:
        return None
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(use_threads=len(data) > SMALL, block_size=max(SMALL, len(data) // 8)),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pa.string() for name in header},
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if len(data) <= CELL_LIMIT:
        return table
    longest = (pc.max(pc.utf8_length(column)).as_py() or 0 for column in table.columns)
    return table if max(longest, default=0) <= CELL_LIMIT else None


def _read_records(data: bytes, reading: Reading) -> None:
    """Read a file record by record and note where each one starts."""
    lines = [
        _decode(line, number, reading)
        for number, line in enumerate(data.removeprefix(BOM).splitlines(keepends=True), 1)
    ]
    starts: list[int] = []
    rows: list[list[str]] = []
    width = 0
    for start, row in _records(lines, reading):
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
    reading.table = pa.Table.from_arrays(arrays, names=reading.header)
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


def _records(lines: list[str | None], reading: Reading) -> Iterator[tuple[int, list[str]]]:
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
        row, used = _record(lines, at)
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


def _record(lines: list[str | None], at: int) -> tuple[list[str] | None, int]:
    """Parse the record that starts at `at`; None when its quotes are not closed or a cell is too long."""
    used = 0

    def feed() -> Iterator[str]:
        nonlocal used
        for line in lines[at : at + RECORD_LINES]:
            if line is None:
                return
            used += 1
            yield line

    limit = csv.field_size_limit(CELL_LIMIT)
    try:
        row = next(csv.reader(feed(), strict=True))
    except (csv.Error, StopIteration):
        # Strict parsing also refuses text after a closing quote, which is a matter of form, not of reading.
        lenient = csv.reader([lines[at] or "", ""])
        try:
            row = next(lenient)
        except csv.Error:
            return None, 1
        # Inside open quotes the reader has gone on to the second line.
        return (row, 1) if lenient.line_num == 1 else (None, 1)
    finally:
        csv.field_size_limit(limit)
    return row, used


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
    line = text.rstrip("\r\n").replace("\n", "⏎")
    return line if len(line) <= 60 else line[:57] + "..."
