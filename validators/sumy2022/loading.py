"""A table as a typed frame, for those who use the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sumy2022.findings import UsageError
from sumy2022.package import Package, open_package
from sumy2022.schema import typed
from sumy2022.validation import read_tables


def load(table: str, package: str | Path | Package | None = None) -> pd.DataFrame:
    """Return a table as a typed frame, one row a row, no column turned into the index.

    Whole numbers are `Int64`, dates `datetime64[s]` (midnight of the calendar day), strings `str`; what is not
    known is null. `package` is an opened package or a path as for `open_package`, by default the one around the working
    directory.

    Raises `UsageError` if there is no such table, or if it does not keep to its schema: a cell is never dropped in
    silence.
    """
    opened = package if isinstance(package, Package) else open_package(package)
    path = opened.resource(table).path
    found = read_tables(opened, only=(table,)).get(table)
    if found is None:
        raise UsageError(f"{table} cannot be read from {path}. `sumy2022 validate` says what is wrong.")
    if found.faults:
        first = found.faults[0]
        where = f"{path}:{first.line or 1}"
        raise UsageError(
            f"{table} does not keep to its schema ({first.rule} at {where}). `sumy2022 validate` tells all."
        )
    return typed(opened.schemas[table], found.text, exact=True).reset_index(drop=True)
