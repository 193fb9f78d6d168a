"""The report for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from sumy2022.findings import Finding, Report
from sumy2022.render import counts, key_words, visible

FOLD = 10
"""How many findings of one rule in one file are shown in full."""


def render(report: Report) -> str:
    """Return the findings grouped by file, then what the numbers are and what was not tried."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    for file, findings in groupby(report.findings, key=lambda finding: finding.file):
        yield f"./{visible(file, None)}" if file.startswith(":") else visible(file, None)
        yield from _file(list(findings))
        yield ""
    if report.not_run:
        yield "Not run:"
        for why, rules in report.obstacles.items():
            yield f"  {', '.join(rules)}: {visible(why, None)}"
        yield ""
    rows = f"{sum(report.rows.values())} rows in {len(report.rows)} tables"
    yield f"{visible(report.name)} {visible(report.version)}: {rows}, {report.rules_run} rules run"
    yield counts(report)
    if report.findings:
        yield f"`sumy2022 rules {report.findings[0].rule}` explains that rule, with an example."


def _file(findings: list[Finding]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= FOLD:
            yield from _finding(finding)
    for rule, number in seen.items():
        if number > FOLD:
            yield f"  ... and {number - FOLD} more of {rule}"


def _finding(finding: Finding) -> Iterator[str]:
    where = f"line {finding.line}" if finding.line is not None else "whole file"
    about = "  ".join(part for part in (where, key_words(finding), finding.field or "") if part)
    yield f"  {finding.severity.value} {finding.rule} {finding.slug}  {visible(about, None)}"
    # No line begins with what the data holds: a CI system would take "::error::" there for a command.
    yield f"      what: {visible(finding.message, 400)}"
    if finding.value and finding.value not in finding.message:
        yield f"      value: {visible(finding.value)}"
    yield f"      fix: {visible(finding.fix, 400)}"
