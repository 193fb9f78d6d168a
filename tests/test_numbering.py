"""Texts as numbers answer what the texts themselves would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzz
from sumy2022.numbering import NULL, among, numbered, positions, repeated

Texts = list[str | None]
IDS = st.integers(0, 12).map(lambda number: f"EVT-{number:04}")
LONG = st.integers(0, 12).map(lambda number: f"EVENT-{number:012}")
MIXED = st.sampled_from(["EVT-0001", "EVT-00001", "", "я", "ї", "\U0010ffff", "a" * 40, "a" * 39 + "b", "\0", "x"])
COLUMNS = st.sampled_from([IDS, LONG, MIXED]).flatmap(
    lambda texts: st.tuples(*[st.lists(st.none() | texts, max_size=12)] * 3)
)
ORDERED = COLUMNS.map(lambda columns: tuple(sorted(filter(None, column)) for column in columns))


def series(texts: Texts) -> pd.Series:
    """A column as the tables have it, whose index is that of lines."""
    return pd.Series(texts, index=range(2, len(texts) + 2), dtype="str")


@fuzz(300)
@given(COLUMNS | ORDERED)
def test_numbers_are_equal_where_the_texts_are(columns: tuple[Texts, ...]) -> None:
    texts = [text for column in columns for text in column]
    numbers = np.concatenate(numbered(*map(series, columns))).tolist()
    assert [number == NULL for number in numbers] == [text is None for text in texts]
    for text, number in zip(texts, numbers, strict=True):
        assert [other == text for other in texts] == [other == number for other in numbers]


@fuzz(300)
@given(COLUMNS | ORDERED)
def test_membership_and_places_are_those_of_the_texts(columns: tuple[Texts, ...]) -> None:
    cells, ids, more = columns
    at = positions(series(cells), series(ids))
    assert at is not None
    assert at.tolist() == [-1 if cell is None or cell not in ids else ids.index(cell) for cell in cells]
    found = among(series(cells), series(ids), series(more))
    assert found.tolist() == [cell is not None and cell in [*ids, *more] for cell in cells]
    assert found.index.tolist() == list(range(2, len(cells) + 2))
    assert not among(series(cells)).any()


@fuzz(300)
@given(st.lists(st.tuples(st.none() | IDS, st.none() | MIXED, st.none() | st.integers(0, 2)), max_size=12))
def test_a_repeated_key_is_one_that_stood_before(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    first, second, third = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    for parts in ([first], [first, second], [first, pd.Series(third, dtype="float64")]):
        keys = [*zip(*(part if isinstance(part, list) else map(str, part) for part in parts), strict=True)]
        keys = [tuple(None if part == "nan" else part for part in key) for key in keys]
        expected = [None not in key and key in keys[:at] for at, key in enumerate(keys)]
        columns = [series(part) if isinstance(part, list) else part.set_axis(range(2, len(rows) + 2)) for part in parts]
        assert repeated(columns).tolist() == expected


def test_what_is_no_text_has_no_place_among_texts() -> None:
    assert positions(pd.Series([1.0]), series(["1.0"])) is None
    assert positions(series(["1.0"]), pd.Series([1.0])) is None


@pytest.mark.parametrize("chunks", [1, 3])
def test_a_column_in_pieces_is_one_column(chunks: int) -> None:
    import pyarrow as pa

    table = pa.concat_tables([pa.table({"id": ["EVT-0001", "EVT-0002"]})] * chunks)
    (numbers,) = numbered(table.to_pandas()["id"])
    assert len(set(numbers.tolist())) == 2
    assert len(numbers) == 2 * chunks
