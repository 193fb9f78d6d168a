"""datapackage.json: the parts of it that are checked, refusing all others.

The subset is the one that frictionless 5.21, the Data Package 2.0 profile and this package understand alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sumy2022.document import Reader
from sumy2022.findings import Fault
from sumy2022.rules import structure as st
from sumy2022.storage import folded
from sumy2022.table_schema import fits

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SEMVER = re.compile(r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?")

# Property -> the JSON type it must have. `temporal` and `spatial` are our extensions.
SOURCE = {"title": str, "path": str, "email": str, "version": str}
LICENSE = {"name": str, "path": str, "title": str}
CONTRIBUTOR = {"title": str, "path": str, "email": str, "givenName": str, "familyName": str,
               "organization": str, "roles": list}  # fmt: skip
PACKAGE = {"$schema": str, "name": str, "id": str, "title": str, "description": str, "version": str,
           "created": str, "homepage": str, "image": str, "licenses": list, "contributors": list,
           "keywords": list, "sources": list, "temporal": dict, "spatial": dict, "resources": list}  # fmt: skip
RESOURCE = {"name": str, "path": str, "type": str, "title": str, "description": str, "format": str,
            "mediatype": str, "encoding": str, "bytes": int, "hash": str, "sources": list, "licenses": list,
            "dialect": dict, "schema": str}  # fmt: skip
RESOURCE_LIMIT = 200
"""The most resources that a package may have."""
DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True,
           "skipInitialSpace": False}  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """One resource of the descriptor: `schema` is None for what is not a table."""

    name: str
    path: str
    pointer: str
    schema_path: str | None = None
    bytes: int | None = None
    hash: str | None = None


@dataclass(frozen=True)
class Descriptor:
    """What of datapackage.json the program uses; `document` is all of it, as written."""

    name: str = ""
    version: str = ""
    title: str = ""
    start: str | None = None
    end: str | None = None
    area: str | None = None
    resources: tuple[Resource, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[Resource, ...]:
        """Return the resources that are tables."""
        return tuple(resource for resource in self.resources if resource.schema_path)


def read_descriptor(document: Any, file: str) -> tuple[Descriptor, list[Fault]]:
    """Read the parsed datapackage.json."""
    reader = Reader(file)
    found = reader.properties(document, PACKAGE, "")
    for name, known in (("licenses", LICENSE), ("contributors", CONTRIBUTOR), ("sources", SOURCE)):
        reader.objects(found.get(name, ()), known, name)
    for name, pattern, expected in (
        ("$schema", re.compile(re.escape(PROFILE)), PROFILE),
        ("name", re.compile(r"[a-z0-9._-]+"), "lower-case letters, digits, dots, hyphens"),
        ("version", SEMVER, "a version MAJOR.MINOR.PATCH"),
    ):
        value = found.pop(name, "missing")
        if pattern.fullmatch(value):
            found[name] = value
        else:
            reader.fault(st.BAD_PROPERTY, name, value, expected=expected)
    reader.strings(found.get("keywords", []), "keywords")
    listed = found.get("resources", [])
    if len(listed) > RESOURCE_LIMIT:
        expected = f"a list of at most {RESOURCE_LIMIT:,} resources"
        reader.fault(st.BAD_PROPERTY, "resources", f"a list of {len(listed):,}", expected=expected)
    resources = tuple(_resources(reader, listed[:RESOURCE_LIMIT]))
    if not resources:
        reader.fault(st.BAD_PROPERTY, "resources", found.get("resources", "missing"), expected="a list with a resource")
    period = reader.properties(found.get("temporal", {}), {"start": str, "end": str}, "temporal")
    for end, day in list(period.items()):
        if not fits(day, "date"):
            reader.fault(st.BAD_PROPERTY, f"temporal/{end}", day, expected="a date YYYY-MM-DD")
            del period[end]
    spatial = reader.properties(found.get("spatial", {}), {"place_id": str}, "spatial")
    sound = document if isinstance(document, dict) else {}
    return (
        Descriptor(
            name=found.get("name", ""),
            version=found.get("version", ""),
            title=found.get("title", ""),
            start=period.get("start"),
            end=period.get("end"),
            area=spatial.get("place_id"),
            resources=resources,
            document=sound,
        ),
        reader.faults,
    )


def _resources(reader: Reader, found: list[Any]) -> Iterator[Resource]:
    seen: set[str] = set()
    paths = {folded(reader.file): reader.file}
    for index, properties in enumerate(reader.objects(found, RESOURCE, "resources")):
        pointer = f"resources/{index}"
        name, path = properties.get("name", ""), properties.get("path", "")
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name) or not path:
            lacking = "name" if path else "path"
            reader.fault(
                st.BAD_PROPERTY,
                pointer,
                properties.get(lacking, "missing"),
                expected=f"a resource with a {lacking}",
            )
            continue
        if name.lower() in seen:
            reader.fault(st.NAME_TWICE, pointer, name)
            continue
        seen.add(name.lower())
        for here, other in (("path", path), ("schema", properties.get("schema", path))):
            if paths.setdefault(folded(other), other) != other:
                reader.fault(st.NAME_TWICE, f"{pointer}/{here}", other)
        for here, known in (("sources", SOURCE), ("licenses", LICENSE)):
            reader.objects(properties.get(here, ()), known, f"{pointer}/{here}")
        if properties.get("encoding", "utf-8") != "utf-8":
            reader.fault(st.UNSUPPORTED, f"{pointer}/encoding", problem="the encoding must be utf-8")
        for key, value in properties.get("dialect", {}).items():
            if key not in DIALECT or value != DIALECT[key]:
                wanted = f" other than {json.dumps(DIALECT[key])}" if key in DIALECT else ""
                reader.fault(st.UNSUPPORTED, f"{pointer}/dialect/{key}", problem=f"no value{wanted} is supported")
        tabular = properties.get("type") == "table"
        if tabular and "schema" not in properties:
            reader.fault(st.BAD_PROPERTY, pointer, "missing", expected="a table with the path of its schema")
        yield Resource(name, path, pointer, properties.get("schema") if tabular else None, properties.get("bytes"),
                       properties.get("hash"))  # fmt: skip
