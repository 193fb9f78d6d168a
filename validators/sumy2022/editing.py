"""Changes to the tables of a package: a row put in or taken out, as new bytes of its file, and what that breaks.

A file is only changed from its canonical form, so that the change is that row and nothing else. Only `write` writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.canonical import clean, tidy, write_atomically
from sumy2022.context import Context
from sumy2022.document import read_json
from sumy2022.findings import Finding, Report, UsageError, hint
from sumy2022.limits import Limits
from sumy2022.package import Package, manifests, open_package, read_package
from sumy2022.reading import CELL_LIMIT, Reading, read_csv
from sumy2022.render import visible
from sumy2022.rule import REGISTRY, Scope
from sumy2022.rules.manifests import manifest_problem, usable_manifests
from sumy2022.schema import Field, TableSchema
from sumy2022.storage import Folder, Overlay
from sumy2022.validation import validate

Cells = Mapping[str, str | None]
"""One row by field name; None, or a name that is missing, is an empty cell."""


class FieldWords(NamedTuple):
    """A field's description, and the codes that it admits, each with its label (none if it has no enumeration)."""

    description: str
    codes: Mapping[str, str]


class Rewrite(NamedTuple):
    """The new content of a file, `after`, in which one row was put in (`shift` 1) or taken out (-1).

    `line` is where the row now stands, or where it stood.
    """

    file: str
    before: bytes
    after: bytes
    line: int
    shift: int

    def moved(self, line: int | None) -> int | None:
        """Return the line that an old line has become; 0 for the row that was taken out."""
        if line is None or line < self.line:
            return line
        return 0 if self.shift < 0 and line == self.line else line + self.shift


@dataclass(frozen=True)
class TableFile:
    """One table's file that was read whole and has the columns of its schema."""

    schema: TableSchema
    data: bytes
    reading: Reading

    @property
    def file(self) -> str:
        """Return the path in the package."""
        return self.reading.file

    @property
    def table(self) -> pa.Table:
        """Return the cells as text."""
        return self.reading.table

    @property
    def id_field(self) -> str | None:
        """Return the one column of the primary key; None if it has several."""
        return self.schema.primary_key[0] if len(self.schema.primary_key) == 1 else None

    def rows(self, field: str, value: str) -> list[int]:
        """Return the numbers of the rows, from 0, that have a value in a column."""
        return list(pc.indices_nonzero(pc.equal(self.table[field], value)).to_pylist())

    def line(self, row: int) -> int:
        """Return the line on which a row stands."""
        return int(self.reading.lines[row])

    def with_row(self, cells: Cells) -> Rewrite:
        """Return the file with one row more, its cells cleaned as `fmt` does; `UsageError` if all are empty."""
        if not any(cells.values()):
            raise UsageError(f"A row of {self.schema.name} has at least one cell that is not empty.")
        row = pa.table({name: pa.array([cells.get(name)], pa.string()) for name in self.table.column_names})
        return self._rewrite(pa.concat_tables([self.table, row]), 1)

    def without_row(self, row: int) -> Rewrite:
        """Return the file without one of its rows."""
        return self._rewrite(pa.concat_tables([self.table.slice(0, row), self.table.slice(row + 1)]), -1)

    def check_form(self) -> None:
        """Raise `UsageError` if the file is not in canonical form."""
        if tidy(self.reading, self.schema) != self.data:
            raise UsageError(f"{self.file} is not in canonical form. Run `sumy2022 fmt`, then this command again.")

    def _rewrite(self, table: pa.Table, shift: int) -> Rewrite:
        self.check_form()
        after = tidy(replace(self.reading, table=table), self.schema)
        lines = zip_longest(self.data.split(b"\n"), after.split(b"\n"))
        line = next(number for number, (old, new) in enumerate(lines, 1) if old != new)
        return Rewrite(self.file, self.data, after, line, shift)


def open_folder(where: str | Path | None = None, limits: Limits | None = None) -> Package:
    """Open a package that is to be changed; raises `UsageError` if it is no folder, or its descriptor has faults."""
    package = open_package(where, limits)
    if not isinstance(package.source, Folder):
        raise UsageError("Only a folder can be changed; unpack the zip file, or check the revision out, first.")
    if package.faults:
        raise UsageError("The descriptor or a schema has faults; `sumy2022 validate` tells which. Mend them first.")
    return package


def table_schema(package: Package, name: str) -> TableSchema:
    """Return the schema of a table; raises `UsageError` if there is none of that name."""
    if name not in package.schemas:
        known = ", ".join(package.schemas)
        raise UsageError(f"There is no table {name!r} among {known}{hint(name, package.schemas)}")
    return package.schemas[name]


def read_table(package: Package, name: str) -> TableFile:
    """Read a table; raises `UsageError` if that cannot be done whole, or if it has not the columns of its schema."""
    schema, file = table_schema(package, name), package.resource(name).path
    data = package.read(name)
    reading = read_csv(data or b"", file)
    if reading.lost or sorted(reading.header) != sorted(schema.names):
        raise UsageError(
            f"{file} cannot be read whole as its schema has it; `sumy2022 validate` says why. Mend it first."
        )
    return TableFile(schema, data or b"", reading)


def text(name: str, value: str) -> str | None:
    """Return a value as a cell holds it, cleaned; None for an empty one. Raises `UsageError` for what is no text."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"The value of {name} is not text in UTF-8. Type it anew.") from error
    if len(value) > CELL_LIMIT:
        raise UsageError(f"The value of {name} has {len(value):,} characters; a cell holds at most {CELL_LIMIT:,}.")
    return clean(value) or None


def words(package: Package, schema: TableSchema, field: Field) -> FieldWords:
    """Return what the schema says of a field to a person."""
    document, _ = read_json(package.source.read(schema.file) or b"{}", schema.file)
    written = next(item for item in document["fields"] if item.get("name") == field.name)
    labels = {item.get("value"): item.get("label", "") for item in written.get("categories", ())}
    codes = {str(code): labels.get(code, "") for code in field.constraints.get("enum", ())}
    return FieldWords(written.get("description", ""), codes)


def releases(package: Package) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the version and the tables of each release's manifest, from the oldest on.

    Raises `UsageError` if one of them cannot be used: what it held could be given away again.
    """
    found, faults = manifests(package.source)
    broken = [fault.file for fault in faults]
    broken += [f"releases/{name}.json" for name, manifest in found.items() if manifest_problem(name, manifest)]
    if broken:
        raise UsageError(
            f"{visible(broken[0])} cannot be used, so nobody can tell which ids were released. Bring it back as the "
            "release wrote it, with `git checkout`."
        )
    return usable_manifests(Context(releases=found))


def judge(package: Package, *rewrites: Rewrite) -> Report:
    """Validate the package as the rewrites would leave it; the findings are those that it does not have as it is."""
    by_file = {rewrite.file: rewrite for rewrite in rewrites}

    def moved(finding: Finding) -> int | None:
        return by_file[finding.file].moved(finding.line) if finding.file in by_file else finding.line

    # By place and value, not by message: many a message names the line of another row, which may have moved.
    known = Counter((item.rule, item.file, moved(item), item.field, item.value) for item in validate(package).findings)
    report = validate(read_package(Overlay(package.source, {file: item.after for file, item in by_file.items()})))
    new = []
    for finding in report.findings:
        mark = (finding.rule, finding.file, finding.line, finding.field, finding.value)
        if known[mark]:
            known[mark] -= 1
        else:
            new.append(finding)
    return replace(report, findings=tuple(new), waived=())


def is_of_the_row(finding: Finding, rewrite: Rewrite) -> bool:
    """Tell whether a finding is a fault of the row that was put in, by what its rule must see.

    A rule of one cell or row, and the schema (whose rules count as the package's), judge the row by itself: it is
    wrong whatever is added later. A rule over groups, tables or releases compares it with other rows, which may be
    still to come, such as the citations of an event. A value or key that may stand only once is the new row's fault
    also where the older row comes later in the file and bears the finding.
    """
    if finding.file != rewrite.file or finding.line is None:
        return False
    scope = REGISTRY[finding.rule].scope
    return scope is Scope.PACKAGE or (finding.line == rewrite.line and scope in {Scope.ROW, Scope.CELL})


def write(package: Package, rewrite: Rewrite) -> None:
    """Replace the file in one step; raises `UsageError` if it was changed meanwhile or cannot be written."""
    assert isinstance(package.source, Folder)
    if package.source.read(rewrite.file) != rewrite.before:
        raise UsageError(
            f"{rewrite.file} was changed by another program meanwhile; nothing is written to it. Try again."
        )
    try:
        write_atomically(package.source.root / rewrite.file, rewrite.after)
    except OSError as error:
        raise UsageError(f"{rewrite.file} cannot be written: {error.strerror or error}.") from error
