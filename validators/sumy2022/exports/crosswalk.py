"""The crosswalk tables, between the codes of a package and those of other datasets, and how their layouts are written.

The tables are in `crosswalks/`; docs/crosswalks.md tells what they rest on. The names and codes of the other datasets
stand there and not in the code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sumy2022.canonical import clean, write_atomically

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a text begins with that a spreadsheet would run, the full-width forms included."""


@cache
def crosswalk(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a crosswalk table."""
    text = (files("sumy2022") / "crosswalks" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def lookup(name: str, *codes: str | None) -> Mapping[str, str]:
    """Return the row of a crosswalk table whose first columns hold the codes, or no cells where there is none.

    A row whose last code is empty stands for all that have no row of their own.
    """
    found = _index(name, len(codes))
    wanted = tuple(code or "" for code in codes)
    return found.get(wanted) or found.get((*wanted[:-1], "")) or {}


@cache
def _index(name: str, width: int) -> Mapping[tuple[str, ...], Mapping[str, str]]:
    return {tuple(row.values())[:width]: row for row in crosswalk(name)}


def constants(target: str) -> Mapping[str, str]:
    """Return what is the same in all rows of an export."""
    return {row["name"]: row["value"] for row in crosswalk("constants") if row["target"] == target}


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """Write rows as CSV and return the path: no text is taken for a formula, and what is not known is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    write_atomically(path, out.getvalue().encode())
    return path


def cell(value: Any) -> Any:
    """Return a value as a cell: text on one line, with an apostrophe before what a spreadsheet would run."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def item(text: str | None) -> str:
    """Return text as it can stand in a list that semicolons separate, without double quotes."""
    return clean((text or "").replace(";", ",").replace('"', "'"))
