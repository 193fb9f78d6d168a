"""Questions about whole columns of text, answered by Arrow.

Regular expressions are always run by RE2. pandas hands some patterns to Python's `re` instead, whose time can grow
exponentially with the text; RE2 takes linear time whatever the pattern, which may come from an untrusted schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd  # elsewhere imported where it is used: who only reads files can do without


def contains(cells: pd.Series, pattern: str) -> pd.Series:
    """Tell for each cell whether the pattern is found in it; it is not found in a null."""
    return _series(matching(arrow(cells), pattern), cells.index)


def matching(texts: pa.Array | pa.ChunkedArray, pattern: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell for each text whether the pattern is found in it; it is not found in a null."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, pattern), False), dtype=bool)


def matches(texts: pa.Array, pattern: str) -> pa.Array:
    """Tell for each text whether the pattern matches the whole of it; a null does."""
    return pc.fill_null(pc.match_substring_regex(texts, f"^(?:{pattern})$"), True)


def within_length(texts: pa.Array, least: int, most: float) -> pa.Array:
    """Tell for each text whether it has a number of characters within the bounds; a null has."""
    length = pc.utf8_length(texts)
    return pc.fill_null(pc.and_(pc.greater_equal(length, least), pc.less_equal(length, most)), True)


def found_in(texts: pa.Array, known: pa.Array) -> pa.Array:
    """Tell for each text whether it is among the known ones; a null is."""
    return pc.or_(pc.is_in(texts, value_set=known.cast(texts.type)), pc.is_null(texts))


def composed(cells: pd.Series) -> pd.Series:
    """Tell for each cell whether it is in Unicode NFC; a null is."""
    texts = arrow(cells)
    return plain(pc.fill_null(pc.equal(pc.utf8_normalize(texts, form="NFC"), texts), True), cells.index)


def rated(cells: pd.Series, rates: Mapping[str, float]) -> pd.Series:
    """Return the number that each text stands for; NaN for a null and for a text that stands for none."""
    at = pc.index_in(arrow(cells), value_set=pa.array(rates, type=pa.large_string()))
    numbers = pc.take(pa.array(rates.values(), type=pa.float64()), at)
    return plain(numbers, cells.index)


def arrow(cells: pd.Series) -> pa.Array:
    """Return a column of text as Arrow holds it, without copying it."""
    return pa.array(cells, type=pa.large_string(), from_pandas=True)


def end_to_end(columns: Iterable[pd.Series]) -> pa.ChunkedArray:
    """Return columns of text as one, without copying them."""
    texts = map(arrow, columns)
    pieces = (text.chunks if isinstance(text, pa.ChunkedArray) else [text] for text in texts)
    return pa.chunked_array([piece for some in pieces for piece in some], type=pa.large_string())


def whole(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def plain(answers: pa.Array, index: pd.Index) -> pd.Series:
    """Return Arrow's answers as a plain boolean or number per row."""
    return _series(answers.to_numpy(zero_copy_only=False), index)


def _series(answers: np.ndarray[Any, Any], index: pd.Index) -> pd.Series:
    import pandas as pd

    return pd.Series(answers, index=index)
