"""A table as Arrow holds it: of the types of its schema, checked, and with what is said about it as metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa

from sumy2022.exports.about import About, schema_document
from sumy2022.loading import load
from sumy2022.package import Package
from sumy2022.schema import TableSchema

TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "year": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
"""The Arrow type of each type of a field.

Codes are plain strings too. As dictionaries they would come back from Polars and pandas as categories, which cannot be
joined or put under one another where two versions have other codes, and would save nothing: Parquet keeps each
distinct text of a column once anyway.
"""


def arrow_table(package: Package, name: str, said: About) -> pa.Table:
    """Return a table, typed by its schema; raises `UsageError` as `load` does.

    A required field cannot be null. The metadata of the table say what the package is (`said`), and hold the Table
    Schema as JSON; those of each field its title and description.
    """
    schema, document = package.schemas[name], schema_document(package, name)
    about_table = {"table": name, "table_schema": json.dumps(document, ensure_ascii=False)}
    fields = [
        pa.field(
            known.name,
            TYPES[known.type],
            nullable=not (known.required or known.name in schema.primary_key),
            metadata=_encoded({key: item[key] for key in ("title", "description") if key in item}),
        )
        for known, item in zip(schema.fields, document["fields"], strict=True)
    ]
    arrays = _arrays(schema, load(name, package))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=_encoded(asdict(said) | about_table)))


def _arrays(schema: TableSchema, frame: pd.DataFrame) -> list[pa.Array]:
    # A date goes by way of the moment that it begins with, which is how pandas holds it.
    return [
        pa.array(frame[known.name], from_pandas=True).cast(TYPES[known.type])
        if known.type == "date"
        else pa.array(frame[known.name], type=TYPES[known.type], from_pandas=True)
        for known in schema.fields
    ]


def _encoded(words: Mapping[str, Any]) -> dict[bytes, bytes]:
    return {key.encode(): str(text).encode() for key, text in words.items()}
