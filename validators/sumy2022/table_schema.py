"""Table Schemas as written: which of their parts are supported, and what is wrong with them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.document import Reader
from sumy2022.findings import Fault, hint
from sumy2022.reading import CELL_LIMIT
from sumy2022.rules import structure as st
from sumy2022.schema import BOUNDS, LEXICAL, Field, ForeignKey, TableSchema

# Property -> the JSON type it must have. `description` of a category is our extension.
SCHEMA = {"name": str, "title": str, "description": str, "fields": list, "missingValues": list,
          "primaryKey": list, "uniqueKeys": list, "foreignKeys": list}  # fmt: skip
FIELD = {"name": str, "title": str, "description": str, "type": str, "format": str, "constraints": dict,
         "categories": list, "example": str, "rdfType": str}  # fmt: skip
CATEGORY = {"value": (str, int), "label": str, "description": str}
CONSTRAINTS = {"required": bool, "unique": bool, "enum": list, "pattern": str, "minLength": int, "maxLength": int,
               "minimum": (int, float, str), "maximum": (int, float, str), "exclusiveMinimum": (int, float, str),
               "exclusiveMaximum": (int, float, str)}  # fmt: skip
FOREIGN_KEY = {"fields": list, "reference": dict}
REFERENCE = {"resource": str, "fields": list}

FIELD_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""What a column can be called: commas and dots separate names in messages, keys and the columns of rules."""

ALLOWED_CONSTRAINTS = {
    "string": {"required", "unique", "enum", "pattern", "minLength", "maxLength"},
    "integer": {"required", "unique", "enum", *BOUNDS},
    "number": {"required", "unique", *BOUNDS},
    "boolean": {"required"},
    "date": {"required", "unique", "enum", *BOUNDS},
    "year": {"required", "unique", "enum", *BOUNDS},
}
"""The constraints that each type can have."""


def read_schema(document: Any, name: str, file: str) -> tuple[TableSchema, list[Fault]]:
    """Read one parsed Table Schema as that of the table `name`."""
    reader = Reader(file)
    found = reader.properties(document, SCHEMA, "")
    fields = tuple(_fields(reader, found.get("fields", [])))
    if not fields:
        reader.fault(st.BAD_PROPERTY, "fields", found.get("fields", "missing"), expected="a list with a field")
    names = {known.name for known in fields}

    def key(parts: Any, pointer: str) -> tuple[str, ...]:
        columns = _unrepeated(reader, parts, pointer)
        for column in columns:
            if column not in names:
                reader.fault(
                    st.BAD_REFERENCE,
                    pointer,
                    problem=f"there is no field {column}{hint(column, list(names))}",
                )
        return columns if columns and set(columns) <= names else ()

    foreign = []
    for index, item in enumerate(reader.objects(found.get("foreignKeys", []), FOREIGN_KEY, "foreignKeys")):
        pointer = f"foreignKeys/{index}"
        reference = reader.properties(item.get("reference"), REFERENCE, f"{pointer}/reference")
        columns = key(item.get("fields"), f"{pointer}/fields")
        targets = _unrepeated(reader, reference.get("fields"), f"{pointer}/reference/fields")
        if columns and targets:
            foreign.append(ForeignKey(columns, reference.get("resource") or name, targets))
    if found.get("missingValues", [""]) != [""]:
        reader.fault(st.UNSUPPORTED, "missingValues", problem="only the empty cell may stand for a missing value")
    schema = TableSchema(
        name=name,
        file=file,
        fields=fields,
        primary_key=key(found["primaryKey"], "primaryKey") if "primaryKey" in found else (),
        unique_keys=tuple(
            columns
            for index, part in enumerate(found.get("uniqueKeys", []))
            if (columns := key(part, f"uniqueKeys/{index}"))
        ),
        foreign_keys=tuple(foreign),
    )
    return schema, reader.faults


def _unrepeated(reader: Reader, parts: Any, pointer: str) -> tuple[str, ...]:
    """Return the columns that a key names; one that is named twice is a fault."""
    columns = reader.strings(parts, pointer)
    twice = [column for index, column in enumerate(columns) if column in columns[:index]]
    if twice:
        reader.fault(st.NAME_TWICE, pointer, twice[0])
    return () if twice else columns


def _fields(reader: Reader, found: list[Any]) -> Iterator[Field]:
    seen: set[str] = set()
    for index, properties in enumerate(reader.objects(found, FIELD, "fields")):
        pointer = f"fields/{index}"
        name = properties.get("name", "")
        if not FIELD_NAME.fullmatch(name):
            expected = "a field with a name of letters, digits, _ and -"
            reader.fault(st.BAD_PROPERTY, pointer, properties.get("name", "missing"), expected=expected)
            continue
        if name.lower() in seen:
            reader.fault(st.NAME_TWICE, pointer, name)
            continue
        seen.add(name.lower())
        kind = properties.get("type", "missing")
        if kind not in LEXICAL:
            reader.fault(st.UNSUPPORTED, f"{pointer}/type", problem=f"the type {kind} is not supported")
            continue
        form = properties.get("format", "default")
        if form != "default" and (kind, form) != ("string", "uri"):
            reader.fault(st.UNSUPPORTED, f"{pointer}/format", problem=f"the format {form} of {kind} is not supported")
        constraints = _constraints(reader, properties.get("constraints", {}), kind, f"{pointer}/constraints")
        _same_codes(reader, constraints.get("enum"), properties, pointer)
        yield Field(name, kind, form, constraints, properties.get("example"))


def _constraints(reader: Reader, found: Any, kind: str, pointer: str) -> dict[str, Any]:
    sound = reader.properties(found, CONSTRAINTS, pointer)
    for name in list(sound):
        here = f"{pointer}/{name}"
        if name not in ALLOWED_CONSTRAINTS[kind]:
            reader.fault(st.UNSUPPORTED, here, problem=f"{name} is not supported for the type {kind}")
        elif name == "pattern" and (problem := pattern_problem(sound[name])):
            reader.fault(st.UNSUPPORTED, here, problem=problem)
        elif name in {"minLength", "maxLength"} and not 0 <= sound[name] <= CELL_LIMIT:
            reader.fault(st.BAD_PROPERTY, here, sound[name], expected=f"a length between 0 and {CELL_LIMIT}")
        elif name in BOUNDS and not fits(sound[name], kind):
            reader.fault(st.BAD_PROPERTY, here, sound[name], expected=f"a value of the type {kind}")
        elif name == "enum" and not (sound[name] and all(fits(code, kind) for code in sound[name])):
            reader.fault(st.BAD_PROPERTY, here, sound[name], expected=f"a list of values of the type {kind}")
        else:
            continue
        del sound[name]
    return sound


def fits(value: Any, kind: str) -> bool:
    """Tell whether a bound or code is a value of the field's type."""
    if kind in {"integer", "year"}:
        least, most = (0, 9999) if kind == "year" else (1 - 10**15, 10**15 - 1)
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
    if kind == "date":
        try:
            return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    return isinstance(value, str)


@lru_cache(maxsize=1024)
def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a pattern, or None: it must be `(?:...)` and mean the same to RE2 and Python."""
    if not (pattern.startswith("(?:") and pattern.endswith(")")):
        return "a pattern stands in (?:...), for without it `a|b` means `^a` or `b$` to some readers"
    if odd := re.search(r"\\[dDsSwWbBAzZ0-9]|\{,", pattern.replace("\\\\", "")):
        return f"{odd[0]} means different things to different readers; spell it out, as in [0-9] or {{0,3}}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python warns of [[:alpha:]] and the like, which it reads otherwise
            re.compile(pattern)
            re.compile(pattern[3:-1])  # fails on (?:a)|(?:b), whose brackets are not one pair
        pc.match_substring_regex(pa.nulls(1, pa.string()), f"^(?:{pattern})$")
    except (re.error, pa.ArrowInvalid, RecursionError, OverflowError, Warning) as error:
        return f"the pattern cannot be compiled: {str(error).splitlines()[0][:120]}"
    return None


def _same_codes(reader: Reader, enum: list[Any] | None, properties: dict[str, Any], pointer: str) -> None:
    categories = reader.objects(properties.get("categories", []), CATEGORY, f"{pointer}/categories")
    codes = [category.get("value") for category in categories]
    if (categories or enum is not None) and categories and codes != list(enum or ()):
        odd = next((str(a) for a, b in zip([*codes, None], [*(enum or ()), None], strict=False) if a != b), "?")
        reader.fault(st.ENUM_DIFFERS, pointer, odd)


def sound_references(
    schemas: Mapping[str, TableSchema], tables: Collection[str]
) -> tuple[dict[str, TableSchema], list[Fault]]:
    """Return the schemas less the foreign keys whose table or fields do not exist, or whose types differ.

    `tables` are all that the descriptor names; one of them without a schema here has a fault of its own.
    """
    faults, kept = [], {}
    for name, schema in schemas.items():
        sound = []
        for index, key in enumerate(schema.foreign_keys):
            known = key.target in schemas or key.target not in tables
            if known and (problem := _reference_problem(schema, key, schemas)):
                facts = {"pointer": f"foreignKeys/{index}", "problem": problem}
                faults.append(Fault(st.BAD_REFERENCE, schema.file, facts=facts))
            else:
                sound.append(key)
        kept[name] = replace(schema, foreign_keys=tuple(sound))
    return kept, faults


def _reference_problem(schema: TableSchema, key: ForeignKey, schemas: Mapping[str, TableSchema]) -> str | None:
    target = schemas.get(key.target)
    if target is None:
        return f"there is no table {key.target}{hint(key.target, list(schemas))}"
    if len(key.fields) != len(key.target_fields):
        return "it names a different number of fields on its two sides"
    for here, there in zip(key.fields, key.target_fields, strict=True):
        if there not in target.names:
            return f"{key.target} has no field {there}{hint(there, target.names)}"
        if schema.field(here).type != target.field(there).type:
            return f"{here} is {schema.field(here).type}, but {key.target}.{there} is {target.field(there).type}"
    return None
