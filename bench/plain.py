"""The plain way: pandas reads each table whole, and a pandera schema per table checks it with `lazy=True`.

Run `python bench/plain.py PACKAGE`. It knows the types, constraints, keys and references of the schemas, and none of
the rules. Each breach is printed as a JSON line with its kind, table and line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

Schemas = Mapping[str, dict[str, Any]]
KINDS = {"coerce_dtype": "type-error", "multiple_fields_uniqueness": "primary-key", "field_uniqueness": "unique-error",
         "reference": "foreign-key"}  # fmt: skip
"""Which kind of error a failed check is; the others are breaches of constraints."""
TYPES = {"integer": "Int64", "number": "Float64", "date": "datetime64[ns]"}


def column(known: dict[str, Any], reference: pd.Series | None) -> pa.Column:
    limits = known.get("constraints", {})
    checks = []
    if "enum" in limits:
        checks.append(pa.Check.isin(limits["enum"]))
    if "pattern" in limits:
        checks.append(pa.Check.str_matches(f"^(?:{limits['pattern']})$"))
    if "minLength" in limits or "maxLength" in limits:
        checks.append(pa.Check.str_length(limits.get("minLength"), limits.get("maxLength")))
    if "minimum" in limits:
        checks.append(pa.Check.ge(limits["minimum"]))
    if "maximum" in limits:
        checks.append(pa.Check.le(limits["maximum"]))
    if reference is not None:
        checks.append(pa.Check(lambda cells: cells.isin(reference), name="reference"))
    return pa.Column(
        TYPES.get(known["type"], "str"),
        checks,
        nullable=not limits.get("required", False),
        coerce=known["type"] in TYPES,
        unique=False,
    )


def breaches(name: str, frames: Mapping[str, pd.DataFrame], schemas: Schemas) -> set[tuple[str, str, int]]:
    """Return kind, table and line of what is wrong in a table."""
    schema, frame = schemas[name], frames[name]
    targets = {}
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        targets[key["fields"][0]] = frames[reference.get("resource") or name][reference["fields"][0]]
    checks = {known["name"]: column(known, targets.get(known["name"])) for known in schema["fields"]}
    unique = [[known["name"]] for known in schema["fields"] if known.get("constraints", {}).get("unique")]
    found: set[tuple[str, str, int]] = set()
    try:
        keys = schema["primaryKey"]
        pa.DataFrameSchema(checks, unique=keys, report_duplicates="exclude_first").validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.dropna(subset="index")
        kinds = [
            next((KINDS[word] for word in KINDS if check.startswith(word)), "constraint-error")
            for check in cases["check"]
        ]
        cells = list(zip(cases["column"], cases["index"], strict=True))
        untyped = {cell for cell, kind in zip(cells, kinds, strict=True) if kind == "type-error"}
        found |= {
            (kind, name, int(cell[1]) + 2)
            for cell, kind in zip(cells, kinds, strict=True)
            if kind == "type-error"
            or cell not in untyped  # what has not its type is then null, which is no fault of its own
        }
    for key in unique:
        again = frame.duplicated(key) & frame[key].notna().all(axis=1)
        found |= {("unique-error", name, int(row) + 2) for row in frame.index[again]}
    return found


def main() -> None:
    root = Path(sys.argv[1])
    resources = json.loads((root / "datapackage.json").read_text())["resources"]
    schemas = {item["name"]: json.loads((root / item["schema"]).read_text()) for item in resources}
    frames = {
        item["name"]: pd.read_csv(root / item["path"], dtype="str", keep_default_na=False, na_values=[""])
        for item in resources
    }
    for name in schemas:
        for kind, table, line in sorted(breaches(name, frames, schemas)):
            print(json.dumps({"kind": kind, "table": table, "line": line}))


if __name__ == "__main__":
    main()
