"""Runs the rules of a table, as pandera checks over the frame of what they may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sumy2022.checks import breaches
from sumy2022.context import Context
from sumy2022.findings import Fault, NotRun
from sumy2022.frames import Table, column, faulty, show, unsuited
from sumy2022.rule import Rule, Scope
from sumy2022.text import arrow, matching
from sumy2022.values import labels

if TYPE_CHECKING:
    import pandera.pandas as pa  # elsewhere imported where it is used, for it takes long, and other work need not wait

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def rule_check(rule: Rule, context: Context) -> pa.Check:
    """Return a rule as a pandera check of a frame that has the rule's columns (a cell rule: the column `cell`).

    The frame may be anyone's: with `pandera.DataFrameSchema(checks=[...])` a user of the data can run the same
    check. A predicate that returns anything but one plain boolean per row crashes instead of passing.
    """
    import pandera.pandas as pa

    assert rule.predicate is not None
    predicate, columns = rule.predicate, labels(rule.columns)

    def check(frame: pd.DataFrame) -> pd.Series:
        sound = predicate(frame["cell"] if rule.scope is Scope.CELL else frame[columns], context)
        if not isinstance(sound, pd.Series) or sound.dtype != np.bool_ or not sound.index.equals(frame.index):
            raise TypeError(f"{rule.id} gave {type(sound).__name__} instead of a plain boolean per row")
        return sound

    return pa.Check(check, name=rule.id, title=rule.slug, description=rule.reason, ignore_na=False)


def searches(tables: Mapping[str, Table], rules: Iterable[Rule]) -> dict[str, Callable[[], Mask]]:
    """Return by rule of rows how to search the column that it judges for suspects, which is Arrow's work."""
    found: dict[str, Callable[[], Mask]] = {}
    for rule in rules:
        table = tables.get(rule.table or "")
        if rule.suspect and table is not None and rule.columns[0] in table.text:
            found[rule.id] = partial(matching, arrow(table.text[rule.columns[0]]), rule.suspect)
    return found


def run_table_rules(
    name: str,
    tables: Mapping[str, Table],
    rules: Iterable[Rule],
    context: Context,
    suspects: Mapping[str, Callable[[], Mask]] | None = None,
) -> tuple[list[Fault], list[NotRun]]:
    """Run the rules of one table; return the breaches, and the rules that could not be tried.

    `suspects` gives by rule what tells the rows that have its `suspect`, where they are searched for elsewhere.
    """
    import pandera.pandas as pa

    table = tables[name]
    faults: list[Fault] = []
    not_run, checks = [], []
    seen: dict[str, pd.Series] = {}
    by_id: dict[str, tuple[Rule, Context]] = {}
    for rule in rules:
        if rule.table != name or rule.predicate is None:
            continue
        why = obstacle(rule, tables, seen)
        if why:
            not_run.append(NotRun(rule.id, why))
            continue
        narrowed = replace(context, tables={n: tables[n].values[labels(cols)] for n, cols in rule.needs.items()})
        by_id[rule.id] = (rule, narrowed)
        checks.append(rule_check(rule, narrowed))
    frame = pd.DataFrame(seen, index=table.text.index, columns=labels(seen))
    find = searches(tables, (rule for rule, _ in by_id.values())) if suspects is None else suspects
    parted = [([check for check in checks if check.name not in find], frame)]
    parted += [([check], frame[find[str(check.name)]()]) for check in checks if check.name in find]
    for some, rows in parted:
        for check, sound in breaches(pa.DataFrameSchema(checks=some), rows):
            rule, narrowed = by_id[str(check.name)]
            wrong = ~sound & ~_exempt(rule, tables, frame).loc[sound.index]
            faults += _faults(rule, narrowed, table, rows, sound.index[wrong])
    return faults, not_run


def obstacle(rule: Rule, tables: Mapping[str, Table], seen: dict[str, pd.Series]) -> str | None:
    """Say why a rule cannot be tried, or None; the columns it reads are gathered in `seen`."""
    own = tables[rule.table or ""]
    for path in rule.columns:
        if path not in seen:
            cells = column(tables, rule.table or "", path)
            if cells is None:
                return f"the column {path} of {rule.table} is missing"
            if why := unsuited(tables, rule.table or "", path):
                return why
            seen[path] = cells
    if rule.scope is not Scope.ROW and not own.whole:
        return f"{rule.table} could not be read whole"
    if rule.group is not None and own.spoilt.get(rule.group):
        return f"{rule.table} has faults in the column {rule.group}"
    if rule.scope is Scope.TABLE and any(own.spoilt.get(name) for name in rule.columns):
        return f"{rule.table} has faults in the columns it compares"
    for name, columns in rule.needs.items():
        other = tables.get(name)
        if other is None or not other.whole:
            return f"{name} could not be read whole"
        for needed in columns:
            if needed not in other.values:
                return f"the column {needed} of {name} is missing"
            if why := unsuited(tables, name, needed):
                return why
            if other.spoilt.get(needed):
                return f"{name} has faults in the column {needed}"
    return None


def _exempt(rule: Rule, tables: Mapping[str, Table], frame: pd.DataFrame) -> pd.Series:
    """Tell the rows that a rule does not judge because a cell it reads is faulty in itself."""
    wrong = np.logical_or.reduce([faulty(tables, rule.table or "", path) for path in rule.columns])
    exempt = pd.Series(wrong, index=frame.index)
    if rule.group is not None and exempt.any():
        return frame[rule.group].isin(frame[rule.group][exempt]) | exempt
    return exempt


def _faults(rule: Rule, context: Context, table: Table, frame: pd.DataFrame, lines: pd.Index) -> Iterator[Fault]:
    if lines.empty:
        return
    details = rule.detail(frame[list(rule.columns)], context) if rule.detail else None
    for line in lines:
        facts = {path: show(frame.at[line, path]) for path in rule.columns}
        if details is not None:
            facts["detail"] = show(details[line])
        pointed = rule.fields[0]
        yield Fault(rule.id, table.file, int(line), pointed, facts[pointed] or None, facts)
