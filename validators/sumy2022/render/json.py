"""The report as JSON, a stable format for programs: docs/report.md describes it."""

from __future__ import annotations

import json
import re

from sumy2022.findings import Finding, Report, Severity

REPORT_VERSION = 1


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
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


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
