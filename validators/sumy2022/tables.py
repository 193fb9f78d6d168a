"""The tables of a package as they are read: text cells by line, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from sumy2022.canonical import order_faults
from sumy2022.extras import need
from sumy2022.files import File, Progress, read_files
from sumy2022.findings import Fault, hint
from sumy2022.frames import Table
from sumy2022.numbering import Numbers
from sumy2022.package import Package
from sumy2022.reading import Reading, read_csv
from sumy2022.rules import structure as st
from sumy2022.schema import TableSchema
from sumy2022.structure import broken_in_cells, cell_faults, faults_across_rows
from sumy2022.values import labels


def read_table(package: Package, name: str) -> Table | None:
    """Read one table without a look into its cells; None where there is no schema or no file.

    Faults of records and columns are on the table; those of the file's form are not looked for.
    """
    data = package.read(name) if name in package.schemas else None
    return None if data is None else table_of(package.schemas[name], read_csv(data, package.resource(name).path))


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
    tables = texts_of(package, read_files(package, only=only, progress=progress), faults)
    check_tables(tables, progress)
    return tables


def texts_of(package: Package, files: dict[str, File], faults: list[Fault] | None = None) -> dict[str, Table]:
    """Return what was read as tables, without a look into their cells; faults of the form are added to `faults`.

    The files are taken out of the mapping one by one, lest all be held twice.
    """
    tables = {}
    for name, schema in package.schemas.items():
        if name in files:
            reading, form = files.pop(name)
            if faults is not None:
                faults += [*form, *order_faults(reading, schema)]
            tables[name] = table_of(schema, reading)
    return tables


def check_tables(tables: Mapping[str, Table], progress: Progress = lambda _: None) -> None:
    """Check tables against their schemas, and add the faults of cells and keys to each."""
    targets = {name: table.values for name, table in tables.items() if table.whole}
    with ThreadPoolExecutor(1) as pool:
        # To look at the text of cells is Arrow's work, which leaves Python to keys and references meanwhile.
        looking = [pool.submit(broken_in_cells, table) for table in tables.values()]
        for table, broken in zip(tables.values(), looking, strict=True):
            progress(f"schema of {table.schema.name}")
            across = list(faults_across_rows(table, targets))
            table.faults += [*cell_faults(table, broken.result()), *across]


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
