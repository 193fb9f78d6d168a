"""Changes between two packages in words and in the formats of other programs: each renderer takes `Changes`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import takewhile
from typing import TYPE_CHECKING

from sumy2022.render import visible

if TYPE_CHECKING:
    from sumy2022.comparison import CellChange, Changes, Row, RowChange, TableChanges

FORMATS = ("text", "json", "markdown", "html")


def renderer(name: str) -> Callable[[Changes], str]:
    """Return the renderer of a format."""
    found: Callable[[Changes], str] = import_module(f"{__name__}.{name}").render
    return found


def title(changes: Changes) -> str:
    """Return what is compared, in words."""
    old, new = changes.versions
    return f"{visible(changes.base)}, version {visible(old)} -> {visible(changes.head)}, version {visible(new)}"


def counted(table: TableChanges) -> str:
    """Return how many rows changed in what way, in words."""
    cells = table.cells.num_rows
    parts = (
        (table.added.num_rows, "added"),
        (table.removed.num_rows, "removed"),
        (table.changed, f"changed ({cells} cell{'' if cells == 1 else 's'})"),
    )
    listed = ", ".join(f"{number} {word}" for number, word in parts if number) or "no row changed"
    return f"{listed}; {table.before} -> {table.after} rows"


def columns(table: TableChanges) -> list[str]:
    """Return what changed about the columns, in words."""
    found = [f"column added: {visible(name)}" for name in table.columns_added]
    found += [f"column removed: {visible(name)}" for name in table.columns_removed]
    return found + (["columns in another order"] if table.reordered else [])


def key_of(table: TableChanges, row: Row | RowChange) -> str:
    """Return a row's key in words."""
    parts = row.key if isinstance(row, tuple) else tuple(row.get(name) or "" for name in table.key)
    return visible(", ".join(parts))


def filled(table: TableChanges, row: Row) -> list[tuple[str, str]]:
    """Return the cells of a whole row that hold something, but for its key."""
    return [(name, cell) for name, cell in row.items() if cell is not None and name not in table.key]


def value(text: str | None, limit: int | None = None) -> str:
    """Return a cell or property as a person reads it."""
    return "(empty)" if text is None else visible(text, limit)


def excerpt(cell: CellChange, limit: int, context: int = 25) -> tuple[str, str]:
    """Return what a cell held and holds, each in at most `limit` characters: of long ones the part that differs."""
    if cell.old is None or cell.new is None or max(len(cell.old), len(cell.new)) <= limit:
        return value(cell.old, limit), value(cell.new, limit)
    same = _alike(cell.old, cell.new)
    shortest = min(len(cell.old), len(cell.new)) - same
    end = min(shortest, _alike(cell.old[::-1], cell.new[::-1]))
    start, end = max(same - context, 0), max(end - context, 0)
    cut = (text[start : len(text) - end] for text in (cell.old, cell.new))
    before, after = (f"{'...' if start else ''}{text}{'...' if end else ''}" for text in cut)
    return value(before, limit), value(after, limit)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
