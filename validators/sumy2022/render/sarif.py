"""The report as SARIF 2.1.0, which code hosts and editors read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from sumy2022.findings import Finding, Report, Severity
from sumy2022.render import key_words, visible
from sumy2022.render.json import json_text
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """Return one run, whose results carry a fingerprint of rule and row that outlives a change of line."""
    load_all()
    findings = report.findings
    used = sorted({finding.rule for finding in findings})
    driver = {
        "name": "sumy2022",
        "version": report.version,
        "rules": [
            {
                "id": rule,
                "name": REGISTRY[rule].slug,
                "shortDescription": {"text": REGISTRY[rule].reason.splitlines()[0]},
                "help": {"text": REGISTRY[rule].fix},
                "defaultConfiguration": {"level": LEVELS[REGISTRY[rule].severity]},
            }
            for rule in used
        ],
    }
    notes = [
        {"level": "warning", "message": {"text": item.why}, "associatedRule": {"id": item.rule}}
        for item in report.not_run
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(finding, used.index(finding.rule)) for finding in findings],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(finding: Finding, index: int) -> dict[str, object]:
    region = {} if finding.line is None else {"region": {"startLine": finding.line}}
    location = {"artifactLocation": {"uri": quote(finding.file)}, **region}
    identity = "\n".join((finding.rule, finding.file, *finding.key.values(), finding.field or ""))
    key = key_words(finding)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{key + ': ' if key else ''}{visible(finding.message, 400)}\n{visible(finding.fix, 400)}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"rowAndRule/v1": hashlib.sha256(identity.encode()).hexdigest()},
    }
