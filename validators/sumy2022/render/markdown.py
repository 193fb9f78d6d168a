"""The report as Markdown, for the summary of a CI run or a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from sumy2022.findings import Finding, Report
from sumy2022.render import counts, key_words, visible

LIMIT = 50
"""How many findings of one file are listed."""
_MEANING = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@:$-])")


def render(report: Report) -> str:
    """Return a heading with the counts, a table a file, and what was not tried."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {plain(report.name)} {plain(report.version)}: {counts(report)}"
    for file, group in groupby(report.findings, key=lambda finding: finding.file):
        findings = list(group)
        yield f"\n### {plain(file)}\n"
        yield "| line | row | rule | what is wrong | what to do |"
        yield "| ---: | --- | --- | --- | --- |"
        yield from map(_row, findings[:LIMIT])
        if len(findings) > LIMIT:
            yield f"\n... and {len(findings) - LIMIT} more in this file."
    if report.not_run:
        yield "\n### Not run\n"
        yield from (f"- {', '.join(rules)}: {plain(why)}" for why, rules in report.obstacles.items())
    yield f"\n{sum(report.rows.values())} rows in {len(report.rows)} tables; {report.rules_run} rules run."


def _row(finding: Finding) -> str:
    cells = (
        str(finding.line or ""),
        plain(key_words(finding)),
        f"{finding.severity.value} {finding.rule}",
        plain(finding.message),
        plain(finding.fix),
    )
    return f"| {' | '.join(cells)} |"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, whatever it holds."""
    return (
        _MEANING.sub(r"\\\1", visible(text, 400)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")
    )
