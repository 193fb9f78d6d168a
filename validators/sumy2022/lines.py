"""Two versions of a file compared byte by byte, so that only the records that differ are read cell by cell.

Neither file is held whole. What is skipped is the same in both, line by line; of the newer one it is checked that each
line is a record, and that no two have the same key. Then nothing that is skipped can be a part of a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.plain import count_lines, may_be_records, names_in, read_columns

SEPARATOR = "\0"
"""Stands between the parts of a key; no cell that is read holds it."""
WINDOW = 1 << 14
"""How many bytes are compared at a time: some dozens of records, so that one that differs costs little."""
AHEAD = 8
"""How many pieces of a file wait at most to be checked."""
FEW = 10_000
"""How many records may differ, whatever their share, before it is quicker to read the files whole."""
SHARE = 1 / 4
"""The share of the bytes that may differ before it is quicker to read the files whole, as it was from some 0.3 on."""


class Part(NamedTuple):
    """Of one file, under its header, the records that the other has not just so; and how many records it has."""

    data: bytes
    rows: int


def joined(table: pa.Table, key: Sequence[str]) -> pa.StringArray:
    """Return one text a row that stands for its key."""
    parts = [table[name].combine_chunks() for name in key]
    return pc.binary_join_element_wise(*parts, SEPARATOR) if len(parts) > 1 else parts[0]


def unlike(
    old: Iterator[bytes], new: Iterator[bytes], key: Sequence[str], *, longest: int, most: int
) -> tuple[Part, Part] | None:
    """Compare two files that come in pieces and whose rows are told apart by their key.

    None where they have to be read whole to tell what they hold: where their headers differ, or much of the rest; and
    where in the newer file or among what differs a line is not one record or has more than `longest` bytes, a byte is
    bad, or the rows are more than `most`, are not told apart by their keys or are not in their order.
    """
    try:
        with ThreadPoolExecutor(2) as pool:
            before, after = _Lines(old, longest), _Lines(new, longest)
            names = names_in(after.header)
            if before.header != after.header or not set(key) <= set(names):
                return None
            checks = _Checks(pool, names, key, longest, most)
            after.tell(checks.add)
            gone, come = _compare(before, after, len(key))
            rows = checks.rows(gone, come)
    except _Whole:
        return None
    return Part(before.header + gone, rows[0]), Part(after.header + come, rows[1])


class _Whole(Exception):
    """The files have to be read whole."""


class _Span(NamedTuple):
    """Whole lines, each with its end, among the bytes of a file."""

    data: bytes
    start: int
    end: int


def _spans(pieces: Iterator[bytes], longest: int) -> Iterator[_Span]:
    """Yield the lines of a file where they lie in its pieces, which are not copied; by itself each that lies in two."""
    rest = b""
    for piece in pieces:
        start = 0
        if rest:
            start = piece.find(b"\n") + 1
            rest += piece[: start or len(piece)]
            if start:
                yield _Span(rest, 0, len(rest))
        if start or not rest:
            end = piece.rfind(b"\n") + 1
            if end > start:
                yield _Span(piece, start, end)
            rest = piece[end:]
        if len(rest) > longest:
            raise _Whole
    if rest:
        yield _Span(rest + b"\n", 0, len(rest) + 1)


class _Lines:
    """A file that is read piece by piece: of the lines in `data` those from `at` to `end` are not done with."""

    def __init__(self, pieces: Iterator[bytes], longest: int) -> None:
        self._spans = _spans(pieces, longest)
        self._told: Callable[[_Span], None] = lambda _: None
        self.data, self.start, self.at, self.end, self.read = b"", 0, 0, 0, 0
        self.header = self.line() if self.ready() else b""

    def tell(self, use: Callable[[_Span], None]) -> None:
        """Call a function with all lines below the header, some at a time, as they are read."""
        use(_Span(self.data, self.at, self.end))
        self._told = use

    def ready(self) -> bool:
        """Go on to the next lines if these are done with; False at the end of the file."""
        if self.at == self.end:
            span = next(self._spans, None)
            if span is None:
                return False
            self.data, self.start, self.end = span
            self.at = self.start
            self.read += self.end - self.start
            self.view = np.frombuffer(self.data, dtype=np.uint8)
            self._told(span)
        return True

    def line(self) -> bytes:
        """Take the next line."""
        start, self.at = self.at, self.data.index(b"\n", self.at) + 1
        return self.data[start : self.at]

    def since(self, at: int) -> int:
        """Return how far a place is from the beginning of its line."""
        return at - (self.data.rfind(b"\n", self.start, at) + 1 or self.start)

    def rest(self) -> Iterator[bytes]:
        """Take all lines that are left."""
        while self.ready():
            start, self.at = self.at, self.end
            yield self.data[start : self.end]


def _compare(old: _Lines, new: _Lines, parts: int) -> tuple[bytes, bytes]:
    """Return the lines of each file that the other has not in the same order.

    Where two differ, the one with the lower key, by its first `parts` cells, is taken to be missing in the other file.
    Whether it is does not matter: lines that are not skipped are compared by their keys later.
    """
    gone: list[bytes] = []
    come: list[bytes] = []
    differing = 0
    while old.ready() and new.ready():
        size = min(WINDOW, old.end - old.at, new.end - new.at)
        differ = old.view[old.at : old.at + size] != new.view[new.at : new.at + size]
        first = int(differ.argmax())
        if not differ[first]:
            old.at += size
            new.at += size
            continue
        into = old.since(old.at + first)
        old.at += first - into
        new.at += first - into
        was, now = old.line(), new.line()
        lower, higher = was.split(b",", parts)[:parts], now.split(b",", parts)[:parts]
        if lower <= higher:
            gone.append(was)
        else:
            old.at -= len(was)
        if higher <= lower:
            come.append(now)
        else:
            new.at -= len(now)
        differing += len(was)
        if len(gone) + len(come) > FEW and differing > SHARE * old.read:
            raise _Whole
    return b"".join([*gone, *old.rest()]), b"".join([*come, *new.rest()])


class _Checks:
    """What is checked of the newer file, in other threads while the two are compared."""

    def __init__(self, pool: ThreadPoolExecutor, names: list[str], key: Sequence[str], longest: int, most: int) -> None:
        self._pool, self._names, self._key, self._longest, self._most = pool, names, key, longest, most
        self._waiting: list[Future[pa.StringArray]] = []
        self._keys: list[pa.StringArray] = []

    def add(self, lines: _Span) -> None:
        """Check the lines that follow those added before, now or soon."""
        self._waiting.append(self._pool.submit(self._checked, *lines))
        if len(self._waiting) > AHEAD:
            self._keys.append(self._waiting.pop(0).result())
            if sum(map(len, self._keys)) > self._most:
                raise _Whole

    def rows(self, gone: bytes, come: bytes) -> tuple[int, int]:
        """Return how many rows the files have, once all that was added is checked, and the lines that differ."""
        self._keys += (one.result() for one in self._waiting)
        borders = [key for keys in self._keys if len(keys) for key in (keys[0].as_py(), keys[-1].as_py())]
        if any(one >= other for one, other in zip(borders[1::2], borders[2::2], strict=False)):
            raise _Whole
        theirs, ours = (self._checked(lines, 0, len(lines)) for lines in (gone, come))
        # A key of the older file alone must not be that of a line which both have.
        alone = theirs.filter(pc.invert(pc.is_in(theirs, value_set=ours)))
        if any(pc.any(pc.is_in(keys, value_set=alone)).as_py() for keys in self._keys):
            raise _Whole
        count = sum(map(len, self._keys))
        return count - len(ours) + len(theirs), count

    def _checked(self, data: bytes, start: int, end: int) -> pa.StringArray:
        """Return the keys of lines, each of which must be a record, in ascending order."""
        if start == end:
            return pa.nulls(0, pa.string())
        if not may_be_records(data, start, end) or not _is_text(data, start, end):
            raise _Whole
        if _has_long_line(data, start, end, self._longest):
            raise _Whole
        table = read_columns(pa.py_buffer(data).slice(start, end - start), self._names, self._key)
        if table is None or any(table[name].null_count for name in self._key):
            raise _Whole
        if table.num_rows != count_lines(data, start, end):
            raise _Whole
        keys = joined(table, self._key)
        if not pc.all(pc.less(keys[:-1], keys[1:]), min_count=0).as_py():
            raise _Whole
        return keys


def _has_long_line(data: bytes, start: int, end: int, longest: int) -> bool:
    """Tell whether a line between two places has more than `longest` bytes, by looking at a few places only."""
    while end - start > longest:
        start = data.rfind(b"\n", start, start + longest) + 1
        if not start:
            return True
    return False


def _is_text(data: bytes, start: int, end: int) -> bool:
    """Tell whether the bytes between two places are UTF-8."""
    places = pa.py_buffer(np.array([start, end]))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, places, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
