"""One flat table, for people who know only spreadsheets: a row an event, with all that belongs to it in words.

STEM-flat.csv is CSV as the package's own tables are, with two differences that spreadsheets call for. It begins with a
byte order mark, without which Excel takes UTF-8 for the code page of the country and shows Cyrillic as signs that make
no sense; pandas, Polars and DuckDB skip the mark. And a text that a spreadsheet would run as a formula has an
apostrophe before it. Numbers are written as they are.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import is_numeric_dtype

from sumy2022.canonical import to_bytes
from sumy2022.exports import stem
from sumy2022.exports.checked import EVENTS, checked, flat
from sumy2022.frames import show
from sumy2022.package import Package
from sumy2022.reading import BOM

FORMULA = r"^(\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
"""How a text begins that spreadsheets may run: white space before it and the full-width forms do not stop them all."""


def write(package: Package, folder: Path) -> list[Path]:
    """Write the flat table; raises `UsageError` as `checked` does."""
    rows = flat(package, checked(package, EVENTS))
    table = pa.table({str(name): as_text(rows[name]) for name in rows.columns})
    path = folder / f"{stem(package)}-flat.csv"
    path.write_bytes(BOM + to_bytes(table))
    return [path]


def as_text(cells: pd.Series) -> pa.Array:
    """Return a column as it is written: what is not known is empty, and what looks like a formula is text."""
    if is_numeric_dtype(cells.dtype):
        return pa.array([show(value) or None for value in cells], type=pa.string())
    plain = cells if cells.dtype == "str" else [show(value) or None for value in cells]
    texts = pa.array(plain, type=pa.string(), from_pandas=True)
    return pc.replace_substring_regex(texts, FORMULA, r"'\1")
