"""Texts as whole numbers that are equal where the texts are, which is what a comparison of many identifiers needs.

Identifiers of one table mostly have one length and begin alike. Then the bytes in which they differ, up to eight, are
the number, and nothing has to be hashed; other texts are numbered in the order in which they come.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sumy2022.text import arrow, whole

Numbers = np.ndarray[Any, np.dtype[np.int64]]
NULL = -1
"""The number of a null; eight bytes of 0xFF, which no UTF-8 text has."""
WIDTH = 8
"""How many bytes a number has."""


def numbered(*columns: pd.Series) -> list[Numbers]:
    """Return the columns of text as numbers, two of which are equal where the texts are; `NULL` stands for a null."""
    texts = [whole(arrow(column)) for column in columns]
    return _packed(texts) or _in_order(texts)


def among(cells: pd.Series, *values: pd.Series) -> pd.Series:
    """Tell for each cell of text whether it is in one of the columns; a null is not."""
    mine, *others = numbered(cells, *values)
    known = np.concatenate([other[other != NULL] for other in others]) if others else mine[:0]
    found = _at(mine, known) >= 0 if len(known) and _rising(known) else pd.Series(mine).isin(known).to_numpy()
    return pd.Series(found, index=cells.index)


def positions(cells: pd.Series, ids: pd.Series) -> Numbers | None:
    """Return for each cell the number of the first row with that id, -1 where there is none; None if one is no text."""
    if cells.dtype != "str" or ids.dtype != "str":
        return None
    wanted, known = numbered(cells, ids)
    if not len(known):
        return np.full(len(wanted), -1)
    if _rising(known):
        return np.where(wanted == NULL, -1, _at(wanted, known))
    order = np.argsort(known, kind="stable")  # the first of equal ones stays the first
    at = _at(wanted, known[order])
    return np.where((wanted == NULL) | (at < 0), -1, order[at])


def repeated(columns: list[pd.Series]) -> pd.Series:
    """Tell for each row whether an earlier one has the same cells; a row with a null repeats none.

    Columns that are no text are compared as they are.
    """
    filled = np.logical_and.reduce([column.notna() for column in columns])
    parts = [numbered(column)[0] if column.dtype == "str" else column.to_numpy() for column in columns]
    if len(columns[0]) < 2 or (filled.all() and _ascending(parts)):
        return pd.Series(False, index=columns[0].index)
    again = pd.DataFrame(dict(enumerate(parts))).duplicated().to_numpy()
    return pd.Series(again & filled, index=columns[0].index)


def _rising(numbers: Numbers) -> bool:
    """Tell whether no number is less than the one before, as in the key of a sorted table."""
    return bool((numbers[1:] >= numbers[:-1]).all())


def _ascending(parts: list[np.ndarray[Any, Any]]) -> bool:
    """Tell whether each row of a key comes after the one before, so that none is repeated."""
    after = np.zeros(len(parts[0]) - 1, dtype=bool)
    for part in reversed(parts):
        after = (part[1:] > part[:-1]) | ((part[1:] == part[:-1]) & after)
    return bool(after.all())


def _at(wanted: Numbers, known: Numbers) -> Numbers:
    """Return where each number first stands among known ones, which rise and are not none; -1 if it does not."""
    at = np.searchsorted(known, wanted).clip(max=len(known) - 1)
    return np.where(known[at] == wanted, at, -1)


def _packed(texts: list[pa.Array]) -> list[Numbers] | None:
    """Return the bytes by which texts of one length differ as numbers; None where these are more than eight."""
    valid = [text.drop_null() if text.null_count else text for text in texts]
    first = next((text[0].as_buffer().to_pybytes() for text in valid if len(text)), b"")
    packed = []
    for text, filled in zip(texts, valid, strict=True):
        starts = np.frombuffer(filled.buffers()[1], dtype=np.int64)[filled.offset : filled.offset + len(filled) + 1]
        if (np.diff(starts) != len(first)).any():
            return None
        numbers = np.zeros(len(filled), dtype=np.int64)
        if len(filled) and first:
            tails = _tails(np.frombuffer(filled.buffers()[2], dtype=np.uint8)[starts[0] : starts[-1]], first)
            if tails is None:
                return None
            numbers = tails
        if text.null_count:
            valid_only, numbers = numbers, np.full(len(text), NULL)
            numbers[text.is_valid().to_numpy(zero_copy_only=False)] = valid_only
        packed.append(numbers)
    return packed


def _tails(cells: np.ndarray[Any, np.dtype[np.uint8]], first: bytes) -> Numbers | None:
    """Return the last eight bytes of each cell, all being as long as `first`; None where others are not as in that."""
    size = len(first)
    count, more = len(cells) // size, size - WIDTH
    if more < 0:
        tails = np.zeros((count, WIDTH), dtype=np.uint8)
        tails[:, -more:] = cells.reshape(-1, size)
        return tails.view(">i8").ravel().astype(np.int64)
    # Eight bytes at a time, as a number where they lie in the cells, which is much quicker than byte by byte.
    for at in range(0, more, WIDTH):
        unlike = np.ndarray(count, ">u8", cells, at, (size,)) ^ np.frombuffer(first, ">u8", 1, at)
        if (unlike >> np.uint64(8 * max(at + WIDTH - more, 0))).any():
            return None
    return np.ndarray(count, ">i8", cells, more, (size,)).astype(np.int64)


def _in_order(texts: list[pa.Array]) -> list[Numbers]:
    codes = pa.concat_arrays(texts).dictionary_encode().indices
    numbers = codes.fill_null(NULL).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.split(numbers, np.cumsum([len(text) for text in texts])[:-1])
