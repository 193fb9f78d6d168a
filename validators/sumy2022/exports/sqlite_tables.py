"""A Table Schema as a table of SQLite: types, constraints and keys, and what fields mean as comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sumy2022.canonical import clean
from sumy2022.exports.globs import glob_check
from sumy2022.schema import Field, ForeignKey, TableSchema

AFFINITIES = {
    "string": "TEXT",
    "integer": "INTEGER",
    "year": "INTEGER",
    "number": "REAL",
    "boolean": "BOOLEAN",
    "date": "DATE",
}
"""The declared type of each type of a field.

SQLite keeps a date as text; the name DATE tells drivers and GIS what it is. Tables are not STRICT, which would know no
such name, and which SQLite before 3.37 (still shipped with some systems) cannot open: checks do the same work.
"""
TYPE_CHECKS = {
    "integer": "typeof({0}) IN ('integer', 'null')",
    "year": "typeof({0}) IN ('integer', 'null')",
    "number": "typeof({0}) IN ('real', 'null')",
    "boolean": "{0} IN (0, 1)",
    "date": "date({0}, '+0 days') IS {0}",  # counting no days makes of 30 February what is not 30 February
}
OPERATORS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}

Part = tuple[str, str]
"""A column or constraint as SQL, and a comment on it."""


def create_table(schema: TableSchema, document: Mapping[str, Any]) -> str:
    """Return the statement that creates a table; `document` is its schema as written, which has the descriptions."""
    described = (item.get("description", item.get("title", "")) for item in document["fields"])
    parts: list[Part] = [
        (_column(known, required=known.required or known.name in schema.primary_key), _remark(known, words))
        for known, words in zip(schema.fields, described, strict=True)
    ]
    parts += [(sql, "") for sql in _keys(schema)]
    return statement(schema.name, document.get("description", document.get("title", "")), parts)


def statement(name: str, description: str, parts: Sequence[Part]) -> str:
    """Return a statement that creates a table, each of whose columns and constraints may have a comment."""
    lines = [f"CREATE TABLE {quoted(name)} ({_comment(description)}"]
    for number, (sql, words) in enumerate(parts, 1):
        lines.append(f"  {sql}{',' if number < len(parts) else ''}{_comment(words)}")
    return "\n".join([*lines, ")"])


def create_indexes(schema: TableSchema) -> Iterator[str]:
    """Yield the statements that index the references of a table which no key begins with."""
    keys = (schema.primary_key, *schema.unique_keys)
    for columns in dict.fromkeys(key.fields for key in schema.foreign_keys):
        if not any(key[: len(columns)] == columns for key in keys):
            # No table can have this name, for brackets are not in names.
            name = f"{schema.name}({','.join(columns)})"
            yield f"CREATE INDEX {quoted(name)} ON {quoted(schema.name)} ({_listed(columns)})"


def quoted(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a code or bound as SQL: a number as it is, anything else as text."""
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def _comment(words: str) -> str:
    return f" -- {text}" if (text := clean(words)) else ""


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


def _column(known: Field, *, required: bool) -> str:
    parts = [quoted(known.name), AFFINITIES[known.type]]
    parts += ["NOT NULL"] if required else []
    parts += ["UNIQUE"] if known.constraints.get("unique") else []
    parts += [f"CHECK ({check})" for check in _checks(known)]
    return " ".join(parts)


def _checks(known: Field) -> Iterator[str]:
    """Yield what is demanded of each value; null passes them all, as it does in SQL."""
    name, limits = quoted(known.name), known.constraints
    if known.type in TYPE_CHECKS:
        yield TYPE_CHECKS[known.type].format(name)
    else:
        yield from _length_check(known)
    if "enum" in limits:
        yield f"{name} IN ({', '.join(map(literal, limits['enum']))})"
    if "pattern" in limits and (check := glob_check(name, limits["pattern"])):
        yield check
    for limit, operator in OPERATORS.items():
        if limit in limits:
            yield f"{name} {operator} {literal(limits[limit])}"


def _length_check(known: Field) -> Iterator[str]:
    """Yield the check of a text's length; what is not known is null and never ''."""
    limits = known.constraints
    least = max(1, limits.get("minLength", 1))
    if "maxLength" in limits:
        yield f"length({quoted(known.name)}) BETWEEN {least} AND {limits['maxLength']}"
    elif "minLength" in limits or not {"enum", "pattern"} & limits.keys():
        yield f"length({quoted(known.name)}) >= {least}"


def _remark(known: Field, words: str) -> str:
    """Return the description of a field, and its pattern where SQLite cannot check it."""
    pattern = known.constraints.get("pattern")
    unchecked = pattern is not None and glob_check("x", pattern) is None
    return f"{words} Pattern, not checked by SQLite: {pattern}" if unchecked else words


def _keys(schema: TableSchema) -> Iterator[str]:
    if schema.primary_key:
        yield f"PRIMARY KEY ({_listed(schema.primary_key)})"
    for columns in schema.unique_keys:
        yield f"UNIQUE ({_listed(columns)})"
    for key in schema.foreign_keys:
        yield f"FOREIGN KEY ({_listed(key.fields)}) REFERENCES {quoted(key.target)} ({_listed(key.target_fields)})"


FIELDS = statement(
    "_fields",
    "Every column of every table, as its Table Schema defines it.",
    [
        ("table_name TEXT NOT NULL", ""),
        ("position INTEGER NOT NULL", "The place of the column among those of its table, from 1."),
        ("name TEXT NOT NULL", ""),
        ("type TEXT NOT NULL", "The type in the Table Schema."),
        ("required INTEGER NOT NULL CHECK (required IN (0, 1))", "Whether null is forbidden."),
        ("refers_to TEXT", "The column that a value must be found in, as table.column."),
        ("title TEXT", ""),
        ("description TEXT", ""),
        ("example TEXT", ""),
        ("constraints TEXT NOT NULL", "All constraints of the Table Schema, as JSON."),
        ("PRIMARY KEY (table_name, name)", ""),
    ],
)
CODES = statement(
    "_codes",
    "Every code of every coded column, with its meaning.",
    [
        ("table_name TEXT NOT NULL", ""),
        ("field TEXT NOT NULL", ""),
        ("position INTEGER NOT NULL", "The place of the code among those of its column, from 1."),
        ("code NOT NULL", ""),
        ("label TEXT", ""),
        ("description TEXT", ""),
        ("PRIMARY KEY (table_name, field, code)", ""),
        ("FOREIGN KEY (table_name, field) REFERENCES _fields (table_name, name)", ""),
    ],
)


def field_rows(schema: TableSchema, document: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of `_fields` that describe a table."""
    for position, (known, item) in enumerate(zip(schema.fields, document["fields"], strict=True), 1):
        yield (
            schema.name,
            position,
            known.name,
            known.type,
            known.required or known.name in schema.primary_key,
            _target(schema.foreign_keys, known.name),
            item.get("title"),
            item.get("description"),
            known.example,
            json.dumps(known.constraints, ensure_ascii=False),
        )


def code_rows(schema: TableSchema, document: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of `_codes` that explain the codes of a table."""
    for known, item in zip(schema.fields, document["fields"], strict=True):
        told = {category["value"]: category for category in item.get("categories", []) if "value" in category}
        for position, code in enumerate(dict.fromkeys(known.constraints.get("enum", ())), 1):
            words = told.get(code, {})
            yield schema.name, known.name, position, code, words.get("label"), words.get("description")


def _target(keys: Sequence[ForeignKey], name: str) -> str | None:
    for key in keys:
        if name in key.fields:
            return f"{key.target}.{key.target_fields[key.fields.index(name)]}"
    return None
