"""Whatever the files of a package hold, validating it gives a report or a usage error."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Files, lay, write
from fuzzing import fuzz
from hostile import (
    DESCRIPTOR,
    EVENTS,
    FILES,
    HISTORY,
    OUTLINE,
    RELEASE,
    SCHEMA,
    SMALL,
    STRUCTURE,
    TABLES,
    VALUES,
    altered,
    any_bytes,
    ids,
    judged,
    with_schema,
    with_title,
)
from sumy2022.document import read_json
from sumy2022.example import Edit
from sumy2022.findings import Report
from sumy2022.rule import REGISTRY, Rule
from sumy2022.rules import structure as rules
from sumy2022.validation import validate

MANIFEST = json.dumps(
    {
        "version": "0.0.9",
        "tables": {"events": {"rows": 1, "columns": ["event_id"], "ids": ["EVT-0001"], "sha256": "0" * 64}},
    }
).encode()


# Made up ---------------------------------------------------------------------------------------------------------


def changed(*paths: str, ways: Sequence[Callable[[bytes], st.SearchStrategy[bytes]]]) -> st.SearchStrategy[Files]:
    """One file of the miniature, changed in one of some ways."""

    def change(path: str) -> st.SearchStrategy[Files]:
        return st.one_of([way(FILES[path]) for way in ways]).map(lambda data: {path: data})

    return st.sampled_from(paths).flatmap(change)


def about(table: str) -> list[str]:
    """The rules that may read a table."""

    def reads(rule: Rule) -> bool:
        return rule.table in {None, table} or table in rule.needs or any("." in path for path in rule.columns)

    return [rule.id for rule in REGISTRY.values() if reads(rule)]


@fuzz(30)
@given(changed(*(f"data/{table}.csv" for table in TABLES), ways=[any_bytes]))
def test_any_bytes_in_a_table(change: Files) -> None:
    judged(FILES | change, about(Path(next(iter(change))).stem))


@fuzz(60)
@given(changed(DESCRIPTOR, ways=[any_bytes, altered, altered]))
def test_any_bytes_or_values_in_the_descriptor(change: Files) -> None:
    judged(FILES | change, STRUCTURE)


@fuzz(60)
@given(changed(*(f"schemas/{table}.json" for table in TABLES), ways=[any_bytes, altered, altered]))
def test_any_bytes_or_values_in_a_schema(change: Files) -> None:
    judged(FILES | change, STRUCTURE)


@fuzz(20)
@given(changed(*(f"schemas/{table}.json" for table in TABLES), ways=[altered]))
def test_any_values_in_a_schema_under_all_rules(change: Files) -> None:
    judged(FILES | change)


@fuzz(30)
@given(changed(OUTLINE, ways=[any_bytes, altered]))
def test_any_bytes_or_values_in_the_outline(change: Files) -> None:
    judged(FILES | change, [rules.BAD_OUTLINE])


@fuzz(30)
@given(any_bytes(MANIFEST) | altered(MANIFEST))
def test_any_bytes_or_values_in_a_release(manifest: bytes) -> None:
    judged(FILES | {RELEASE: manifest}, HISTORY)


@fuzz(300)
@given(st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode()) | altered(MANIFEST))
def test_any_json_is_read_or_refused(data: bytes) -> None:
    document, faults = read_json(data, "x.json")
    if not faults:
        assert document == json.loads(data)


@pytest.mark.parametrize(("table", "field", "kind"), [
    ("events", "date_start", "string"),
    ("events", "title", "integer"),
    ("places", "latitude", "string"),
    ("casualties", "count_low", "date"),
])  # fmt: skip
def test_a_rule_does_not_run_where_the_schema_gives_a_field_another_type(table: str, field: str, kind: str) -> None:
    path = f"schemas/{table}.json"
    schema = json.loads(FILES[path])
    next(item for item in schema["fields"] if item["name"] == field).update(type=kind, constraints={})
    report = judged(FILES | {path: json.dumps(schema).encode()})
    assert isinstance(report, Report)
    assert report.not_run


# Documents one by one --------------------------------------------------------------------------------------------

BAD_DOCUMENTS = {
    "nothing": b"",
    "white space": b" \n",
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "lists just under Python's limit": b"[" * 900 + b"]" * 900,
    "open lists": b"[" * 100_000,
    "a name twice": b'{"name": "a", "name": "b"}',
    "a number beyond floats": b'{"bytes": 1' + b"0" * 400 + b"}",
    "an endless number": b'{"bytes": 1' + b"0" * 5_000 + b"}",
    "a number without limit": b'{"bytes": 1e400}',
    "not a number": b'{"bytes": NaN}',
    "infinity": b'{"bytes": -Infinity}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "bytes of a surrogate": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "NUL": b'{"name": "\0"}',
    "two documents": b"{}{}",
    "too many bytes": b'{"name": "' + b"x" * 3_000_000 + b'"}',
    "a CSV": b"a,b\n1,2\n",
}


@pytest.mark.parametrize("path", [DESCRIPTOR, SCHEMA, RELEASE])
@pytest.mark.parametrize("case", BAD_DOCUMENTS)
def test_a_document_that_cannot_be_read_is_a_finding(case: str, path: str) -> None:
    assert rules.BAD_JSON in ids(judged(SMALL | {path: BAD_DOCUMENTS[case]}, [rules.BAD_JSON, *HISTORY]))


@pytest.mark.parametrize("case", BAD_DOCUMENTS)
def test_an_outline_that_cannot_be_read_is_a_finding(case: str) -> None:
    found = judged(SMALL | {OUTLINE: BAD_DOCUMENTS[case]}, [rules.BAD_OUTLINE])
    assert ids(found) == {rules.BAD_OUTLINE}


KINDS = ["[]", "null", '"text"', "1", "true", "{}", '{"resources": {}}', '{"resources": [[]]}', '{"fields": [null]}']


@pytest.mark.parametrize("text", KINDS)
@pytest.mark.parametrize("path", [DESCRIPTOR, SCHEMA])
def test_a_document_of_another_kind_is_a_finding(text: str, path: str) -> None:
    assert rules.BAD_PROPERTY in ids(judged(SMALL | {path: text.encode()}, [rules.BAD_PROPERTY]))


def polygon(*rings: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": rings}


GEOMETRIES: dict[str, object] = {
    "null": None,
    "a list": [],
    "no coordinates": {"type": "Polygon"},
    "no ring": polygon(),
    "an empty ring": polygon([]),
    "a ring of one point": polygon([[1, 2]]),
    "a point of one number": polygon([[1, 2], [3], [4, 5], [1, 2]]),
    "a point of text": polygon([["x", 2], [3, 4], [4, 5], ["x", 2]]),
    "numbers beyond floats": polygon([[10**400, 2], [3, 4], [4, 5], [10**400, 2]]),
    "a ring that crosses itself": polygon([[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]),
    "coordinates that are an object": {"type": "Polygon", "coordinates": {"0": 1}},
    "a ring that is a point": {"type": "MultiPolygon", "coordinates": [[[0, 0]]]},
    "a collection of null": {"type": "GeometryCollection", "geometries": [None]},
    "an empty collection": {"type": "GeometryCollection", "geometries": []},
    "a point": {"type": "Point", "coordinates": [1, 2]},
    "an unknown type": {"type": "x" * 100},
    "the type null": {"type": None},
    "numbers near the end of floats": polygon([[1e308, -1e308], [3, 1e308], [-1e308, 5], [1e308, -1e308]]),
    "numbers off the globe": polygon([[10**300, 2], [3, 10**300], [4, 5], [10**300, 2]]),
}


@pytest.mark.parametrize("case", GEOMETRIES)
def test_a_geometry_that_cannot_be_used_is_a_finding(case: str) -> None:
    features = [{"type": "Feature", "properties": {"place_id": "PLC-0001"}, "geometry": GEOMETRIES[case]}]
    outline = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert ids(judged(SMALL | {OUTLINE: outline}, [rules.BAD_OUTLINE])) == {rules.BAD_OUTLINE}


def key(fields: list[str], target: list[str], **resource: str) -> dict[str, Any]:
    return {"fields": fields, "reference": {**resource, "fields": target}}


@pytest.mark.parametrize(
    ("rule", "properties"),
    [
        ("PKG-007", {"foreignKeys": [key(["part_of"], ["nowhere"])]}),
        ("PKG-007", {"foreignKeys": [key(["nowhere"], ["event_id"])]}),
        ("PKG-007", {"foreignKeys": [key(["part_of"], ["event_id"], resource="nowhere")]}),
        ("PKG-007", {"foreignKeys": [key(["event_id", "part_of"], ["place_id"], resource="places")]}),
        ("PKG-007", {"foreignKeys": [key(["date_start"], ["event_id"])]}),
        ("PKG-009", {"foreignKeys": [key(["part_of", "part_of"], ["event_id", "title"])]}),
        ("PKG-009", {"foreignKeys": [key(["part_of", "title"], ["event_id", "event_id"])]}),
        ("PKG-003", {"foreignKeys": [None, 1, [], {"fields": 1, "reference": []}]}),
        ("PKG-009", {"primaryKey": ["event_id", "event_id"]}),
        ("PKG-003", {"primaryKey": "event_id"}),
        ("PKG-003", {"primaryKey": [["event_id"]]}),
        ("PKG-009", {"uniqueKeys": [["title", "title"]]}),
        ("PKG-003", {"uniqueKeys": ["title", None]}),
        ("PKG-006", {"missingValues": ["", "-"]}),
        ("PKG-003", {"fields": []}),
        ("PKG-003", {"fields": [{"name": "a,b", "type": "string"}], "primaryKey": ["a,b"]}),
    ],
)
def test_a_broken_schema_is_a_finding_and_no_fault_of_the_rows(rule: str, properties: dict[str, Any]) -> None:
    found = ids(judged(with_schema(properties), STRUCTURE))
    assert rule in found
    assert not {"TAB-201", "TAB-202", "TAB-203"} & found


@pytest.mark.parametrize(
    ("rule", "constraints"),
    [
        ("PKG-003", {"minLength": 10**30}),
        ("PKG-003", {"maxLength": -1}),
        ("PKG-003", {"maxLength": True}),
        ("PKG-006", {"minimum": 10**200}),
        ("PKG-006", {"pattern": "(?:" + "(" * 5000 + ")" * 5000 + ")"}),
        ("PKG-006", {"pattern": "(?:a{99999999999})"}),
        ("PKG-006", {"pattern": "(?:((a{1000}){1000}){1000})"}),
        ("PKG-006", {"pattern": "(?:[[:alpha:]])"}),
        ("PKG-006", {"pattern": "(?:(a)\\1)"}),
        ("PKG-006", {"pattern": "(?:a)(?:b)|c(?:)"}),
        ("PKG-006", {"pattern": "(?:"}),
        ("PKG-003", {"enum": []}),
        ("PKG-003", {"enum": [["x"], {}]}),
    ],
)
def test_a_constraint_that_cannot_be_checked_is_a_finding(rule: str, constraints: dict[str, Any]) -> None:
    assert ids(judged(with_title(constraints), STRUCTURE)) == {rule}


@pytest.mark.parametrize("limit", [10**400, 10**300, 1e308])
def test_a_bound_beyond_floats_is_a_finding(limit: float) -> None:
    path = "schemas/places.json"
    schema = json.loads(SMALL[path])
    next(item for item in schema["fields"] if item["name"] == "latitude")["constraints"] = {"minimum": limit}
    found = judged(SMALL | {path: json.dumps(schema).encode()}, [rules.BAD_JSON, rules.BAD_PROPERTY])
    assert ids(found) <= {rules.BAD_JSON, rules.BAD_PROPERTY} != set()


# What takes long -------------------------------------------------------------------------------------------------


def seconds(files: Files, folder: Path) -> float:
    """Return the processor time that a validation takes, which has to find something."""
    write(files, folder)
    began = time.process_time()
    assert validate(folder, only=STRUCTURE).findings
    return time.process_time() - began


def test_no_pattern_takes_exponential_time(tmp_path: Path) -> None:
    files = lay(SMALL, [Edit("events", {"title": "a" * 50_000 + "!"})])
    assert seconds(with_title({"pattern": "(?:(?:(a+)+b|(a|a)*c|(.*)*d))"}, files), tmp_path) < 5


LONG_TABLES = {
    "many columns of no name": b"," * 20_000,
    "many columns": b",".join(b"c%d" % number for number in range(3_000)),
    "a long name of a column": b"x" * 90_000 + b",event_id\n",
    "open quotes": b"event_id,title\n" + b'"\n' * 20_000,
    "quotes across the lines": b"event_id,title\n" + b'a,"\n' * 2_000,
    "blank lines": b"event_id\n" + b"\n" * 50_000,
    "equal keys": b"event_id\n" + b"x\n" * 2_000,
    "bad bytes": b"event_id\n" + b"\xff\n" * 20_000,
    "ragged rows": b"event_id\n" + b",\n" * 20_000,
}


@pytest.mark.parametrize("case", LONG_TABLES)
def test_no_table_takes_long(case: str, tmp_path: Path) -> None:
    assert seconds(SMALL | {EVENTS: LONG_TABLES[case]}, tmp_path) < 10


HUGE_LINES = {
    "a header without end": (b"x" * 100_000_000, "CSV-006"),
    "a header of commas": (b"," * 50_000_000, "CSV-006"),
    "a record without end": (SMALL[EVENTS] + b"x" * 100_000_000, "CSV-006"),
    "a record of commas": (SMALL[EVENTS] + b"," * 50_000_000 + b"\n", "CSV-004"),
    "a record of quotes": (SMALL[EVENTS] + b'"' * 50_000_000 + b"\n", "CSV-006"),
    "records of commas in one quote": (SMALL[EVENTS] + (b"," * 1_000_000 + b'"\n') * 30, "CSV-006"),
    "commas before a carriage return": (SMALL[EVENTS] + b"," * 50_000_000 + b"\r", "CSV-004"),
}


@pytest.mark.parametrize("case", HUGE_LINES)
def test_no_line_takes_long(case: str, tmp_path: Path) -> None:
    data, rule = HUGE_LINES[case]
    write(SMALL | {EVENTS: data}, tmp_path)
    began = time.process_time()
    assert rule in ids(validate(tmp_path, only=[rule]))
    assert time.process_time() - began < 10


def test_a_line_that_is_too_long_costs_no_other() -> None:
    lines = SMALL[EVENTS].splitlines(keepends=True)
    report = judged(SMALL | {EVENTS: b"".join([*lines[:2], b"," * 6_000_000 + b"\n", *lines[2:]])}, STRUCTURE)
    assert isinstance(report, Report)
    assert [(item.rule, item.line) for item in report.findings] == [("CSV-004", 3)]
    assert "more than 5000000 cells" in report.findings[0].message
    assert report.rows["events"] == len(lines) - 1


@pytest.mark.parametrize(
    "constraints", [{"enum": [f"code {number}" for number in range(50_000)]}, {"pattern": f"(?:{'x' * 500_000})"},
                    {"enum": ["x" * 500_000]}],
)  # fmt: skip
def test_what_a_schema_demands_is_not_told_whole_for_every_cell(constraints: dict[str, Any], tmp_path: Path) -> None:
    header, row, *_ = SMALL[EVENTS].splitlines(keepends=True)
    write(with_title(constraints, SMALL | {EVENTS: header + row * 300}), tmp_path)
    began = time.process_time()
    findings = validate(tmp_path, only=STRUCTURE).findings
    assert time.process_time() - began < 10
    for finding in findings:
        assert len(finding.message) < 5_000
        assert len(finding.fix) < 5_000


def test_a_package_has_a_bounded_number_of_resources() -> None:
    document = json.loads(SMALL[DESCRIPTOR])
    document["resources"] += [{"name": f"r{number}", "path": OUTLINE} for number in range(200)]
    report = judged(SMALL | {DESCRIPTOR: json.dumps(document).encode()}, STRUCTURE)
    assert isinstance(report, Report)
    assert [item.message for item in report.findings] == [
        "resources is a list of 203, but must be a list of at most 200 resources"
    ]


def test_a_descriptor_that_names_itself_many_times_is_read(tmp_path: Path) -> None:
    document = json.loads(SMALL[DESCRIPTOR])
    document["resources"] += [
        {"name": f"r{number}", "type": "table", "path": DESCRIPTOR, "schema": DESCRIPTOR} for number in range(40)
    ]
    report = validate(write(SMALL | {DESCRIPTOR: json.dumps(document).encode()}, tmp_path), only=STRUCTURE)
    assert {rules.UNKNOWN_PROPERTY, rules.BAD_PROPERTY} <= ids(report)


ENCODINGS = {
    "UTF-16": ("utf-16", {"CSV-002", "CSV-003"}),
    "UTF-16 without a mark": ("utf-16-le", {"CSV-003"}),
    "UTF-32": ("utf-32", {"CSV-002", "CSV-003"}),
    "Windows-1251": ("cp1251", {"CSV-002"}),
    "KOI8-U": ("koi8-u", {"CSV-002"}),
    "bytes of a surrogate": ("utf-8", {"CSV-002"}),
}


@pytest.mark.parametrize("case", ENCODINGS)
def test_another_encoding_is_a_finding_on_its_lines_and_no_other(case: str) -> None:
    encoding, expected = ENCODINGS[case]
    text = "Тростянець" if encoding != "utf-8" else "\ud800"
    row = SMALL[EVENTS].splitlines()[1].decode().replace("Alpha", text) + "\n"
    report = judged(SMALL | {EVENTS: SMALL[EVENTS] + row.encode(encoding, "surrogatepass")}, STRUCTURE)
    assert isinstance(report, Report)
    assert expected <= ids(report) <= expected | {"CSV-107", "CSV-002"}
    assert min(item.line or 0 for item in report.findings) > SMALL[EVENTS].count(b"\n")
    assert report.rows["events"] == SMALL[EVENTS].count(b"\n") - 1


def test_no_document_takes_long(tmp_path: Path) -> None:
    names = b"".join(b'"n%d":0,' % number for number in range(150_000))
    assert seconds(SMALL | {DESCRIPTOR: b"{" + names + b'"n1":0}'}, tmp_path) < 5
