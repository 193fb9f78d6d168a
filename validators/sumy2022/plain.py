"""A CSV file without any sign of trouble, read whole by `pyarrow.csv`."""

from __future__ import annotations

import csv

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

FRAME = np.frombuffer(b',\n"', dtype=np.uint8)
"""What stands before a quote that opens a cell, after one that closes it, or beside one of a doubled pair."""
SMALL = 1 << 20
"""The bytes up to which a file is read faster by one thread than by several."""


def read_plain(data: bytes, longest: int) -> pa.Table | None:
    """Read a file each line of which is one record, as text in which empty cells are null.

    None where the bytes show otherwise, and where there is a ragged row, a column's name twice, a bad byte or a cell
    of more than `longest` characters.
    """
    return _read_whole(data, longest) if _is_plain(data) else None


def _is_plain(data: bytes) -> bool:
    """Tell whether every line is one record, by what the bytes show."""
    if data.startswith(b"\n") or b"\r" in data or b"\0" in data or b"\n\n" in data:
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


def _read_whole(data: bytes, longest: int) -> pa.Table | None:
    try:
        header = next(csv.reader([data.split(b"\n", 1)[0].decode("utf-8")]))
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
    lengths = (pc.max(pc.utf8_length(column)).as_py() or 0 for column in table.columns)
    return table if max(lengths, default=0) <= longest else None
