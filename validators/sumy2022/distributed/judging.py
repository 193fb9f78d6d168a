"""What a worker does with rows that were brought together: keys, rules across rows, and rules of history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from sumy2022.context import Context
from sumy2022.distributed.exchange import joined
from sumy2022.distributed.looking import rules_of
from sumy2022.engine import run_table_rules
from sumy2022.findings import Fault, NotRun
from sumy2022.frames import Table, keyed
from sumy2022.schema import Key
from sumy2022.structure import key_faults
from sumy2022.validation import run_finders

Judged = tuple[list[Fault], list[NotRun]]
Skeletons = Mapping[str, Table]


def judge_key(name: str, key: Key, tables: Skeletons, rows: pd.DataFrame, referred: pd.DataFrame | None) -> list[Fault]:
    """Return the rows that repeat a key or refer to nothing; `referred` are rows of the target that may be meant."""
    mine, targets = tables[name].with_rows(rows), {}
    if key.reference is not None and referred is not None:
        targets[key.reference.target] = tables[key.reference.target].with_rows(referred).values
    return list(keyed(key_faults(mine, [key], targets), [mine]))


def judge_rows(
    name: str,
    ids: Collection[str],
    others: Sequence[str],
    context: Context,
    tables: Skeletons,
    rows: pd.DataFrame,
    further: Sequence[pd.DataFrame],
) -> Judged:
    """Run rules of a table on some of its rows; return the breaches in these, and the rules that could not be tried.

    `further` are the rows that the rules see besides, each of the table that `others` names at its place.
    """
    frames: dict[str, list[pd.DataFrame]] = {name: [rows]}
    for other, frame in zip(others, further, strict=True):
        frames.setdefault(other, []).append(frame)
    small = {other: tables[other].with_rows(joined(parts)) for other, parts in frames.items()}
    faults, not_run = run_table_rules(name, small, rules_of(ids), context)
    return list(keyed((fault for fault in faults if fault.line in rows.index), small.values())), not_run


def judge_history(
    names: Collection[str],
    ids: Collection[str],
    held: Sequence[str],
    context: Context,
    tables: Skeletons,
    rows: Sequence[pd.DataFrame],
) -> Judged:
    """Run the rules about the package and its history; `rows` tell which rows the tables have that `held` names."""
    small = {name: tables[name].with_rows(frame) for name, frame in zip(held, rows, strict=True)}
    faults, not_run = run_finders(names, small, rules_of(ids), context)
    return list(keyed(faults, small.values())), not_run
