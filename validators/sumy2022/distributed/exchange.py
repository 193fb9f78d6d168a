"""Rows of several blocks brought together on the workers: all of a table, or those that share a key.

Everything here is a task that is submitted and whose result stays with the workers, so that none of it passes through
the process that asks. Dask makes the results of a worker that is lost anew, from the blocks on. Rows keep the order of
their lines throughout.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from distributed import Client, Future

from sumy2022.distributed.columns import Columns, reference
from sumy2022.frames import Table
from sumy2022.schema import TableSchema, labels, typed

Names = tuple[str, ...]


@dataclass
class Exchange:
    """The kept columns of a package's tables on the workers: for each table a frame of text a block, by line.

    `tables` tells the schema and the columns of each.
    """

    client: Client
    tables: Mapping[str, Table]
    parts: Mapping[str, list[Future]]
    made: dict[tuple[Any, ...], list[Future]] = field(default_factory=dict)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """Let a worker call a function; arguments that are futures are given as what they stand for."""
        return self.client.submit(function, *arguments, pure=False)

    def is_small(self, table: str) -> bool:
        """Tell whether a table is one block, and can go to any worker as it is."""
        return len(self.parts[table]) == 1

    def present(self, table: str, columns: Columns) -> Names:
        """Return which of the columns a table has, in order."""
        wanted = columns.get(table, set())
        return tuple(name for name in self.tables[table].text.columns if name in wanted)

    def selected(self, table: str, names: Names) -> list[Future]:
        """Return some columns of each block of a table."""
        return self._once(
            ("selected", table, names), lambda: [self.submit(select, part, names) for part in self.parts[table]]
        )

    def whole(self, table: str, names: Names) -> Future:
        """Return some columns of all rows of a table."""
        if self.is_small(table):
            return self.selected(table, names)[0]
        return self._once(("whole", table, names), lambda: [self.submit(joined, self.selected(table, names))])[0]

    def buckets(self, table: str, key: Names, names: Names, *, empty: bool) -> list[Future]:
        """Return some columns of a table's rows, parted by key: what has one key is in one bucket.

        Tables that are parted by keys of the same values are parted alike. Without `empty`, rows without any part of
        the key are left out.
        """

        def make() -> list[Future]:
            count, schema = self.count, self.tables[table].schema
            split = [self.submit(parted, part, schema, key, count, empty) for part in self.selected(table, names)]
            return self._turned(split)

        return self._once(("buckets", table, key, names, empty), make)

    @property
    def count(self) -> int:
        """Return into how many buckets tables are parted: as many as the longest table has blocks."""
        return max(map(len, self.parts.values()), default=1)

    def looked_up(self, rows: Future, table: str, paths: Sequence[str], columns: Columns) -> Iterator[tuple[str, Future]]:
        """Yield what some rows of a table refer to, directly and further on: a table's name and rows of it.

        `paths` are the columns that are looked up, `columns` those that the rows of each table have.
        """
        rests: dict[str, list[str]] = {}
        for path in paths:
            head, _, rest = path.partition(".")
            if rest:
                rests.setdefault(head, []).append(rest)
        for head, deeper in rests.items():
            found = self._referred(rows, table, head, columns)
            if found is not None:
                yield found
                yield from self.looked_up(found[1], found[0], deeper, columns)

    def _referred(self, rows: Future, table: str, head: str, columns: Columns) -> tuple[str, Future] | None:
        key = reference(self.tables[table].schema, head)
        if key is None or key.target not in self.parts or head not in self.tables[table].text:
            return None
        names, ids = self.present(key.target, columns), key.target_fields[0]
        if ids not in names:
            return None
        if self.is_small(key.target):
            return key.target, self.whole(key.target, names)
        schema = self.tables[table].schema
        wanted = self.submit(parted, self.submit(referring, rows, head), schema, (head,), self.count, False)
        buckets = self.buckets(key.target, (ids,), names, empty=False)
        found = [
            self.submit(matching, bucket, ids, self.submit(operator.getitem, wanted, number))
            for number, bucket in enumerate(buckets)
        ]
        return key.target, self.submit(joined, found)

    def _turned(self, split: list[Future]) -> list[Future]:
        """Return, of frames that are each parted, the parts of one number together."""
        return [
            self.submit(joined, [self.submit(operator.getitem, parts, number) for parts in split])
            for number in range(self.count)
        ]

    def _once(self, key: tuple[Any, ...], make: Callable[[], list[Future]]) -> list[Future]:
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]


def select(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return some columns of a frame."""
    return frame[labels(names)]


def moved(frame: pd.DataFrame, lines: int) -> pd.DataFrame:
    """Return a frame whose lines are higher by a number."""
    return frame.set_axis(frame.index + lines)


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several frames by line, each line once."""
    if len(frames) == 1:
        return frames[0]
    whole = pd.concat(frames).set_axis(labels(frames[0].columns), axis=1)
    if not whole.index.is_monotonic_increasing:
        whole = whole.sort_index()
    return whole[~whole.index.duplicated()] if whole.index.has_duplicates else whole


def parted(frame: pd.DataFrame, schema: TableSchema, key: Names, count: int, empty: bool) -> list[pd.DataFrame]:  # noqa: FBT001 - a task's argument
    """Part a frame of text by the values of a key into `count` frames; see `Exchange.buckets`."""
    values = typed(schema, frame[labels(key)])
    if not empty:
        filled = values.notna().any(axis=1)
        frame, values = frame[filled], values[filled]
    numbers = np.zeros(len(values), dtype=np.uint64)
    for name in key:
        cells = values[name]
        if cells.dtype == np.float64:
            cells = cells + 0.0  # or else -0.0, which equals 0.0, would be parted from it
        numbers = numbers * np.uint64(31) + pd.util.hash_array(cells.array, categorize=False)
    bucket = numbers % np.uint64(count)
    return [frame[bucket == number] for number in range(count)]


def referring(frame: pd.DataFrame, head: str) -> pd.DataFrame:
    """Return the references in a column, each once."""
    return frame[[head]].drop_duplicates()


def matching(frame: pd.DataFrame, ids: str, wanted: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are referred to."""
    return frame[frame[ids].isin(wanted.iloc[:, 0])]
