"""A new row: its identifier, what it must have, and whether it is sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from sumy2022.cells import run_cell_rules
from sumy2022.context import Context
from sumy2022.editing import Cells, Rewrite, TableFile, is_of_the_row, judge, read_table, releases, text
from sumy2022.findings import Finding, Report, Severity, UsageError, hint
from sumy2022.frames import Table
from sumy2022.package import Package
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all
from sumy2022.rules.history import RETIRED
from sumy2022.schema import Field, TableSchema
from sumy2022.structure import structural_faults
from sumy2022.tables import read_tables
from sumy2022.validation import wanted_rules

NUMBERED = re.compile(r"\(\?:([A-Z]+-)\[0-9\]\{([1-9][0-9]?),\}\)")
"""The pattern of ids that are numbered: a prefix, and at least so many digits."""
DIGIT_LIMIT = 18
"""The most digits that an id's number may have to be counted on."""


@dataclass(frozen=True)
class Addition:
    """A row that would be added: `id` is its key, and `report` tells what the package would have of new findings.

    `faults` are those for which the row may not be written, `todo` all others.
    """

    id: str
    rewrite: Rewrite
    report: Report
    faults: tuple[Finding, ...]
    todo: tuple[Finding, ...]


def numbering(schema: TableSchema) -> tuple[str, int] | None:
    """Return the prefix of a table's ids and the least number of digits; None if its rows are not numbered."""
    if len(schema.primary_key) != 1:
        return None
    found = NUMBERED.fullmatch(str(schema.field(schema.primary_key[0]).constraints.get("pattern", "")))
    return (found[1], int(found[2])) if found else None


def next_id(package: Package, table: TableFile) -> str:
    """Return the id after the largest that any row, retirement or release of the table has ever had."""
    prefix, digits = numbering(table.schema) or ("", 1)
    seen = table.table[table.schema.primary_key[0]].to_pylist()
    if RETIRED in package.schemas:
        retired = read_table(package, RETIRED)
        seen += retired.table[retired.schema.primary_key[0]].to_pylist()
    seen += [key for _, tables in releases(package) for entry in tables.values() for key in entry.get("ids", ())]
    numbers = [found[1] for key in seen if (found := re.fullmatch(re.escape(prefix) + "([0-9]+)", key or ""))]
    longest = max(map(len, numbers), default=0)
    if longest > DIGIT_LIMIT:
        raise UsageError(
            f"{table.file}: an id {prefix}... has {longest} digits, too many to count on. Correct it first."
        )
    return f"{prefix}{max(map(int, numbers), default=0) + 1:0{max(longest, digits)}}"


def cells_of(schema: TableSchema, given: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Return values as a row's cells; raises `UsageError` for a field that is unknown, given twice or not settable."""
    if schema.name == RETIRED:
        raise UsageError("Ids are retired with `sumy2022 retire ID --reason REASON`, which takes the row out as well.")
    cells: dict[str, str | None] = {}
    unknown = []
    for name, value in given:
        if name not in schema.names:
            unknown.append(f"{name!r}{hint(name, schema.names)}")
        elif name in cells:
            raise UsageError(f"{name} is set twice. Set each field once.")
        elif numbering(schema) and name in schema.primary_key:
            raise UsageError(f"{name} cannot be set: the row gets the next free id. Leave it out.")
        else:
            cells[name] = text(name, value)
    if unknown:
        raise UsageError(f"{schema.name} has no field {', nor '.join(unknown)}. Its fields: {', '.join(schema.names)}.")
    return cells


def missing(schema: TableSchema, cells: Cells) -> list[Field]:
    """Return the fields that a row must have and that are empty; an id that is numbered is not among them."""
    own = schema.primary_key if numbering(schema) else ()
    needed = [field for field in schema.fields if field.required or field.name in schema.primary_key]
    return [field for field in needed if field.name not in own and cells.get(field.name) is None]


def add_row(package: Package, name: str, cells: Cells, level: Severity = Severity.WARNING) -> Addition:
    """Build a table with one row more and validate the package with it; nothing is written.

    A fault of the row itself that is as grave as `level` is among `faults`. Raises `UsageError` if the table, or what
    tells which ids are taken, cannot be read, or if the table is not in canonical form.
    """
    table = read_table(package, name)
    key: Mapping[str, str | None] = {part: cells.get(part) for part in table.schema.primary_key}
    if numbering(table.schema):
        key = {table.schema.primary_key[0]: next_id(package, table)}
    rewrite = table.with_row({**cells, **key})
    report = judge(package, rewrite)
    faults = tuple(item for item in report.findings if is_of_the_row(item, rewrite) and item.severity.reaches(level))
    todo = tuple(item for item in report.findings if item not in faults)
    return Addition(", ".join(part or "" for part in key.values()), rewrite, report, faults, todo)


class Answers:
    """Judges the cells of a new row one by one, for asking again at once: by the schema and the rules of cells."""

    def __init__(self, package: Package, name: str) -> None:
        load_all()
        schema = package.schemas[name]
        self.tables = read_tables(package, only={name, *(key.target for key in schema.foreign_keys)})
        self.own = self.tables[name]
        self.rules = wanted_rules()

    def faults(self, field: str, value: str | None) -> tuple[Finding, ...]:
        """Return what is wrong with a value, beside the values that the column has already."""
        line = len(self.own.text) + 2  # after the last one: a file in canonical form has one line a row
        column = pd.concat([self.own.text[field], pd.Series([value], index=[line], dtype="str")])
        table = Table(self.own.schema, self.own.file, column.to_frame(field))
        targets = {name: target.values for name, target in self.tables.items() if target.whole}
        found = [*structural_faults(table, targets), *run_cell_rules([table], self.rules.values(), Context())]
        return tuple(REGISTRY[fault.rule].finding(fault) for fault in found if fault.line == line)
