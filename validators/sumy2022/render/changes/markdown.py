"""Changes as Markdown for a comment or a summary: the counts first, then each table folded, cut to what fits.

Source of the limit: GitHub refuses a comment of more than 65,536 characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from sumy2022.comparison import Changes, TableChanges
from sumy2022.markdown import table as table_of
from sumy2022.render.changes import columns, counted, excerpt, filled, key_of, title, value
from sumy2022.render.markdown import plain

LIMIT = 60_000
"""The most bytes of the whole text."""
ROOM = 200
"""The bytes kept free for the end of a folded part that is cut: the line that counts the rest, and the closing tag."""
CELL = 120
"""The most characters of a cell."""


def render(changes: Changes, limit: int = LIMIT) -> str:
    """Return the changes in at most `limit` bytes; what is left out is counted."""
    text = "\n".join(_summary(changes)) + "\n"
    for heading, lines in _parts(changes):
        text += _fold(heading, lines, limit - len(text.encode()) - ROOM)
    return text


def _summary(changes: Changes) -> Iterator[str]:
    yield f"**{plain(title(changes))}**\n"
    if not changes:
        yield "No difference."
        return
    rows = [
        (
            f"`{table.name}`",
            table.added.num_rows,
            table.removed.num_rows,
            table.changed,
            table.cells.num_rows,
            table.after,
        )
        for table in changes.tables
    ]
    if rows:
        yield from table_of(("table", "added", "removed", "changed", "cells changed", "rows now"), rows)
    for word, names in (("added", changes.tables_added), ("removed", changes.tables_removed)):
        yield from (f"\nThe table `{name}` was {word}." for name in names)
    if changes.properties:
        yield f"\n{len(changes.properties)} properties of the descriptor and the schemas changed."
    yield from (f"\n{plain(file)} has other content." for file in changes.files)


def _parts(changes: Changes) -> Iterator[tuple[str, Iterator[str]]]:
    if changes.properties:
        lines = (
            f"- {plain(change.file)} {plain(change.pointer)}: {plain(value(change.old))} → {plain(value(change.new))}"
            for change in changes.properties
        )
        yield "Descriptor and schemas", lines
    for table in changes.tables:
        yield f"{table.file}: {counted(table)}", _rows(table)


def _rows(table: TableChanges) -> Iterator[str]:
    yield from (f"- {plain(words)}" for words in columns(table))
    for changed in table.rows_changed():
        cells = (f"{plain(cell.field)}: {' → '.join(map(plain, excerpt(cell, CELL)))}" for cell in changed.cells)
        yield f"- changed **{plain(key_of(table, changed))}**<br>{'<br>'.join(cells)}"
    for word, rows in (("added", table.rows_added()), ("removed", table.rows_removed())):
        for row in rows:
            cells = (f"{plain(name)}: {plain(value(cell, CELL))}" for name, cell in filled(table, row))
            yield f"- {word} **{plain(key_of(table, row))}**<br>{'<br>'.join(cells)}"


def _fold(heading: str, lines: Iterator[str], room: int) -> str:
    """Return a part that opens on a click; when there is no room for a line, the lines from there on are counted."""
    text = f"\n<details><summary>{escape(heading)}</summary>\n\n"
    if len(text.encode()) > room:
        return ""
    left = 0
    for line in lines:
        if left or len(text.encode()) + len(line.encode()) > room:
            left += 1
        else:
            text += f"{line}\n"
    rest = f"\n... and {left} more, left out for want of room; `sumy2022 diff` shows all.\n" if left else ""
    return f"{text}{rest}\n</details>\n"
