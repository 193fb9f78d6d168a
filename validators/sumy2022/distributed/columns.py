"""The columns that a rule reads across rows, table by table; only these are kept when a block has been looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sumy2022.rule import Rule, Scope
from sumy2022.rules.history import RETIRED
from sumy2022.schema import ForeignKey, TableSchema
from sumy2022.waivers import WAIVERS

Columns = dict[str, set[str]]
WHOLE = (RETIRED, WAIVERS)
"""The tables of which everything is kept."""


def by_block(rule: Rule) -> bool:
    """Tell whether a rule judges a row by its own cells, so that any rows can be judged without the others."""
    return rule.scope is Scope.ROW and not rule.needs and not any("." in path for path in rule.columns)


def unsplittable(rule: Rule) -> str | None:
    """Say why a rule cannot be run on parts of its table, or None."""
    if rule.scope is not Scope.GROUP:
        return None
    if rule.group is None or "." in rule.group:
        return f"{rule.table} cannot be parted by {rule.group or 'no column'}, as this rule would have it on a cluster"
    for name, columns in rule.needs.items():
        if rule.group not in columns:
            return f"{name} cannot be parted by {rule.group}, which the rule does not read there, as a cluster needs it"
    return None


def reference(schema: TableSchema, column: str) -> ForeignKey | None:
    """Return the foreign key over which columns are looked up from a column, or None."""
    return next((key for key in schema.foreign_keys if key.fields == (column,)), None)


def columns_of(rule: Rule, schemas: Mapping[str, TableSchema]) -> Columns:
    """Return the columns that a rule of a table reads, and those by which others are looked up.

    Of its own table they include the primary key, by which findings name a row.
    """
    found: Columns = {rule.table or "": set(schemas[rule.table or ""].primary_key)}
    for path in rule.columns:
        _walk(rule.table or "", path, schemas, found)
    for name, columns in rule.needs.items():
        found.setdefault(name, set()).update(columns)
    return {name: columns for name, columns in found.items() if name in schemas}


def kept_columns(rules: Iterable[Rule], schemas: Mapping[str, TableSchema]) -> Columns:
    """Return the columns of each table that are needed when its blocks have been looked at."""
    found: Columns = {name: {schema.names[0], *schema.primary_key} for name, schema in schemas.items() if schema.names}
    for name, schema in schemas.items():
        mine = found.setdefault(name, set())
        mine.update(schema.names if name in WHOLE else ())
        mine.update(known.name for known in schema.fields if known.constraints.get("unique"))
        mine.update(*schema.unique_keys)
        for key in schema.foreign_keys:
            mine.update(key.fields)
            found.setdefault(key.target, set()).update(key.target_fields)
    for rule in rules:
        if rule.table in schemas and rule.predicate is not None and not by_block(rule):
            for name, columns in columns_of(rule, schemas).items():
                found[name] |= columns
    return found


def _walk(table: str, path: str, schemas: Mapping[str, TableSchema], found: Columns) -> None:
    head, _, rest = path.partition(".")
    found.setdefault(table, set()).add(head)
    key = reference(schemas[table], head) if rest and table in schemas else None
    if key is not None:
        found.setdefault(key.target, set()).add(key.target_fields[0])
        _walk(key.target, rest, schemas, found)
