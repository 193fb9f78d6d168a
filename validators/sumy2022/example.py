"""The small changes by which a rule shows a bad and a good example.

Each is plain data: laid over the miniature package in a test, and printed on the rule's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Set some cells of one row; `row` counts the data rows from 0."""

    table: str
    cells: Mapping[str, str]
    row: int = 0


@dataclass(frozen=True)
class Add:
    """Append a copy of row `like` with some cells set."""

    table: str
    cells: Mapping[str, str]
    like: int = 0


@dataclass(frozen=True)
class Drop:
    """Remove one data row."""

    table: str
    row: int = 0


@dataclass(frozen=True)
class Swap:
    """Replace the first occurrence of some text in one file of the package.

    An empty `old` stands for the very start of the file; `new` may hold any character that Latin-1 can
    carry as a byte when `raw` is set, otherwise it is written as UTF-8.
    """

    path: str
    old: str
    new: str
    raw: bool = False


@dataclass(frozen=True)
class Remove:
    """Remove one file of the package."""

    path: str


@dataclass(frozen=True)
class Write:
    """Write one whole file of the package."""

    path: str
    text: str


Change = Edit | Add | Drop | Swap | Remove | Write
