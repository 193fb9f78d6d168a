"""Every rule, on the shipped data: one change at a random place gives it at that place, and nothing else anywhere.

The bad examples of `test_rules` show each rule on a miniature package. Here the real one is changed, somewhere else in
each round, so that a rule that is blind to some rows, points at the wrong line or finds fault with its neighbours is
seen. The data is read when the tests run, and no row or id of it is named here.

To add a mutator, write a function below `@mutates("ABC-101")`. It is given a `Shipped`, its own copy of the package:

    @mutates("EVT-101")
    def an_event_ends_before_it_starts(data: Shipped) -> Spot:
        event = data.pick("events")                            # any row; a condition can be given
        event["date_end"] = data.earlier(event["date_start"])  # rows are dicts of text and are changed in place
        return Spot(event, "date_end")                         # where the rule is found: row (or file, line) and field

The condition has to leave out the rows in which the change would break another rule too, for that is a failure.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
import shapely
from shapely.geometry import shape

from conftest import ROOT, Files, write
from fuzzing import FACTOR
from sumy2022.findings import Finding, Report, Severity
from sumy2022.package import open_package
from sumy2022.rule import REGISTRY, Rule
from sumy2022.rules import load_all
from sumy2022.rules.casualties import LOOSE
from sumy2022.rules.casualty_comparisons import CLAIM, SAME_PEOPLE
from sumy2022.rules.citations import ACTING, SUFFERING
from sumy2022.rules.evacuations import AREAS
from sumy2022.rules.event_places import CHANGES, LARGEST, SMALLEST
from sumy2022.rules.events import ANYWHERE
from sumy2022.rules.places import RANK, SETTLEMENTS
from sumy2022.rules.wording import LOADED
from sumy2022.schema import Field, TableSchema
from sumy2022.validation import validate

load_all()
ROUNDS = 3 * FACTOR
"""How often each rule is tried; FUZZ=20 tries twenty times as many."""
UNPROVOKED: Mapping[str, str] = {"WVR-101": "it is seen only where the rule that is waived is run too: test_waivers"}
"""Rules that one change of the shipped data cannot provoke, each with the reason."""
DESCRIPTOR, OUTLINE = "datapackage.json", "data/outline.geojson"
EARLIER = "0.0.1"
"""A version before any of the package's."""
MAY_BE_OFF = {"day": 0, "about": 2, "week": 7, "month": 31}
"""The days by which a date may be off, by its precision."""
LATIN_NAMES, CYRILLIC_NAMES = ("name_en", "name_es"), ("name_uk", "name_ru")
LOOK_ALIKES = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0410\u0415\u041e\u0420\u03bf\u03b1"
"""Cyrillic and Greek letters that look like Latin ones."""
REMARKS = ("note", "summary", "place_detail")
VE, EM, ES, KA = "\u0412\u041c\u0421\u041a"

Item = TypeVar("Item")


class Row(dict[str, str]):
    """One row of a table: its cells, and the line on which it is shipped (0 for a row that was added)."""

    def __init__(self, table: str, line: int, cells: Mapping[str, str]) -> None:
        super().__init__(cells)
        self.table, self.line = table, line


@dataclass(frozen=True)
class Spot:
    """Where a rule must be found: a row, or a file and line, and the field.

    `along` names rules that may be found on the same line as well, where that cannot be avoided.
    """

    where: Row | str
    field: str | None = None
    line: int | None = None
    along: frozenset[str] = frozenset()


class Shipped:
    """One copy of the shipped package, for one mutator to change: `rows` by table, and the bytes of `files`.

    Releases are left out: after one, any change at all would also be a released version that was changed.
    """

    def __init__(self, rule: Rule, number: int) -> None:
        self.rule = rule
        self.random = Random(f"{rule.id} {number}")
        self.files = dict(shipped_files())
        self.rows = {
            table: [Row(table, line, row) for line, row in enumerate(rows, 2)] for table, rows in shipped_rows().items()
        }
        self.descriptor: dict[str, Any] = json.loads(self.files[DESCRIPTOR])
        self.start: str = self.descriptor["temporal"]["start"]
        self.end: str = self.descriptor["temporal"]["end"]
        self.area: str = self.descriptor["spatial"]["place_id"]
        self.version: str = self.descriptor["version"]

    # Choosing ----------------------------------------------------------------------------------------------------

    def choose(self, items: Iterable[Item]) -> Item:
        """Return any of the items; that there is none is a failure."""
        candidates = list(items)
        return self.random.choice(candidates) if candidates else self.first(candidates)

    def first(self, items: Iterable[Item]) -> Item:
        """Return the first of the items; that there is none is a failure."""
        for item in items:
            return item
        pytest.fail(f"no row of the data can be changed as the mutator of {self.rule.id} does it: widen its condition")

    def shuffled(self, table: str) -> list[Row]:
        """Return the rows of a table that have no finding as they are shipped, in any order."""
        rows = [row for row in self.rows[table] if (path_of(table), row.line) not in faulty_lines()]
        self.random.shuffle(rows)
        return rows

    def pick(self, table: str, condition: Callable[[Row], object] = lambda _: True) -> Row:
        """Return any row of a table that meets the condition."""
        return self.first(row for row in self.shuffled(table) if condition(row))

    def pair(self, table: str, condition: Callable[[Row, Row], object]) -> tuple[Row, Row]:
        """Return any two rows of a table, in the order of their lines, that meet the condition."""
        pairs = permutations(self.shuffled(table), 2)
        return self.first((one, two) for one, two in pairs if one.line < two.line and condition(one, two))

    def table(self, least: int = 1) -> str:
        """Return any table that has at least so many rows."""
        return self.choose(name for name, rows in self.rows.items() if len(rows) >= least)

    def column(self, condition: Callable[[Field], object]) -> tuple[str, Field]:
        """Return a table and any column of it that meets the condition and that no other row refers to."""
        return self.choose(
            (name, known)
            for name, schema in schemas().items()
            for known in schema.fields
            if self.rows[name] and condition(known) and (name, known.name) not in targets()
        )

    def cell(
        self, condition: Callable[[str], object], *, room: int = 0, without: Iterable[str] = ()
    ) -> tuple[Row, str]:
        """Return any filled cell of free text that meets the condition and has room for more characters."""
        return self.choose(
            (row, known.name)
            for table, schema in schemas().items()
            for known in schema.fields
            if known.name in schema.prose and known.name not in without
            for row in self.shuffled(table)
            if row[known.name] and len(row[known.name]) + room <= limit(known) and condition(row[known.name])
        )

    def earlier(self, day: str, least: int = 1, most: int = 20) -> str:
        """Return any day that is some days before another."""
        return shifted(day, -self.random.randint(least, most))

    def later(self, day: str, least: int = 1, most: int = 20) -> str:
        """Return any day that is some days after another."""
        return shifted(day, self.random.randint(least, most))

    # Changing ----------------------------------------------------------------------------------------------------

    def add(self, like: Row, **cells: str) -> Row:
        """Add a copy of a row, with a new id and without the values that must be unique, and return it."""
        schema = schemas()[like.table]
        unique = {known.name: "" for known in schema.fields if known.constraints.get("unique")}
        if "url" in unique:
            unique["url"] = f"https://example.org/{self.random.randrange(10**9)}"
        own = {schema.primary_key[0]: self.new_id(like.table)} if len(schema.primary_key) == 1 else {}
        row = Row(like.table, 0, {**like, **unique, **own, **cells})
        self.rows[like.table].append(row)
        return row

    def drop(self, row: Row) -> None:
        """Remove a row."""
        self.rows[row.table] = [other for other in self.rows[row.table] if other is not row]

    def new_id(self, table: str) -> str:
        """Return an identifier that no row has or had."""
        prefix = self.rows[table][0][id_of(table)][:4]
        used = [row[id_of(table)] for row in self.rows[table]] + [row["id"] for row in self.rows["retired_ids"]]
        return f"{prefix}{max(int(key[4:]) for key in used if key.startswith(prefix)) + self.random.randint(1, 99):04}"

    def retire(self, key: str, version: str = "", replaced_by: str = "") -> Row:
        """Retire an identifier, in this version if none is named."""
        cells = {"id": key, "retired_in": version or self.version, "reason": "error", "replaced_by": replaced_by}
        row = Row("retired_ids", 0, {**cells, "note": ""})
        self.rows["retired_ids"].append(row)
        return row

    def release(self, version: str, **more: str) -> None:
        """Write the manifest of an earlier release that held all present and retired ids, and those named by table."""
        held = {table: [row[id_of(table)] for row in self.rows[table]] for table in filter(id_of, schemas())}
        for ids in held.values():
            ids += [row["id"] for row in self.rows["retired_ids"] if row["id"].startswith(ids[0][:4]) and row.line]
        for table, key in more.items():
            held.setdefault(table, []).append(key)
        self.manifest(version, {name: {"rows": len(ids), "ids": ids, "sha256": "0" * 64} for name, ids in held.items()})

    def manifest(self, version: str, tables: Mapping[str, Any]) -> None:
        """Write a manifest."""
        manifest = {"version": version, "tables": tables, "schemas": {}}
        self.files[f"releases/{version}.json"] = json.dumps(manifest).encode()

    def rewrite(self, path: str, document: object) -> None:
        """Write a JSON file."""
        self.files[path] = json.dumps(document, ensure_ascii=False, indent=2).encode()

    def outcome(self) -> Files:
        """Return the files of the changed package; tables whose rows were not touched are as they were."""
        before = shipped_rows()
        changed = {table: ordered(rows) for table, rows in self.rows.items() if rows != before[table]}
        return self.files | {path_of(table): csv_of(table, rows) for table, rows in changed.items()}

    def place(self, spot: Spot) -> tuple[str, int | None]:
        """Return the file and line of a spot in the changed package."""
        if isinstance(spot.where, str):
            return spot.where, spot.line
        rows = ordered(self.rows[spot.where.table])
        return path_of(spot.where.table), next(line for line, row in enumerate(rows, 2) if row is spot.where)

    # Asking ------------------------------------------------------------------------------------------------------

    def get(self, row: Row, field: str) -> Row | None:
        """Return the row that a field of another refers to, or None."""
        key = next(key for key in schemas()[row.table].foreign_keys if key.fields == (field,))
        return next((other for other in self.rows[key.target] if other[key.target_fields[0]] == row[field]), None)

    def references(self, target: Row, table: str = "") -> list[Row]:
        """Return the rows, of one table or of all other tables, that refer to a row."""
        return [
            row
            for name, schema in schemas().items()
            if name == table or (not table and name != target.table)
            for row in self.rows[name]
            if any(
                key.target == target.table and row[key.fields[0]] == target[id_of(target.table)]
                for key in schema.foreign_keys
            )
        ]

    def spared(self, row: Row, field: str) -> bool:
        """Tell whether the row that a field refers to, if any, is used elsewhere too and would not miss this use."""
        target = self.get(row, field) if row[field] else None
        return target is None or any(other is not row for other in self.references(target))

    def above(self, place: str) -> list[str]:
        """Return the id of a place and those of all places in which it lies."""
        parents = {row["place_id"]: row["parent_id"] for row in self.rows["places"]}
        chain = []
        while place and place not in chain:
            chain.append(place)
            place = parents.get(place, "")
        return chain

    def related(self, one: str, other: str) -> bool:
        """Tell whether one of two places lies in the other."""
        return one in self.above(other) or other in self.above(one)

    def in_area(self, place: str) -> bool:
        return self.area in self.above(place)

    def lone(self, count: Row) -> bool:
        """Tell whether a count replaces none, is replaced by none, and shares its claim with none."""
        return not (
            count["superseded_by"]
            or self.references(count, "casualties")
            or any(other is not count and same(other, count, CLAIM) for other in self.rows["casualties"])
        )

    def began(self, count: Row) -> str:
        """Return the first day of the period that a count covers."""
        event = self.get(count, "event_id") if count.get("event_id") else None
        return count.get("date_start") or (event["date_start"] if event else "")

    def published(self, row: Row) -> str:
        """Return the day on which the source of a row was published."""
        source = self.get(row, "source_id")
        return source["published"] if source else ""

    def sequence(self, place: str) -> list[Row]:
        """Return the control intervals of a place in order of time."""
        rows = [row for row in self.rows["control"] if row["place_id"] == place]
        return sorted(rows, key=lambda row: row["date_start"])

    def neighbours(self, interval: Row) -> tuple[Row | None, Row | None]:
        """Return the control intervals before and after one."""
        rows: list[Row | None] = [None, *self.sequence(interval["place_id"]), None]
        at = next(index for index, row in enumerate(rows) if row is interval)
        return rows[at - 1], rows[at + 1]

    def near(self, event: Row, interval: Row, *bounds: str) -> bool:
        """Tell whether a bound of a control interval lies near an event in place and within three days, or a doubt."""
        doubt = 3 + MAY_BE_OFF[event["date_precision"]] + MAY_BE_OFF[interval["date_precision"]]
        first, last = shifted(event["date_start"], -doubt), shifted(event["date_end"], doubt)
        return self.related(event["place_id"], interval["place_id"]) and any(
            first <= interval[bound] <= last for bound in bounds
        )

    def may_be_reflected(self, event: Row) -> bool:
        """Tell whether there is any interval of control that might begin or end with an event, or tell of its doubt."""
        return any(
            self.near(event, interval, "date_start", "date_end")
            or (interval["controller"] == "contested" and interval["place_id"] == event["place_id"])
            for interval in self.rows["control"]
        )

    def is_reflected(self, event: Row) -> bool:
        """Tell whether control certainly changes with an event, within the study period."""
        return any(
            before is not None
            and before["controller"] != interval["controller"]
            and self.near(event, interval, "date_start")
            for interval in self.rows["control"]
            if (before := self.neighbours(interval)[0]) is not None
        )

    def watched(self, interval: Row, bound: str) -> bool:
        """Tell whether an event that changes control may have nothing but this bound of an interval to go with it."""
        return any(
            event["event_type"] in CHANGES and self.near(event, interval, bound) and not self.is_reflected(event)
            for event in self.rows["events"]
        )


# The shipped data -------------------------------------------------------------------------------------------------


@cache
def shipped_files() -> Mapping[str, bytes]:
    """The package's files but its releases, read once, for somebody may be at work on them."""
    paths = sorted([ROOT / DESCRIPTOR, *(ROOT / "data").glob("[!.]*"), *(ROOT / "schemas").glob("*.json")])
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


@cache
def shipped_rows() -> Mapping[str, list[dict[str, str]]]:
    return {table: list(csv.DictReader(io.StringIO(shipped_files()[path_of(table)].decode()))) for table in schemas()}


@cache
def schemas() -> Mapping[str, TableSchema]:
    with TemporaryDirectory() as folder:
        return open_package(write(dict(shipped_files()), Path(folder))).schemas


@cache
def targets() -> frozenset[tuple[str, str]]:
    """The columns to which others refer."""
    return frozenset((key.target, key.target_fields[0]) for schema in schemas().values() for key in schema.foreign_keys)


@cache
def report_before() -> Report:
    """What is found in the data as it is shipped: nothing, unless somebody is at work on it."""
    return report_of(dict(shipped_files()))


@cache
def faulty_lines() -> frozenset[tuple[str, int | None]]:
    return frozenset((finding.file, finding.line) for finding in report_before().findings)


def report_of(files: Files, only: Iterable[str] = ()) -> Report:
    with TemporaryDirectory() as folder:
        return validate(write(files, Path(folder)), only=list(only))


def path_of(table: str) -> str:
    return f"data/{table}.csv"


def id_of(table: str) -> str:
    """Return the column of a table's ids, or nothing if it has none."""
    key = schemas()[table].primary_key
    return key[0] if len(key) == 1 and key[0].endswith("_id") else ""


def ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [row[name] for name in schemas()[row.table].primary_key])


def csv_of(table: str, rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, schemas()[table].names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def same(one: Row, other: Row, columns: Iterable[str]) -> bool:
    return all(one[name] == other[name] for name in columns)


def limit(known: Field) -> int:
    return int(known.constraints.get("maxLength", 10_000))


def shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


# The registry -----------------------------------------------------------------------------------------------------

Mutator = Callable[[Shipped], Spot]
MUTATORS: dict[str, Mutator] = {}


def mutates(*rules: str) -> Callable[[Mutator], Mutator]:
    """Enter a function as the mutator of some rules, which differ in the table (`data.rule.table`)."""

    def enter(mutator: Mutator) -> Mutator:
        for rule in rules:
            assert rule not in MUTATORS, f"{rule} has a mutator already"
            MUTATORS[rule] = mutator
        return mutator

    return enter


# The package: JSON files ------------------------------------------------------------------------------------------


def some_field(data: Shipped, condition: Callable[[Any], object]) -> tuple[str, Any, Any]:
    """Return the path and document of any schema, and one of its fields that meets the condition."""
    documents = [(schema.file, json.loads(data.files[schema.file])) for schema in schemas().values()]
    return data.choose(
        (path, document, known) for path, document in documents for known in document["fields"] if condition(known)
    )


def resource(data: Shipped, condition: Callable[[Any], object] = lambda _: True) -> dict[str, Any]:
    """Return any resource of the descriptor, to be changed."""
    return data.choose(item for item in data.descriptor["resources"] if condition(item))


@mutates("PKG-001")
def json_is_broken(data: Shipped) -> Spot:
    path = data.choose(path for path in data.files if path.endswith(".json"))
    text = data.files[path].decode()
    breaks = (
        text[: data.random.randrange(1, len(text) - 2)],
        text.replace("{", '{"name": "", "name": "",', 1),
        text + "}",
    )
    data.files[path] = data.choose(breaks).encode()
    return Spot(path)


@mutates("PKG-002")
def a_property_is_misspelt(data: Shipped) -> Spot:
    path, document, known = some_field(data, lambda known: "example" in known)
    name = data.choose(("title", "description", "example"))
    known[f"{name}s"] = known.pop(name)
    data.rewrite(path, document)
    return Spot(path)


@mutates("PKG-003")
def a_property_is_of_another_type(data: Shipped) -> Spot:
    path, document, known = some_field(data, lambda known: "example" in known)
    known[data.choose(("title", "description", "example"))] = data.choose((5, None, ["text"]))
    data.rewrite(path, document)
    return Spot(path)


@mutates("PKG-004")
def a_path_leads_out(data: Shipped) -> Spot:
    item = resource(data)
    name = data.choose(sorted({"path", "schema"} & item.keys()))
    item[name] = data.choose(("../", "/", "https://example.org/", ".git/")) + item[name]
    data.rewrite(DESCRIPTOR, data.descriptor)
    return Spot(DESCRIPTOR)


@mutates("PKG-005")
def a_file_is_gone(data: Shipped) -> Spot:
    item = resource(data)
    del data.files[item[data.choose(sorted({"path", "schema"} & item.keys()))]]
    return Spot(DESCRIPTOR)


@mutates("PKG-006")
def a_pattern_looks_ahead(data: Shipped) -> Spot:
    path, document, known = some_field(data, lambda known: "pattern" in known["constraints"])
    known["constraints"]["pattern"] = f"(?:(?=.){known['constraints']['pattern']})"
    data.rewrite(path, document)
    return Spot(path)


@mutates("PKG-007")
def a_foreign_key_names_no_table(data: Shipped) -> Spot:
    schema = data.choose(schema for schema in schemas().values() if schema.foreign_keys)
    document = json.loads(data.files[schema.file])
    data.choose(document["foreignKeys"])["reference"]["resource"] = "nothing"
    data.rewrite(schema.file, document)
    return Spot(schema.file)


@mutates("PKG-008")
def a_code_is_defined_under_another_name(data: Shipped) -> Spot:
    path, document, known = some_field(data, lambda known: "categories" in known)
    data.choose(known["categories"])["value"] += "s"
    data.rewrite(path, document)
    return Spot(path)


@mutates("PKG-009")
def a_field_is_defined_twice(data: Shipped) -> Spot:
    path, document, known = some_field(data, lambda _: True)
    document["fields"].append(known | {"name": known["name"].upper()})
    data.rewrite(path, document)
    return Spot(path)


@mutates("PKG-010")
def a_file_has_other_bytes_than_stated(data: Shipped) -> Spot:
    item = resource(data)
    held = data.files[item["path"]]
    item |= {"bytes": len(held), "hash": f"sha256:{hashlib.sha256(held).hexdigest()}"}
    wrong = {"bytes": len(held) + 1, "hash": f"sha256:{hashlib.sha256(held[1:]).hexdigest()}"}
    field = data.choose(wrong)
    item[field] = wrong[field]
    data.rewrite(DESCRIPTOR, data.descriptor)
    return Spot(DESCRIPTOR, field)


@mutates("PKG-011")
def the_outline_lacks_the_area(data: Shipped) -> Spot:
    outline = json.loads(data.files[OUTLINE])
    area = next(item for item in outline["features"] if item["properties"].get("place_id") == data.area)
    change: Callable[[], Any] = data.choose((
        lambda: outline["features"].remove(area),
        lambda: area["properties"].update(place_id="PLC-9999"),
        lambda: area.update(geometry={"type": "Point", "coordinates": [34, 51]}),
    ))  # fmt: skip
    change()
    data.rewrite(OUTLINE, outline)
    return Spot(OUTLINE)


# Files as records -------------------------------------------------------------------------------------------------


def damage(data: Shipped, change: Callable[[bytes], bytes], condition: Callable[[bytes], object] = bool) -> Spot:
    """Change any line below the header of any table."""
    path = path_of(data.table())
    lines = data.files[path].splitlines(keepends=True)
    at = data.choose(at for at, line in enumerate(lines) if at and condition(line))
    lines[at] = change(lines[at])
    data.files[path] = b"".join(lines)
    return Spot(path, line=at + 1)


def within(data: Shipped, line: bytes, put: bytes) -> bytes:
    """Put some bytes anywhere into a line."""
    at = data.random.randrange(len(line))
    return line[:at] + put + line[at:]


def restack(data: Shipped, table: str, columns: Callable[[list[str]], list[str]]) -> None:
    """Write a table with other columns; one that is not in the schema is empty."""
    out = io.StringIO()
    names = columns(list(schemas()[table].names))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([names, *([row.get(name, "") for name in names] for row in data.rows[table])])
    data.files[path_of(table)] = out.getvalue().encode()


@mutates("CSV-001")
def a_table_is_emptied(data: Shipped) -> Spot:
    path = path_of(data.table(0))
    data.files[path] = data.choose((b"", b"\n", b"\n\n"))
    return Spot(path)


@mutates("CSV-002")
def a_byte_is_not_utf_8(data: Shipped) -> Spot:
    return damage(data, lambda line: within(data, line, data.choose((b"\xff", b"\xc0", b"\xed\xa0\x80"))))


@mutates("CSV-003")
def a_byte_is_nul(data: Shipped) -> Spot:
    return damage(data, lambda line: within(data, line, b"\0"))


@mutates("CSV-004")
def a_row_has_another_number_of_cells(data: Shipped) -> Spot:
    changes = (lambda line: line[:-1] + b",\n"), (lambda line: line.replace(b",", b"", 1)), (lambda line: b"," + line)
    return damage(data, data.choose(changes))


@mutates("CSV-005")
def a_quote_is_not_closed(data: Shipped) -> Spot:
    def open_a_cell(line: bytes) -> bytes:
        cells = line.split(b",")
        at = data.random.randrange(len(cells))
        return b",".join([*cells[:at], b'"' + cells[at], *cells[at + 1 :]])

    return damage(data, open_a_cell, lambda line: b'"' not in line)


@mutates("CSV-006")
def a_cell_is_too_long(data: Shipped) -> Spot:
    row, field = data.cell(bool)
    row[field] = "x" * 100_001
    return Spot(row)


@mutates("CSV-007")
def a_column_stands_twice(data: Shipped) -> Spot:
    table = data.table(0)
    restack(data, table, lambda names: [*names, data.choose(names)])
    return Spot(path_of(table), line=1)


@mutates("CSV-100")
def a_line_is_blank(data: Shipped) -> Spot:
    return damage(data, lambda line: b"\n" + line)


@mutates("CSV-101")
def a_file_has_a_byte_order_mark(data: Shipped) -> Spot:
    path = path_of(data.table(0))
    data.files[path] = b"\xef\xbb\xbf" + data.files[path]
    return Spot(path, line=1)


@mutates("CSV-102")
def a_line_ends_with_a_carriage_return(data: Shipped) -> Spot:
    return damage(data, lambda line: line[:-1] + b"\r\n")


@mutates("CSV-103")
def two_columns_change_places(data: Shipped) -> Spot:
    table = data.table(0)

    def swap(names: list[str]) -> list[str]:
        one, two = data.random.sample(range(len(names)), 2)
        names[one], names[two] = names[two], names[one]
        return names

    restack(data, table, swap)
    return Spot(path_of(table), line=1)


@mutates("CSV-104")
def two_rows_change_places(data: Shipped) -> Spot:
    table = data.table(2)
    rows = ordered(data.rows[table])
    at = data.random.randrange(len(rows) - 1)
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    data.files[path_of(table)] = csv_of(table, rows)
    return Spot(path_of(table), ", ".join(schemas()[table].primary_key), line=at + 3)


@mutates("CSV-105")
def a_cell_runs_over_two_lines(data: Shipped) -> Spot:
    row, field = data.cell(lambda text: " " in text)
    at = data.choose(match.start() for match in re.finditer(" ", row[field]))
    row[field] = f"{row[field][:at]}\n{row[field][at + 1 :]}"
    return Spot(row)


@mutates("CSV-106")
def a_cell_is_quoted_for_nothing(data: Shipped) -> Spot:
    def quote(line: bytes) -> bytes:
        cells = line[:-1].split(b",")
        at = data.random.randrange(len(cells))
        return b",".join([*cells[:at], b'"' + cells[at] + b'"', *cells[at + 1 :]]) + b"\n"

    return damage(data, quote, lambda line: b'"' not in line)


@mutates("CSV-107")
def the_last_line_break_is_missing(data: Shipped) -> Spot:
    path = path_of(data.table(0))
    data.files[path] = data.files[path].rstrip(b"\n")
    return Spot(path, line=data.files[path].count(b"\n") + 1)


@mutates("CSV-108")
def cells_are_separated_otherwise(data: Shipped) -> Spot:
    table = data.table(0)
    delimiter = data.choose(";\t")
    data.files[path_of(table)] = csv_of(table, data.rows[table], delimiter)
    return Spot(path_of(table), line=1)


# Text of cells ----------------------------------------------------------------------------------------------------


def insert(text: str, put: str, at: int) -> str:
    return text[:at] + put + text[at:]


@mutates("CSV-111")
def a_letter_is_decomposed(data: Shipped) -> Spot:
    row, field = data.cell(lambda text: not unicodedata.is_normalized("NFD", text), room=2)
    letter = data.choose(letter for letter in row[field] if not unicodedata.is_normalized("NFD", letter))
    row[field] = row[field].replace(letter, unicodedata.normalize("NFD", letter), 1)
    return Spot(row, field)


@mutates("CSV-112")
def a_space_is_stray(data: Shipped) -> Spot:
    row, field = data.cell(lambda text: " " in text, room=1)
    text = row[field]
    at = text.index(" ")
    odd = insert(text[:at] + text[at + 1 :], data.choose("\u00a0\u2009\t\u3000"), at)
    row[field] = data.choose((f" {text}", f"{text} ", insert(text, " ", at), odd))
    return Spot(row, field)


@mutates("CSV-113")
def a_control_character_is_in_a_text(data: Shipped) -> Spot:
    row, field = data.cell(bool, room=1)
    row[field] = insert(row[field], data.choose("\x01\x07\x1b\x7f\x9b"), data.random.randrange(len(row[field])))
    return Spot(row, field)


@mutates("CSV-114")
def an_invisible_character_is_in_a_text(data: Shipped) -> Spot:
    row, field = data.cell(bool, room=1)
    at = data.random.randrange(len(row[field]))
    row[field] = insert(row[field], data.choose("\u00ad\u200b\u200e\u202e\u2066"), at)
    return Spot(row, field)


@mutates("CSV-115")
def a_text_begins_like_a_formula(data: Shipped) -> Spot:
    row, field = data.cell(bool, room=1)
    row[field] = data.choose("=+-") + row[field]
    return Spot(row, field)


@mutates("CSV-116")
def a_number_has_needless_zeros(data: Shipped) -> Spot:
    row, field = data.choose(
        (row, known.name)
        for table, schema in schemas().items()
        for known in schema.fields
        if known.type == "number"
        for row in data.shuffled(table)
        if row[known.name]
    )
    zeros = "0" * data.random.randint(1, 3)
    row[field] += zeros if "." in row[field] else f".{zeros}"
    return Spot(row, field)


@mutates("CSV-117")
def a_text_could_not_be_computed(data: Shipped) -> Spot:
    return overwrite(data, "#NAME?", "#REF!", "#DIV/0!", "#N/A", "########", "Err:509")


@mutates("CSV-118")
def a_text_was_taken_for_a_value(data: Shipped) -> Spot:
    return overwrite(data, "30:00.00", "05:00:00 AM", "03/08/22", "8.3.2022", "8-Mar", "1.23E+05", "TRUE")


def overwrite(data: Shipped, *texts: str) -> Spot:
    """Put one of some texts in the place of any remark: unlike names and titles, these are compared with nothing."""
    row, field = data.choose(
        (row, name) for table in schemas() for row in data.shuffled(table) for name in REMARKS if row.get(name)
    )
    row[field] = data.choose(texts)
    return Spot(row, field)


def confide(data: Shipped, *secrets: str) -> Spot:
    """Append some words to any text, though not to a name in another script."""
    secret = data.choose(secrets)
    names = CYRILLIC_NAMES if secret.isascii() else LATIN_NAMES
    row, field = data.cell(bool, room=len(secret) + 1, without=names)
    row[field] += f" {secret}"
    return Spot(row, field)


@mutates("PRV-101")
def a_text_holds_an_email_address(data: Shipped) -> Spot:
    return confide(data, "write to resident@example.org", "(resident.of+alpha@mail.example.org)", "мешканець@пошта.укр")


@mutates("PRV-102")
def a_text_holds_a_phone_number(data: Shipped) -> Spot:
    digits = f"{data.random.randrange(10**7):07}"
    local = f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
    return confide(data, f"+380 50 {local}", f"call (050) {local}", f"tel. {digits}", f"8 (916) {local}")


@mutates("PRV-103")
def a_text_names_an_account(data: Shipped) -> Spot:
    return confide(data, "filmed by @resident_of_alpha", "(@resident)", "@a.resident")


@mutates("PRV-104")
def a_text_holds_a_number_plate(data: Shipped) -> Spot:
    digits = f"{data.random.randrange(10**4):04}"
    cyrillic = f"({VE}{EM} {digits} {ES}{KA})", f"{ES} {digits[:3]} {EM}{ES} 177"
    return confide(data, f"plate AA{digits}BB", f"car A{digits[:3]}BC77", *cyrillic)


# Tables against their schemas -------------------------------------------------------------------------------------


@mutates("TAB-001")
def a_column_is_missing(data: Shipped) -> Spot:
    table = data.table(0)
    lost = data.choose(schemas()[table].names)
    restack(data, table, lambda names: [name for name in names if name != lost])
    return Spot(path_of(table), lost, line=1)


@mutates("TAB-002")
def a_column_is_not_in_the_schema(data: Shipped) -> Spot:
    table = data.table(0)
    restack(data, table, lambda names: [*names, "remark"])
    return Spot(path_of(table), line=1)


def set_cell(data: Shipped, condition: Callable[[Field], object], value: Callable[[Field], str], *along: str) -> Spot:
    """Set any cell of any column that meets the condition."""
    table, known = data.column(condition)
    row = data.pick(table)
    row[known.name] = value(known)
    return Spot(row, known.name, along=frozenset(along))


@mutates("TAB-101")
def a_cell_is_not_of_its_type(data: Shipped) -> Spot:
    wrong = {
        "date": ("2022-3-5", "2022-02-30", "05.03.2022", "2022-13-01", "March 2022", "2022-03-05 "),
        "integer": ("05", "+5", "1,000", "1.0", "1e3", "about 5", "-0", " 5"),
        "number": ("051.5", "50,5", ".5", "+50.5", "N50.5", "50.5\u00b0", "nan", "inf"),
    }
    return set_cell(data, lambda known: known.type in wrong, lambda known: data.choose(wrong[known.type]))


@mutates("TAB-102")
def a_required_cell_is_empty(data: Shipped) -> Spot:
    return set_cell(data, lambda known: known.required, lambda _: "")


@mutates("TAB-103")
def a_code_is_unknown(data: Shipped) -> Spot:
    def wrong(known: Field) -> str:
        code: str = data.choose(known.constraints["enum"])
        return data.choose((f"{code}s", code.upper(), "none of these", "0"))

    return set_cell(data, lambda known: "enum" in known.constraints, wrong)


@mutates("TAB-104")
def a_cell_has_another_form(data: Shipped) -> Spot:
    def wrong(known: Field) -> str:
        if known.format == "uri":
            return "ftp://example.org/document"
        form, example = known.constraints["pattern"], str(known.example)
        near = (f"{example}x", f"x{example}", example[:-1], example.replace("-", ""), example.swapcase())
        return data.choose([text for text in near if not re.fullmatch(form, text)])

    return set_cell(data, lambda known: "pattern" in known.constraints, wrong, "TAB-203")


@mutates("TAB-105")
def a_number_is_out_of_bounds(data: Shipped) -> Spot:
    def wrong(known: Field) -> str:
        bounds = known.constraints
        by = data.random.randint(1, 1000)
        beyond = [bounds[name] + sign * by for name, sign in (("minimum", -1), ("maximum", 1)) if name in bounds]
        return str(data.choose(beyond))

    return set_cell(data, lambda known: {"minimum", "maximum"} & known.constraints.keys(), wrong)


@mutates("TAB-106")
def a_text_is_too_long(data: Shipped) -> Spot:
    def wrong(known: Field) -> str:
        start = "https://example.org/" if known.format == "uri" else ""
        return start.ljust(limit(known) + data.random.randint(1, 500), "x")

    return set_cell(data, lambda known: "maxLength" in known.constraints, wrong)


@mutates("TAB-107")
def an_address_is_none(data: Shipped) -> Spot:
    return set_cell(data, lambda known: known.format == "uri", lambda _: f"https://example.org/{data.choose('<>{}|^')}")


@mutates("TAB-201")
def a_key_stands_twice(data: Shipped) -> Spot:
    row = data.pick(data.table())
    keys = schemas()[row.table].primary_key
    copy = data.add(row, **{name: row[name] for name in keys})
    return Spot(copy, ", ".join(keys), along=frozenset({"CTL-103"}))  # one interval entered twice overlaps itself


@mutates("TAB-202")
def a_unique_value_stands_twice(data: Shipped) -> Spot:
    table, field = data.choose(
        (name, known.name)
        for name, schema in schemas().items()
        for known in schema.fields
        if known.constraints.get("unique") and any(row[known.name] for row in data.rows[name])
    )
    one, two = data.pair(table, lambda one, two: one[field] and one[field] != two[field])
    two[field] = one[field]
    return Spot(two, field)


@mutates("TAB-203")
def a_reference_leads_nowhere(data: Shipped) -> Spot:
    goals = {(name, key.fields[0]): key.target for name, schema in schemas().items() for key in schema.foreign_keys}
    table, field = data.choose(sorted(goals))
    row = data.pick(table)
    row[field] = data.new_id(goals[table, field])
    return Spot(row, field)


# Events -----------------------------------------------------------------------------------------------------------


def one_day(event: Row) -> bool:
    return event["date_start"] == event["date_end"]


def kind_rank(data: Shipped, event: Row) -> int:
    place = data.get(event, "place_id")
    assert place is not None
    return RANK[place["kind"]]


@mutates("EVT-101")
def an_event_ends_before_it_starts(data: Shipped) -> Spot:
    event = data.pick("events")
    event["date_end"] = data.earlier(event["date_start"])
    return Spot(event, "date_end")


@mutates("EVT-102")
def an_event_comes_before_the_study_period(data: Shipped) -> Spot:
    event = data.pick(
        "events",
        lambda event: (
            event["event_type"] not in (*ANYWHERE, *CHANGES)
            and not event["part_of"]
            and not data.references(event, "events")
        ),
    )
    by = ordinal(data.earlier(data.start)) - ordinal(event["date_end"])
    event["date_start"], event["date_end"] = shifted(event["date_start"], by), shifted(event["date_end"], by)
    return Spot(event, "date_start")


@mutates("EVT-103")
def an_event_outlasts_the_study_period(data: Shipped) -> Spot:
    event = data.pick("events", lambda event: event["event_type"] not in ANYWHERE and not event["part_of"])
    event["date_end"] = data.later(data.end)
    return Spot(event, "date_end")


@mutates("EVT-104")
def a_single_day_is_unsure(data: Shipped) -> Spot:
    event = data.pick("events", lambda event: one_day(event) and not event["time_start"])
    event["date_precision"] = data.choose(("week", "month"))
    return Spot(event, "date_precision")


@mutates("EVT-105")
def an_unsure_day_has_a_time(data: Shipped) -> Spot:
    event = data.pick("events", one_day)
    event["date_precision"] = "about"
    event["time_start"] = f"{data.random.randrange(24):02}:{data.random.randrange(60):02}"
    return Spot(event, "time_start")


@mutates("EVT-107")
def a_part_is_outside_its_whole(data: Shipped) -> Spot:
    def apart(part: Row, whole: Row) -> bool:
        room = MAY_BE_OFF[part["date_precision"]] + MAY_BE_OFF[whole["date_precision"]]
        early = part["date_start"] < shifted(whole["date_start"], -room)
        return not whole["part_of"] and (early or part["date_end"] > shifted(whole["date_end"], room))

    whole, part = data.pair("events", lambda one, two: apart(two, one))
    part["part_of"] = whole["event_id"]
    return Spot(part, "part_of")


@mutates("EVT-108")
def an_event_is_recorded_twice(data: Shipped) -> Spot:
    event = data.pick("events", lambda event: data.references(event, "event_actors"))
    copy = data.add(event, title=data.choose((event["title"], event["title"].upper())))
    actor = data.choose(data.references(event, "event_actors"))
    source = data.choose(row for row in data.references(event, "event_sources") if row["stance"] == "supports")
    data.add(actor, event_id=copy["event_id"])
    data.add(source, event_id=copy["event_id"])
    return Spot(copy, "title")


@mutates("EVT-110")
def an_event_loses_its_actors(data: Shipped) -> Spot:
    def dispensable(event: Row) -> bool:
        mine = data.references(event, "event_actors")
        actors = [actor for row in mine if (actor := data.get(row, "actor_id"))]
        return all(any(row not in mine for row in data.references(actor)) for actor in actors)

    event = data.pick("events", lambda event: data.references(event, "event_actors") and dispensable(event))
    for row in data.references(event, "event_actors"):
        data.drop(row)
    return Spot(event, "event_id")


@mutates("EVT-111")
def a_place_is_known_too_exactly(data: Shipped) -> Spot:
    def finer(event: Row) -> list[str]:
        return [name for name, kind in LARGEST.items() if kind_rank(data, event) < RANK[kind] and name != "site"]

    event = data.pick("events", lambda event: event["place_precision"] not in LOOSE and finer(event))
    event["place_precision"] = data.choose(finer(event))
    return Spot(event, "place_precision")


@mutates("EVT-112")
def a_place_is_known_too_roughly(data: Shipped) -> Spot:
    def coarser(event: Row) -> list[str]:
        return [name for name, kind in SMALLEST.items() if kind_rank(data, event) > RANK[kind]]

    event = data.pick("events", lambda event: event["place_precision"] not in LOOSE and coarser(event))
    event["place_precision"] = data.choose(coarser(event))
    return Spot(event, "place_precision")


@mutates("EVT-113")
def a_route_is_not_described(data: Shipped) -> Spot:
    event = data.pick("events")
    event |= {"place_precision": "route", "place_detail": ""}
    return Spot(event, "place_detail")


@mutates("EVT-114")
def an_event_is_moved_out_of_the_area(data: Shipped) -> Spot:
    place = data.pick("places", lambda place: not data.related(place["place_id"], data.area))
    event = data.pick(
        "events",
        lambda event: (
            event["event_type"] not in (*ANYWHERE, *CHANGES)
            and data.spared(event, "place_id")
            and not any(count["place_id"] for count in data.references(event, "casualties"))
        ),
    )
    precision = {"oblast": "oblast", "raion": "raion", "hromada": "area"}.get(place["kind"], "settlement")
    event |= {"place_id": place["place_id"], "place_precision": precision}
    return Spot(event, "place_id")


@mutates("EVT-115")
def a_capture_is_not_in_control(data: Shipped) -> Spot:
    event = data.pick(
        "events",
        lambda event: (
            event["event_type"] not in (*ANYWHERE, *CHANGES, "evacuation") and not data.may_be_reflected(event)
        ),
    )
    event["event_type"] = data.choose(CHANGES)
    return Spot(event, "event_type")


@mutates("EVT-116", "EVT-117", "LNK-104")
def a_word_is_loaded(data: Shipped) -> Spot:
    table, field = str(data.rule.table), data.rule.fields[0]
    word = data.choose(LOADED)
    room = limit(schemas()[table].field(field)) - len(word) - 1
    row = data.pick(table, lambda row: row[field] and len(row[field]) <= room)
    own = re.split('["\u201c\u00ab]', row[field])[0]  # what follows a quote mark may be somebody else's word
    at = data.choose(match.start() for match in re.finditer("^| ", own))
    row[field] = insert(row[field], f" {word}" if at else f"{word} ", at)
    return Spot(row, field)


# Who belongs to whom, in several tables ---------------------------------------------------------------------------


@mutates("EVT-106", "PLC-102", "ACT-104", "SRC-106", "CAS-114")
def a_row_is_its_own_parent(data: Shipped) -> Spot:
    table, field = str(data.rule.table), data.rule.fields[0]
    row = data.pick(table, lambda row: not row[field])
    row[field] = row[id_of(table)]
    if table == "casualties":
        row["status"] = "superseded"
    return Spot(row, field)


@mutates("PLC-105", "ACT-105", "SRC-109")
def a_row_that_nothing_uses_is_added(data: Shipped) -> Spot:
    table = str(data.rule.table)
    row = data.add(data.pick(table))
    if table == "places":
        row |= {"name_en": "Nowhere", "latitude": "", "longitude": "", "coordinate_source": ""}
    return Spot(row, id_of(table))


@mutates("EVT-109", "CTL-107")
def nothing_supports_a_row_any_more(data: Shipped) -> Spot:
    table = str(data.rule.table)
    row = data.pick(table, lambda row: row.get("controller") != "unknown")
    for citation in data.references(row, f"{table.removesuffix('s')}_sources"):
        citation |= {"stance": "contradicts", "note": citation["note"] or "Denies it."}
    return Spot(row, id_of(table))


@mutates("LNK-101", "CTL-108")
def a_contradiction_is_not_explained(data: Shipped) -> Spot:
    citation = data.pick(str(data.rule.table), lambda row: row["stance"] == "contradicts")
    citation["note"] = ""
    return Spot(citation, "note")


@mutates("LNK-102", "CTL-109")
def a_source_is_too_old(data: Shipped) -> Spot:
    table = str(data.rule.table)
    cited = schemas()[table].primary_key[0]
    sources = [row for row in data.shuffled("sources") if row["published"] and row["kind"] != "encyclopedia"]

    def older(citation: Row) -> list[str]:
        target = data.get(citation, cited)
        assert target is not None
        day = shifted(target["date_start"], -MAY_BE_OFF[target["date_precision"]])
        known = {row["source_id"] for row in data.references(target, table)}
        return [row["source_id"] for row in sources if row["published"] < day and row["source_id"] not in known]

    citation = data.pick(
        table, lambda row: row["stance"] == "supports" and data.spared(row, "source_id") and older(row)
    )
    citation |= {"source_id": data.choose(older(citation)), "note": ""}
    return Spot(citation, "source_id")


@mutates("LNK-103")
def an_actor_changes_sides(data: Shipped) -> Spot:
    actor = data.pick("event_actors", lambda row: row["role"] in ACTING)
    return Spot(data.add(actor, role=data.choose(SUFFERING)), "role")


# Casualties and evacuations ---------------------------------------------------------------------------------------


@mutates("CAS-101", "EVA-101")
def bounds_are_exchanged(data: Shipped) -> Spot:
    count = data.pick(
        str(data.rule.table), lambda row: row["count_low"] == row["count_high"] and int(row["count_low"] or 0) > 1
    )
    count["count_high"] = str(data.random.randint(1, int(count["count_low"]) - 1))
    return Spot(count, "count_low")


@mutates("CAS-102", "EVA-102")
def a_count_has_no_number(data: Shipped) -> Spot:
    count = data.pick(str(data.rule.table))
    count |= {"count_low": "", "count_high": ""}
    return Spot(count, "count_low")


@mutates("CAS-103", "EVA-103")
def a_wording_goes_with_other_bounds(data: Shipped) -> Spot:
    wrong = {
        "exact": ("at-least", "up-to"),
        "about": ("at-least", "up-to"),
        "at-least": ("exact", "about", "up-to"),
        "up-to": ("exact", "about", "at-least"),
    }
    count = data.pick(
        str(data.rule.table), lambda row: row["wording"] in wrong and "0" not in (row["count_low"], row["count_high"])
    )
    count["wording"] = data.choose(wrong[count["wording"]])
    return Spot(count, "wording")


@mutates("CAS-104", "EVA-104")
def nobody_is_counted_roughly(data: Shipped) -> Spot:
    count = data.pick(str(data.rule.table), lambda row: row["wording"] in {"at-least", "about"})
    count["count_low"] = "0"
    return Spot(count, "wording")


@mutates("CAS-105")
def a_period_ends_before_it_starts(data: Shipped) -> Spot:
    count = data.pick("casualties", lambda row: row["date_start"] and data.lone(row))
    count["date_end"] = data.earlier(count["date_start"])
    return Spot(count, "date_end")


@mutates("CAS-106", "EVA-106")
def people_are_counted_too_early(data: Shipped) -> Spot:
    def possible(count: Row) -> bool:
        began, published = data.began(count), data.published(count)
        return began != "" and (not published or published >= began)

    count = data.pick(
        str(data.rule.table), lambda row: possible(row) and (row.table == "evacuations" or data.lone(row))
    )
    count["as_of"] = data.earlier(data.began(count))
    return Spot(count, "as_of")


@mutates("CAS-107", "EVA-107")
def people_are_counted_after_publication(data: Shipped) -> Spot:
    count = data.pick(
        str(data.rule.table),
        lambda row: data.published(row) >= (data.began(row) or "0") and (row.table == "evacuations" or data.lone(row)),
    )
    count["as_of"] = data.later(data.published(count))
    return Spot(count, "as_of")


@mutates("CAS-108")
def a_count_is_about_nothing(data: Shipped) -> Spot:
    count = data.pick(
        "casualties",
        lambda row: (
            data.lone(row) and bool(row["event_id"]) is not bool(row["place_id"]) and data.spared(row, "place_id")
        ),
    )
    count |= {"event_id": "", "place_id": ""}
    return Spot(count, "event_id")


@mutates("CAS-109")
def a_count_is_made_elsewhere(data: Shipped) -> Spot:
    def elsewhere(count: Row) -> list[str]:
        event = data.get(count, "event_id")
        if event is None or event["place_precision"] in LOOSE:
            return []
        places = (place["place_id"] for place in data.rows["places"])
        return [place for place in places if not data.related(place, event["place_id"])]

    count = data.pick(
        "casualties", lambda row: row["event_id"] and data.lone(row) and data.spared(row, "place_id") and elsewhere(row)
    )
    count["place_id"] = data.choose(elsewhere(count))
    return Spot(count, "place_id")


@mutates("CAS-117")
def a_count_is_of_words(data: Shipped) -> Spot:
    event = data.pick(
        "events",
        lambda event: (
            event["event_type"] not in CHANGES
            and len(data.references(event, "casualties")) == 1
            and not data.references(event, "evacuations")
        ),
    )
    event["event_type"] = data.choose(("statement", "investigation"))
    return Spot(data.references(event, "casualties")[0], "event_id")


@mutates("CAS-110")
def a_successor_is_not_named(data: Shipped) -> Spot:
    count = data.pick("casualties", lambda row: not row["superseded_by"])
    count["status"] = "superseded"
    return Spot(count, "superseded_by")


@mutates("CAS-111")
def a_replaced_count_stands(data: Shipped) -> Spot:
    count = data.pick("casualties", lambda row: row["superseded_by"])
    count["status"] = data.choose(("standing", "disputed", "withdrawn"))
    return Spot(count, "status")


@mutates("CAS-112")
def a_count_is_replaced_by_another_of_other_people(data: Shipped) -> Spot:
    one, two = data.pair(
        "casualties",
        lambda one, two: (
            not two["superseded_by"]
            and not same(one, two, ("event_id", "outcome"))
            and (not one["as_of"] or not two["as_of"] or one["as_of"] <= two["as_of"])
        ),
    )
    one |= {"status": "superseded", "superseded_by": two["casualty_id"]}
    return Spot(one, "superseded_by")


@mutates("CAS-113")
def a_count_is_replaced_by_an_earlier_one(data: Shipped) -> Spot:
    rows = data.shuffled("casualties")
    late, early = data.first(
        (late, early)
        for late in rows
        for early in rows
        if early["as_of"] and early["as_of"] < late["as_of"] and not early["superseded_by"]
        if same(late, early, SAME_PEOPLE)
    )
    late |= {"status": "superseded", "superseded_by": early["casualty_id"]}
    return Spot(late, "superseded_by")


@mutates("CAS-115")
def a_part_is_larger_than_its_whole(data: Shipped) -> Spot:
    def whole(row: Row) -> bool:
        return row["population"] != "unknown" and row["sex"] == row["age"] == "all" and row["count_high"] != ""

    count = data.pick("casualties", lambda row: whole(row) and data.lone(row))
    more = str(int(count["count_high"]) + data.random.randint(1, 50))
    group = data.choose(({"sex": "female"}, {"sex": "male"}, {"age": "child"}, {"sex": "male", "age": "adult"}))
    return Spot(data.add(count, **group, count_low=more, count_high=more, wording="exact"), "count_low")


@mutates("CAS-116")
def a_count_is_entered_twice(data: Shipped) -> Spot:
    return Spot(data.add(data.pick("casualties")), "casualty_id")


@mutates("EVA-105")
def people_are_moved_to_where_they_were(data: Shipped) -> Spot:
    def possible(row: Row) -> bool:
        origin = data.get(row, "from_place_id")
        return origin is not None and origin["kind"] not in AREAS and data.spared(row, "to_place_id")

    row = data.pick("evacuations", possible)
    row["to_place_id"] = row["from_place_id"]
    return Spot(row, "to_place_id")


@mutates("EVA-108")
def people_are_moved_in_another_event(data: Shipped) -> Spot:
    row = data.pick("evacuations")
    event = data.pick(
        "events", lambda event: event["event_type"] != "evacuation" and event["date_start"] <= (row["as_of"] or "9")
    )
    row["event_id"] = event["event_id"]
    return Spot(row, "event_id")


# Control ----------------------------------------------------------------------------------------------------------


def length(interval: Row) -> int:
    """Return the days of an interval after its first."""
    return ordinal(interval["date_end"]) - ordinal(interval["date_start"])


@mutates("CTL-101")
def an_interval_ends_before_it_starts(data: Shipped) -> Spot:
    interval = data.pick("control", lambda row: data.neighbours(row)[1])
    interval["date_end"] = data.earlier(interval["date_start"])
    return Spot(interval, "date_end")


@mutates("CTL-102")
def an_interval_outlasts_the_study_period(data: Shipped) -> Spot:
    interval = data.pick("control", lambda row: not data.neighbours(row)[1] and not data.watched(row, "date_end"))
    interval["date_end"] = data.later(data.end)
    return Spot(interval, "date_start")


@mutates("CTL-103")
def an_interval_runs_into_the_next(data: Shipped) -> Spot:
    interval = data.pick("control", lambda row: data.neighbours(row)[1])
    following = data.neighbours(interval)[1]
    assert following is not None
    interval["date_end"] = data.later(following["date_start"], 0, length(following))
    return Spot(following, "date_start")


@mutates("CTL-104")
def an_interval_ends_too_early(data: Shipped) -> Spot:
    interval = data.pick("control", lambda row: data.neighbours(row)[1] and length(row))
    following = data.neighbours(interval)[1]
    assert following is not None
    interval["date_end"] = data.earlier(interval["date_end"], 1, length(interval))
    return Spot(following, "date_start")


@mutates("CTL-105")
def a_place_is_not_covered_to_the_end(data: Shipped) -> Spot:
    interval = data.pick("control", lambda row: not data.neighbours(row)[1] and length(row) >= 3)
    interval["date_end"] = data.earlier(interval["date_end"], 1, 3)  # near enough for events of the last day
    return Spot(interval, "place_id")


@mutates("CTL-106")
def an_interval_is_split(data: Shipped) -> Spot:
    def splits(interval: Row) -> list[tuple[str, Row]]:
        """The days on which the second half may begin, each with a citation that can support it."""
        return [
            (day, citation)
            for day in (shifted(interval["date_start"], by + 1) for by in range(length(interval)))
            for citation in data.references(interval, "control_sources")
            if citation["stance"] == "supports" and (data.published(citation) or day) >= day
        ]

    interval = data.pick("control", lambda row: row["controller"] != "contested" and splits(row))
    day, citation = data.choose(splits(interval))
    half = data.add(interval, date_start=day)
    data.add(citation, control_id=half["control_id"])
    interval["date_end"] = shifted(day, -1)
    return Spot(half, "controller")


# Places -----------------------------------------------------------------------------------------------------------


def has_children(data: Shipped, place: Row, field: str) -> bool:
    return any(child[field] for child in data.references(place, "places"))


def settled(place: Row) -> bool:
    return place["kind"] in SETTLEMENTS


def parent_of(data: Shipped, place: Row) -> Mapping[str, str]:
    return data.get(place, "parent_id") or dict.fromkeys(place, "")


@mutates("PLC-101")
def a_place_lies_in_its_neighbour(data: Shipped) -> Spot:
    rows = data.shuffled("places")
    place, neighbour = data.first(
        (one, two)
        for one, two in permutations(rows, 2)
        if one["parent_id"] == two["parent_id"] != ""
        and RANK[one["kind"]] <= RANK[two["kind"]]
        and data.in_area(one["place_id"]) is data.in_area(two["place_id"])
    )
    place |= {"parent_id": neighbour["place_id"], "katottg": "", "ocha_pcode": ""}
    return Spot(place, "parent_id")


@mutates("PLC-103")
def a_place_has_no_parent(data: Shipped) -> Spot:
    place = data.pick(
        "places",
        lambda place: (
            place["parent_id"] in data.above(data.area)[1:]
            and place["place_id"] != data.area
            and not any(place["place_id"] in data.above(count["place_id"]) for count in data.rows["casualties"])
        ),
    )
    place["parent_id"] = ""
    return Spot(place, "parent_id")


@mutates("PLC-104")
def a_place_is_named_like_another(data: Shipped) -> Spot:
    one, two = data.pair("places", lambda one, two: same(one, two, ("parent_id", "kind")))
    two |= {"name_en": one["name_en"], "katottg": ""}
    return Spot(two, "name_en")


@mutates("PLC-111")
def half_of_a_point_is_lost(data: Shipped) -> Spot:
    place = data.pick("places", lambda place: place["latitude"])
    place[data.choose(("latitude", "longitude"))] = ""
    return Spot(place, "latitude")


@mutates("PLC-112")
def a_point_has_no_source(data: Shipped) -> Spot:
    place = data.pick("places", lambda place: place["latitude"])
    place["coordinate_source"] = ""
    return Spot(place, "coordinate_source")


@mutates("PLC-113")
def a_source_has_no_point(data: Shipped) -> Spot:
    place = data.pick("places", lambda place: not place["latitude"])
    place["coordinate_source"] = "GeoNames"
    return Spot(place, "coordinate_source")


@mutates("PLC-114")
def a_point_leaves_the_area(data: Shipped) -> Spot:
    place = data.pick("places", lambda place: place["latitude"] and data.in_area(place["place_id"]))
    latitude, longitude = place["latitude"], place["longitude"]
    wrong = ((longitude, latitude), (f"-{latitude}", longitude), (latitude, longitude[0]), (latitude[0], longitude))
    place["latitude"], place["longitude"] = data.choose(wrong)
    return Spot(place, "latitude")


@mutates("PLC-115")
def a_point_enters_the_area(data: Shipped) -> Spot:
    outline = json.loads(data.files[OUTLINE])["features"]
    area = next(shape(item["geometry"]) for item in outline if item["properties"].get("place_id") == data.area)
    west, south, east, north = area.bounds
    deep = area.buffer(-0.15)  # more than 5 km at this latitude, in each direction
    points = ((data.random.uniform(west, east), data.random.uniform(south, north)) for _ in range(1000))
    longitude, latitude = data.first(point for point in points if deep.contains(shapely.Point(point)))
    rank = {place["place_id"]: RANK[place["kind"]] for place in data.rows["places"]}

    def outside(place: Row) -> bool:
        chain = data.above(place["place_id"])
        return data.area not in chain and rank[chain[-1]] <= rank[data.area] < rank[chain[0]]

    place = data.pick("places", outside)
    place |= {"latitude": f"{latitude:.5f}", "longitude": f"{longitude:.5f}", "coordinate_source": "GeoNames"}
    return Spot(place, "latitude")


@mutates("PLC-116")
def a_point_is_copied(data: Shipped) -> Spot:
    def both(one: Row, two: Row) -> bool:
        return all(settled(place) and data.in_area(place["place_id"]) for place in (one, two)) and one["latitude"] != ""

    one, two = data.pair("places", both)
    two |= {name: one[name] for name in ("latitude", "longitude", "coordinate_source")}
    return Spot(two, "latitude")


@mutates("PLC-121", "PLC-122")
def a_code_is_that_of_another_oblast(data: Shipped) -> Spot:
    field, other = data.rule.fields[0], {"ocha_pcode": "katottg", "katottg": "ocha_pcode"}
    place = data.pick(
        "places",
        lambda place: place[field] and parent_of(data, place)[field] and not has_children(data, place, field),
    )
    wrong = data.choose(str(digits) for digits in range(90, 100) if str(digits) != place[field][2:4])
    place |= {field: f"UA{wrong}{place[field][4:]}", other[field]: ""}
    return Spot(place, field)


@mutates("PLC-123")
def codes_disagree(data: Shipped) -> Spot:
    place = data.pick(
        "places",
        lambda place: place["ocha_pcode"] and place["katottg"] and not has_children(data, place, "katottg"),
    )
    last = len(place["ocha_pcode"]) - 1
    code = place["katottg"]
    digit = data.choose(digit for digit in "123456789" if digit != code[last])
    place["katottg"] = code[:last] + digit + code[last + 1 :]
    return Spot(place, "ocha_pcode")


@mutates("PLC-131", "PLC-132", "ACT-111")
def a_latin_name_has_another_letter(data: Shipped) -> Spot:
    field = data.rule.fields[0]
    row = data.pick(str(data.rule.table))
    name = row[field] or "Alfa"
    at = data.choose(at for at, letter in enumerate(name) if letter.isalpha())
    row[field] = name[:at] + data.choose(LOOK_ALIKES) + name[at + 1 :]
    return Spot(row, field)


@mutates("PLC-133", "PLC-134", "ACT-112")
def a_cyrillic_name_has_a_latin_letter(data: Shipped) -> Spot:
    field = data.rule.fields[0]
    row = data.pick(str(data.rule.table))
    name = row[field] or "Альфа"
    at = data.choose(match.end() for match in re.finditer("[\u0430-\u044f]", name))
    row[field] = insert(name, data.choose("aceiopxyABCEHIKMOPTX"), at)
    return Spot(row, field)


# Actors and sources -----------------------------------------------------------------------------------------------


@mutates("ACT-101")
def an_official_has_no_office(data: Shipped) -> Spot:
    actor = data.pick("actors", lambda actor: actor["kind"] == "official")
    actor["office"] = ""
    return Spot(actor, "office")


@mutates("ACT-102")
def an_office_has_no_official(data: Shipped) -> Spot:
    actor = data.pick("actors", lambda actor: actor["kind"] != "official")
    actor["office"] = "Head of the Administration"
    return Spot(actor, "office")


@mutates("ACT-103")
def an_actor_is_on_another_side_than_its_body(data: Shipped) -> Spot:
    actor = data.pick(
        "actors",
        lambda actor: (
            actor["parent_id"]
            and parent_of(data, actor)["side"] != "international"
            and not data.references(actor, "actors")
        ),
    )
    sides = schemas()["actors"].field("side").constraints["enum"]
    actor["side"] = data.choose(side for side in sides if side != actor["side"])
    return Spot(actor, "side")


@mutates("SRC-101")
def an_address_has_credentials(data: Shipped) -> Spot:
    source = data.pick("sources")
    source["url"] = source["url"].replace("//", data.choose(("//reader:secret@", "//reader@")), 1)
    return Spot(source, "url")


@mutates("SRC-102")
def an_address_tracks_its_reader(data: Shipped) -> Spot:
    source = data.pick("sources")
    address, mark, fragment = source["url"].partition("#")
    more = data.choose(("utm_source=mail", "fbclid=IwAR0", "gclid=Cj0", "yclid=1"))
    source["url"] = f"{address}{'&' if '?' in address else '?'}{more}{mark}{fragment}"
    return Spot(source, "url")


@mutates("SRC-103")
def an_address_is_private(data: Shipped) -> Spot:
    source = data.pick("sources")
    hosts = ("localhost", "intranet", "192.168.0.10", "10.0.0.1:8080", "127.0.0.1", "172.16.0.1", "[::1]", "nas.local")
    source["url"] = re.sub("//[^/?#]*", f"//{data.choose(hosts)}", source["url"], count=1)
    return Spot(source, "url")


@mutates("SRC-104")
def an_address_is_spelt_otherwise(data: Shipped) -> Spot:
    one, two = data.pair("sources", lambda one, _: "#" not in one["url"])
    scheme, host, rest = re.split("(?<=//)([^/?]+)", one["url"], maxsplit=1)
    upper, other = f"{scheme}{host.upper()}{rest}", {"https://": "http://", "http://": "https://"}[scheme] + host + rest
    two["url"] = data.choose((f"{one['url']}#top", upper, other))
    return Spot(two, "url")


@mutates("SRC-105")
def a_source_was_read_before_it_was_published(data: Shipped) -> Spot:
    source = data.pick("sources", lambda source: not data.references(source, "sources"))
    source["published"] = data.later(source["accessed"])
    return Spot(source, "published")


@mutates("SRC-107")
def a_copy_is_older_than_its_original(data: Shipped) -> Spot:
    rows = [row for row in data.shuffled("sources") if row["published"] and not row["derived_from"]]
    copy, original = data.first((one, two) for one, two in permutations(rows, 2) if one["published"] < two["published"])
    copy["derived_from"] = original["source_id"]
    return Spot(copy, "derived_from")


@mutates("SRC-108")
def an_archived_address_is_the_address(data: Shipped) -> Spot:
    source = data.pick("sources")
    source["archive_url"] = data.choose((source["url"], source["url"] + "/", source["url"].split("#")[0] + "#top"))
    return Spot(source, "archive_url")


# Releases ---------------------------------------------------------------------------------------------------------


@mutates("HIS-101")
def a_manifest_is_damaged(data: Shipped) -> Spot:
    good: dict[str, Any] = {"rows": 1, "ids": ["EVT-0001"], "sha256": "0" * 64}
    bad: dict[str, Any] = data.choose(({"rows": 2}, {"rows": "1"}, {"ids": "EVT-0001"}, {"ids": [1]}, {"sha256": None}))
    data.manifest(EARLIER, {"events": good | bad})
    return Spot(f"releases/{EARLIER}.json")


@mutates("HIS-102")
def the_version_is_below_a_release(data: Shipped) -> Spot:
    data.manifest(later_version(data), {})
    return Spot(DESCRIPTOR, "version")


@mutates("HIS-103")
def a_released_table_is_changed(data: Shipped) -> Spot:
    hashes = {table: hashlib.sha256(data.files[path_of(table)]).hexdigest() for table in data.rows}
    table = data.choose(hashes)
    hashes[table] = hashlib.sha256(data.files[path_of(table)] + b"\n").hexdigest()
    tables = {name: {"rows": len(data.rows[name]), "sha256": found} for name, found in hashes.items()}
    data.manifest(data.version, tables)
    return Spot(path_of(table))


@mutates("HIS-111")
def a_released_id_is_gone(data: Shipped) -> Spot:
    table = data.choose(filter(id_of, data.rows))
    data.release(EARLIER, **{table: data.new_id(table)})
    return Spot(path_of(table), id_of(table))


@mutates("HIS-112")
def a_released_table_is_gone(data: Shipped) -> Spot:
    data.release(EARLIER, protests="PRO-0001")
    return Spot(DESCRIPTOR)


@mutates("HIS-113")
def an_id_in_use_is_retired(data: Shipped) -> Spot:
    row = data.pick(data.choose(filter(id_of, data.rows)))
    data.release(EARLIER)
    data.retire(row[id_of(row.table)])
    return Spot(row, id_of(row.table))


@mutates("HIS-114")
def an_id_that_was_never_released_is_retired(data: Shipped) -> Spot:
    data.release(EARLIER)
    return Spot(data.retire(data.new_id(data.choose(filter(id_of, data.rows)))), "id")


@mutates("HIS-115")
def a_successor_does_not_exist(data: Shipped) -> Spot:
    table = data.choose(filter(id_of, data.rows))
    return Spot(data.retire(data.new_id(table), replaced_by=data.new_id(table)), "replaced_by")


@mutates("HIS-116")
def an_id_is_retired_in_a_later_version(data: Shipped) -> Spot:
    return Spot(data.retire(data.new_id(data.choose(filter(id_of, data.rows))), later_version(data)), "retired_in")


@mutates("HIS-117")
def a_released_id_is_retired_in_the_same_version(data: Shipped) -> Spot:
    table = data.choose(filter(id_of, data.rows))
    key = data.new_id(table)
    data.release(EARLIER, **{table: key})
    return Spot(data.retire(key, EARLIER), "retired_in")


def later_version(data: Shipped) -> str:
    return f"{int(data.version.split('.')[0]) + 1}.0.0"


# The tests --------------------------------------------------------------------------------------------------------

RULES = [rule for rule in REGISTRY.values() if not rule.retired]


@mutates("WVR-102", "WVR-103", "WVR-104")
def a_waiver_does_not_hold(data: Shipped) -> Spot:
    severity = {"WVR-103": Severity.ERROR}.get(data.rule.id, Severity.WARNING)
    waived = data.choose(rule.id for rule in RULES if rule.severity is severity and not rule.retired)
    cells = {
        "rule": "ZZZ-999" if data.rule.id == "WVR-104" else waived,
        "key": data.choose(data.rows["events"])["event_id"],
        "reason": "Both documents say so.",
        "until": EARLIER if data.rule.id == "WVR-102" else data.version,
    }
    row = Row("waivers", 0, cells)
    data.rows["waivers"].append(row)
    return Spot(row, data.rule.fields[0])


def test_every_rule_is_provoked_or_excused() -> None:
    assert MUTATORS.keys() | UNPROVOKED.keys() == {rule.id for rule in RULES}
    assert not MUTATORS.keys() & UNPROVOKED.keys()
    assert all(UNPROVOKED.values())


def test_rows_that_are_not_changed_are_written_as_shipped() -> None:
    """Or else a mutation would change, and perhaps mend, more than it is meant to."""
    misshapen = {finding.file for finding in report_before().findings if finding.rule.startswith("CSV")}
    data = Shipped(RULES[0], 0)
    for table, rows in data.rows.items():
        if path_of(table) not in misshapen:
            assert csv_of(table, ordered(rows)) == data.files[path_of(table)], table


def identity(finding: Finding) -> tuple[object, ...]:
    """What a finding that is already in the shipped data keeps when lines move."""
    return finding.rule, finding.file, finding.field, tuple(finding.key.items()), finding.value


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES if rule.id in MUTATORS])
def test_a_change_gives_its_rule_and_nothing_else(rule: Rule, number: int) -> None:
    """All rules are run in the first round of each three; in the others the rule alone, which is faster."""
    if rule.id in {item.rule for item in report_before().not_run}:
        pytest.fail("the rule cannot be tried on the data as it is: mend what `sumy2022 validate` lists as not run")
    data = Shipped(rule, number)
    spot = MUTATORS[rule.id](data)
    expected = (rule.id, *data.place(spot), spot.field)
    before = {identity(finding) for finding in report_before().findings}
    after = report_of(data.outcome(), only=[rule.id] if number % 3 else []).findings
    new = [finding for finding in after if identity(finding) not in before]
    found = [(finding.rule, finding.file, finding.line, finding.field) for finding in new]
    beside = [place for place in found if place[0] in spot.along and place[1:3] == expected[1:3]]
    assert [place for place in found if place not in beside] == [expected], [finding.message for finding in new]
