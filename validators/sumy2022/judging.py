"""Judges the tables of a package in this process, and its files and history for whichever engine judged the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pandas as pd

from sumy2022.cells import run_cell_rules, settled
from sumy2022.context import Context
from sumy2022.engine import run_table_rules, searches
from sumy2022.files import File, Progress
from sumy2022.findings import Fault, NotRun
from sumy2022.frames import Table
from sumy2022.outline import Outline, read_outline
from sumy2022.package import Package, manifests
from sumy2022.rule import Rule, Scope
from sumy2022.rules import structure as st
from sumy2022.rules.history import RETIRED
from sumy2022.tables import check_tables, texts_of
from sumy2022.values import labels

OUTLINE = "outline"
"""The name of the resource that holds the outline of the area."""


@dataclass(frozen=True)
class Outcome:
    """What an engine has seen in a package.

    `tables` are those that could be read; of their rows they need not hold more than those of the waivers, where each
    fault of a row has its key. `rows` counts the rows of each.
    """

    tables: Mapping[str, Table]
    rows: Mapping[str, int]
    faults: list[Fault]
    not_run: list[NotRun]


def judge_here(package: Package, files: dict[str, File], wanted: Mapping[str, Rule], progress: Progress) -> Outcome:
    """Judge a package's tables in this process, with all of them in its memory; `files` are taken from the caller."""
    faults: list[Fault] = []
    tables = texts_of(package, files, faults)
    not_run = unread(package, tables, wanted)
    context, problems = context_of(package, {name: table.file for name, table in tables.items()})
    faults += problems
    check_tables(tables, progress)
    with ThreadPoolExecutor(1) as pool:
        # To search cells is Arrow's work, which leaves Python to the rules of tables meanwhile.
        found_for = {name: pool.submit(search).result for name, search in searches(tables, wanted.values()).items()}
        known = settled(tables)
        cells = pool.submit(lambda: list(run_cell_rules(tables.values(), wanted.values(), context, known)))
        for name, table in tables.items():
            progress(f"rules of {name}")
            faults += table.faults
            found, left_out = run_table_rules(name, tables, wanted.values(), context, found_for)
            faults += found
            not_run += left_out
        progress("rules of cells")
        faults += cells.result()
    found, left_out = run_finders(package.schemas, tables, wanted.values(), context)
    faults += found
    not_run += left_out
    return Outcome(tables, {name: len(table.text) for name, table in tables.items()}, faults, not_run)


def unread(package: Package, tables: Mapping[str, Table], wanted: Mapping[str, Rule]) -> list[NotRun]:
    """Tell the rules that lack their table, and the references that could not be followed."""
    lacking = [
        NotRun(rule.id, f"the package has no readable table {rule.table}")
        for rule in wanted.values()
        if rule.table is not None and rule.table not in tables
    ]
    lacking += [
        NotRun(st.FOREIGN_KEY, f"{key.target} could not be read whole, which leaves references to it open")
        for table in tables.values()
        for key in table.schema.foreign_keys
        if key.target in package.schemas and (key.target not in tables or not tables[key.target].whole)
    ]
    return lacking


def run_finders(
    names: Collection[str], tables: Mapping[str, Table], rules: Iterable[Rule], context: Context
) -> tuple[list[Fault], list[NotRun]]:
    """Run the rules about the package and its history; return the breaches, and the rules that could not be tried.

    `names` are those of all tables of the package. The rules see the columns of `identity` alone.
    """
    broken = [name for name in names if name not in tables or not tables[name].whole]
    seen = replace(context, tables={name: table.text[labels(identity(table))] for name, table in tables.items()})
    faults: list[Fault] = []
    not_run = []
    for rule in rules:
        if rule.finder is not None and rule.scope is Scope.HISTORY and broken:
            not_run.append(NotRun(rule.id, f"{', '.join(broken)} could not be read whole"))
        elif rule.finder is not None:
            faults += rule.finder(seen)
    return faults, not_run


def identity(table: Table) -> list[str]:
    """Return the columns that tell which rows a table has: the first and the key, and all of retired identifiers."""
    columns = list(table.text.columns)
    if table.schema.name == RETIRED:
        return columns
    return [name for name in columns if name == columns[0] or name in table.schema.primary_key]


def context_of(package: Package, files: Mapping[str, str]) -> tuple[Context, list[Fault]]:
    """Return what rules may see, and what is wrong with the files it comes from; `files` are the tables' paths."""
    descriptor = package.descriptor
    releases, faults = manifests(package.source)
    outline, problems = _outline(package)
    context = Context(
        start=_day(descriptor.start),
        end=_day(descriptor.end),
        area=descriptor.area,
        version=descriptor.version,
        outline=outline,
        files=files,
        releases=releases,
        hashes=_hashes(package, files) if descriptor.version in releases else {},
    )
    return context, faults + problems


def _hashes(package: Package, tables: Collection[str]) -> dict[str, str]:
    return {name: hashlib.sha256(package.read(name) or b"").hexdigest() for name in tables}


def _outline(package: Package) -> tuple[Outline | None, list[Fault]]:
    file = next((item.path for item in package.descriptor.resources if item.name == OUTLINE), None)
    data = None if file is None else package.read(OUTLINE)
    if file is None or data is None or package.descriptor.area is None:
        return None, []
    try:
        return read_outline(data, package.descriptor.area), []
    except ValueError as error:
        return None, [Fault(st.BAD_OUTLINE, file, facts={"problem": f"it cannot be used: {error}"})]


def _day(text: str | None) -> pd.Timestamp:
    """Return a day of the descriptor; NaT where there is none, or none that exists."""
    return pd.to_datetime(pd.Series([text], dtype="str"), format="%Y-%m-%d", errors="coerce")[0]
