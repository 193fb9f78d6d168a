"""The report as JSON, a stable format for programs: docs/report.md describes it."""

from __future__ import annotations

import json
import re

from sumy2022.findings import Finding, Report, Severity

REPORT_VERSION = 1
ROWS = 1_000
"""How many objects of a list are encoded at a time."""


def render(report: Report) -> str:
    """Return the report as a JSON document."""
    document = {
        "report_version": REPORT_VERSION,
        "package": {"name": report.name, "version": report.version},
        "summary": {
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "infos": report.count(Severity.INFO),
            "tables": {name: {"rows": rows} for name, rows in report.rows.items()},
        },
        "findings": [finding_document(finding) for finding in report.findings],
        "waived": [finding_document(finding) for finding in report.waived],
        "not_run": [{"rule": item.rule, "why": item.why} for item in report.not_run],
    }
    return json_text(document)


def json_text(document: object) -> str:
    """Return a JSON document in which control characters are escaped, also those that JSON itself would let pass."""
    return _escaped(json.dumps(document, ensure_ascii=False, indent=2))


def json_rows(document: object) -> str:
    """Return a JSON document as `json_text` does, but with each object of a list on one line: there may be many."""
    return _escaped(_with_rows(document, "\n"))


def _with_rows(value: object, end: str) -> str:
    inner = end + "  "
    if isinstance(value, dict) and value:
        members = (f"{json.dumps(name, ensure_ascii=False)}: {_with_rows(part, inner)}" for name, part in value.items())
        return "{" + inner + f",{inner}".join(members) + end + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        parts = (_rows(value[start : start + ROWS], inner) for start in range(0, len(value), ROWS))
        return "[" + inner + f",{inner}".join(parts) + end + "]"
    return json.dumps(value, ensure_ascii=False)


def _rows(objects: list[dict[str, object]], end: str) -> str:
    """Return objects as JSON, separated by commas and `end`.

    Python's encoder is slow where it indents, and so are many calls of it. With an empty text between each two objects
    one call does: nowhere else in a list of objects, nor inside a text, can `}, "", {` be.
    """
    parted = [item for one in objects for item in ("", one)][1:]
    return json.dumps(parted, ensure_ascii=False)[1:-1].replace('}, "", {', f"}},{end}{{")


def _escaped(text: str) -> str:
    if not text.isascii() or "\x7f" in text:
        text = re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text)
    return text + "\n"


def finding_document(finding: Finding) -> dict[str, object]:
    """Return one finding as JSON values."""
    return {
        "rule": finding.rule,
        "slug": finding.slug,
        "severity": finding.severity.value,
        "file": finding.file,
        "line": finding.line,
        "field": finding.field,
        "key": dict(finding.key),
        "value": finding.value,
        "message": finding.message,
        "fix": finding.fix,
    }
