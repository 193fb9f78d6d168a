"""A CSV file without any sign of trouble, read whole by `pyarrow.csv`."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]

FRAME = np.frombuffer(b',\n"', dtype=np.uint8)
"""What stands before a quote that opens a cell, after one that closes it, or beside one of a doubled pair."""
PIECE = 1 << 20
"""The bytes that are searched at once."""
SMALL = 1 << 20
"""The bytes up to which a file is read faster by one thread than by several."""


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
    view = np.frombuffer(data, dtype=np.uint8)
    newlines = _places(view, "\n")
    if b"\r" in data or b"\0" in data or data.startswith(b"\n") or (np.diff(newlines) == 1).any():
        return None
    quotes = _places(view, '"')
    if not _is_plain(view, quotes, newlines) or (table := _read_whole(data, longest)) is None:
        return None
    # The empty cells of a single column are quoted, or there would be empty lines.
    minimal = data.endswith(b"\n") and table.num_columns > 1 and _needed(view, quotes)
    return Plain(table, minimal)


def _places(view: Bytes, char: str) -> Places:
    """Return where a character stands; pieces of the file are searched that the processor holds at once."""
    starts = range(0, len(view), PIECE)
    return np.concatenate(
        [
            np.array([], dtype=np.int64),
            *(np.flatnonzero(view[start : start + PIECE] == ord(char)) + start for start in starts),
        ]
    )


def _is_plain(view: Bytes, quotes: Places, newlines: Places) -> bool:
    """Tell whether each line is one record, by what the quotes show."""
    if len(quotes) % 2 or (np.searchsorted(quotes, newlines) % 2).any():
        return False
    # A quote elsewhere than at the side of a cell or doubled, as in `a"b,"c`, would open what parity does not show.
    opening, closing = quotes[::2], quotes[1::2]
    beside = np.concatenate([view[opening[opening > 0] - 1], view[closing[closing < len(view) - 1] + 1]])
    return bool(np.isin(beside, FRAME).all())


def _needed(view: Bytes, quotes: Places) -> bool:
    """Tell whether each cell in quotes holds a comma or a quote, which is a pair of quotes that touch."""
    touching = quotes[2::2] == quotes[1:-1:2] + 1
    alone = ~(np.append(touching, False) | np.append(False, touching))[: len(quotes) // 2]
    if not alone.any():
        return True
    commas = _places(view, ",")
    return bool((np.searchsorted(commas, quotes[::2][alone]) < np.searchsorted(commas, quotes[1::2][alone])).all())


def _read_whole(data: bytes, longest: int) -> pa.Table | None:
    try:
        header = next(csv.reader([io.BytesIO(data).readline().removesuffix(b"\n").decode("utf-8")]))
    except (csv.Error, UnicodeDecodeError):
        return None
    if len(set(header)) != len(header) or max(map(len, header)) > longest or len(data) > 2**31 - 1:
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
    if len(data) <= longest:
        return table
    # Bytes first, which cost nothing to count; there are never fewer of them than characters.
    for length in (pc.binary_length, pc.utf8_length):
        if max((pc.max(length(column)).as_py() or 0 for column in table.columns), default=0) <= longest:
            return table
    return None
