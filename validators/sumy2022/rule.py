"""What a rule is, and the one registry of all of them.

A rule is one declaration: id, slug, severity, words, examples and predicate stand together. There are two
forms. `@rule` wraps a predicate over whole columns, which pandera runs. `declare` states a rule whose breaches
are seen by the code that reads packages and compiles schemas, which names the rule by its id.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from sumy2022.example import Change, Edit
from sumy2022.findings import Fault, Finding, RuleCrashed, Severity, UsageError, hint

if TYPE_CHECKING:
    import pandas as pd

    from sumy2022.context import Context

    Predicate = Callable[..., Any]
    Detail = Callable[[pd.DataFrame, Context], pd.Series]
    Finder = Callable[[Context], Iterable[Fault]]

FACT_LIMIT = 1_000
"""The most characters of a value, or of what a schema demands, that a message repeats."""
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
ID = re.compile(r"[A-Z]{3}-[0-9]{3}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


class Scope(Enum):
    """What a rule must see at once, which says how it can be run on parts of a table."""

    ROW = "row"
    """One row, with columns looked up over a declared foreign key."""
    GROUP = "group"
    """All rows, of its table and of those named in `needs`, that share one value of `group`."""
    TABLE = "table"
    """The whole table."""
    CELL = "cell"
    """One cell of any text column."""
    HISTORY = "history"
    """All tables, against the manifests of earlier releases."""
    PACKAGE = "package"
    """Files, descriptor or manifests: not a table."""


@dataclass(frozen=True)
class Rule:
    """One rule with everything that a person or a program needs to know of it.

    `fields` are the columns the message is about, the first being the one a finding points at. `columns` are
    all columns the predicate may read: `fields`, those in `reads`, and columns reached over foreign keys,
    written `source_id.published`. `needs` names further tables and the columns of each that are read.
    `free_text` keeps a cell rule to prose: text columns without enum, pattern or key. `place` is where the bad
    example is found (file and line), if that is not the first row it changes. `suspect` is a pattern that is found in
    every cell which a cell rule refuses, or a rule of rows that reads one column of text: only cells that have it are
    judged, and those of all cell rules are searched for at once.
    """

    id: str
    slug: str
    severity: Severity
    since: str
    message: str
    fix: str
    doc: str
    scope: Scope = Scope.PACKAGE
    table: str | None = None
    fields: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group: str | None = None
    bad: tuple[Change, ...] = ()
    good: tuple[Change, ...] = ()
    place: tuple[str, int | None] | None = None
    free_text: bool = False
    suspect: str = ""
    predicate: Predicate | None = None
    detail: Detail | None = None
    finder: Finder | None = None
    retired: str | None = None
    replaced_by: str | None = None

    @property
    def reason(self) -> str:
        """Return why the rule is there: `doc`, the predicate's docstring, without its indentation."""
        return inspect.cleandoc(self.doc)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the predicate is given, in order and once each."""
        return tuple(dict.fromkeys(self.fields + self.reads))

    def finding(self, fault: Fault) -> Finding:
        """Put this rule's words to a fault.

        Raises `RuleCrashed` when the message names something that the fault does not tell.
        """
        facts = {"field": fault.field or "", "value": fault.value or "", "file": fault.file, **fault.facts}

        def fact(match: re.Match[str]) -> str:
            found = facts[match[1]] or ("" if match[1] == "hint" else "(empty)")
            return found if len(found) <= FACT_LIMIT else found[: FACT_LIMIT - 3] + "..."

        def fill(text: str) -> str:
            try:
                return PLACEHOLDER.sub(fact, text)
            except KeyError as error:
                raise RuleCrashed(f"{self.id}: the message names {error}, which is not known here") from error

        return Finding(
            rule=self.id,
            slug=self.slug,
            severity=self.severity,
            file=fault.file,
            line=fault.line,
            field=fault.field,
            key=fault.key,
            value=fault.value,
            message=fill(self.message),
            fix=fill(self.fix),
        )


REGISTRY: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Enter a rule in the registry; an id or slug used before is a fault of our code."""
    if not rule.doc:
        raise ValueError(f"{rule.id}: the predicate's docstring gives the rule's reason and is missing")
    if not ID.fullmatch(rule.id) or not SLUG.fullmatch(rule.slug):
        raise ValueError(f"{rule.id} {rule.slug}: an id is like EVT-101, a slug is words joined by hyphens")
    if rule.id in REGISTRY or any(rule.slug == other.slug for other in REGISTRY.values()):
        raise ValueError(f"{rule.id} {rule.slug}: this id or slug is taken")
    REGISTRY[rule.id] = rule
    return rule


def _changes(example: Mapping[str, str] | Iterable[Change], table: str | None) -> tuple[Change, ...]:
    """Read the short form of an example, cells to set in the first row, as the full one."""
    if isinstance(example, Mapping):
        if table is None:
            raise ValueError("a rule without a table spells its examples out")
        return (Edit(table, example),)
    return tuple(example)


def rule(
    id: str,  # noqa: A002 - the field's own name
    slug: str,
    severity: Severity,
    *,
    since: str,
    message: str,
    fix: str,
    bad: Mapping[str, str] | Iterable[Change],
    good: Mapping[str, str] | Iterable[Change],
    table: str | None = None,
    fields: tuple[str, ...] = (),
    scope: Scope = Scope.ROW,
    **more: Any,
) -> Callable[[Predicate], Predicate]:
    """Declare a rule whose predicate is the decorated function.

    The predicate takes the table's frame (only the declared columns, typed, indexed by line) and a `Context`,
    and returns a plain boolean per row: True is sound. In the cell scope it takes the text cells of a table as
    one Series; in the scopes of history and package it takes the `Context` alone and yields faults. Its docstring is
    the reason on the rule's page.
    """

    finds = scope in {Scope.HISTORY, Scope.PACKAGE}

    def enter(predicate: Predicate) -> Predicate:
        register(
            Rule(
                id=id,
                slug=slug,
                severity=severity,
                since=since,
                message=message,
                fix=fix,
                doc=predicate.__doc__ or "",
                scope=scope,
                table=table,
                fields=fields,
                bad=_changes(bad, table),
                good=_changes(good, table),
                predicate=None if finds else predicate,
                finder=predicate if finds else None,
                **more,
            )
        )
        return predicate

    return enter


def declare(
    id: str,  # noqa: A002 - the field's own name
    slug: str,
    severity: Severity,
    *,
    since: str,
    reason: str,
    message: str,
    fix: str,
    bad: Iterable[Change],
    good: Iterable[Change] = (),
    place: tuple[str, int | None] | None = None,
    **more: Any,
) -> str:
    """Declare a rule whose breaches other code sees, and return its id for that code to name."""
    register(
        Rule(
            id=id,
            slug=slug,
            severity=severity,
            since=since,
            message=message,
            fix=fix,
            doc=reason,
            bad=tuple(bad),
            good=tuple(good),
            place=place,
            **more,
        )
    )
    return id


def find(word: str) -> Rule:
    """Return the rule with this id or slug; an unknown one is a usage error with the nearest name."""
    for known in REGISTRY.values():
        if word.upper() == known.id or word.lower() == known.slug:
            return known
    names = [name for known in REGISTRY.values() for name in (known.id, known.slug)]
    raise UsageError(f"There is no rule {word!r}{hint(word, names)} (`sumy2022 rules` lists them all)")
