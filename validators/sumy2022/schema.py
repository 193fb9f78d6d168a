"""Table Schemas as pandera schemas.

A field is checked twice: its text (written as its type has it, in the enumeration, of the pattern and length),
then, for cells whose text is sound, its value against the bounds. So one bad cell never hides another. Keys and
references follow. All of it is pandera checks, each with the rule it enforces as its name and the columns it judges
as its title; `descriptor` has refused whatever is not compiled here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as pc

from sumy2022.findings import RuleCrashed
from sumy2022.numbering import positions, repeated
from sumy2022.rules import structure as st
from sumy2022.text import arrow as as_arrow
from sumy2022.text import found_in, matches, plain, whole, within_length

if TYPE_CHECKING:
    import pandera.pandas as pa  # elsewhere imported where it is used: who only reads tables can do without

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

BOUNDS: Mapping[str, tuple[str, Callable[[Any, Any], pd.Series]]] = {
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


class CellTest(NamedTuple):
    """What the text of one column must be for one rule: `sound` answers for each cell, and passes a null."""

    rule: str
    column: str
    sound: Callable[[arrow.Array], arrow.Array]


def cell_tests(schema: TableSchema, columns: Collection[str]) -> Iterator[CellTest]:
    """Yield what the text of the columns must be: filled, of its type's form, a code, of a pattern and length."""
    for known in schema.fields:
        if known.name in columns:
            for rule, sound in _cell_tests(known, required=known.required or known.name in schema.primary_key):
                yield CellTest(rule, known.name, sound)


def _cell_tests(known: Field, *, required: bool) -> Iterator[tuple[str, Callable[[arrow.Array], arrow.Array]]]:
    limits = known.constraints
    if required:
        yield st.REQUIRED, pc.is_valid
    patterns = {st.BAD_TYPE: LEXICAL[known.type], st.PATTERN: limits.get("pattern")}
    patterns[st.BAD_URI] = URI if known.format == "uri" else None
    for rule, pattern in patterns.items():
        if pattern is not None:
            yield rule, partial(matches, pattern=pattern)
    if "enum" in limits:
        codes = [f"{code:04}" if known.type == "year" else str(code) for code in limits["enum"]]
        yield st.ENUM, partial(found_in, known=arrow.array(codes, type=arrow.string()))
    if "minLength" in limits or "maxLength" in limits:
        yield st.LENGTH, partial(within_length, least=limits.get("minLength", 0), most=limits.get("maxLength", np.inf))


def text_schema(tests: Iterable[CellTest]) -> pa.DataFrameSchema:
    """Compile tests of cells, a check a rule: it judges all columns at once, for checks cost more than cells."""
    import pandera.pandas as pa

    by_rule: dict[str, list[CellTest]] = {}
    for test in tests:
        by_rule.setdefault(test.rule, []).append(test)
    return pa.DataFrameSchema(
        checks=[
            pa.Check(_together(mine), name=rule, title=",".join(test.column for test in mine), ignore_na=False)
            for rule, mine in by_rule.items()
        ]
    )


def _together(tests: list[CellTest]) -> Callable[[pd.DataFrame], pd.Series]:
    def check(frame: pd.DataFrame) -> pd.Series:
        return plain(reduce(pc.and_, (test.sound(as_arrow(frame[test.column])) for test in tests)), frame.index)

    return check


def value_schema(schema: TableSchema, columns: Collection[str]) -> pa.DataFrameSchema:
    """Compile the bounds of the typed values, a check a bound with its column as title."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        checks=[
            pa.Check(_bounded(known, limit, within), name=st.BOUNDS, title=known.name, ignore_na=False)
            for known in schema.fields
            for limit, (_, within) in BOUNDS.items()
            if limit in known.constraints and known.name in columns
        ]
    )


def _bounded(known: Field, limit: str, within: Callable[[Any, Any], pd.Series]) -> Callable[[pd.DataFrame], pd.Series]:
    def check(frame: pd.DataFrame) -> pd.Series:
        values = frame[known.name]
        return within(values, bound(known, limit)) | values.isna()

    return check


def bound(known: Field, limit: str) -> Any:
    """Return a bound as the typed value that it is compared with."""
    stated = known.constraints[limit]
    return pd.Timestamp(stated) if known.type == "date" else float(stated)


class Key(NamedTuple):
    """One test across rows: no two share the values of `fields`, or these are a reference to what another table has."""

    rule: str
    fields: tuple[str, ...]
    reference: ForeignKey | None = None


def keys(schema: TableSchema, columns: Collection[str], targets: Mapping[str, Collection[str]]) -> list[Key]:
    """Return the tests across rows that can be made of the columns.

    `targets` tells the columns of each table that could be read whole, which alone can be referred to.
    """
    unique = [(known.name,) for known in schema.fields if known.constraints.get("unique")]
    found = [Key(st.PRIMARY_KEY, schema.primary_key)] if schema.primary_key else []
    found += [Key(st.UNIQUE, fields) for fields in (*unique, *schema.unique_keys)]
    found += [
        Key(st.FOREIGN_KEY, key.fields, key)
        for key in schema.foreign_keys
        if set(key.target_fields) <= set(targets.get(key.target, ()))
    ]
    return [key for key in found if set(key.fields) <= set(columns)]


def key_schema(tests: Iterable[Key], targets: Mapping[str, pd.DataFrame]) -> pa.DataFrameSchema:
    """Compile tests across rows, the description of a reference being the table that it names.

    `targets` holds the frames referred to.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        checks=[
            pa.Check(
                _unrepeated(key.fields) if key.reference is None else _present(key.reference, targets),
                name=key.rule,
                title=",".join(key.fields),
                description="" if key.reference is None else key.reference.target,
                ignore_na=False,
            )
            for key in tests
        ]
    )


def _unrepeated(key: tuple[str, ...]) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a test that no row repeats an earlier one; a key with an empty part is not compared."""

    def test(frame: pd.DataFrame) -> pd.Series:
        return ~repeated([frame[name] for name in key])

    return test


def _present(key: ForeignKey, targets: Mapping[str, pd.DataFrame]) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a test that each reference is found in the target; one of several fields is filled in whole or not."""
    target = targets[key.target]

    def test(frame: pd.DataFrame) -> pd.Series:
        if len(key.fields) == 1:
            cells, known = frame[key.fields[0]], target[key.target_fields[0]]
            at = positions(cells, known)
            found = cells.isin(known.dropna()) if at is None else pd.Series(at >= 0, index=cells.index)
            return found | cells.isna()
        parts = frame[list(key.fields)]
        wanted = pd.MultiIndex.from_frame(target[list(key.target_fields)])
        found = pd.Series(pd.MultiIndex.from_frame(parts).isin(wanted), index=frame.index)
        filled = parts.notna()
        return (found & filled.all(axis=1)) | ~filled.any(axis=1)

    return test


def typed(schema: TableSchema, text: pd.DataFrame, *, exact: bool = False) -> pd.DataFrame:
    """Return a text frame's values; a cell that is not of its type is null.

    Dates become `datetime64[s]`, numbers `float64` and strings stay text, so that comparisons always give plain
    booleans. `exact` gives whole numbers and booleans their nullable types (`Int64`, `boolean`) instead.
    """
    values = text.copy(deep=False)
    for known in schema.fields:
        if known.type != "string" and known.name in text:
            values[known.name] = _values(known, text[known.name], exact)
    return values


def labels(names: Iterable[str]) -> pd.Index:
    """Return column names as plain objects: looking them up takes a fifth of the time that Arrow text does."""
    return pd.Index(list(names), dtype=object)


def _values(known: Field, cells: pd.Series, exact: bool) -> pd.Series:
    """Return a column's values; what it holds often is read once."""
    coded = whole(as_arrow(cells)).dictionary_encode()
    distinct = _read(known, coded.dictionary.to_pandas(), exact)
    values = distinct.array.take(coded.indices.fill_null(-1).to_numpy(), allow_fill=True)
    return pd.Series(values, index=cells.index)


def _read(known: Field, cells: pd.Series, exact: bool) -> pd.Series:
    sound = cells.where(plain(matches(as_arrow(cells), LEXICAL[known.type] or ""), cells.index))
    if known.type == "date":
        return pd.to_datetime(sound, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    if known.type == "boolean":
        return sound.map({"true": True, "false": False}).astype("boolean" if exact else object)
    if exact and known.type in {"integer", "year"}:
        return pd.to_numeric(sound, dtype_backend="pyarrow").astype("Int64")
    return pd.to_numeric(sound).astype(np.float64)


def breaches(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Iterator[tuple[pa.Check, pd.Series]]:
    """Run the checks of a pandera schema and yield each that failed, with a boolean per row: False where it did.

    The checks are called one by one. `DataFrameSchema.validate` would run the same, but reports a row once per column
    and a check that crashed like one that failed, and an environment variable can switch it off. A check that raises is
    our fault and not the data's: `RuleCrashed`.
    """
    if frame.empty:
        return
    for check in schema.checks:
        try:
            result = check(frame)
        except MemoryError:
            raise
        except Exception as error:
            raise RuleCrashed(f"{check.name}: {type(error).__name__}: {error}") from error
        if not result.check_passed:
            yield check, result.check_output
