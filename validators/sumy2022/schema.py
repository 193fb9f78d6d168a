"""What a Table Schema says of a table: its fields, its keys, and how the text of a cell has to be.

`table_schema` reads it from a document, and refuses what is not known here; `checks` makes pandera schemas of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.rules import structure as st
from sumy2022.text import found_in, matches, within_length

LEXICAL = {
    "string": None,
    "integer": r"0|-?[1-9][0-9]{0,14}",
    "number": r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?",
    "boolean": r"true|false",
    "date": r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
    "year": r"[0-9]{4}",
}
"""How a value of each supported type is written (RE2, the whole cell).

Whole numbers have no more digits than `float64` holds exactly, so that two of them are never taken for one.
"""

EXPECTED = {
    "integer": "a whole number in plain digits (at most 15), such as 12",
    "number": "a number with a point, such as 50.91",
    "boolean": "true or false",
    "date": "a calendar date written YYYY-MM-DD",
    "year": "a year of four digits",
}

URI = r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"

BOUNDS: Mapping[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "minimum": ("at least {}", operator.ge),
    "maximum": ("at most {}", operator.le),
    "exclusiveMinimum": ("more than {}", operator.gt),
    "exclusiveMaximum": ("less than {}", operator.lt),
}


@dataclass(frozen=True)
class Field:
    """One column: `constraints` holds those of the Table Schema, as written."""

    name: str
    type: str = "string"
    format: str = "default"
    constraints: Mapping[str, Any] = field(default_factory=dict)
    example: Any = None

    @property
    def required(self) -> bool:
        """Tell whether an empty cell is a fault."""
        return bool(self.constraints.get("required"))

    @property
    def prose(self) -> bool:
        """Tell whether the field holds free text: a string without enumeration, pattern or special format."""
        bare = not {"enum", "pattern"} & self.constraints.keys()
        return self.type == "string" and self.format == "default" and bare


@dataclass(frozen=True)
class ForeignKey:
    """A reference from `fields` to `target_fields` of the table `target`."""

    fields: tuple[str, ...]
    target: str
    target_fields: tuple[str, ...]


@dataclass(frozen=True)
class TableSchema:
    """One table's schema, with everything in it known to be supported."""

    name: str
    file: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def field(self, name: str) -> Field:
        """Return the field of this name."""
        return next(known for known in self.fields if known.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names in order."""
        return tuple(known.name for known in self.fields)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the columns of the type string."""
        return tuple(known.name for known in self.fields if known.type == "string")

    @property
    def prose(self) -> tuple[str, ...]:
        """Return the columns that hold free text and are part of no key."""
        keys = set(self.primary_key).union(*(key.fields for key in self.foreign_keys))
        return tuple(known.name for known in self.fields if known.prose and known.name not in keys)


def codes(known: Field) -> list[str]:
    """Return the codes of a field as they are written; none where it has no enumeration."""
    return [f"{code:04}" if known.type == "year" else str(code) for code in known.constraints.get("enum", ())]


class CellTest(NamedTuple):
    """What the text of one column must be for one rule: `sound` answers for each cell, and passes a null."""

    rule: str
    column: str
    sound: Callable[[pa.Array], pa.Array]


def cell_tests(schema: TableSchema, columns: Collection[str]) -> Iterator[CellTest]:
    """Yield what the text of the columns must be: filled, of its type's form, a code, of a pattern and length."""
    for known in schema.fields:
        if known.name in columns:
            for rule, sound in _cell_tests(known, required=known.required or known.name in schema.primary_key):
                yield CellTest(rule, known.name, sound)


def _cell_tests(known: Field, *, required: bool) -> Iterator[tuple[str, Callable[[pa.Array], pa.Array]]]:
    limits = known.constraints
    if required:
        yield st.REQUIRED, pc.is_valid
    patterns = {st.BAD_TYPE: LEXICAL[known.type], st.PATTERN: limits.get("pattern")}
    patterns[st.BAD_URI] = URI if known.format == "uri" else None
    for rule, pattern in patterns.items():
        if pattern is not None:
            yield rule, partial(matches, pattern=pattern)
    if "enum" in limits:
        yield st.ENUM, partial(found_in, known=pa.array(codes(known), type=pa.string()))
    if "minLength" in limits or "maxLength" in limits:
        yield st.LENGTH, partial(within_length, least=limits.get("minLength", 0), most=limits.get("maxLength", np.inf))
