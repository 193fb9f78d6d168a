"""The tree functions against a plain walk over a dictionary, on random tables with every kind of disorder."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sumy2022.hierarchy import DEPTH, in_cycle, lies_in, raised, topmost, with_ancestors, within

NAMES = st.sampled_from("ABCDEFGH")
ROWS = st.lists(st.tuples(NAMES | st.none(), NAMES | st.none()), max_size=10)


def frame(rows: list[tuple[str | None, str | None]]) -> tuple[pd.Series, pd.Series]:
    ids, parents = zip(*rows, strict=True) if rows else ((), ())
    index = range(2, len(rows) + 2)
    return pd.Series(ids, dtype="str", index=index), pd.Series(parents, dtype="str", index=index)


def step(rows: list[tuple[str | None, str | None]]) -> dict[str, str | None]:
    known: dict[str, str | None] = {}
    for name, parent in rows:
        if name is not None:
            known.setdefault(name, parent)
    return known


def chain(name: str | None, up: dict[str, str | None]) -> list[str]:
    """The name and what is above it, as far as the functions look."""
    found: list[str] = []
    while name is not None and len(found) < DEPTH:
        found.append(name)
        name = up.get(name)
    return found


@given(ROWS)
def test_in_cycle(rows: list[tuple[str | None, str | None]]) -> None:
    up = step(rows)
    expected = [name is not None and name in chain(up.get(name), up) for name, _ in rows]
    assert list(in_cycle(*frame(rows))) == expected


@given(ROWS, NAMES | st.none())
def test_within(rows: list[tuple[str | None, str | None]], root: str | None) -> None:
    up = step(rows)
    assert list(within(*frame(rows), root)) == [root is not None and root in chain(name, up) for name, _ in rows]


@given(ROWS, st.lists(NAMES | st.none(), max_size=6))
def test_raised(rows: list[tuple[str | None, str | None]], asked: list[str | None]) -> None:
    up = step(rows)
    known = {name for row in rows for name in row}
    expected = sorted((at, above) for at, name in enumerate(asked) if name in known for above in chain(name, up))
    wanted = pd.DataFrame({"number": range(len(asked)), "name": pd.Series(asked, dtype="str")})
    found = raised(wanted, "name", *frame(rows))
    assert sorted(zip(found["number"], found["name"], strict=True)) == expected


@given(ROWS, st.lists(st.tuples(NAMES | st.none(), NAMES | st.none()), max_size=6))
def test_lies_in(rows: list[tuple[str | None, str | None]], asked: list[tuple[str | None, str | None]]) -> None:
    up = step(rows)
    expected = [outer is not None and outer in chain(inner, up) for inner, outer in asked]
    assert list(lies_in(*frame(asked), *frame(rows))) == expected


@given(ROWS, st.data())
def test_with_ancestors(rows: list[tuple[str | None, str | None]], data: st.DataObject) -> None:
    up = step(rows)
    marked = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    above = {name for (start, _), mark in zip(rows, marked, strict=True) if mark for name in chain(start, up)}
    ids, parents = frame(rows)
    found = with_ancestors(ids, parents, pd.Series(marked, index=ids.index, dtype=bool))
    assert list(found) == [mark or name in above for (name, _), mark in zip(rows, marked, strict=True)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("A", "B"), ("B", "C"), ("C", None)], ["C", "C", "C"]),
        ([("A", "Z")], ["Z"]),
        ([("A", None), (None, "A")], ["A", None]),
    ],
)
def test_topmost(rows: list[tuple[str | None, str | None]], expected: list[str | None]) -> None:
    found = topmost(*frame(rows))
    assert [None if pd.isna(name) else name for name in found] == expected
