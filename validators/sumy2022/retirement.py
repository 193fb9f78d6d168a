"""The end of a row: it is taken out, and where a release held it, its identifier is written down as retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sumy2022.editing import Rewrite, TableFile, judge, read_table, releases, text, words
from sumy2022.findings import Finding, Report, UsageError, hint
from sumy2022.package import Package, read_package
from sumy2022.render import visible
from sumy2022.rules.history import RETIRED
from sumy2022.rules.manifests import precedence
from sumy2022.storage import Overlay

Tables = Mapping[str, TableFile]
ENTRY = ("id", "retired_in", "reason", "replaced_by", "note")
"""The fields of an entry in retired_ids."""


class Reference(NamedTuple):
    """A cell that names an id."""

    file: str
    line: int
    field: str


@dataclass(frozen=True)
class Retirement:
    """What retiring an id comes to: the files to write, in this order, and what then is still to be mended.

    `retired_in` is None where no release held the id, which then needs no entry; `entry` is the line of the entry in
    retired_ids, `row` where the row stood, None if it was gone already. `faults` are those of the entry, for which
    nothing may be written; `todo` are further new findings. Lines are those after the change.
    """

    id: str
    retired_in: str | None
    entry: tuple[str, int] | None
    row: tuple[str, int] | None
    rewrites: tuple[Rewrite, ...]
    references: tuple[Reference, ...]
    report: Report | None = None
    faults: tuple[Finding, ...] = ()
    todo: tuple[Finding, ...] = ()


def retire(
    package: Package, key: str, *, reason: str, replaced_by: str | None = None, note: str | None = None
) -> Retirement:
    """Work out how an id is retired; nothing is written.

    The entry in retired_ids comes first: if the second file is not written, the id is in use and retired, which
    validation explains (HIS-113) and the same call completes. Raises `UsageError` if the id or its successor is
    unknown, the reason is none, the entry says otherwise already, or the package's version has been released.
    """
    key = text("ID", key) or ""
    tables = {name: read_table(package, name) for name in package.schemas}
    if RETIRED not in tables or not set(ENTRY) <= set(tables[RETIRED].schema.names):
        raise UsageError(f"The package has no table {RETIRED} with the fields {', '.join(ENTRY)}.")
    wanted = {"reason": reason, "replaced_by": replaced_by, "note": note}
    cells = {name: text(name, value) for name, value in wanted.items() if value is not None}
    _check_reason(package, tables[RETIRED], cells["reason"])
    found = _find(tables, key)
    entry = _entry(tables[RETIRED], key, cells)
    if found is None and entry is None:
        raise UsageError(f"There is no row {key!r}{_or_which(tables, key)}")
    if found is None:
        return _done(tables, key, entry or {})
    name, row = found
    _check_successor(tables, key, cells.get("replaced_by"))
    past = releases(package)
    version = package.descriptor.version
    newest = past[-1][0] if past else None
    if newest is not None and (precedence(version) or ()) <= (precedence(newest) or ()):
        raise UsageError(
            f"Version {newest} has been released and stays as it is. Raise the version in datapackage.json, which is "
            f"{version}, then run this command again."
        )
    released = any(key in held.get("ids", ()) for _, of in past for table, held in of.items() if table != RETIRED)
    rewrites = [tables[name].without_row(row)]
    if released and entry is None:
        rewrites.insert(0, tables[RETIRED].with_row({"id": key, "retired_in": version, **cells}))
    return _judged(package, tables[name], key, entry, rewrites, version if released else None)


def _judged(
    package: Package,
    table: TableFile,
    key: str,
    entry: Mapping[str, str | None] | None,
    rewrites: list[Rewrite],
    retired_in: str | None,
) -> Retirement:
    report = judge(package, *rewrites)
    *entering, removal = rewrites
    # Rules of any scope: history compares the entry with releases and rows that are all there, none is still to come.
    entered = {(item.file, item.line) for item in entering}
    faults = tuple(item for item in report.findings if (item.file, item.line) in entered)
    after = read_package(Overlay(package.source, {item.file: item.after for item in rewrites}))
    tables = {name: read_table(after, name) for name in after.schemas}
    references = tuple(_references(tables, key, table.schema.name))
    told = {(item.file, item.line, item.field) for item in references}
    lines = [tables[RETIRED].line(number) for number in tables[RETIRED].rows("id", key)]
    return Retirement(
        id=key,
        retired_in=entry["retired_in"] if entry else retired_in,
        entry=(tables[RETIRED].file, lines[0]) if lines else None,
        row=(table.file, removal.line),
        rewrites=tuple(rewrites),
        references=references,
        report=report,
        faults=faults,
        todo=tuple(item for item in report.findings if (item.file, item.line, item.field) not in told),
    )


def _done(tables: Tables, key: str, entry: Mapping[str, str | None]) -> Retirement:
    """Return the retirement of an id whose row is gone and whose entry is there."""
    retired = tables[RETIRED]
    place = (retired.file, retired.line(retired.rows("id", key)[0]))
    return Retirement(key, entry["retired_in"], place, None, (), tuple(_references(tables, key, None)))


def _or_which(tables: Tables, key: str) -> str:
    """Return what to say after the name of a row that is not there: the nearest id, or what to give."""
    columns = [table.table[table.id_field] for name, table in tables.items() if name != RETIRED and table.id_field]
    ids = [known for column in columns for known in column.to_pylist() if known]
    return hint(key, ids) or ". Give the identifier of a row, as its table has it."


def _find(tables: Tables, key: str) -> tuple[str, int] | None:
    """Return the table and the number of the row with an id; None if there is none."""
    found = [
        (name, row)
        for name, table in tables.items()
        if name != RETIRED and table.id_field
        for row in table.rows(table.id_field, key)
    ]
    if len(found) > 1:
        places = ", ".join(f"{tables[name].file}:{tables[name].line(row)}" for name, row in found)
        raise UsageError(f"{key} is the id of several rows: {places}. Give each an id of its own first.")
    return found[0] if found else None


def _entry(retired: TableFile, key: str, cells: Mapping[str, str | None]) -> Mapping[str, str | None] | None:
    """Return the entry of an id that is retired already, if it says nothing else than what is asked for."""
    rows = retired.rows("id", key)
    if not rows:
        return None
    entry: dict[str, str | None] = retired.table.slice(rows[0], 1).to_pylist()[0]
    for name, value in cells.items():
        if entry[name] != value:
            raise UsageError(
                f"{key} is retired already, since {visible(entry['retired_in'] or '')}, and its {name} is "
                f"{entry[name] or ''!r}, not {value or ''!r}. If that is wrong, correct "
                f"{retired.file}:{retired.line(rows[0])} itself."
            )
    return entry


def _check_reason(package: Package, retired: TableFile, reason: str | None) -> None:
    known = words(package, retired.schema, retired.schema.field("reason")).codes
    if known and reason not in known:
        listed = ", ".join(visible(f"{code} ({label})" if label else code) for code, label in known.items())
        raise UsageError(f"There is no reason {reason or ''!r}. The reasons are {listed}{hint(reason or '', known)}")


def _check_successor(tables: Tables, key: str, successor: str | None) -> None:
    if successor is None:
        return
    if successor == key:
        raise UsageError(
            f"{key} cannot be replaced by itself. Name the row to use instead, or leave --replaced-by out."
        )
    if _find(tables, successor) is not None:
        return
    if tables[RETIRED].rows("id", successor):
        raise UsageError(f"{successor} is retired itself. Name the row that is to be used now.")
    raise UsageError(f"There is no row {successor!r} to replace {key}{_or_which(tables, successor)}")


def _references(tables: Tables, key: str, target: str | None) -> Iterator[Reference]:
    """Yield the cells that name an id of a table, or of any if that is not known any more."""
    for name, table in tables.items():
        fields = [
            field
            for foreign in table.schema.foreign_keys
            if target in (None, foreign.target)
            for field, there in zip(foreign.fields, foreign.target_fields, strict=True)
            if there == tables[foreign.target].id_field
        ]
        for field in (*fields, *(["replaced_by"] if name == RETIRED else [])):
            yield from (Reference(table.file, table.line(row), field) for row in table.rows(field, key))
