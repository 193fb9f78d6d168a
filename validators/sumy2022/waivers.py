"""Warnings that the package itself accepts, in its table `waivers`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sumy2022.findings import Fault, Finding, Severity, hint
from sumy2022.rule import REGISTRY
from sumy2022.rules import waivers as about
from sumy2022.rules.manifests import precedence

if TYPE_CHECKING:
    from sumy2022.frames import Table

WAIVERS = "waivers"
"""The name of the table."""


class Waiver(NamedTuple):
    """One row of the table, at its line."""

    line: int
    rule: str
    key: str
    until: str


def waive(
    findings: Iterable[Finding], table: Table | None, version: str, tried: Collection[str]
) -> tuple[list[Finding], list[Finding], list[Fault]]:
    """Part findings into those that stay and those that are waived, and return what is wrong with the waivers.

    `version` is the package's own; `tried` are the rules that were run, for of another nothing can be said.
    """
    waivers = list(_waivers(table)) if table is not None else []
    faults, holding = [], {}
    for waiver in waivers:
        fault = _fault(waiver, table.file if table is not None else "", version)
        if fault is not None:
            faults.append(fault)
        else:
            holding[waiver.rule, waiver.key] = waiver
    kept: list[Finding] = []
    waived: list[Finding] = []
    for finding in findings:
        is_waived = (finding.rule, key(finding)) in holding and finding.severity is not Severity.ERROR
        (waived if is_waived else kept).append(finding)
    needed = {(finding.rule, key(finding)) for finding in waived}
    faults += (
        Fault(about.NOT_NEEDED, table.file, waiver.line, "key", waiver.key, {"rule": waiver.rule})
        for name, waiver in holding.items()
        if table is not None and name not in needed and waiver.rule in tried
    )
    return kept, waived, faults


def key(finding: Finding) -> str:
    """Return the key of a finding's row as a waiver writes it."""
    return " ".join(finding.key.values())


def _waivers(table: Table) -> Iterator[Waiver]:
    """Yield the rows that have all they need; the others have findings of their own."""
    columns = ("rule", "key", "until")
    if not set(columns) <= set(table.text.columns):
        return
    whole = table.text[list(columns)].dropna()
    for line, (rule, row, until) in zip(whole.index, whole.itertuples(index=False), strict=True):
        yield Waiver(int(line), rule, row, until)


def _fault(waiver: Waiver, file: str, version: str) -> Fault | None:
    """Return why a waiver does not hold, or None."""
    rule = REGISTRY.get(waiver.rule)
    if rule is None or rule.retired:
        return Fault(about.OF_NO_RULE, file, waiver.line, "rule", waiver.rule, {"hint": hint(waiver.rule, REGISTRY)})
    if rule.severity is Severity.ERROR:
        return Fault(about.OF_AN_ERROR, file, waiver.line, "rule", waiver.rule)
    now, last = precedence(version), precedence(waiver.until)
    if now is not None and last is not None and now > last:
        facts = {"rule": waiver.rule, "key": waiver.key, "version": version}
        return Fault(about.EXPIRED, file, waiver.line, "until", waiver.until, facts)
    return None
