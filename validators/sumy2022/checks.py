"""Table Schemas as pandera schemas.

A field is checked twice: its text (written as its type has it, in the enumeration, of the pattern and length),
then, for cells whose text is sound, its value against the bounds. So one bad cell never hides another. Keys and
references follow. All of it is pandera checks, each with the rule it enforces as its name and the columns it judges
as its title.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import pyarrow.compute as pc

from sumy2022.findings import RuleCrashed
from sumy2022.numbering import Numbers, repeated
from sumy2022.rules import structure as st
from sumy2022.schema import BOUNDS, CellTest, Field, ForeignKey, TableSchema
from sumy2022.text import arrow, plain

if TYPE_CHECKING:
    import pandera.pandas as pa  # elsewhere imported where it is used: who only reads tables can do without

Leads = Callable[[ForeignKey, pd.Series], Numbers | None]


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
        return plain(reduce(pc.and_, (test.sound(arrow(frame[test.column])) for test in tests)), frame.index)

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


def key_schema(tests: Iterable[Key], targets: Mapping[str, pd.DataFrame], leads: Leads) -> pa.DataFrameSchema:
    """Compile tests across rows, the description of a reference being the table that it names.

    `targets` holds the frames referred to; `leads` tells where references of one field lead among some ids.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        checks=[
            pa.Check(
                _unrepeated(key.fields) if key.reference is None else _present(key.reference, targets, leads),
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


def _present(key: ForeignKey, targets: Mapping[str, pd.DataFrame], leads: Leads) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a test that each reference is found in the target; one of several fields is filled in whole or not."""
    target = targets[key.target]

    def test(frame: pd.DataFrame) -> pd.Series:
        if len(key.fields) == 1:
            cells, known = frame[key.fields[0]], target[key.target_fields[0]]
            at = leads(key, known)
            found = cells.isin(known.dropna()) if at is None else pd.Series(at >= 0, index=cells.index)
            return found | cells.isna()
        parts = frame[list(key.fields)]
        wanted = pd.MultiIndex.from_frame(target[list(key.target_fields)])
        found = pd.Series(pd.MultiIndex.from_frame(parts).isin(wanted), index=frame.index)
        filled = parts.notna()
        return (found & filled.all(axis=1)) | ~filled.any(axis=1)

    return test


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
