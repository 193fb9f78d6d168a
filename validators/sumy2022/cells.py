"""Runs the rules that judge each text cell by itself, over the columns of all tables at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as arrow

from sumy2022.checks import breaches
from sumy2022.context import Context
from sumy2022.engine import rule_check
from sumy2022.findings import Fault
from sumy2022.frames import Table
from sumy2022.rule import Rule, Scope
from sumy2022.schema import codes
from sumy2022.text import end_to_end, matching

Column = tuple[str, str]
"""A column, by the names of its table and its own."""


def run_cell_rules(
    tables: Iterable[Table], rules: Iterable[Rule], context: Context, settled: Collection[Column] = ()
) -> Iterator[Fault]:
    """Yield the breaches of the rules that judge each text cell by itself; `settled` is what the function returns."""
    read = list(tables)
    mine = [rule for rule in rules if rule.scope is Scope.CELL]
    for prose in (False, True):
        judging = [rule for rule in mine if prose or not rule.free_text]
        columns = [
            (table, name)
            for table in read
            for name in table.schema.texts
            if name in table.text and (name in table.schema.prose) is prose
        ]
        pattern = "|".join(f"(?:{rule.suspect})" for rule in judging)
        if judging and columns and (prose or not settled or _others_have(columns, settled, pattern)):
            yield from _faults(columns, judging, pattern, context)


def settled(tables: Mapping[str, Table]) -> set[Column]:
    """Return the columns of which each cell is a code of the schema, or the same as one of a column that is not here.

    The tables have been checked: a column without a fault has only such codes and references as its schema wants.
    """
    sound = {
        (name, known.name): known
        for name, table in tables.items()
        for known in table.schema.fields
        if known.type == "string" and known.name in table.text and not table.spoilt.get(known.name)
    }
    coded = {column for column, known in sound.items() if "enum" in known.constraints}
    leads = {
        (name, key.fields[0]): (key.target, key.target_fields[0])
        for name, table in tables.items()
        for key in table.schema.foreign_keys
        if len(key.fields) == 1 and key.target in tables and tables[key.target].whole
    }
    looked_at = {(name, column) for name, table in tables.items() for column in table.text} - coded - leads.keys()
    return coded | {column for column, target in leads.items() if column in sound and target in looked_at}


def _others_have(columns: list[tuple[Table, str]], settled: Collection[Column], pattern: str) -> bool:
    """Tell whether the pattern is found in the columns that are not settled, or in a code of those that are.

    If it is not, no other cell can have it, for each is the same as one of these.
    """
    fields = (table.schema.field(name) for table, name in columns if (table.schema.name, name) in settled)
    listed = arrow.array([code for known in fields for code in codes(known)], type=arrow.string())
    others = [table.text[name] for table, name in columns if (table.schema.name, name) not in settled]
    return bool(matching(listed, pattern).any() or matching(end_to_end(others), pattern).any())


def _faults(columns: list[tuple[Table, str]], rules: list[Rule], pattern: str, context: Context) -> Iterator[Fault]:
    """Judge the cells of several columns as one, and tell them apart again by their number.

    Most cells are suspects for no rule; the pattern of all rules tells.
    """
    texts = end_to_end(table.text[name] for table, name in columns)
    starts = np.cumsum([0, *(len(table.text) for table, _ in columns)])
    at = np.flatnonzero(matching(texts, pattern))
    suspects = pd.Series(texts.take(at).to_pandas().array, index=at)
    if suspects.empty:
        return
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(checks=[rule_check(rule, context) for rule in rules])
    for check, sound in breaches(schema, suspects.to_frame("cell")):
        for place in sound.index[~sound]:
            number = int(np.searchsorted(starts, place, side="right")) - 1
            table, name = columns[number]
            line = int(table.text.index[place - starts[number]])
            yield Fault(str(check.name), table.file, line, name, str(suspects[place]))
