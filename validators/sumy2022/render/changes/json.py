"""Changes as JSON, a stable format for programs: docs/report.md describes it."""

from __future__ import annotations

from sumy2022.comparison import Changes, TableChanges
from sumy2022.render.json import json_rows

CHANGES_VERSION = 1


def render(changes: Changes) -> str:
    """Return the changes as a JSON document."""
    return json_rows(document(changes))


def document(changes: Changes) -> dict[str, object]:
    """Return the changes as JSON values."""
    return {
        "changes_version": CHANGES_VERSION,
        "base": {"name": changes.base, "version": changes.versions[0]},
        "head": {"name": changes.head, "version": changes.versions[1]},
        "tables": {table.name: _table(table) for table in changes.tables},
        "tables_added": list(changes.tables_added),
        "tables_removed": list(changes.tables_removed),
        "properties": [change._asdict() for change in changes.properties],
        "files": list(changes.files),
    }


def _table(table: TableChanges) -> dict[str, object]:
    return {
        "file": table.file,
        "key": list(table.key),
        "rows": {"before": table.before, "after": table.after},
        "columns_added": list(table.columns_added),
        "columns_removed": list(table.columns_removed),
        "columns_reordered": table.reordered,
        "added": list(table.rows_added()),
        "removed": list(table.rows_removed()),
        "changed": [
            {"key": dict(zip(table.key, row.key, strict=True)), "cells": [cell._asdict() for cell in row.cells]}
            for row in table.rows_changed()
        ],
    }
