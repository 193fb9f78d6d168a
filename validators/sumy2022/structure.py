"""A table's breaches of its schema: which cell, what is there, what was expected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pandas as pd

from sumy2022.checks import Key, breaches, key_schema, keys, text_schema, value_schema
from sumy2022.findings import Fault, hint
from sumy2022.frames import Table
from sumy2022.rules import structure as st
from sumy2022.schema import BOUNDS, EXPECTED, Field, cell_tests
from sumy2022.spreadsheet import habit
from sumy2022.text import arrow, plain

SPOILT_BY_SPREADSHEETS = {st.BAD_TYPE, st.ENUM, st.PATTERN, st.BAD_URI}
"""The rules that find the cells which a spreadsheet has written in its own way."""
SHOWN_CODES, SHOWN_LENGTH = 100, 100
"""How many of a field's codes a message lists, and how much of each: a schema may have any number, of any length."""


def structural_faults(table: Table, targets: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield every breach of a table's schema, by cells and across rows.

    `targets` holds the values of the tables that could be read whole, to which its references are followed.
    """
    yield from cell_faults(table, broken_in_cells(table))
    yield from faults_across_rows(table, targets)


def faults_across_rows(table: Table, targets: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield what is wrong with a table's keys and references; `targets` as for `structural_faults`."""
    columns = {name: list(frame.columns) for name, frame in targets.items()}
    yield from key_faults(table, keys(table.schema, table.text.columns, columns), targets)


def broken_in_cells(table: Table) -> set[str]:
    """Return the rules that the text of some cell breaks.

    This looks up nothing by line, so that it can be done in one thread while another one works with the table.
    """
    schema = text_schema(cell_tests(table.schema, table.text.columns))
    return {str(check.name) for check, _ in breaches(schema, table.text)}


def cell_faults(table: Table, broken: Collection[str]) -> Iterator[Fault]:
    """Yield every cell that is not as its field wants it, given what `broken_in_cells` returns."""
    schema, columns = table.schema, table.text.columns
    spoilt = set()
    for test in cell_tests(schema, columns):
        if test.rule in broken:
            sound = plain(test.sound(arrow(table.text[test.column])), table.text.index)
            for line in sound.index[~sound]:
                spoilt.add((line, test.column))
                yield _cell_fault(table, test.rule, test.column, line)
    for known in schema.fields:
        if known.type == "date" and known.name in columns:
            # Written like a date, and yet without a value: a day that its month does not have.
            lost = table.values[known.name].isna() & table.text[known.name].notna()
            for line in lost.index[lost]:
                if (line, known.name) not in spoilt:
                    yield _cell_fault(table, st.BAD_TYPE, known.name, line)
    for check, sound in breaches(value_schema(schema, columns), table.values):
        for line in sound.index[~sound]:
            yield _cell_fault(table, st.BOUNDS, str(check.title), line)


def key_faults(table: Table, tests: Iterable[Key], targets: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield repeated keys, with the line they repeat, and references to nothing, with the table they name."""
    for check, sound in breaches(key_schema(tests, targets, table.leads), table.values):
        fields = str(check.title).split(",")
        rows = [table.values[name] for name in fields]
        first = table.values.index.to_series().groupby(rows, dropna=False).transform("first")
        for line in sound.index[~sound]:
            cells = ", ".join(map(str, table.text.loc[line, fields]))
            facts = {"target": str(check.description), "other": str(first[line])}
            yield Fault(str(check.name), table.file, int(line), ", ".join(fields), cells, facts)


def _cell_fault(table: Table, rule: str, column: str, line: int) -> Fault:
    known = table.schema.field(column)
    cell = table.text.at[line, column]
    value = str(cell) if isinstance(cell, str) else None
    facts = {"expected": _expectation(known, rule), "example": str(known.example or ""), "hint": ""}
    if rule in SPOILT_BY_SPREADSHEETS and (words := habit(known, value or "")):
        facts["hint"] = f"; {words}"
    elif rule == st.ENUM:
        facts["hint"] = hint(value or "", (str(code) for code in known.constraints["enum"]))
    if rule == st.LENGTH:
        facts["found"] = str(len(value or ""))
    return Fault(rule, table.file, int(line), column, value, facts)


def _expectation(known: Field, rule: str) -> str:
    """Return in words what a field demands where this rule was broken."""
    limits = known.constraints
    if rule == st.BAD_TYPE:
        return EXPECTED[known.type]
    if rule == st.ENUM:
        more = len(limits["enum"]) - SHOWN_CODES
        codes = [str(code)[:SHOWN_LENGTH] for code in limits["enum"][:SHOWN_CODES]]
        return ", ".join(codes) + (f" and {more} more" if more > 0 else "")
    if rule == st.PATTERN:
        return str(limits["pattern"])
    words = {name: phrase for name, (phrase, _) in BOUNDS.items()}
    if rule == st.LENGTH:
        words = {"minLength": "at least {} characters", "maxLength": "at most {} characters"}
    return " and ".join(phrase.format(limits[name]) for name, phrase in words.items() if name in limits)
