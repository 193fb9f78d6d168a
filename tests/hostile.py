"""Packages from someone who means harm or has had an accident, and what must hold of every answer to them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from conftest import Files, _miniature, write
from sumy2022.findings import Report, UsageError
from sumy2022.render import FORMATS, renderer
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all
from sumy2022.validation import validate

load_all()
FILES: Files = dict(_miniature())
DESCRIPTOR, SCHEMA, EVENTS = "datapackage.json", "schemas/events.json", "data/events.csv"
OUTLINE, RELEASE = "data/outline.geojson", "releases/0.0.9.json"


def cut_down(files: Files, *names: str) -> Files:
    """Return a package with some of its resources only."""
    descriptor = json.loads(files[DESCRIPTOR])
    descriptor["resources"] = [item for item in descriptor["resources"] if item["name"] in names]
    paths = {item[name] for item in descriptor["resources"] for name in ("path", "schema") if name in item}
    return {path: files[path] for path in paths} | {DESCRIPTOR: json.dumps(descriptor).encode()}


SMALL = cut_down(FILES, "places", "events", "outline")
"""Two of the tables, for what does not hang on the others."""
TABLES = [path.removeprefix("data/").removesuffix(".csv") for path in FILES if path.endswith(".csv")]
STRUCTURE = [rule.id for rule in REGISTRY.values() if rule.predicate is None and rule.finder is None]
"""The rules of descriptor, schemas, files and cells, which judge a package whatever it is about."""
HISTORY = [rule.id for rule in REGISTRY.values() if rule.finder is not None]
"""The rules that read the manifests of releases."""


def outcome(where: Path, only: Sequence[str] = ()) -> Report | UsageError:
    """Validate a package and check what every format makes of the report."""
    try:
        report = validate(where, only=only)
    except UsageError as error:
        return error
    for name in FORMATS:
        check_output(name, renderer(name)(report))
    return report


def judged(files: Files, only: Sequence[str] = ()) -> Report | UsageError:
    """Write a package and validate it."""
    with TemporaryDirectory() as folder:
        return outcome(write(files, Path(folder)), only)


def ids(result: Report | UsageError) -> set[str]:
    """Return the rules of the findings."""
    assert isinstance(result, Report), result
    return {finding.rule for finding in result.findings}


def commanding(text: str) -> set[str]:
    """Return the characters that command a terminal, or that cannot be written at all."""
    return {char for char in set(text) if unicodedata.category(char) in {"Cc", "Cs"}} - {"\n"}


def check_output(name: str, text: str) -> None:
    """Check that a report commands nothing and is of its format."""
    assert commanding(text) == set(), name
    match name:
        case "json":
            json.loads(text)
        case "sarif":
            assert json.loads(text)["version"] == "2.1.0"
        case "junit":
            ET.fromstring(text)
        case "github":
            *annotations, summary = text.splitlines()
            assert not re.search(r"^\s*::|##\[", summary)
            for line in annotations:
                assert re.fullmatch(r"::(error|warning|notice) (file|title)=[^:\n]*::.*", line)
        case "markdown":
            assert "<" not in text
            rows = [line for line in text.splitlines() if line.startswith("|")]
            assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows} <= {6}


def with_path(path: object, name: str = "path") -> Files:
    """Return the small package with another path, of the data or the schema, of the table of events."""
    document = json.loads(SMALL[DESCRIPTOR])
    next(item for item in document["resources"] if item["name"] == "events")[name] = path
    return SMALL | {DESCRIPTOR: json.dumps(document).encode()}


def with_schema(properties: dict[str, Any], files: Files = SMALL) -> Files:
    """Return a package with some properties of the schema of events set."""
    return files | {SCHEMA: json.dumps(json.loads(files[SCHEMA]) | properties).encode()}


def with_title(constraints: dict[str, Any], files: Files = SMALL) -> Files:
    """Return a package with the constraints of one field, the title of an event, set."""
    fields = json.loads(files[SCHEMA])["fields"]
    next(item for item in fields if item["name"] == "title")["constraints"] = constraints
    return with_schema({"fields": fields}, files)


# Made up ---------------------------------------------------------------------------------------------------------

SCRAPS = [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"{", b"]", b":", b"-", b"9", b"\xe2\x80\xae", b"\\u0000"]


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """A file with a few bytes changed, put in or cut out."""
    damage = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(damage)))
        new = draw(st.sampled_from(SCRAPS) | st.binary(max_size=3))
        damage[at : at + draw(st.sampled_from([0, 0, 1, 1, 2, 30]))] = new
    return bytes(damage)


def any_bytes(data: bytes) -> st.SearchStrategy[bytes]:
    """Random bytes, random text and, mostly, a real file that is damaged."""
    return damaged(data) | damaged(data) | st.binary(max_size=80) | st.text(max_size=80).map(str.encode)


WORDS = ["", "string", "date", "integer", "table", "events", "event_id", "title", "place_id", "../x", EVENTS, SCHEMA,
         "(?:a)", "(?:(a+)+)", "0.1.0", "2022-02-24", "PLC-0001", "\x1b[1m", "\U0010ffff", "Polygon"]  # fmt: skip
ATOMS = st.sampled_from([None, True, False, 0, -1, 1, 2**63, 10**200, 1e308, -0.5, *WORDS]) | st.text(max_size=5)
NAMES = st.sampled_from(WORDS) | st.text(max_size=3)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)


def nodes(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a document, as its container and the key or index in it."""
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield document, key
            yield from nodes(document[key])


@st.composite
def altered(draw: st.DrawFn, data: bytes) -> bytes:
    """A JSON document with a few of its values replaced, taken out or copied to another place."""
    document = json.loads(data)
    for _ in range(draw(st.integers(1, 3))):
        places = list(nodes(document))
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        source, there = draw(st.sampled_from(places))
        copy = json.loads(json.dumps(source[there]))
        match draw(st.sampled_from(["replace", "replace", "replace", "remove", "copy"])):
            case "replace":
                container[key] = draw(VALUES)
            case "remove":
                del container[key]
            case "copy":
                container[key] = copy
    return json.dumps(document).encode()
