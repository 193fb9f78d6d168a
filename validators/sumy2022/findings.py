"""What validation finds: the one model that every renderer and command uses.

Trouble is of three kinds and they are never mixed. A `Finding` is about the data. `UsageError` is about the
call (a package that is not there, an unknown rule). `RuleCrashed` is about our own code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import Enum
from itertools import islice

HINT_LENGTH, HINT_WORDS = 100, 1_000
"""The longest word that a suggestion is looked for, and the most words that it is looked for among."""


class Severity(Enum):
    """How much a finding weighs."""

    ERROR = "error"
    """The package contradicts its own documentation: it must be mended."""
    WARNING = "warning"
    """Probably wrong, or below our standard: it should be mended or explained."""
    INFO = "info"
    """Worth knowing; nothing has to be done."""

    @property
    def rank(self) -> int:
        """Return 0 for the gravest severity, and more for the milder ones."""
        return list(Severity).index(self)

    def reaches(self, level: Severity) -> bool:
        """Tell whether this severity is at least as grave as `level`."""
        return self.rank <= level.rank


@dataclass(frozen=True)
class Fault:
    """One breach as the code that saw it knows it, before the rule's words are put to it.

    `file` is relative to the package, `line` is the physical line (the header is 1; None for a whole file).
    `facts` fill the placeholders of the rule's message that `field` and `value` do not.
    """

    rule: str
    file: str
    line: int | None = None
    field: str | None = None
    value: str | None = None
    facts: Mapping[str, str] = default(default_factory=dict)
    key: Mapping[str, str] = default(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One breach of one rule at one place, in words for the person who has to mend it."""

    rule: str
    slug: str
    severity: Severity
    file: str
    line: int | None
    field: str | None
    key: Mapping[str, str]
    value: str | None
    message: str
    fix: str

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Return the sort key of the report: file, line, rule, field."""
        return (self.file, self.line or 0, self.rule, self.field or "")


@dataclass(frozen=True)
class NotRun:
    """A rule that could not be tried, and why."""

    rule: str
    why: str


@dataclass(frozen=True)
class Report:
    """The outcome of one validation.

    `rows` counts the data rows of each table; `findings` are sorted by file, line and rule; `waived` are those that
    the package accepts in its table of waivers, and are no findings any more.
    """

    name: str
    version: str
    rows: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    rules_run: int = 0
    waived: tuple[Finding, ...] = ()

    @property
    def obstacles(self) -> Mapping[str, tuple[str, ...]]:
        """Return why rules were not run, each reason with the ids of the rules it stopped."""
        stopped: dict[str, tuple[str, ...]] = {}
        for item in self.not_run:
            stopped[item.why] = (*stopped.get(item.why, ()), item.rule)
        return stopped

    def count(self, severity: Severity) -> int:
        """Return the number of findings of exactly this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def at_least(self, level: Severity) -> tuple[Finding, ...]:
        """Return the findings that are as grave as `level` or graver."""
        return tuple(finding for finding in self.findings if finding.severity.reaches(level))


def hint(word: str, known: Iterable[str]) -> str:
    """Return a suggestion to append to a message about an unknown word, or nothing, also where looking is slow."""
    from difflib import get_close_matches

    words = list(islice(known, HINT_WORDS + 1))
    if len(words) > HINT_WORDS or max(map(len, (word, *words))) > HINT_LENGTH:
        return ""
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


class Sumy2022Error(Exception):
    """The base of the exceptions that this package raises on purpose."""


class UsageError(Sumy2022Error):
    """The call cannot be carried out: its message says what is wrong and what to do."""


class RuleCrashed(Sumy2022Error):
    """A rule failed to give an answer: a fault of our code, never a finding."""
