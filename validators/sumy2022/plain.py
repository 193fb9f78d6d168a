"""A CSV file without any sign of trouble, read whole by `pyarrow.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]

FRAME = np.isin(np.arange(256), list(b',\n"'))
"""Whether a byte may stand before a quote that opens a cell, after one that closes it, or beside one of a pair."""
SMALL = 1 << 26
"""The bytes up to which a file is read by one thread: another one, which imports, has the other processor."""
BLOCK = 1 << 20
"""The bytes that one thread reads at a time."""
MOST = 2**31 - 1
"""The bytes up to which a file can be read whole."""
PARSING = pyarrow.csv.ParseOptions(newlines_in_values=False, ignore_empty_lines=False)
CHUNK = 1 << 20
"""The bytes that are searched at a time: few enough to stay in the processor's cache."""


class Plain(NamedTuple):
    """A file each line of which is one record, as text in which empty cells are null.

    `minimal` tells that it is written with LF at its end and with quotes only where a cell needs them.
    """

    table: pa.Table
    minimal: bool


def read_plain(data: bytes, longest: int) -> Plain | None:
    """Read a file each line of which is one record.

    None where the bytes show otherwise, and where there is a ragged row, a column's name twice, a bad byte or a cell
    of more than `longest` characters.
    """
    minimal = True
    for quotes in _quotes(data):
        if quotes is None:
            return None
        minimal = minimal and _are_needed(*quotes)
    table = _read_whole(data, longest)
    if table is None or table.num_rows + 1 != count_lines(data):
        return None
    if all(column.null_count for column in table.columns) and b"\n\n" in data:
        return None  # of a blank line Arrow makes a row of nulls
    # The empty cells of a single column are quoted, or there would be empty lines.
    return Plain(table, minimal and data.endswith(b"\n") and table.num_columns > 1)


def count_lines(data: bytes, start: int = 0, end: int | None = None) -> int:
    """Return how many lines there are in a file, or between two places in it; LF ends a line."""
    view = np.frombuffer(data, dtype=np.uint8)[start:end]
    ends = sum(np.count_nonzero(view[at : at + CHUNK] == ord("\n")) for at in range(0, len(view), CHUNK))
    return int(ends) + bool(len(view) and view[-1] != ord("\n"))


def may_be_records(data: bytes, start: int, end: int) -> bool:
    """Tell whether each of some whole lines, between two places in a file, may be a record, by what the bytes show.

    It may not where it ends inside of quotes or otherwise than with LF, or where a quote is neither at the side of a
    cell nor doubled.
    """
    return all(quotes is not None for quotes in _quotes(data, start, end))


def _quotes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[Bytes, Places, Places] | None]:
    """Yield the lines that have quotes, many at a time, with the places of those that open a cell and those that close.

    None, and nothing more, is yielded for lines that may not be records.
    """
    end = len(data) if end is None else end
    if any(data.find(bad, start, end) >= 0 for bad in (b"\r", b"\0")):
        yield None
        return
    while (at := data.find(b'"', start, end)) >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        stop = data.rfind(b"\n", start, min(start + CHUNK, end)) + 1 or data.find(b"\n", start, end) + 1 or end
        part = np.frombuffer(data, dtype=np.uint8)[start:stop]
        quotes = np.flatnonzero(part == ord('"'))
        opening, closing = quotes[::2], quotes[1::2]
        if len(quotes) % 2 or not _are_framed(part, opening, closing):
            yield None
            return
        yield part, opening, closing
        start = stop


def _are_framed(view: Bytes, opening: Places, closing: Places) -> bool:
    """Tell whether quotes stand at the sides of cells or doubled.

    One elsewhere, as in `a"b,"c`, would open what parity does not show.
    """
    before, after = view[opening[opening > 0] - 1], view[closing[closing < len(view) - 1] + 1]
    return bool(FRAME[before].all() and FRAME[after].all())


def _are_needed(view: Bytes, opening: Places, closing: Places) -> bool:
    """Tell whether each cell in quotes holds a comma or a quote, which is a pair of quotes that touch."""
    touching = opening[1:] == closing[:-1] + 1
    alone = ~(np.append(touching, False) | np.append(False, touching))
    if not alone.any():
        return True
    commas = np.flatnonzero(view == ord(","))
    return bool((np.searchsorted(commas, opening[alone]) < np.searchsorted(commas, closing[alone])).all())


def _read_whole(data: bytes, longest: int) -> pa.Table | None:
    header = names_in(data)
    if not header or max(map(len, header)) > longest or len(data) > MOST:
        return None
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(
                use_threads=len(data) > SMALL, block_size=max(BLOCK, len(data) // 8 if len(data) > SMALL else 0)
            ),
            parse_options=PARSING,
            convert_options=_as_text(header),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if len(data) <= longest:
        return table
    # Bytes first, which cost nothing to count; there are never fewer of them than characters.
    for length in (pc.binary_length, pc.utf8_length):
        if max((pc.max(length(column)).as_py() or 0 for column in table.columns), default=0) <= longest:
            return table
    return None


def read_columns(lines: pa.Buffer, header: Sequence[str], names: Sequence[str]) -> pa.Table | None:
    """Read some columns of lines that may be records, and above which there is a header.

    The bytes of other columns are not looked at, but for what separates cells. None where there is a ragged row or a
    bad byte.
    """
    try:
        return pyarrow.csv.open_csv(
            pa.BufferReader(lines),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=list(header)),
            parse_options=PARSING,
            convert_options=_as_text(names, include_columns=list(names)),
        ).read_all()
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None


def names_in(data: bytes) -> list[str]:
    """Return the names of the columns; none where they cannot be read, or one is there twice."""
    end = data.find(b"\n")
    try:
        header = next(csv.reader([(data if end < 0 else data[:end]).decode("utf-8")]))
    except (csv.Error, UnicodeDecodeError):
        return []
    return header if len(set(header)) == len(header) else []


def _as_text(names: Sequence[str], **options: list[str]) -> pyarrow.csv.ConvertOptions:
    return pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        null_values=[""],
        **options,
    )
