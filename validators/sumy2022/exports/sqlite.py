"""SQLite: the whole package as one database, for SQL, Datasette, QGIS, R and programs.

Tables have the types, checks and keys of their schemas, foreign keys included, so that a change which breaks them is
refused; descriptions stand as comments in the schema and in `_fields` and `_codes`, and `_package` says what version
this is, under which licence, and how to cite it. Null is unknown, never zero.

Besides the tables there are `estimates` and `corroboration` (the derived figures), `events_flat` (a row an event with
everything in words), `control_days` (a row a place and day), `place_levels`, and `events_search`, a full-text
search over titles, summaries and the names of places in every language:

    SELECT event_id FROM events_search WHERE events_search MATCH 'bridge' ORDER BY rank

`datasette` shows all of it in a browser.

SQLite 3.40, 3.51 and 3.54 were tried, and write the same bytes.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple, fields
from pathlib import Path

import pyarrow as pa

from sumy2022.estimation import derive_corroboration, derive_estimates
from sumy2022.exports import sqlite_tables, stem
from sumy2022.exports import sqlite_views as derived
from sumy2022.exports.about import About, about, schema_document
from sumy2022.exports.arrow import arrow_table
from sumy2022.exports.checked import CONTROL, EVENTS, lacking
from sumy2022.findings import UsageError
from sumy2022.loading import load
from sumy2022.package import Package

LAYOUT = 1
"""The version of the layout of the database, as `PRAGMA user_version`: more when a table or view of ours changes."""
ROWS = 10_000
"""How many rows are handed over at a time."""
STORAGE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
"""What SQLite calls trouble with the disk."""
PAGE = 4096
"""The bytes of a page of the file."""
TREE_PAGES = {2: 12, 5: 12, 10: 8, 13: 8}
"""The first byte of the pages that hold trees, and how long their headers are."""
HEADER = {24: 1, 92: 1, 96: 3_009_000}
"""The fields of the file's header that tell of the writing and not of the content, by offset, and what they are set to.

They are the counter of changes, the counter for which the next holds, and the version of SQLite that wrote the file,
for which the oldest stands that can read it (full-text search came with 3.9).
"""


def write(package: Package, folder: Path) -> list[Path]:
    """Write the database, holding the rows of no more than a few tables at a time.

    Raises `UsageError` where the package has a fault, a table does not keep to its schema, a reference leads nowhere,
    or a table or column that the derived tables are made from is missing; `OSError` where the disk fails.
    """
    said = about(package)
    for need in (EVENTS, CONTROL):
        if (problem := lacking(package, need)) is not None:
            raise UsageError(f"{package.source.name} cannot be exported in this format: {problem}.")
    path = folder / f"{stem(package)}.sqlite"
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            _prepare(database)
            _create(database, package)
            _fill(database, package, said)
            _check_references(database, package)
            _derive(database, package)
            database.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in STORAGE:
            raise OSError(errno.EIO, str(error)) from error
        raise
    _seal(path)
    return [path]


def _prepare(database: sqlite3.Connection) -> None:
    """Fix what would otherwise depend on how SQLite was built, and leave out what only a crash would need."""
    for pragma in (
        f"page_size = {PAGE}",
        "encoding = 'UTF-8'",
        "auto_vacuum = NONE",
        "secure_delete = ON",  # unused bytes are zero, not what happened to be in memory
        "journal_mode = OFF",
        "synchronous = OFF",
        f"user_version = {LAYOUT}",
    ):
        database.execute(f"PRAGMA {pragma}")


def _create(database: sqlite3.Connection, package: Package) -> None:
    """Create tables and views; names and codes come from the package, and SQLite may be unable to take them."""
    database.execute(_package_table())
    statements = [sqlite_tables.FIELDS, sqlite_tables.CODES]
    for name, schema in package.schemas.items():
        statements.append(sqlite_tables.create_table(schema, schema_document(package, name)))
        statements += sqlite_tables.create_indexes(schema)
    statements += [derived.ESTIMATES, derived.CORROBORATION, derived.PLACE_LEVELS, derived.CONTROL_DAYS]
    statements += [derived.events_flat(package.schemas["events"].names), derived.SEARCH]
    try:
        for statement in statements:
            database.execute(statement)
        # Compiling finds out whether all columns are there; what does the work comes when the tables are filled.
        for query in ("SELECT * FROM events_flat", "SELECT * FROM control_days", derived.FILL_SEARCH):
            database.execute(f"EXPLAIN {query}")
    except (sqlite3.Error, ValueError) as error:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in STORAGE:
            raise
        raise UsageError(f"{package.source.name} cannot be a database of SQLite: {error}.") from error
    for (name,) in database.execute("SELECT name FROM pragma_table_info('events_flat') WHERE name LIKE '%:%'"):
        # SQLite has given a second column of one name a number after a colon, which no field has.
        column = name.split(":")[0]
        raise UsageError(f"{package.source.name}: the column {column} of events has the name of a derived one.")


def _package_table() -> str:
    columns = [(f"{field.name} TEXT NOT NULL", "") for field in fields(About)]
    return sqlite_tables.statement("_package", "What this is: one row.", columns)


def _fill(database: sqlite3.Connection, package: Package, said: About) -> None:
    database.execute("BEGIN")
    _insert(database, "_package", iter([astuple(said)]))
    for name, schema in package.schemas.items():
        document = schema_document(package, name)
        _insert(database, "_fields", sqlite_tables.field_rows(schema, document))
        _insert(database, "_codes", sqlite_tables.code_rows(schema, document))
        _insert(database, name, _rows(arrow_table(package, name, said)))
    database.execute("COMMIT")


def _insert(database: sqlite3.Connection, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    first = next(rows, None)
    if first is not None:
        places = ", ".join("?" * len(first))
        command = f"INSERT INTO {sqlite_tables.quoted(table)} VALUES ({places})"  # noqa: S608 - a quoted name
        database.execute(command, first)
        database.executemany(command, rows)


def _rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table with what SQLite knows: a date is text."""
    texts = [field.with_type(pa.string()) if pa.types.is_date(field.type) else field for field in table.schema]
    for batch in table.cast(pa.schema(texts)).to_batches(max_chunksize=ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _check_references(database: sqlite3.Connection, package: Package) -> None:
    """Refuse references to nothing, and foreign keys to what is no key, which SQLite cannot hold."""
    try:
        broken = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.OperationalError as error:
        raise UsageError(
            f"{package.source.name} cannot be a database of SQLite: {error}. A foreign key must name a primary key or "
            "unique field."
        ) from error
    if broken is not None:
        table, row, target, _ = broken
        raise UsageError(
            f"{package.source.name} has a reference to nothing: row {row} of {table}, to {target}. `sumy2022 validate` "
            "tells all."
        )


def _derive(database: sqlite3.Connection, package: Package) -> None:
    """Fill what is made from the tables: the figures and the search."""
    figures = derive_estimates(*(load(name, package) for name in ("casualties", "events", "actors", "sources")))
    sourced = derive_corroboration(*(load(name, package) for name in ("event_sources", "sources")))
    database.execute("BEGIN")
    for name, frame in (("estimates", figures), ("corroboration", sourced)):
        _insert(database, name, _rows(pa.Table.from_pandas(frame, preserve_index=False)))
    database.execute(derived.FILL_SEARCH)
    database.execute("INSERT INTO events_search (events_search) VALUES ('optimize')")
    database.execute("COMMIT")


def _seal(path: Path) -> None:
    """Set what hangs on the library that wrote the file: fields of its header, and bytes that hold nothing."""
    with path.open("r+b") as file:
        for offset, value in HEADER.items():
            file.seek(offset)
            file.write(value.to_bytes(4, "big"))
        for start in range(0, path.stat().st_size, PAGE):
            file.seek(start)
            first, last = _gap(file.read(PAGE), 100 if start == 0 else 0)
            file.seek(start + first)
            file.write(bytes(last - first))


def _gap(page: bytes, at: int) -> tuple[int, int]:
    """Return the bounds of the bytes between the list of cells and the cells of a page, where anything may be left.

    `at` is where the page proper begins. A page of a tree is told by its first byte; any other, which carries on a long
    cell, begins with a page number, whose first byte is zero. Source: https://www.sqlite.org/fileformat2.html#b_tree_pages
    """
    header = TREE_PAGES.get(page[at])
    if header is None:
        return at, at
    cells, content = (int.from_bytes(page[at + place : at + place + 2], "big") for place in (3, 5))
    return at + header + 2 * cells, content
