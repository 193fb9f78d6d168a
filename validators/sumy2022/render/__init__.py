"""Reports in words and in the formats of other programs: each renderer takes a `Report` and returns text.

A value of the data may be anything, so no renderer prints one raw: `visible` makes it a single line that commands no
terminal, and each format escapes what it gives a meaning to.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from sumy2022.findings import Finding, Report, Severity

FORMATS = ("text", "json", "github", "junit", "sarif", "markdown")
VALUE_LIMIT = 120


def renderer(name: str) -> Callable[[Report], str]:
    """Return the renderer of a format."""
    found: Callable[[Report], str] = import_module(f"{__name__}.{name}").render
    return found


def visible(text: str, limit: int | None = VALUE_LIMIT) -> str:
    """Return text on one line with every character that does not print, or that turns text around, spelt out."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return shown if limit is None or len(shown) <= limit else shown[: limit - 3] + "..."


def place(finding: Finding) -> str:
    """Return where a finding is, as `file:line`, or the file alone."""
    return finding.file if finding.line is None else f"{finding.file}:{finding.line}"


def key_words(finding: Finding) -> str:
    """Return the key of the finding's row in words, such as `EVT-0012`."""
    return visible(", ".join(finding.key.values()))


def counts(report: Report) -> str:
    """Return the number of findings of each severity, and of those that are waived, in words."""
    listed = [
        f"{number} {severity.value}{'' if number == 1 else 's'}"
        for severity in Severity
        if (number := report.count(severity)) or severity is Severity.ERROR
    ]
    return ", ".join([*listed, *([f"{len(report.waived)} waived"] if report.waived else [])])
