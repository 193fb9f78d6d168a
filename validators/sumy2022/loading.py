"""A table as a typed frame, for those who use the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sumy2022.bundled import vouched
from sumy2022.extras import available
from sumy2022.findings import UsageError
from sumy2022.frames import Table
from sumy2022.package import Package, open_package
from sumy2022.tables import read_table, read_tables
from sumy2022.values import typed


def load(table: str, package: str | Path | Package | None = None) -> pd.DataFrame:
    """Return a table as a typed frame, one row a row, no column turned into the index.

    Whole numbers are `Int64`, dates `datetime64[s]` (midnight of the calendar day), strings `str`; what is not
    known is null. `package` is an opened package or a path as for `open_package`, by default the one around the working
    directory or, where there is none, the one that came with the distribution.

    Raises `UsageError` if there is no such table, or if it does not keep to its schema: a cell is never dropped in
    silence. Where pandera, which checks that, is not installed, only the data that came with the distribution is read.
    """
    opened = package if isinstance(package, Package) else open_package(package)
    path = opened.resource(table).path
    found = _read(opened, table)
    if found is None:
        raise UsageError(f"{table} cannot be read from {path}. `sumy2022 validate` says what is wrong.")
    if found.faults:
        first = found.faults[0]
        where = f"{path}:{first.line or 1}"
        raise UsageError(
            f"{table} does not keep to its schema ({first.rule} at {where}). `sumy2022 validate` tells all."
        )
    frame = typed(opened.schemas[table], found.text, exact=True)
    for name in frame:
        lost = frame[name].isna() & found.text[name].notna()
        if lost.any():  # after a check there is none
            raise UsageError(f"{path}:{lost.idxmax()}: the {name} is not of its type. The data has been altered.")
    return frame.reset_index(drop=True)


def _read(package: Package, table: str) -> Table | None:
    """Read a table and check it, unless nothing can check it and the data comes from a release."""
    if not available("pandera") and vouched(package, table):
        return read_table(package, table)
    return read_tables(package, only=(table,)).get(table)
