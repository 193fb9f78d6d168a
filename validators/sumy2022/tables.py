"""The tables of a package as they are read: text cells by line, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import pandas as pd

from sumy2022.canonical import form_faults
from sumy2022.extras import need
from sumy2022.findings import Fault, hint
from sumy2022.frames import Table
from sumy2022.numbering import Numbers
from sumy2022.package import Package
from sumy2022.reading import Reading, read_csv
from sumy2022.rules import structure as st
from sumy2022.schema import TableSchema, labels
from sumy2022.structure import structural_faults

Progress = Callable[[str], None]


def read_table(package: Package, name: str, faults: list[Fault] | None = None) -> Table | None:
    """Read one table without a look into its cells; None where there is no schema or no file.

    Faults of the file's form are added to `faults`, if given; those of records and columns are on the table.
    """
    schema = package.schemas.get(name)
    data = None if schema is None else package.read(name)
    if schema is None or data is None:
        return None
    reading = read_csv(data, package.resource(name).path)
    if faults is not None:
        faults += form_faults(data, reading, schema)
    return table_of(schema, reading)


def read_tables(
    package: Package,
    *,
    only: Collection[str] = (),
    faults: list[Fault] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Table]:
    """Read tables and check each against its schema; those that cannot be read at all are left out.

    Faults of a file's form are added to `faults`, if given; those of records, columns, cells and keys are on the
    tables. References are followed to the tables read here that lost no record. Raises `UsageError` where the library
    that checks is missing.
    """
    need("Checking a table", "pandera")
    tables = read_texts(package, only=only, faults=faults, progress=progress)
    check_tables(tables, progress)
    return tables


def read_texts(
    package: Package,
    *,
    only: Collection[str] = (),
    faults: list[Fault] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Table]:
    """Read tables as `read_tables` does, without a look into their cells."""
    tables: dict[str, Table] = {}
    for name in package.schemas:
        if only and name not in only:
            continue
        progress(f"reading {name}")
        table = read_table(package, name, faults)
        if table is not None:
            tables[name] = table
    return tables


def check_tables(tables: Mapping[str, Table], progress: Progress = lambda _: None) -> None:
    """Check tables against their schemas, and add the faults of cells and keys to each."""
    targets = {name: table.values for name, table in tables.items() if table.whole}
    for table in tables.values():
        progress(f"schema of {table.schema.name}")
        table.faults += structural_faults(table, targets)


def table_of(schema: TableSchema, reading: Reading) -> Table:
    """Return what was read as a table of the schema, with the faults of its records and columns."""
    known = [name for name in schema.names if name in reading.table.column_names]
    lines = _index(reading.lines)
    text = reading.table.select(known).to_pandas().set_axis(lines).set_axis(labels(known), axis=1)
    table = Table(schema, reading.file, text, whole=not reading.lost, faults=list(reading.faults))
    if reading.header:
        table.faults += _header_faults(schema, reading)
    return table


def _index(lines: Numbers) -> pd.Index:
    """Return the lines as an index: where none is missing as a range, in which nothing has to be looked up."""
    if len(lines) and lines[-1] - lines[0] == len(lines) - 1:
        return pd.RangeIndex(int(lines[0]), int(lines[-1]) + 1, name="line")
    return pd.Index(lines, name="line")


def _header_faults(schema: TableSchema, reading: Reading) -> Iterator[Fault]:
    extra = [name for name in dict.fromkeys(reading.header) if name not in schema.names]
    missing = [name for name in schema.names if name not in reading.header]
    for name in missing:
        yield Fault(st.MISSING_COLUMN, reading.file, 1, name, facts={"hint": hint(name, extra)})
    renamed = [name for name in extra if hint(name, missing)]
    for name in extra:
        if name not in renamed:
            yield Fault(st.EXTRA_COLUMN, reading.file, 1, value=name, facts={"hint": hint(name, schema.names)})
