"""A CSV file without any sign of trouble, read whole by `pyarrow.csv`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]

FRAME = np.isin(np.arange(256), list(b',\n"'))
"""Whether a byte may stand before a quote that opens a cell, after one that closes it, or beside one of a pair."""
SMALL = 1 << 20
"""The bytes up to which a file is read faster by one thread than by several."""
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
    table = _read_whole(data, longest) if line_ends(data) is not None else None
    if table is None:
        return None
    # The empty cells of a single column are quoted, or there would be empty lines.
    return Plain(table, data.endswith(b"\n") and table.num_columns > 1 and _are_needed(data))


def line_ends(data: bytes) -> Places | None:
    """Return where the line feeds are in a file each line of which is one record, by what the bytes show, else None."""
    if data.startswith(b"\n") or b"\r" in data or b"\0" in data:
        return None
    view = np.frombuffer(data, dtype=np.uint8)
    quoted = b'"' in data
    found, open_cell = [np.array([], dtype=np.int64)], 0
    for start in range(0, len(view), CHUNK):
        part = view[start : start + CHUNK]
        ends = np.flatnonzero(part == ord("\n"))
        found.append(ends + start)
        if quoted:
            quotes = np.flatnonzero(part == ord('"'))
            if ((np.searchsorted(quotes, ends) + open_cell) % 2).any():
                return None
            if not _are_framed(view, quotes[open_cell::2] + start, quotes[1 - open_cell :: 2] + start):
                return None
            open_cell = (open_cell + len(quotes)) % 2
    places = np.concatenate(found)
    return None if open_cell or (np.diff(places) == 1).any() else places


def _are_framed(view: Bytes, opening: Places, closing: Places) -> bool:
    """Tell whether quotes stand at the sides of cells or doubled.

    One elsewhere, as in `a"b,"c`, would open what parity does not show.
    """
    before, after = view[opening[opening > 0] - 1], view[closing[closing < len(view) - 1] + 1]
    return bool(FRAME[before].all() and FRAME[after].all())


def _are_needed(data: bytes) -> bool:
    """Tell whether each cell in quotes holds a comma or a quote, which is a pair of quotes that touch."""
    view = np.frombuffer(data, dtype=np.uint8)
    quotes = _places(view, '"')
    touching = quotes[2::2] == quotes[1:-1:2] + 1
    alone = ~(np.append(touching, False) | np.append(False, touching))[: len(quotes) // 2]
    if not alone.any():
        return True
    commas = _places(view, ",")
    return bool((np.searchsorted(commas, quotes[::2][alone]) < np.searchsorted(commas, quotes[1::2][alone])).all())


def _places(view: Bytes, char: str) -> Places:
    """Return where a character stands."""
    starts = range(0, len(view), CHUNK)
    found = (np.flatnonzero(view[start : start + CHUNK] == ord(char)) + start for start in starts)
    return np.concatenate([np.array([], dtype=np.int64), *found])


def _read_whole(data: bytes, longest: int) -> pa.Table | None:
    header = _names(data)
    if not header or max(map(len, header)) > longest or len(data) > MOST:
        return None
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(use_threads=len(data) > SMALL, block_size=max(SMALL, len(data) // 8)),
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


def read_columns(data: bytes, names: Sequence[str]) -> pa.Table | None:
    """Read some columns of a file for which `line_ends` answers, as `read_plain` does, with little memory besides.

    The bytes of other columns are not looked at, but for what separates cells. None where there is a ragged row, a
    column's name twice, a bad byte or no such column.
    """
    header = _names(data)
    if not set(names) <= set(header) or len(data) > MOST:
        return None
    try:
        return pyarrow.csv.open_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=SMALL),
            parse_options=PARSING,
            convert_options=_as_text(names, include_columns=list(names)),
        ).read_all()
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None


def _names(data: bytes) -> list[str]:
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
