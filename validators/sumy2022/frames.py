"""The frames that rules are given: a table's typed columns, and those looked up over its foreign keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sumy2022.findings import Fault
from sumy2022.numbering import Numbers, positions
from sumy2022.schema import ForeignKey, TableSchema
from sumy2022.values import typed

TYPES = {
    **dict.fromkeys(("date_start", "date_end", "as_of", "published", "accessed"), "date"),
    **dict.fromkeys(("latitude", "longitude"), "number"),
    **dict.fromkeys(("count_low", "count_high", "geonames_id"), "integer"),
}
"""The types, by field name, that rules are written for; every other field is a string."""


@dataclass
class Table:
    """A table that was read, in text and in values, both indexed by line.

    `faults` are those of its structure; `whole` tells that no record was lost.
    """

    schema: TableSchema
    file: str
    text: pd.DataFrame
    whole: bool = True
    faults: list[Fault] = field(default_factory=list)
    _places: dict[ForeignKey, Numbers | None] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Return the typed values; cells that are not of their type are null."""
        return typed(self.schema, self.text)

    @cached_property
    def spoilt(self) -> Mapping[str, set[int]]:
        """Return the lines of each column on which a structural fault lies."""
        lines: dict[str, set[int]] = {}
        for fault in self.faults:
            for column in (fault.field or "").split(", "):
                if fault.line is not None and fault.line > 1:
                    lines.setdefault(column, set()).add(fault.line)
        return lines

    def leads(self, key: ForeignKey, ids: pd.Series) -> Numbers | None:
        """Return for each row which of the `ids` a reference of one field leads to, by number; as `positions` does.

        The answer is kept, for many rules look up something over the same reference.
        """
        if key not in self._places:
            self._places[key] = positions(self.values[key.fields[0]], ids)
        return self._places[key]

    def with_rows(self, text: pd.DataFrame) -> Table:
        """Return the same table with other rows, which keeps to the lines on which it is spoilt."""
        other = replace(self, text=text)
        other.spoilt = self.spoilt
        return other

    def key(self, line: int) -> dict[str, str]:
        """Return the primary key of the row on a line, as text."""
        names = [name for name in self.schema.primary_key if name in self.text]
        cells = ((name, self.text.at[line, name]) for name in names)
        return {name: cell for name, cell in cells if isinstance(cell, str)}


def keyed(faults: Iterable[Fault], tables: Iterable[Table]) -> Iterator[Fault]:
    """Yield the faults, those of a row with the row's primary key."""
    by_file = {table.file: table for table in tables}
    for fault in faults:
        table = by_file.get(fault.file)
        if table is None or fault.key or fault.line is None or fault.line not in table.text.index:
            yield fault
        else:
            yield replace(fault, key=table.key(fault.line))


def column(tables: Mapping[str, Table], table: str, path: str) -> pd.Series | None:
    """Return a column of a table's rows: its own, or, as `source_id.published`, one reached over foreign keys.

    None where the column, the reference or a table on the way to it is missing, or where references are no text.
    """
    here = tables.get(table)
    head, _, rest = path.partition(".")
    if here is None or head not in here.values:
        return None
    cells = here.values[head]
    if not rest:
        return cells
    key = next((key for key in here.schema.foreign_keys if key.fields == (head,)), None)
    if key is None:
        return None
    wanted = column(tables, key.target, rest)
    ids = column(tables, key.target, key.target_fields[0])
    if wanted is None or ids is None:
        return None
    at = here.leads(key, ids)
    return None if at is None else pd.Series(wanted.array.take(at, allow_fill=True), index=cells.index)


def faulty(tables: Mapping[str, Table], table: str, path: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell for each row whether the cell that a path leads to, or one on the way to it, is faulty in itself."""
    here = tables[table]
    head, _, rest = path.partition(".")
    wrong = here.text.index.isin(list(here.spoilt.get(head, ())))
    if rest:
        key = next(key for key in here.schema.foreign_keys if key.fields == (head,))
        at = here.leads(key, tables[key.target].values[key.target_fields[0]])
        if at is not None:
            wrong |= np.append(faulty(tables, key.target, rest), False)[at]
    return wrong


def unsuited(tables: Mapping[str, Table], table: str, path: str) -> str | None:
    """Say why rules cannot read a column as the schema types it, or None.

    A schema may come from anyone, and a rule that compares dates can do nothing with a column of text.
    """
    *way, name = path.split(".")
    for step in way:
        keys = tables[table].schema.foreign_keys
        table = next(key.target for key in keys if key.fields == (step,))
    found, wanted = tables[table].schema.field(name).type, TYPES.get(name, "string")
    return None if found == wanted else f"{table}.{name} is of the type {found}, and rules take it for {wanted}"


def show(value: object) -> str:
    """Return a value as a message shows it: a date as written, a whole number without decimals, null as nothing."""
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return str(value)
