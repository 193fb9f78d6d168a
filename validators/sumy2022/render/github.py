"""The report as workflow commands, which GitHub shows beside the lines of a pull request.

GitHub shows at most ten errors, ten warnings and ten notices of a step and drops the rest in silence, so what does
not fit is counted here.
Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from sumy2022.findings import Finding, Report, Severity
from sumy2022.render import counts, key_words, visible

LIMIT = 10
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """Return at most ten annotations of each kind, the last of which tells how many more there are."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for severity, command in COMMANDS.items():
        findings = [finding for finding in report.findings if finding.severity is severity]
        room = LIMIT if len(findings) <= LIMIT else LIMIT - 1
        yield from (_annotation(command, finding) for finding in findings[:room])
        if len(findings) > room:
            rest = f"{len(findings) - room} more of this severity; `sumy2022 validate` shows all"
            yield f"::{command} title=More findings::{rest}"
    yield f"{visible(report.name)} {visible(report.version)}: {counts(report)}, {len(report.not_run)} not run"


def _annotation(command: str, finding: Finding) -> str:
    properties = {"file": finding.file, "line": finding.line, "title": f"{finding.rule} {finding.slug}"}
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    key = key_words(finding)
    words = f"{key + ': ' if key else ''}{visible(finding.message, 400)}. {visible(finding.fix, 400)}"
    return f"::{command} {listed}::{_text(words)}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(visible(text, None)).replace(":", "%3A").replace(",", "%2C")
