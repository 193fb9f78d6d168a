"""The floor: DuckDB reads and types the CSV files of a package, and evaluates the keys and references of its schemas.

Run `python bench/floor.py PACKAGE`. It prints each breach that it can tell as JSON, and knows neither lines nor rules:
what a validator costs over this is what it says more.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}


def main() -> None:
    root = Path(sys.argv[1])
    descriptor = json.loads((root / "datapackage.json").read_text())
    connection = duckdb.connect()
    schemas = {}
    for item in descriptor["resources"]:
        schemas[item["name"]] = schema = json.loads((root / item["schema"]).read_text())
        columns = {known["name"]: TYPES.get(known["type"], "VARCHAR") for known in schema["fields"]}
        connection.execute(
            f'CREATE TABLE "{item["name"]}" AS SELECT * FROM read_csv(?, header = true, columns = {columns!r},'
            f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', store_rejects = true)",
            [str(root / item["path"])],
        )
    for table, schema in schemas.items():
        for kind, fields, found in breaches(connection, table, schema):
            print(json.dumps({"kind": kind, "table": table, "fields": fields, "rows": found}))
    rejected = connection.execute("SELECT count(*) FROM reject_errors").fetchall()[0][0]
    if rejected:
        print(json.dumps({"kind": "type-error", "table": "", "fields": [], "rows": rejected}))


def breaches(
    connection: duckdb.DuckDBPyConnection, table: str, schema: dict[str, Any]
) -> Iterator[tuple[str, list[str], int]]:
    """Yield kind, fields and number of the keys that are repeated and of the references that lead to nothing."""
    keys = [schema["primaryKey"], *schema.get("uniqueKeys", [])]
    keys += [[known["name"]] for known in schema["fields"] if known.get("constraints", {}).get("unique")]
    for key in keys:
        columns = ", ".join(f'"{name}"' for name in key)
        filled = " AND ".join(f'"{name}" IS NOT NULL' for name in key)
        repeated = connection.execute(
            f'SELECT count(*) FROM (SELECT 1 FROM "{table}" WHERE {filled} GROUP BY {columns} HAVING count(*) > 1)'
        ).fetchall()[0][0]
        if repeated:
            yield "primary-key", key, repeated
    for reference in schema.get("foreignKeys", []):
        target = reference["reference"].get("resource") or table
        pairs = list(zip(reference["fields"], reference["reference"]["fields"], strict=True))
        same = " AND ".join(f'a."{here}" = b."{there}"' for here, there in pairs)
        filled = " AND ".join(f'a."{here}" IS NOT NULL' for here, _ in pairs)
        lost = connection.execute(
            f'SELECT count(*) FROM "{table}" a ANTI JOIN "{target}" b ON {same} WHERE {filled}'
        ).fetchall()[0][0]
        if lost:
            yield "foreign-key", reference["fields"], lost


if __name__ == "__main__":
    main()
