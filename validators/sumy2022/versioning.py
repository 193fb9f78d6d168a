"""Which version a change calls for: Semantic Versioning, applied to data. docs/versioning.md states the policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from sumy2022.comparison import Changes, PropertyChange, TableChanges
from sumy2022.package import DESCRIPTOR
from sumy2022.rules.manifests import VERSION, precedence

FREE = {"title", "description", "example", "label", "categories"}
"""Properties of a schema that say what something means: words."""
LOOSER = {"maxLength": 1, "maximum": 1, "exclusiveMaximum": 1, "minLength": -1, "minimum": -1, "exclusiveMinimum": -1}
"""In which direction a limit has to move to admit more."""
STRUCTURE = {"path", "schema", "dialect", "encoding", "name", "type", "format"}
"""Properties of a resource on which a program that reads the package relies."""


class Level(IntEnum):
    """How much a change asks of those who use the data."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Reason(NamedTuple):
    """One thing that changed, in words, and the level that it calls for."""

    level: Level
    words: str


def reasons(changes: Changes) -> list[Reason]:
    """Return everything that changed and what it calls for, the gravest first."""
    found = [Reason(Level.MAJOR, f"the table {name} is gone") for name in changes.tables_removed]
    found += [Reason(Level.MINOR, f"the table {name} is new") for name in changes.tables_added]
    for table in changes.tables:
        if table.name not in (*changes.tables_added, *changes.tables_removed):
            found += _of_table(table)
    found += _files_gone(changes)
    told = {(change.file, change.pointer.removesuffix("/name")) for change in changes.properties if _is_whole(change)}
    for change in changes.properties:
        if (change.file, "/".join(change.pointer.split("/")[:3])) not in told:
            found += _of_property(change)
    found += [Reason(Level.PATCH, f"{file} has other content") for file in changes.files]
    return sorted(dict.fromkeys(found), key=lambda reason: -reason.level)


def level(found: list[Reason]) -> Level:
    """Return the gravest level."""
    return max((reason.level for reason in found), default=Level.NONE)


def next_version(version: str, called_for: Level) -> str:
    """Return the lowest version after `version` that a change of this level may have.

    Before 1.0.0 the numbers move one place to the right, as Semantic Versioning leaves open: major raises the second
    number, everything else the third.
    """
    match = VERSION.fullmatch(version)
    if match is None or called_for is Level.NONE:
        return version
    major, minor, patch = (int(part) for part in match.groups()[:3])
    if match[4]:  # a pre-release comes before its release, which any change may complete
        return f"{major}.{minor}.{patch}"
    if major == 0:
        return f"0.{minor + 1}.0" if called_for is Level.MAJOR else f"0.{minor}.{patch + 1}"
    if called_for is Level.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if called_for is Level.MINOR else f"{major}.{minor}.{patch + 1}"


def is_before(one: str, other: str) -> bool:
    """Tell whether a version comes before another; what is no version comes before all."""
    return (precedence(one) or ()) < (precedence(other) or ())


def _files_gone(changes: Changes) -> Iterator[Reason]:
    """Yield the resources other than tables that are gone."""
    for change in changes.properties:
        parts = change.pointer.split("/")
        gone = _is_whole(change) and change.new is None and parts[1] == "resources"
        if gone and parts[2] not in changes.tables_removed:
            yield Reason(Level.MAJOR, f"the file of {parts[2]} is gone")


def _is_whole(change: PropertyChange) -> bool:
    """Tell whether a property is the name of a resource or field that came or went as a whole."""
    return change.pointer.endswith("/name") and None in (change.old, change.new)


def _of_table(table: TableChanges) -> Iterator[Reason]:
    for name in table.columns_removed:
        yield Reason(Level.MAJOR, f"{table.name} lost the column {name}")
    for name in table.columns_added:
        yield Reason(Level.MINOR, f"{table.name} has the new column {name}")
    if table.reordered:
        yield Reason(Level.MAJOR, f"the columns of {table.name} stand in another order")
    for number, word in ((table.added.num_rows, "new"), (table.removed.num_rows, "gone")):
        if number:
            yield Reason(Level.MINOR, f"{table.name}: {number} row{'s are' if number > 1 else ' is'} {word}")
    if table.cells.num_rows:
        number = table.cells.num_rows
        yield Reason(Level.PATCH, f"{table.name}: {number} cell{'s' if number > 1 else ''} changed")


def _of_property(change: PropertyChange) -> Iterator[Reason]:
    """Yield what one property of the descriptor or a schema calls for."""
    parts = change.pointer.split("/")[1:]
    where = f"{change.file} {change.pointer}"
    if change.file == DESCRIPTOR:
        structural = parts[0] == "resources" and len(parts) > 2 and parts[2] in STRUCTURE
        both = change.old is not None and change.new is not None
        grave = (structural and both) or parts[0] == "licenses"
        if parts[0] not in ("version", "created"):
            yield Reason(Level.MAJOR if grave else Level.PATCH, f"{where} changed")
        return
    if parts[0] != "fields" or len(parts) < 3:
        order = parts[-1] == "(order)" or FREE & set(parts)
        yield Reason(Level.PATCH if order else Level.MAJOR, f"{where} changed")
        return
    yield from _of_field(change, parts[2:], where)


def _of_field(change: PropertyChange, parts: list[str], where: str) -> Iterator[Reason]:
    if parts[0] == "constraints" and len(parts) > 1:
        yield from _of_constraint(change, parts[1], where)
    elif FREE & set(parts):
        yield Reason(Level.PATCH, f"{where} has other words")
    else:
        yield Reason(Level.MAJOR, f"{where} changed")


def _of_constraint(change: PropertyChange, name: str, where: str) -> Iterator[Reason]:
    if name == "enum":
        before, after = (set(json.loads(side or "[]")) for side in (change.old, change.new))
        if change.old is None:
            yield Reason(Level.MAJOR, f"{where} admits fewer values")
        for code in sorted(before - after, key=str) if change.new is not None else ():
            yield Reason(Level.MAJOR, f"{where} lost the code {code}")
        for code in sorted(after - before, key=str) if change.old is not None else ():
            yield Reason(Level.MINOR, f"{where} has the new code {code}")
        if change.new is None:
            yield Reason(Level.MINOR, f"{where} admits more values")
        return
    looser = change.new is None or _is_looser(name, change.old, change.new)
    yield Reason(Level.MINOR if looser else Level.MAJOR, f"{where} admits {'more' if looser else 'fewer'} values")


def _is_looser(name: str, old: str | None, new: str) -> bool:
    """Tell whether a limit that was moved admits all that it admitted before."""
    if name in ("required", "unique"):
        return json.loads(new) is False
    if old is None or name not in LOOSER:
        return False
    before, after = json.loads(old), json.loads(new)
    if isinstance(before, str) and isinstance(after, str):  # days, whose order is that of their text
        return before == after or (after > before) == (LOOSER[name] > 0)
    return isinstance(before, int | float) and isinstance(after, int | float) and (after - before) * LOOSER[name] >= 0
