"""What a worker does with rows that were brought together: keys, rules across rows, and rules of history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sumy2022.checks import Key
from sumy2022.context import Context
from sumy2022.distributed.looking import rules_of
from sumy2022.distributed.pieces import Names, Piece, unpack
from sumy2022.engine import run_table_rules
from sumy2022.findings import Fault, NotRun
from sumy2022.frames import Table, keyed
from sumy2022.judging import run_finders
from sumy2022.structure import key_faults

Judged = tuple[list[Fault], list[NotRun]]
Skeletons = Mapping[str, Table]


def judge_key(
    name: str, key: Key, tables: Skeletons, rows: Sequence[Piece], referred: Sequence[Piece] | None
) -> list[Fault]:
    """Return the rows that repeat a key or refer to nothing; `referred` are rows of the target that may be meant."""
    primary = tables[name].schema.primary_key
    mine, targets = tables[name].with_rows(unpack(rows, (*key.fields, *primary))), {}
    if key.reference is not None and referred is not None:
        target = tables[key.reference.target]
        targets[target.schema.name] = target.with_rows(unpack(referred, key.reference.target_fields)).values
    return list(keyed(key_faults(mine, [key], targets), [mine]))


def judge_rows(
    name: str,
    ids: Collection[str],
    columns: Mapping[str, Names],
    others: Sequence[str],
    context: Context,
    tables: Skeletons,
    rows: Sequence[Piece],
    further: Sequence[Sequence[Piece]],
) -> Judged:
    """Run rules of a table on some of its rows; return the breaches in these, and the rules that could not be tried.

    `further` are the rows that the rules see besides, each of the table that `others` names at its place; `columns`
    are those that they see of each table.
    """
    pieces: dict[str, list[Piece]] = {name: list(rows)}
    for other, more in zip(others, further, strict=True):
        pieces.setdefault(other, []).extend(more)
    small = {other: tables[other].with_rows(unpack(found, columns[other])) for other, found in pieces.items()}
    faults, not_run = run_table_rules(name, small, rules_of(ids), context)
    if name in others:  # rows that only others refer to are judged where they are at home
        mine = unpack(rows, ()).index
        faults = [fault for fault in faults if fault.line in mine]
    return list(keyed(faults, small.values())), not_run


def judge_history(
    names: Collection[str],
    ids: Collection[str],
    columns: Mapping[str, Names],
    context: Context,
    tables: Skeletons,
    rows: Sequence[Sequence[Piece]],
) -> Judged:
    """Run the rules about the package and its history; `rows` and `columns` tell which rows the tables have."""
    found = zip(columns, rows, strict=True)
    small = {name: tables[name].with_rows(unpack(pieces, columns[name])) for name, pieces in found}
    faults, not_run = run_finders(names, small, rules_of(ids), context)
    return list(keyed(faults, small.values())), not_run
