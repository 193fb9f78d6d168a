"""Changes for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sumy2022.comparison import Changes, TableChanges
from sumy2022.render import visible
from sumy2022.render.changes import columns, counted, filled, key_of, title, value

CELL = 80
"""The most characters of a cell of an added or removed row that are shown, and of a change that stands on one line."""


def render(changes: Changes) -> str:
    """Return each changed table with its rows, then the properties that changed."""
    return "\n".join(_lines(changes)) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    yield title(changes)
    for table in changes.tables:
        yield f"\n{visible(table.file)}: {counted(table)}"
        yield from _table(table, changes)
    for file, properties in groupby(changes.properties, key=lambda change: change.file):
        yield f"\n{visible(file)}: properties changed"
        for change in properties:
            yield f"  ~ {visible(change.pointer)}"
            yield f"      {value(change.old)} -> {value(change.new)}"
    for file in changes.files:
        yield f"\n{visible(file)}: other content"
    if not changes:
        yield "no difference"


def _table(table: TableChanges, changes: Changes) -> Iterator[str]:
    if table.name in (*changes.tables_added, *changes.tables_removed):
        yield f"  the table was {'added' if table.name in changes.tables_added else 'removed'}"
    yield from (f"  {words}" for words in columns(table))
    for mark, rows in (("+", table.rows_added()), ("-", table.rows_removed())):
        for row in rows:
            yield f"  {mark} {key_of(table, row)}"
            yield from (f"      {visible(name)}: {value(cell, CELL)}" for name, cell in filled(table, row))
    for changed in table.rows_changed():
        yield f"  ~ {key_of(table, changed)}"
        for name, old, new in changed.cells:
            yield from _cell(visible(name), value(old), value(new))


def _cell(name: str, old: str, new: str) -> Iterator[str]:
    """Yield a changed cell on one line, or, where that is too long to compare by eye, on three."""
    if len(old) + len(new) <= CELL:
        yield f"      {name}: {old} -> {new}"
    else:
        yield from (f"      {name}:", f"        before: {old}", f"        now:    {new}")
