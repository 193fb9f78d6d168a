"""What changed between two packages: rows by their keys, columns, and the properties of descriptor and schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.document import read_json
from sumy2022.findings import UsageError
from sumy2022.limits import Limits, in_time
from sumy2022.lines import joined
from sumy2022.package import DESCRIPTOR, Package, open_package
from sumy2022.sides import Side, read_side, read_sides, trouble

NAMES = ("name", "value")
"""What tells the objects of a list apart, so that one more in the middle is one addition."""
WORKING_TREE = "the working tree"


class CellChange(NamedTuple):
    """One cell that has another content; None is an empty cell."""

    field: str
    old: str | None
    new: str | None


class RowChange(NamedTuple):
    """One row that is in both packages with other cells: the parts of its key, and the cells."""

    key: tuple[str, ...]
    cells: tuple[CellChange, ...]


class PropertyChange(NamedTuple):
    """One property of a JSON document that has another value; None where the document has no such property."""

    file: str
    pointer: str
    old: str | None
    new: str | None


Row = Mapping[str, str | None]


@dataclass(frozen=True)
class TableChanges:
    """What changed in one table; rows are told apart by `key`.

    `before` and `after` count all rows. `added` and `removed` are whole rows as text. `cells` has a row for each
    changed cell: `row` (a number that the cells of one row share), the key's columns, `field`, `old` and `new`. A
    column that one side lacks counts as empty there.
    """

    name: str
    file: str
    key: tuple[str, ...]
    before: int
    after: int
    added: pa.Table
    removed: pa.Table
    cells: pa.Table
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        columns = bool(self.columns_added or self.columns_removed or self.reordered)
        return bool(self.added.num_rows or self.removed.num_rows or self.cells.num_rows) or columns

    @property
    def changed(self) -> int:
        """Return how many rows have a changed cell."""
        return len(pc.unique(self.cells["row"]))

    def rows_added(self) -> Iterator[Row]:
        """Yield the new rows, by key."""
        return _rows(self.added)

    def rows_removed(self) -> Iterator[Row]:
        """Yield the rows that are gone, by key."""
        return _rows(self.removed)

    def rows_changed(self) -> Iterator[RowChange]:
        """Yield the changed rows, by key, each with its changed cells in the order of the columns."""
        for _, items in groupby(_rows(self.cells), key=itemgetter("row")):
            cells = list(items)
            key = tuple(cells[0][KEY.format(name)] for name in self.key)
            yield RowChange(key, tuple(CellChange(cell["field"], cell["old"], cell["new"]) for cell in cells))


KEY = "key {}"
"""The name of a key's column among `TableChanges.cells`, which no column of the tables can bear."""


@dataclass(frozen=True)
class Changes:
    """What changed between two packages; `base` and `head` are what to call them."""

    base: str
    head: str
    versions: tuple[str, str]
    tables: tuple[TableChanges, ...] = ()
    tables_added: tuple[str, ...] = ()
    tables_removed: tuple[str, ...] = ()
    properties: tuple[PropertyChange, ...] = ()
    files: tuple[str, ...] = ()
    """Resources other than tables whose bytes differ."""

    def __bool__(self) -> bool:
        return bool(self.tables or self.tables_added or self.tables_removed or self.properties or self.files)


def diff(
    base: str | Path | Package, head: str | Path | Package | None = None, *, limits: Limits | None = None
) -> Changes:
    """Compare two packages; each is an opened package or a path or git revision as for `open_package`.

    Without `head`, `base` is compared with the package around the working directory. Only tables that changed are in
    the result. Raises `UsageError` where a package cannot be opened, a table has no file, loses records on reading,
    lacks its key, or has a key twice: nothing is compared on a guess. So it is where a side that is opened
    here has more than `limits` allow, or all takes longer.
    """
    step = in_time(limits or Limits())
    old, new = (side if isinstance(side, Package) else open_package(side, limits) for side in (base, head))
    for side in (old, new):
        if side.faults:
            raise trouble(side, side.faults)
    compared = []
    for name in (*new.schemas, *(name for name in old.schemas if name not in new.schemas)):
        step(name)
        if name in new.schemas and name in old.schemas:
            sides = read_sides(old, new, name)
            if sides is not None:
                compared.append(_compare(new, name, *sides, both=True))
            continue
        only = new if name in new.schemas else old
        there = read_side(only, name)
        nothing = Side(0, there.table.slice(0, 0))
        sides = (nothing, there) if only is new else (there, nothing)
        compared.append(_compare(only, name, *sides, both=False))
    return Changes(
        base=old.source.name,
        head=WORKING_TREE if head is None else new.source.name,
        versions=(old.descriptor.version, new.descriptor.version),
        tables=tuple(table for table in compared if table),
        tables_added=tuple(name for name in new.schemas if name not in old.schemas),
        tables_removed=tuple(name for name in old.schemas if name not in new.schemas),
        properties=tuple(_properties(old, new)),
        files=tuple(_files(old, new)),
    )


def _compare(package: Package, name: str, before: Side, after: Side, *, both: bool) -> TableChanges:
    key, old, new = package.schemas[name].primary_key, before.table, after.table
    if not set(key) <= set(old.column_names) & set(new.column_names):
        raise UsageError(f"The primary key of {name} is not the same on both sides: its rows cannot be matched.")
    old_keys, new_keys = joined(old, key), joined(new, key)
    match = pc.index_in(new_keys, value_set=old_keys)
    stays = pc.is_valid(match)
    gone = pc.invert(pc.is_in(old_keys, value_set=new_keys))
    kept, of = new.filter(stays), match.drop_null()
    common = [name for name in new.column_names if name in old.column_names]
    return TableChanges(
        name=name,
        file=package.resource(name).path,
        key=key,
        before=before.rows,
        after=after.rows,
        added=new.filter(pc.invert(stays)),
        removed=old.filter(gone),
        cells=_cells(key, old, kept, of),
        columns_added=tuple(name for name in new.column_names if name not in old.column_names) if both else (),
        columns_removed=tuple(name for name in old.column_names if name not in new.column_names) if both else (),
        reordered=common != [name for name in old.column_names if name in new.column_names],
    )


def _cells(key: tuple[str, ...], old: pa.Table, kept: pa.Table, of: pa.Array) -> pa.Table:
    """Return the cells of the kept rows that are not as in the old ones, whose places are in `of`; column by column,
    so that no second table has to be held.
    """
    found = []
    for name in dict.fromkeys((*kept.column_names, *old.column_names)):
        if name in key:
            continue
        before = old[name].take(of) if name in old.column_names else pa.nulls(len(of), pa.string())
        after = kept[name] if name in kept.column_names else pa.nulls(len(of), pa.string())
        rows = pc.indices_nonzero(pc.not_equal(pc.fill_null(before, ""), pc.fill_null(after, "")))
        if len(rows):
            parts = {KEY.format(part): kept[part].take(rows) for part in key}
            field = pa.repeat(name, len(rows))
            found.append(
                pa.table({"row": rows, **parts, "field": field, "old": before.take(rows), "new": after.take(rows)})
            )
    if not found:
        names = (*(KEY.format(part) for part in key), "field", "old", "new")
        return pa.table({"row": pa.array([], pa.uint64()), **{name: pa.array([], pa.string()) for name in names}})
    cells = pa.concat_tables(found)
    return cells.take(pc.sort_indices(cells, sort_keys=[("row", "ascending")]))


def _rows(table: pa.Table) -> Iterator[Any]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _properties(old: Package, new: Package) -> Iterator[PropertyChange]:
    """Compare the descriptors and the schemas of the tables that both have, property by property."""
    yield from _document_changes(DESCRIPTOR, _document(old, DESCRIPTOR), _document(new, DESCRIPTOR))
    for name, schema in new.schemas.items():
        if name in old.schemas:
            yield from _document_changes(
                schema.file, _document(old, old.schemas[name].file), _document(new, schema.file)
            )


def _document(package: Package, path: str) -> object:
    document, _ = read_json(package.source.read(path) or b"{}", path)
    return document


def _document_changes(file: str, old: object, new: object) -> Iterator[PropertyChange]:
    before, after = dict(_flat(old)), dict(_flat(new))
    for pointer in dict.fromkeys((*before, *after)):
        if before.get(pointer) != after.get(pointer):
            yield PropertyChange(file, pointer, before.get(pointer), after.get(pointer))


def _flat(value: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield each property that holds no other, by its JSON pointer, as JSON.

    The objects of a list stand under their names instead of their numbers, and the order of the names is a property.
    """
    if isinstance(value, list) and (names := _names(value)):
        yield f"{pointer}/(order)", json.dumps(names, ensure_ascii=False)
        value = dict(zip(names, value, strict=True))
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _flat(part, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    else:
        yield pointer, json.dumps(value, ensure_ascii=False)


def _names(items: list[Any]) -> list[str]:
    """Return what tells the objects of a list apart, or nothing if nothing does."""
    for name in NAMES:
        found = [item.get(name) if isinstance(item, Mapping) else None for item in items]
        if found and all(isinstance(one, str) for one in found) and len(set(found)) == len(found):
            return found  # type: ignore[return-value]
    return []


def _files(old: Package, new: Package) -> Iterator[str]:
    """Yield the resources that are no tables and whose bytes differ."""
    shared = {resource.name for resource in old.descriptor.resources}
    for resource in new.descriptor.resources:
        if (
            resource.name in shared
            and resource.name not in new.schemas
            and old.read(resource.name) != new.read(resource.name)
        ):
            yield resource.path
