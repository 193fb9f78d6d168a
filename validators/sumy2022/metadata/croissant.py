"""The package in Croissant 1.0, from which tools of machine learning load its tables.

A table is a record set, a field a field with its type and the column it comes from; keys and references are stated, and
the codes of a field are record sets of their own. Source: https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sumy2022.exports.about import schema_document
from sumy2022.metadata.facts import Facts, File
from sumy2022.metadata.schema_org import properties
from sumy2022.package import Package
from sumy2022.schema import TableSchema

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
OURS = (
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
"""The names of the format itself, which the context maps to its vocabulary."""
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"cr:{name}" for name in OURS},
}
"""The context that the specification gives, which readers compare with."""
TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "year": "sc:Integer",
}


def document(package: Package, known: Facts) -> dict[str, Any]:
    """Return the Croissant document of a package."""
    said = properties(known)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        **{name: value for name, value in said.items() if name != "creditText"},
        "citeAs": known.citation,
        "isLiveDataset": False,
        "distribution": [_file(file) for file in known.files],
        "recordSet": [part for schema in package.schemas.values() for part in _record_sets(package, schema)],
    }


def _file(file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": file.description or file.title,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": file.mediatype,
        "sha256": file.sha256,
    }


def _record_sets(package: Package, schema: TableSchema) -> Iterator[dict[str, Any]]:
    """Yield the record set of a table, then those of its codes."""
    written = schema_document(package, schema.name)
    fields = {item["name"]: item for item in written["fields"]}
    found = {
        "@type": "cr:RecordSet",
        "@id": schema.name,
        "name": schema.name,
        "description": written.get("description") or schema.name,
    }
    if schema.primary_key:
        keys = [{"@id": f"{schema.name}/{part}"} for part in schema.primary_key]
        found["key"] = keys[0] if len(keys) == 1 else keys
    yield {**found, "field": [_field(package, schema, name, item) for name, item in fields.items()]}
    for name, item in fields.items():
        if item.get("categories"):
            yield _codes(f"{schema.name}.{name}", item)


def _field(package: Package, schema: TableSchema, name: str, item: dict[str, Any]) -> dict[str, Any]:
    kind = "sc:URL" if item.get("format") == "uri" else TYPES[item["type"]]
    found = {
        "@type": "cr:Field",
        "@id": f"{schema.name}/{name}",
        "name": name,
        "description": item.get("description") or item.get("title") or name,
        "dataType": kind,
        "source": {"fileObject": {"@id": package.resource(schema.name).path}, "extract": {"column": name}},
    }
    # A table's references to itself are left to the schemas: Croissant's own reader takes them for an endless chain.
    others = (key for key in schema.foreign_keys if key.target != schema.name)
    reference = next((key for key in others if key.fields == (name,)), None)
    if reference is not None:
        found["references"] = {"field": {"@id": f"{reference.target}/{reference.target_fields[0]}"}}
    elif item.get("categories"):
        found["references"] = {"field": {"@id": f"{schema.name}.{name}/code"}}
    return found


def _codes(name: str, item: dict[str, Any]) -> dict[str, Any]:
    """Return the codes of a field with their meanings, as data that stands in the document itself."""
    code = TYPES[item["type"]]
    columns = {"code": ("value", code), "label": ("label", "sc:Text"), "meaning": ("description", "sc:Text")}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"The codes of {name}.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/code"},
        "field": [
            {"@type": "cr:Field", "@id": f"{name}/{column}", "name": column, "dataType": kind}
            for column, (_, kind) in columns.items()
        ],
        "data": [
            {f"{name}/{column}": category.get(of, "") for column, (of, _) in columns.items()}
            for category in item["categories"]
        ],
    }
