"""Two versions of a file compared line by line, so that only the records that differ are read cell by cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.plain import line_ends, read_columns

SEPARATOR = "\0"
"""Stands between the parts of a key; no cell that is read holds it."""
ROWS = 1 << 16
"""How many records are compared at a time: few enough that what they are looked up in stays in a fast memory."""


@dataclass(frozen=True)
class Lines:
    """A file's header, its records as they are written, and the key of each, in ascending order."""

    header: bytes
    records: pa.LargeBinaryArray
    keys: pa.StringArray


def joined(table: pa.Table, key: Sequence[str]) -> pa.StringArray:
    """Return one text a row that stands for its key."""
    parts = [table[name].combine_chunks() for name in key]
    return pc.binary_join_element_wise(*parts, SEPARATOR) if len(parts) > 1 else parts[0]


def read_lines(data: bytes, key: Sequence[str], longest: int) -> Lines | None:
    """Read of a file's cells only those of its key.

    None where the file has to be read whole to tell what it holds: where a line is not one record, a record or byte is
    bad, a line has more than `longest` bytes, or the rows are not told apart by their keys or not in their order.
    """
    ends = line_ends(data)
    if ends is None or not len(ends):
        return None
    starts = np.append(ends + 1, len(data)) if ends[-1] + 1 < len(data) else ends + 1
    if max(ends[0], np.diff(starts).max(initial=0)) > longest or not _is_text(data):
        return None
    table = read_columns(data, key)
    if table is None or any(table[name].null_count for name in key):
        return None
    keys = joined(table, key)
    if not pc.all(pc.less(keys[:-1], keys[1:]), min_count=0).as_py():
        return None
    records = pa.Array.from_buffers(
        pa.large_binary(), len(starts) - 1, [None, pa.py_buffer(starts), pa.py_buffer(data)]
    )
    return Lines(data[: starts[0]], records, keys)


def _is_text(data: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    whole = pa.py_buffer(np.array([0, len(data)]))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, whole, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def unlike(old: Lines, new: Lines) -> tuple[bytes, bytes]:
    """Return the two files less the records that the other has under the same key just as they are."""
    starts = range(0, max(len(new.keys), 1), ROWS)
    places = range(len(old.keys))
    cuts = [bisect_left(places, new.keys[start].as_py(), key=lambda at: old.keys[at].as_py()) for start in starts[1:]]

    def compare(start: int, first: int, last: int) -> tuple[pa.Array, pa.Array]:
        return _unlike(old, new, slice(first, last), slice(start, start + ROWS))

    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(compare, starts, [0, *cuts], [*cuts, len(old.keys)]))
    rest = (pa.chunked_array(masks, pa.bool_()) for masks in zip(*parts, strict=True))
    return tuple(  # type: ignore[return-value]
        side.header + b"".join(side.records.filter(mask.combine_chunks()).to_pylist())
        for side, mask in zip((old, new), rest, strict=True)
    )


def _unlike(old: Lines, new: Lines, before: slice, after: slice) -> tuple[pa.Array, pa.Array]:
    """Tell of the records of each side, in two ranges that hold the same keys, which the other has not just so."""
    was, now = old.records[before], new.records[after]
    match = pc.index_in(new.keys[after], value_set=old.keys[before])
    alike = pc.fill_null(pc.equal(was.take(match), now), False)
    gone = np.ones(len(was), dtype=bool)
    gone[match.filter(alike).to_numpy()] = False
    return pa.array(gone), pc.invert(alike)
