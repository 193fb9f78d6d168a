"""Questions about parents: who lies within what, and where a chain of parents bites its own tail.

Each function takes the ids of a table's rows and the id of each row's parent. An id that stands twice counts with its
first parent; a chain is followed for `DEPTH` steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sumy2022.numbering import NULL, Numbers, numbered, positions

DEPTH = 16
"""More steps than any sound chain of parents has."""


@dataclass(frozen=True)
class _Tree:
    """A table's rows and their parents as numbers: `up[n]` is the parent of `n`, -1 stands for none.

    `firsts` tells where among `texts` each number's name stands first.
    """

    texts: pd.Series
    firsts: Numbers
    rows: Numbers
    up: Numbers

    @classmethod
    def of(cls, ids: pd.Series, parents: pd.Series) -> _Tree:
        numbers = np.concatenate(numbered(ids, parents))
        nodes, known = pd.factorize(numbers)
        firsts = np.zeros(len(known), dtype=np.int64)
        firsts[nodes[::-1]] = np.arange(len(nodes))[::-1]
        nodes[numbers == NULL] = -1
        rows, above = nodes[: len(ids)], nodes[len(ids) :]
        up = np.full(len(known) + 1, -1)  # the last place answers for -1, which is what -1 looks up
        up[rows[::-1]] = above[::-1]
        up[-1] = -1
        return cls(pd.concat([ids, parents], ignore_index=True), firsts, rows, up)

    @cached_property
    def names(self) -> pd.Series:
        """Return the name of each node."""
        return self.texts.take(self.firsts)

    def numbers(self, names: pd.Series) -> Numbers:
        """Return the number of each name, -1 for a null and for one that is not in the tree."""
        at = positions(names, self.names)
        assert at is not None, "identifiers are text"
        return at


def in_cycle(ids: pd.Series, parents: pd.Series) -> pd.Series:
    """Tell for each row whether following the parents from it leads back to it.

    Pointers are doubled: after k rounds each stands for 2**k steps, and what is still reached after more steps than
    there are rows lies on a cycle.
    """
    own, above = positions(ids, ids), positions(parents, ids)
    assert own is not None, "identifiers are text"
    assert above is not None, "identifiers are text"
    jump = np.append(above, -1)  # the last place answers for -1, which is what -1 looks up
    for _ in range(len(jump).bit_length() + 1):
        jump = jump[jump]
        if jump.max() < 0:
            break
    reached = np.zeros(len(jump), dtype=bool)
    reached[jump] = True
    reached[-1] = False
    return pd.Series(reached[own], index=ids.index)


def within(ids: pd.Series, parents: pd.Series, root: str | None) -> pd.Series:
    """Tell for each row whether it is the root or lies below it."""
    tree = _Tree.of(ids, parents)
    (top,) = tree.numbers(pd.Series([root], dtype="str"))
    above, inside = tree.rows, np.zeros(len(ids), dtype=bool)
    for _ in range(DEPTH if top >= 0 else 0):
        inside |= above == top
        above = tree.up[above]
        if above.max(initial=-1) < 0:
            break
    return pd.Series(inside, index=ids.index)


def raised(frame: pd.DataFrame, column: str, ids: pd.Series, parents: pd.Series) -> pd.DataFrame:
    """Repeat each row of a frame for what its column names and for each id above that, and put that id in the column.

    Rows whose column names no row of the tree are left out.
    """
    tree = _Tree.of(ids, parents)
    at, node = np.arange(len(frame)), tree.numbers(frame[column])
    places, nodes = [at[:0]], [node[:0]]
    for _ in range(DEPTH):
        at, node = at[node >= 0], node[node >= 0]
        if not node.size:
            break
        places.append(at)
        nodes.append(node)
        node = tree.up[node]
    repeated = frame.iloc[np.concatenate(places)].copy()
    repeated[column] = tree.names.array.take(np.concatenate(nodes))
    return repeated


def lies_in(inner: pd.Series, outer: pd.Series, ids: pd.Series, parents: pd.Series) -> pd.Series:
    """Tell for each row whether its `inner` is its `outer` or lies below it in the tree of `ids` and `parents`."""
    tree = _Tree.of(ids, parents)
    above, wanted = tree.numbers(inner), tree.numbers(outer)
    inside = (inner == outer).to_numpy(copy=True)
    for _ in range(DEPTH):
        inside |= (above == wanted) & (above >= 0)
        above = tree.up[above]
    return pd.Series(inside, index=inner.index)


def with_ancestors(ids: pd.Series, parents: pd.Series, start: pd.Series) -> pd.Series:
    """Tell for each row whether it is marked in `start` or stands above a row that is."""
    tree = _Tree.of(ids, parents)
    reached = np.zeros(len(tree.up), dtype=bool)
    reached[-1] = True
    fresh = tree.rows[start.to_numpy()]
    for _ in range(DEPTH + 1):
        fresh = fresh[~reached[fresh]]
        if not fresh.size:
            break
        reached[fresh] = True
        fresh = tree.up[fresh]
    reached[-1] = False
    return pd.Series(reached[tree.rows], index=ids.index) | start


def topmost(ids: pd.Series, parents: pd.Series) -> pd.Series:
    """Return for each row the last id of its chain of parents, its own where it has no parent."""
    tree = _Tree.of(ids, parents)
    top = tree.rows
    for _ in range(DEPTH):
        above = tree.up[top]
        top = np.where(above >= 0, above, top)
    return pd.Series(tree.names.array.take(top, allow_fill=True), index=ids.index)
