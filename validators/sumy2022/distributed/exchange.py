"""Rows of several blocks brought together on the workers: all of a table, or those that share a key.

What is written down here are tasks, a graph of them that is sent at once. Their results stay with the workers, so that
no rows pass through the process that asks, and Dask makes those of a worker that is lost anew, from the blocks on. Rows
keep the order of their lines throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from operator import itemgetter
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from sumy2022.distributed.columns import Columns, reference
from sumy2022.distributed.pieces import Names, Piece, pack, unpack
from sumy2022.frames import Table
from sumy2022.numbering import among
from sumy2022.schema import TableSchema
from sumy2022.values import labels, typed

Task = Any
"""What stands for a result: the name of a task in the graph, or a future of an earlier one."""
Rows = list[Task]
"""What stands for rows of a table: for one or more pieces of it."""


@dataclass
class Graph:
    """Tasks that are to be run together, in the form that Dask has for them."""

    tasks: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    prefix: str = field(default_factory=lambda: uuid4().hex)
    numbers: Iterator[int] = field(default_factory=count)

    def add(self, function: Callable[..., Any], *arguments: Task | list[Task] | None) -> Task:
        """Enter a call and return what stands for its result; all its arguments stand for results, or are None."""
        name = getattr(function, "func", function)
        key = f"{getattr(name, '__name__', 'item')}-{self.prefix}-{next(self.numbers)}"
        self.tasks[key] = (function, *arguments)
        return key


@dataclass
class Exchange:
    """The kept columns of a package's tables on the workers: for each table a piece a block.

    `tables` tells the schema and the columns of each.
    """

    graph: Graph
    tables: Mapping[str, Table]
    parts: Mapping[str, Rows]
    made: dict[tuple[Any, ...], list[Any]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return into how many buckets tables are parted: as many as the longest table has blocks."""
        return max(map(len, self.parts.values()), default=1)

    def is_small(self, table: str) -> bool:
        """Tell whether a table is one block, and can go to any worker as it is."""
        return len(self.parts[table]) == 1

    def present(self, table: str, columns: Columns) -> Names:
        """Return which of the columns a table has, in order."""
        wanted = columns.get(table, set())
        return tuple(name for name in self.tables[table].text.columns if name in wanted)

    def whole(self, table: str, names: Names) -> Rows:
        """Return all rows of a table; of a long one these columns alone."""
        if self.is_small(table):
            return self.parts[table]
        return self._once(
            ("whole", table, names),
            lambda: [self.graph.add(partial(select, names), part) for part in self.parts[table]],
        )

    def buckets(self, table: str, key: Names, names: Names, *, empty: bool) -> list[Rows]:
        """Return some columns of a table's rows, parted by key: what has one key is in one bucket.

        Tables that are parted by keys of the same values are parted alike. Without `empty`, rows without any part of
        the key are left out.
        """

        def make() -> list[Rows]:
            split = partial(parted, self.tables[table].schema, key, names, self.count, empty)
            pieces = [self.graph.add(split, part) for part in self.parts[table]]
            return [[self.graph.add(itemgetter(number), some) for some in pieces] for number in range(self.count)]

        return self._once(("buckets", table, key, names, empty), make)

    def looked_up(self, rows: Rows, table: str, paths: Sequence[str], columns: Columns) -> Iterator[tuple[str, Rows]]:
        """Yield what some rows of a table refer to, directly and further on: a table's name and rows of it.

        `paths` are the columns that are looked up, `columns` those that are wanted of each table.
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

    def _referred(self, rows: Rows, table: str, head: str, columns: Columns) -> tuple[str, Rows] | None:
        key = reference(self.tables[table].schema, head)
        if key is None or key.target not in self.parts or head not in self.tables[table].text:
            return None
        names, ids = self.present(key.target, columns), key.target_fields[0]
        if ids not in names:
            return None
        if self.is_small(key.target):
            return key.target, self.whole(key.target, names)
        wanted = self.graph.add(partial(referring, self.tables[table].schema, head, self.count), rows)
        buckets = self.buckets(key.target, (ids,), names, empty=False)
        return key.target, [
            self.graph.add(partial(matching, ids, number, names), bucket, wanted)
            for number, bucket in enumerate(buckets)
        ]

    def _once(self, key: tuple[Any, ...], make: Callable[[], list[Any]]) -> list[Any]:
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]


def select(names: Names, piece: Piece) -> Piece:
    """Return some columns of a piece."""
    return pack(unpack([piece], names))


def parted(
    schema: TableSchema,
    key: Names,
    names: Names,
    number: int,
    empty: bool,
    piece: Piece,
) -> list[Piece]:
    """Part some columns of a piece by the values of a key into so many pieces; see `Exchange.buckets`."""
    return [pack(part) for part in _parted(schema, key, number, unpack([piece], names), empty=empty)]


def referring(schema: TableSchema, head: str, number: int, rows: Sequence[Piece]) -> list[Piece]:
    """Return the references in a column, each once, parted as what they refer to."""
    references = unpack(rows, (head,)).drop_duplicates()
    return [pack(part) for part in _parted(schema, (head,), number, references, empty=False)]


def matching(ids: str, number: int, names: Names, bucket: Sequence[Piece], wanted: Sequence[Piece]) -> Piece:
    """Return the rows of a bucket, which has this number, that are referred to."""
    rows, sought = unpack(bucket, names), unpack([wanted[number]]).iloc[:, 0]
    here = rows[ids]
    return pack(rows[among(here, sought) if here.dtype == sought.dtype == "str" else here.isin(sought)])


def _parted(
    schema: TableSchema, key: Names, number: int, frame: pd.DataFrame, *, empty: bool
) -> Iterator[pd.DataFrame]:
    values = typed(schema, frame[labels(key)])
    if not empty:
        filled = values.notna().any(axis=1)
        frame, values = frame[filled], values[filled]
    for name in key:
        if values[name].dtype == np.float64:
            values[name] += 0.0  # or else -0.0, which equals 0.0, would be parted from it
    bucket = pd.util.hash_pandas_object(values, index=False, categorize=False).to_numpy() % np.uint64(number)
    return (frame[bucket == index] for index in range(number))
