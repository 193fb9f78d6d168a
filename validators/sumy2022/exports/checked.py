"""The tables of a package that are fit to be exported: sound in themselves, and with the columns that are joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from sumy2022.extras import available
from sumy2022.findings import UsageError
from sumy2022.frames import TYPES
from sumy2022.package import Package
from sumy2022.tables import read_tables
from sumy2022.values import typed
from sumy2022.views import flat_events, tables_of


class Need(NamedTuple):
    """What of a table is joined: its primary key, and other columns."""

    key: tuple[str, ...]
    columns: tuple[str, ...] = ()


Needs = Mapping[str, Need]

PLACES: Needs = {"places": Need(("place_id",), ("name_en", "name_uk", "kind", "parent_id", "latitude", "longitude"))}
CONTROL: Needs = {
    "control": Need(("control_id",), ("place_id", "date_start", "date_end")),
    "control_sources": Need(("control_id", "source_id"), ("stance",)),
    "sources": Need(("source_id",), ("url",)),
}
EVENTS: Needs = {
    "places": Need(("place_id",), (*PLACES["places"].columns, "katottg")),
    "sources": Need(("source_id",), ("kind", "url", "derived_from")),
    "actors": Need(("actor_id",), ("name_en", "kind", "side")),
    "events": Need(("event_id",), ("place_id", "place_precision")),
    "event_actors": Need(("event_id", "actor_id", "role"), ("certainty",)),
    "event_sources": Need(("event_id", "source_id"), ("stance", "claimed_by")),
    "casualties": Need(("casualty_id",), (
        "event_id", "place_id", "as_of", "outcome", "population", "sex", "age", "side", "count_low", "count_high",
        "claimed_by", "source_id", "status"
    )),
    "evacuations": Need(("evacuation_id",), ("event_id", "claimed_by", "source_id")),
}  # fmt: skip
"""What `views` joins to the events."""


def checked(package: Package, *needs: Needs) -> dict[str, pd.DataFrame]:
    """Return every table, typed as by `load`; none with a fault, also none in a reference to another table.

    Raises `UsageError` where there is one, or where the package has not the tables and columns that are needed.
    """
    name = package.source.name
    if package.faults:
        first = package.faults[0]
        raise UsageError(f"{name} has faults ({first.rule} in {first.file}). `sumy2022 validate` tells all.")
    for need in needs:
        if (problem := lacking(package, need)) is not None:
            raise UsageError(f"{name} cannot be exported in this format: {problem}.")
    if not available("pandera"):  # which checks; what a release vouches for is read without it, and nothing else
        return tables_of(package)
    tables = read_tables(package)
    for unread in package.schemas.keys() - tables.keys():
        raise UsageError(f"{unread} cannot be read from {package.resource(unread).path}.")
    for table in tables.values():
        if table.faults:
            first = table.faults[0]
            where = f"{first.rule} at {table.file}:{first.line or 1}"
            raise UsageError(f"{name} does not keep to its schemas ({where}). `sumy2022 validate` tells all.")
    return {name: typed(table.schema, table.text, exact=True).reset_index(drop=True) for name, table in tables.items()}


def lacking(package: Package, needs: Needs) -> str | None:
    """Say what a package has not that is needed, or None."""
    for name, (key, columns) in needs.items():
        schema = package.schemas.get(name)
        if schema is None:
            return f"it has no table {name}"
        if schema.primary_key != key:
            return f"the primary key of {name} is not {', '.join(key)}"
        types = {known.name: known.type for known in schema.fields}
        for column in (*key, *columns):
            if types.get(column) != TYPES.get(column, "string"):
                return f"{name} has no {column} of the type {TYPES.get(column, 'string')}"
    return None


def flat(package: Package, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row an event, as `views.flat_events` does, of tables that are `checked` for `EVENTS`.

    Raises `UsageError` where a column of the events has the name of one that is derived.
    """
    rows = flat_events(tables)
    twice = list(rows.columns[rows.columns.duplicated()])
    if twice:
        raise UsageError(f"{package.source.name}: the column {twice[0]} of events has the name of a derived one.")
    return rows
