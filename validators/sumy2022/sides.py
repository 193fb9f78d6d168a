"""One table as two packages have it, read for comparison: whole, or only where the two may differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.findings import Fault, UsageError
from sumy2022.lines import SEPARATOR, Part, joined, unlike
from sumy2022.package import Package
from sumy2022.reading import CELL_LIMIT, Reading, read_csv

SHOWN = 5
"""How many of a file's faults an error lists."""


@dataclass(frozen=True)
class Side:
    """A table in one of two packages: how many rows it has, and those that may not be in the other just so."""

    rows: int
    table: pa.Table


def read_side(package: Package, name: str) -> Side:
    """Read a table whole; raises `UsageError` where it cannot be compared."""
    return _whole(package, name, package.read(name))


def read_sides(old: Package, new: Package, name: str) -> tuple[Side, Side] | None:
    """Read a table that both packages have; None where nothing in it differs.

    Raises `UsageError` where it cannot be compared.
    """
    key = new.schemas[name].primary_key
    if key and key == old.schemas[name].primary_key:
        parts = unlike(old.pieces(name), new.pieces(name), key, longest=CELL_LIMIT, most=new.limits.rows)
        if parts is not None:
            was, now = _part(old, name, parts[0]), _part(new, name, parts[1])
            return None if parts[0].data == parts[1].data else (was, now)
    before, after = old.read(name), new.read(name)
    if before == after and old.schemas[name].names == new.schemas[name].names:
        return None
    return _whole(old, name, before), _whole(new, name, after)


def _part(package: Package, name: str, part: Part) -> Side:
    """Read the part of a table's file that differs, of which it is known that every line is a record."""
    file = package.resource(name).path
    package.source.meter.count_rows(name, file, part.rows)
    return Side(part.rows, read_csv(part.data, file).table)


def _whole(package: Package, name: str, data: bytes | None) -> Side:
    """Read a table's file cell by cell, or say why that cannot be done."""
    file = package.resource(name).path
    if data is None:
        raise UsageError(f"{package.source.name} has no {file}, the file of the table {name}.")
    reading = read_csv(data, file)
    if reading.lost or len(set(reading.header)) < len(reading.header):
        raise trouble(package, reading.faults)
    _check_key(package, package.schemas[name].primary_key, reading)
    return Side(reading.table.num_rows, reading.table)


def trouble(package: Package, faults: Sequence[Fault]) -> UsageError:
    """Return the error that a package has faults that keep it from being compared."""
    places = ", ".join(f"{fault.rule} at {fault.file}:{fault.line or 1}" for fault in faults[:SHOWN])
    more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return UsageError(
        f"{package.source.name} cannot be compared before it is mended: {places}{more}. `sumy2022 validate` explains."
    )


def _check_key(package: Package, key: tuple[str, ...], reading: Reading) -> None:
    where = f"{package.source.name}: {reading.file}"
    lacking = [name for name in key if name not in reading.header]
    if not key or lacking:
        which = f"lacks {', '.join(lacking)} of its primary key" if lacking else "has no primary key in its schema"
        raise UsageError(f"{where} {which}, by which its rows are told apart.")
    for name in key:
        if reading.table[name].null_count:
            line = reading.lines[pc.index(pc.is_null(reading.table[name]), True).as_py()]
            raise UsageError(f"{where}:{line} has an empty {name}, by which its rows are told apart. Fill it in.")
    keys = joined(reading.table, key)
    if len(pc.unique(keys)) == len(keys):
        return
    counted = pc.value_counts(keys)
    twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    lines = reading.lines[pc.indices_nonzero(pc.equal(keys, twice[0])).to_numpy()]
    listed, shown = ", ".join(map(str, lines[:SHOWN])), twice[0].as_py().replace(SEPARATOR, ", ")
    raise UsageError(f"{where} has the key {shown} on lines {listed}. Give each row a key of its own.")
