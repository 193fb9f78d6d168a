"""Validation of a package: form, structure, rules; and what could not be tried, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from sumy2022 import rules as catalogue
from sumy2022.extras import need
from sumy2022.files import Progress, read_files
from sumy2022.findings import Fault, Finding, NotRun, Report
from sumy2022.limits import Limits, in_time
from sumy2022.package import Package, open_package
from sumy2022.rule import REGISTRY, Rule, find
from sumy2022.waivers import WAIVERS, waive

if TYPE_CHECKING:
    from sumy2022.frames import Table
    from sumy2022.judging import Outcome

__all__ = ["Progress", "validate", "wanted_rules"]

JUDGES = "sumy2022.judging"
"""The module that judges, and that brings pandas with it."""


class Engine(Protocol):
    """What tries the rules on the tables of a package."""

    def __call__(self, package: Package, wanted: Mapping[str, Rule], progress: Progress) -> Outcome:
        """Read the tables, check them against their schemas, and run the rules that are wanted."""


def validate(
    package: str | Path | Package | None = None,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    progress: Progress = lambda _: None,
    engine: Engine | None = None,
    limits: Limits | None = None,
) -> Report:
    """Check a package against its schemas and the rules.

    `package` is an opened package or a path as for `open_package`. `only` and `skip` name rules by id or slug.
    `progress` is called with the name of each step. `engine` is what the tables are judged by, if not by this process.
    `limits` are for a package that is opened here; an opened one has its own.

    Raises `UsageError` where there is no package or no such rule, a library of the extra `validate` is missing, or a
    limit is reached, and `RuleCrashed` where a rule fails.
    """
    need("Checking a package", "pandera", "shapely")
    # What judges takes as long to import as a package of some size to read, which needs Python but little.
    Thread(target=_prepare, daemon=True).start()
    if only or skip:
        wanted_rules(only, skip)  # a word that is no rule is told before anything is read
    limits = package.limits if isinstance(package, Package) else limits or Limits()
    progress = in_time(limits, progress)
    opened = package if isinstance(package, Package) else open_package(package, limits)
    if engine is None:
        files = read_files(opened, progress=progress)
        wanted = wanted_rules(only, skip)  # not before: this waits for pandas
        from sumy2022.judging import judge_here

        seen = judge_here(opened, files, wanted, progress)
    else:
        seen = engine(opened, wanted_rules(only, skip), progress)
    return _report(opened, seen, only, skip)


def _prepare() -> None:
    """Import what judges, in the order in which it is needed."""
    catalogue.load_all()
    for name in (JUDGES, "pandera.pandas", "shapely"):
        import_module(name)


def _report(opened: Package, seen: Outcome, only: Collection[str], skip: Collection[str]) -> Report:
    """Put what an engine has seen in words, less what is waived."""
    wanted = wanted_rules(only, skip)
    not_run = [*seen.not_run, *(NotRun(find(word).id, "left out on request") for word in skip)]
    tried = wanted.keys() - {item.rule for item in not_run}
    findings, waived, faults = waive(
        _findings([*opened.faults, *seen.faults], wanted, seen.tables),
        seen.tables.get(WAIVERS),
        opened.descriptor.version,
        tried,
    )
    return Report(
        name=opened.descriptor.name,
        version=opened.descriptor.version,
        rows=seen.rows,
        findings=tuple(sorted([*findings, *_findings(faults, wanted, seen.tables)], key=lambda finding: finding.order)),
        waived=tuple(waived),
        not_run=tuple(sorted(set(not_run), key=lambda item: (item.rule, item.why))),
        rules_run=len(tried),
    )


def wanted_rules(only: Collection[str] = (), skip: Collection[str] = ()) -> dict[str, Rule]:
    """Return the rules that are in force, by id, less those left out; an unknown name is a usage error."""
    catalogue.load_all()
    chosen = {find(word).id for word in only} or set(REGISTRY)
    left_out = {find(word).id for word in skip}
    return {name: rule for name, rule in REGISTRY.items() if name in chosen - left_out and not rule.retired}


def _findings(faults: list[Fault], wanted: Mapping[str, Rule], tables: Mapping[str, Table]) -> tuple[Finding, ...]:
    """Put the faults in words and in order; each row's finding carries the row's key."""
    from sumy2022.frames import keyed

    named = keyed((fault for fault in faults if fault.rule in wanted), tables.values())
    return tuple(sorted((wanted[fault.rule].finding(fault) for fault in named), key=lambda finding: finding.order))
