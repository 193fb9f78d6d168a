"""What a reviewer has to know of a change: the diff, the findings, the version, and what is left to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from sumy2022.changelog import PATH, entry, opens_with_a_sentence
from sumy2022.comparison import WORKING_TREE, Changes, diff
from sumy2022.earlier import findings_of_its_own
from sumy2022.findings import Finding, Severity
from sumy2022.limits import Limits
from sumy2022.package import Package, manifests, open_package, read_package
from sumy2022.reading import read_csv
from sumy2022.rules.manifests import manifest_problem, precedence
from sumy2022.storage import Overlay, Zip
from sumy2022.validation import validate
from sumy2022.versioning import Level, Reason, is_before, level, next_version, reasons

RETIRED = "retired_ids"
MOSTLY = 0.5
"""The part of a row's filled cells that must have changed before one asks whether its id still means the same."""


class Version(NamedTuple):
    """The version that a change calls for: `last` is the release it comes after, empty if there was none."""

    last: str
    base: str
    head: str
    level: Level
    lowest: str

    @property
    def enough(self) -> bool:
        """Tell whether the version of the head is as high as it has to be."""
        return not is_before(self.head, self.lowest)


@dataclass(frozen=True)
class Review:
    """What a reviewer has to know.

    `new`, `fixed` and `unchanged` are the findings of the head, of the base alone, and of both, matched by rule, row
    and field and not by line. `rejected` are what the rules and schemas of the head find in the data of the base and
    the base's own did not. `gone` are ids, by table, that were released and have neither a row nor a tombstone.
    `edited` are manifests of releases that the change edits or removes. `unlisted` are released rows that changed and
    that the changelog does not name. `rewritten` are rows of which more than half changed. `changelog` tells what the
    changelog lacks; `notes` what could not be tried.
    """

    changes: Changes
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    rejected: tuple[Finding, ...]
    version: Version
    reasons: tuple[Reason, ...]
    changelog: tuple[str, ...]
    unlisted: tuple[str, ...]
    gone: tuple[tuple[str, str], ...]
    edited: tuple[str, ...]
    rewritten: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def must_be_mended(self) -> tuple[str, ...]:
        """Return why the change cannot be merged as it is."""
        errors = sum(finding.severity is Severity.ERROR for finding in self.new)
        parts = (
            (errors, f"{errors} new error{'' if errors == 1 else 's'}"),
            (not self.version.enough, f"the version must be {self.version.lowest} or higher"),
            (self.changelog, "; ".join(self.changelog)),
            (self.unlisted, f"{PATH} does not name the corrected {', '.join(self.unlisted[:10])}"),
            (self.edited, f"a manifest is never edited or removed: {', '.join(self.edited[:10])}"),
            (self.gone, f"no tombstone for {', '.join(key for _, key in self.gone[:10])}"),
        )
        return tuple(words for is_so, words in parts if is_so)


def review(
    base: str | Path | Package, head: str | Path | Package | None = None, *, limits: Limits | None = None
) -> Review:
    """Compare and validate two versions of a package; the sides and `limits` are as for `diff`.

    Raises `UsageError` where `diff` does.
    """
    old, new = (side if isinstance(side, Package) else open_package(side, limits) for side in (base, head))
    changes = diff(old, new, limits=limits)
    if head is None:
        changes = replace(changes, head=WORKING_TREE)
    before, notes = findings_of_its_own(old)
    after = validate(new).findings
    kept, fresh = _match(after, before)
    _, fixed = _match(before, after)
    _, rejected = _match(validate(_under_new_rules(old, new)).findings, before)
    found = reasons(changes)
    released = _released(old)
    if isinstance(old.source, Zip):  # which is a release itself, and carries no manifest
        released[old.descriptor.version] = manifest_ids(old)
    if changes and _text(old, PATH) == _text(new, PATH):
        notes = [*notes, f"{PATH} was not changed."]
    last = old.descriptor.version if isinstance(old.source, Zip) else _last(released, old.descriptor.version)
    version = _version(changes, last, level(found))
    return Review(
        changes=changes,
        new=fresh,
        fixed=fixed,
        unchanged=kept,
        rejected=rejected,
        version=version,
        reasons=tuple(found),
        changelog=tuple(_changelog(new, changes)),
        unlisted=tuple(_unlisted(new, changes, released)),
        gone=tuple(_gone(new, changes, released)),
        edited=tuple(_edited(old, new)),
        rewritten=tuple(_rewritten(changes)),
        notes=tuple(notes),
    )


def _match(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part findings into those that are among the others too, and those that are not; twice is not once."""
    left = Counter(map(identity, others))
    both, alone = [], []
    for finding in findings:
        if left[identity(finding)] > 0:
            left[identity(finding)] -= 1
            both.append(finding)
        else:
            alone.append(finding)
    return tuple(both), tuple(alone)


def identity(finding: Finding) -> tuple[str, ...]:
    """Return what makes a finding the same in two versions: rule, file, field, and row or else words."""
    row = tuple(finding.key.values()) or (finding.message,)
    return (finding.rule, finding.file, finding.field or "", *row)


def _under_new_rules(old: Package, new: Package) -> Package:
    """Return the data of the base with the descriptor and schemas of the head; rules are those that run."""
    data = {
        new.resource(name).path: old.read(name) or b""
        for name in new.schemas
        if name in old.schemas and old.read(name) is not None
    }
    return read_package(Overlay(new.source, data))


def _released(package: Package) -> dict[str, dict[str, set[str]]]:
    """Return the ids of each release by version and table."""
    found, _ = manifests(package.source)
    return {
        version: {name: set(table.get("ids", ())) for name, table in manifest["tables"].items()}
        for version, manifest in sorted(found.items(), key=lambda item: precedence(item[0]) or ())
        if manifest_problem(version, manifest) is None
    }


def _last(released: Iterable[str], version: str) -> str:
    """Return the last release up to a version, pre-releases aside; empty if there was none."""
    return next((one for one in reversed(list(released)) if "-" not in one and not is_before(version, one)), "")


def manifest_ids(package: Package) -> dict[str, set[str]]:
    """Return the ids that a package holds, by table, as its manifest would tell them."""
    found = {}
    for name, schema in package.schemas.items():
        table = read_csv(package.read(name) or b"", package.resource(name).path).table
        if len(schema.primary_key) == 1 and schema.primary_key[0] in table.column_names:
            found[name] = set(table[schema.primary_key[0]].drop_null().to_pylist())
    return found


def _version(changes: Changes, last: str, called_for: Level) -> Version:
    """Return the version called for: after the last release, and not below the base's own."""
    base, head = changes.versions
    lowest = next_version(last, called_for) if last else base
    return Version(last, base, head, called_for, base if is_before(lowest, base) else lowest)


def _changelog(new: Package, changes: Changes) -> Iterator[str]:
    """Yield what the changelog lacks for the version of the head."""
    text = _text(new, PATH)
    _, version = changes.versions
    if text is None:
        yield f"there is no {PATH}"
        return
    found = entry(text, version)
    if found is None:
        yield f"{PATH} has no heading `## {version}`"
    elif not opens_with_a_sentence(found):
        yield f"{PATH} does not open version {version} with a sentence that tells a user whether to act"


def _text(package: Package, path: str) -> str | None:
    data = package.source.read(path)
    return None if data is None else data.decode("utf-8", "replace")


def _unlisted(new: Package, changes: Changes, released: dict[str, dict[str, set[str]]]) -> Iterator[str]:
    """Yield the released rows whose cells changed and that the changelog's entry of this version does not name."""
    named = set(re.findall(r"[A-Z]{3}-[0-9]{4,}", entry(_text(new, PATH) or "", changes.versions[1]) or ""))
    for table in changes.tables:
        known = set().union(*(ids.get(table.name, ()) for ids in released.values()))
        whole = {*table.columns_added, *table.columns_removed}
        for row in table.rows_changed():
            corrected = any(cell.field not in whole for cell in row.cells)
            if len(row.key) == 1 and corrected and row.key[0] in known - named:
                yield row.key[0]


def _gone(new: Package, changes: Changes, released: dict[str, dict[str, set[str]]]) -> Iterator[tuple[str, str]]:
    """Yield the released ids that this change takes out without a tombstone."""
    known = set().union(*(keys for ids in released.values() for keys in ids.values()))
    tombstones = _tombstones(new)
    for table in changes.tables:
        if table.name == RETIRED or len(table.key) != 1:
            continue
        for row in table.rows_removed():
            if row[table.key[0]] in known - tombstones:
                yield table.name, row[table.key[0]] or ""


def _edited(old: Package, new: Package) -> Iterator[str]:
    """Yield the manifests of the base that the head has not, or not as they were; a zip file carries none."""
    if not isinstance(new.source, Zip):
        for path in old.source.names("releases"):
            if path.endswith(".json") and old.source.read(path) != new.source.read(path):
                yield path


def _tombstones(package: Package) -> set[str | None]:
    data = package.read(RETIRED) if RETIRED in package.schemas else None
    found = read_csv(data, package.resource(RETIRED).path).table if data is not None else None
    return set(found["id"].to_pylist()) if found is not None and "id" in found.column_names else set()


def _rewritten(changes: Changes) -> Iterator[tuple[str, str]]:
    """Yield the rows with an id of their own of which more than half changed: does the id still mean the same?"""
    for table in changes.tables:
        whole = {*table.columns_added, *table.columns_removed}
        columns = len(table.added.column_names) - len(table.key)
        for row in table.rows_changed():
            cells = sum(cell.field not in whole for cell in row.cells)
            if len(row.key) == 1 and columns > 2 and cells > MOSTLY * columns:
                yield table.name, row.key[0]
