"""Small packages, judged by this program and by frictionless, in the same words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import frictionless

from sumy2022.descriptor import DIALECT, PROFILE
from sumy2022.findings import Fault
from sumy2022.frames import Table
from sumy2022.package import Package, open_package
from sumy2022.rules import structure as st
from sumy2022.tables import read_tables

Cells = Sequence[str]
Schema = dict[str, Any]
KEY_RULES = {st.PRIMARY_KEY: "primary-key", st.FOREIGN_KEY: "foreign-key"}


class Found(NamedTuple):
    """One fault: `kind` is `cell`, `primary-key` or `foreign-key`, and `fields` are the columns it is about."""

    kind: str
    table: str
    line: int
    fields: tuple[str, ...]


@dataclass
class Small:
    """A package in the making: each table's schema and rows of text."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    rows: dict[str, Sequence[Cells]] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """Return the package's files."""
        resources = [
            {"name": name, "path": f"{name}.csv", "type": "table", "format": "csv", "mediatype": "text/csv"}
            | {"encoding": "utf-8", "dialect": DIALECT, "schema": f"{name}.json"}
            for name in self.schemas
        ]
        descriptor = {"$schema": PROFILE, "name": "small", "version": "0.1.0", "resources": resources}
        files = {"datapackage.json": json.dumps(descriptor).encode()}
        for name, schema in self.schemas.items():
            files[f"{name}.json"] = json.dumps(schema, ensure_ascii=False).encode()
            files[f"{name}.csv"] = to_csv([[item["name"] for item in schema["fields"]], *self.rows[name]])
        return files


def to_csv(rows: Sequence[Cells]) -> bytes:
    """Write rows as Python's own writer does, independently of the code under test."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def one_column(kind: str, cells: Cells, **more: Any) -> Small:
    """Return a package of one table with the column `x` of a type, beside one that is always filled."""
    fields = [{"name": "filled", "type": "string"}, {"name": "x", "type": kind, **more}]
    return Small({"t": {"fields": fields}}, {"t": [("-", cell) for cell in cells]})


def opened(folder: Path) -> tuple[Package, dict[str, Table], list[Fault]]:
    """Open a package and read its tables, with the faults of descriptor, schemas and form."""
    package = open_package(folder)
    faults = list(package.faults)
    return package, read_tables(package, faults=faults), faults


def ours(tables: Mapping[str, Table]) -> set[Found]:
    """Return what this program finds in tables."""
    return {
        Found(KEY_RULES.get(fault.rule, "cell"), name, fault.line or 0, tuple((fault.field or "").split(", ")))
        for name, table in tables.items()
        for fault in table.faults
        if fault.rule != st.UNIQUE or "," not in (fault.field or "")  # uniqueKeys, which frictionless does not check
    }


def theirs(folder: Path) -> set[Found]:
    """Return what frictionless finds in the tables of a package."""
    package = frictionless.Package(str(folder / "datapackage.json"))
    keys = {resource.name: tuple(resource.schema.primary_key) for resource in package.resources}
    report = package.validate()
    assert not report.errors, report.errors
    found = set()
    for task in report.tasks:
        for error in task.errors:
            about = error.to_descriptor()
            fields = {"primary-key": keys[task.name], "foreign-key": tuple(about.get("fieldNames", ()))}
            kind = error.type if error.type in fields else "cell"
            found.add(Found(kind, task.name, about["rowNumber"], fields.get(kind, (about.get("fieldName", ""),))))
    return found


def cells(found: set[Found]) -> set[tuple[str, int, str]]:
    """Return the faulty cells as table, line and field; a fault of a key is one of each of its fields."""
    return {(fault.table, fault.line, name) for fault in found for name in fault.fields}


def lacks_a_part(table: Table, line: int, fields: Cells) -> bool:
    """Tell whether a key of several fields has a part that is empty or is no value of its type."""
    spoilt = {fault.field for fault in table.faults if fault.line == line and fault.rule == st.BAD_URI}
    empty = any(table.values[name].isna()[line] for name in fields)
    return len(fields) > 1 and (empty or not spoilt.isdisjoint(fields))
