"""One table as two packages have it, read for comparison: whole, or only where the two may differ."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.findings import Fault, UsageError
from sumy2022.lines import SEPARATOR, joined, read_lines, unlike
from sumy2022.package import Package
from sumy2022.reading import CELL_LIMIT, Reading, first_line, read_csv

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
    with ThreadPoolExecutor(2) as pool:  # a thread a side
        was, now = pool.map(lambda package: package.read(name), (old, new))
        if was == now and old.schemas[name].names == new.schemas[name].names:
            return None
        key = new.schemas[name].primary_key
        if was and now and key and key == old.schemas[name].primary_key and first_line(was) == first_line(now):
            before, after = pool.map(lambda data: read_lines(data, key, CELL_LIMIT), (was, now))
            if before is not None and after is not None:
                file = new.resource(name).path
                tables = [read_csv(data, file).table for data in unlike(before, after)]
                return Side(len(before.keys), tables[0]), Side(len(after.keys), tables[1])
    return _whole(old, name, was), _whole(new, name, now)


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
