"""This program and frictionless find the same faulty cells, whatever the schema and the data.

Where we are stricter on purpose, the made-up data keeps clear of it; `test_strictness.py` lists those places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import write
from fuzzing import fuzz
from referee import Found, Schema, Small, cells, lacks_a_part, one_column, opened, ours, theirs
from sumy2022.frames import Table
from sumy2022.table_schema import ALLOWED_CONSTRAINTS

GOOD: dict[str, list[str]] = {
    "string": ["a", "b", "bc", "abc", "AB-01", "Суми", "𝄞", "x,y", 'q"q', " a", "NA", "null", "nan", "0", "#N/A"],
    "uri": ["https://example.org/a", "http://example.org/a?b=c&d=%20#e", "ftp://example.org"],
    "integer": ["0", "1", "2", "12", "-1", "-12", "999999999999999", "-999999999999999", "999999999999998"],
    "number": ["0", "1", "1.0", "1.50", "1.5", "-0.25", "1e3", "1000", "2.5E-1", "0.3", "999999999.999999"],
    "boolean": ["true", "false"],
    "date": ["2022-02-24", "2022-02-25", "2022-04-08", "2020-02-29", "0024-01-01", "9999-12-31"],
    "year": ["2022", "2023", "1999", "0001", "0000", "9999"],
}
"""Values of each type, few enough that rows repeat and refer to one another."""

BAD: dict[str, list[str]] = {
    "string": [],
    "uri": ["example.org/a", "nowhere", "/a/b"],
    "integer": ["x", "1.5", "1,5", "--1", "true", "2022-02-24", "½", "1e3", "0x1F", "NA"],
    "number": ["x", "1,5", "1.2.3", "true", "2022-02-24", "½", "0x1F", "e5", "NA"],
    "boolean": ["x", "yes", "t", "2", "tRUE", "NA"],
    "date": ["x", "2022-02-30", "2021-02-29", "2022-13-01", "2022-00-10", "24.02.2022", "2022-02-24T00:00:00", "NA"],
    "year": ["x", "22", "20222", "-202", "20.2", "NA"],
}
"""Cells that are not of the type."""

PATTERNS = ["(?:[a-c]{1,2})", "(?:a|bc)", "(?:[A-Z]{2}-[0-9]{2})", "(?:[^a]*)", "(?:(?:a+)+b?)", "(?:.)"]
Row = tuple[str, ...]
JSON_VALUE = {"integer": int, "number": float, "year": int}


def values(kind: str) -> st.SearchStrategy[Any]:
    """Values of a type as a schema states them."""
    return st.sampled_from(GOOD[kind]).map(JSON_VALUE.get(kind, str))


def constraint(name: str, kind: str) -> st.SearchStrategy[Any]:
    match name:
        case "required" | "unique":
            return st.booleans()
        case "enum":
            return st.lists(values(kind), min_size=1, max_size=5, unique=True)
        case "pattern":
            return st.sampled_from(PATTERNS)
        case "minLength" | "maxLength":
            return st.integers(0, 4)
        case _:
            return values(kind)


@st.composite
def columns(draw: st.DrawFn, name: str) -> Schema:
    """A field of the supported subset, with up to three constraints."""
    kind = draw(st.sampled_from(list(GOOD)))
    chosen = st.sampled_from(sorted(ALLOWED_CONSTRAINTS["string" if kind == "uri" else kind]))
    names = draw(st.lists(chosen, max_size=3, unique=True))
    item: Schema = {"name": name, "type": "string", "format": "uri"} if kind == "uri" else {"name": name, "type": kind}
    return item | {"constraints": {each: draw(constraint(each, kind)) for each in names}}


def cell(item: Schema) -> st.SearchStrategy[str]:
    """A cell for a field: more often right than wrong, and sometimes empty."""
    kind = "uri" if item.get("format") == "uri" else item["type"]
    codes = item["constraints"].get("enum", [])
    right = [f"{code:04}" if kind == "year" else str(code) for code in codes] or GOOD[kind]
    return st.sampled_from([*right, *right, *GOOD[kind], *BAD[kind], "", ""])


@st.composite
def tables(draw: st.DrawFn, name: str) -> tuple[Schema, list[Row]]:
    """A table with its schema and, perhaps, a primary key; no row is empty throughout."""
    fields = [draw(columns(f"{name}{number}")) for number in range(draw(st.integers(1, 4)))]
    names = [item["name"] for item in fields]
    schema: Schema = {"fields": fields}
    key = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    if key:
        schema["primaryKey"] = key
    if len(key) > 1:
        for item in fields:
            item["constraints"] |= {"required": True} if item["name"] in key else {}
    rows = draw(st.lists(st.tuples(*map(cell, fields)).filter(any), max_size=7))
    return schema, rows


def reference(here: Sequence[Schema], there: Sequence[Schema], target: str) -> st.SearchStrategy[Schema]:
    """A foreign key between columns of equal type, of one part or two.

    None refers to addresses: frictionless takes a bad one for an empty cell, and we for the text that it is.
    """
    plain = [item for item in there if "format" not in item]
    alike = [(a["name"], b["name"]) for a in here for b in plain if a["type"] == b["type"]]
    if not alike:
        return st.nothing()
    pairs = st.lists(st.sampled_from(alike), min_size=1, max_size=2, unique_by=(lambda p: p[0], lambda p: p[1]))
    resource = {"resource": target} if target else {}
    return pairs.map(
        lambda parts: {
            "fields": [part for part, _ in parts],
            "reference": {**resource, "fields": [part for _, part in parts]},
        }
    )


@st.composite
def packages(draw: st.DrawFn) -> Small:
    """Two tables, of which the second may refer to the first and to itself."""
    (parent, parents), (child, children) = draw(tables("p")), draw(tables("c"))
    possible = [
        reference(child["fields"], parent["fields"], "parent"),
        reference(child["fields"], child["fields"], ""),
    ]
    if possible := [keys for keys in possible if not keys.is_empty]:
        keys = st.lists(st.one_of(possible), max_size=3, unique_by=lambda key: tuple(key["fields"]))
        child["foreignKeys"] = draw(keys)
    for key in child.get("foreignKeys", ()):
        target, rows = (parent, parents) if "resource" in key["reference"] else (child, children)
        here, there = places(child, key["fields"]), places(target, key["reference"]["fields"])
        for number, row in enumerate(children):
            if draw(st.booleans()) and rows:
                children[number] = referring(row, draw(st.sampled_from(rows)), here, there)
    return Small({"parent": parent, "child": child}, {"parent": parents, "child": children})


def places(schema: Schema, names: Sequence[str]) -> list[int]:
    known = [item["name"] for item in schema["fields"]]
    return [known.index(name) for name in names]


def referring(row: Row, target: Row, here: Sequence[int], there: Sequence[int]) -> Row:
    """Return a row that refers to another by the cells at some places."""
    parts = dict(zip(here, (target[place] for place in there), strict=True))
    found = tuple(parts.get(place, cell) for place, cell in enumerate(row))
    return found if any(found) else row


def judged(found: set[Found], read: dict[str, Table]) -> set[Found]:
    """Leave out the keys that lack a part, which frictionless compares by the others."""
    return {
        fault
        for fault in found
        if fault.kind == "cell" or not lacks_a_part(read[fault.table], fault.line, fault.fields)
    }


@fuzz(300)
@given(packages())
def test_the_same_cells_are_faulty(small: Small) -> None:
    with TemporaryDirectory() as folder:
        package, read, _ = opened(write(small.files(), Path(folder)))
        assert package.faults == []
        mine, referee = judged(ours(read), read), judged(theirs(Path(folder)), read)
    assert cells(mine) == cells(referee)


@fuzz(60)
@given(tables("t"), st.data())
def test_unique_keys_are_those_of_plain_python(table: tuple[Schema, list[Row]], data: st.DataObject) -> None:
    schema, rows = table
    texts = [item["name"] for item in schema["fields"] if item["type"] == "string"]
    if len(texts) < 2:
        schema["fields"] += [{"name": name, "type": "string", "constraints": {}} for name in ("x", "y")]
        extra = st.tuples(st.sampled_from(["a", "b", ""]), st.sampled_from(["a", "b", ""]))
        rows, texts = [(*row, *data.draw(extra)) for row in rows], ["x", "y"]
    key = data.draw(st.lists(st.sampled_from(texts), min_size=2, max_size=2, unique=True))
    schema["uniqueKeys"] = [key]
    with TemporaryDirectory() as folder:
        _, read, _ = opened(write(Small({"t": schema}, {"t": rows}).files(), Path(folder)))
    seen: Counter[Row] = Counter()
    repeated = set()
    for line, row in enumerate(rows, 2):
        parts = tuple(row[place] for place in places(schema, key))
        if all(parts) and seen[parts]:
            repeated.add(line)
        seen[parts] += 1
    found = {fault.line for fault in read["t"].faults if fault.rule == "TAB-202" and fault.field == ", ".join(key)}
    assert found == repeated


@pytest.mark.parametrize("kind", GOOD)
def test_the_made_up_values_are_what_they_claim(kind: str) -> None:
    """Both kinds of cells occur, and both programs take them for what they are meant to be."""
    item = {"name": "x", "type": "string", "format": "uri"} if kind == "uri" else {"name": "x", "type": kind}
    rows = [("-", each) for each in GOOD[kind] + BAD[kind]]
    small = Small({"t": {"fields": [{"name": "filled", "type": "string"}, item]}}, {"t": rows})
    wrong = {("t", line, "x") for line in range(len(GOOD[kind]) + 2, len(rows) + 2)}
    with TemporaryDirectory() as folder:
        _, read, _ = opened(write(small.files(), Path(folder)))
        assert cells(ours(read)) == cells(theirs(Path(folder))) == wrong


def test_codes_are_compared_as_values_of_their_type(tmp_path: Path) -> None:
    """A year is written with four digits, and its code in the schema is a number."""
    for kind, right, wrong in (("year", "0022", "2022"), ("integer", "22", "2"), ("date", "2022-02-24", "2022-02-25")):
        code = right if kind == "date" else int(right)
        small = one_column(kind, [right, wrong], constraints={"enum": [code]})
        _, read, _ = opened(write(small.files(), tmp_path))
        assert cells(ours(read)) == cells(theirs(tmp_path)) == {("t", 3, "x")}
