"""Whether a package can be released, and the manifest that tells for ever what a release held."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from sumy2022.changelog import PATH, entry, heading, opens_with_a_sentence
from sumy2022.comparison import Changes, diff
from sumy2022.findings import Severity, UsageError
from sumy2022.limits import Limits, Meter
from sumy2022.package import DESCRIPTOR, Package, manifests, open_package, read_package
from sumy2022.reading import read_csv
from sumy2022.repository import Commit, commit_time, find_commit, uncommitted
from sumy2022.rules.manifests import manifest_problem, precedence
from sumy2022.storage import Folder
from sumy2022.validation import validate
from sumy2022.versioning import is_before, level, next_version, reasons

FOLDER = "releases"
LISTED = 5


@dataclass(frozen=True)
class Plan:
    """What a release would be.

    `last` is the release before, empty if there is none; `changes` are those since then. `manifest` is what belongs
    into `path`, relative to the package; `written` tells that it is there. `obstacles` say why there can be no
    release yet. `commit` is what is released, and `moment` the time of it, in seconds since 1970.
    """

    package: Package
    root: Path
    version: str
    last: str
    changes: Changes | None
    manifest: bytes
    written: bool
    obstacles: tuple[str, ...]
    commit: Commit
    moment: int

    @property
    def path(self) -> str:
        """Return where the manifest belongs."""
        return f"{FOLDER}/{self.version}.json"


def plan(package: Package) -> Plan:
    """Look at a package as it would be released: the folder of a git repository, at its last commit.

    Raises `UsageError` if it is no such folder.
    """
    source = package.source
    if not isinstance(source, Folder) or (head := find_commit("HEAD", source.root)) is None:
        raise UsageError("A release is made from a folder in a git repository that has a commit.")
    version = package.descriptor.version
    earlier = _earlier(package)
    last = next((one for one in reversed(earlier) if one != version and "-" not in one), "")
    manifest = _json(manifest_of(package))
    found = source.read(f"{FOLDER}/{version}.json")
    changes, problem = _since(last, source.root, package.limits)
    return Plan(
        package=package,
        root=source.root,
        version=version,
        last=last,
        changes=changes,
        manifest=manifest,
        written=found == manifest,
        obstacles=tuple(
            chain(
                _tree(source.root),
                _findings(package),
                _released_already(version, found, manifest),
                _version(version, last, changes),
                _tagged(version, head),
                _changelog(package),
                [problem] if problem else [],
            )
        ),
        commit=head,
        moment=commit_time(head),
    )


def manifest_of(package: Package) -> dict[str, Any]:
    """Return what a release holds: of each table the number of rows, the ids and the file's hash; the schemas' hashes.

    A table whose key is of several columns has no ids of its own.
    """
    tables: dict[str, Any] = {}
    for name, schema in package.schemas.items():
        data = package.read(name) or b""
        table = read_csv(data, package.resource(name).path).table
        key = schema.primary_key
        ids = {"ids": table[key[0]].to_pylist()} if len(key) == 1 and key[0] in table.column_names else {}
        tables[name] = {"rows": table.num_rows, **ids, "sha256": hashlib.sha256(data).hexdigest()}
    schemas = {name: _hash(package, schema.file) for name, schema in package.schemas.items()}
    return {"version": package.descriptor.version, "tables": tables, "schemas": schemas}


def _hash(package: Package, path: str) -> str:
    return hashlib.sha256(package.source.read(path) or b"").hexdigest()


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _earlier(package: Package) -> list[str]:
    """Return the versions that have a manifest, oldest first."""
    found, _ = manifests(package.source)
    sound = [version for version, manifest in found.items() if manifest_problem(version, manifest) is None]
    return sorted(sound, key=lambda version: precedence(version) or ())


def _since(last: str, root: Path, limits: Limits) -> tuple[Changes | None, str | None]:
    """Return the changes since a release, and why they cannot be told."""
    if not last:
        return None, None
    tag = find_commit(f"v{last}", root)
    if tag is None:
        return None, f"the tag v{last} of the last release is not here: `git fetch --tags`"
    before = read_package(replace(tag, meter=Meter(limits, tag.name)))
    if before.descriptor.version != last:
        return None, f"the tag v{last} holds version {before.descriptor.version}: set it to the commit of the release"
    return diff(before, open_package(root, limits)), None


def _tree(root: Path) -> Iterator[str]:
    if paths := uncommitted(root):
        more = f" and {len(paths) - LISTED} more" if len(paths) > LISTED else ""
        yield f"not committed: {', '.join(paths[:LISTED])}{more}"


def _findings(package: Package) -> Iterator[str]:
    report = validate(package)
    for severity in (Severity.ERROR, Severity.WARNING):
        if number := report.count(severity):
            unwaived = " that no waiver accepts" if severity is Severity.WARNING else ""
            yield f"`sumy2022 validate` has {number} {severity.value}{'s' if number > 1 else ''}{unwaived}"
    if report.not_run:
        yield f"`sumy2022 validate` could not run {', '.join(sorted({item.rule for item in report.not_run})[:LISTED])}"


def _released_already(version: str, found: bytes | None, manifest: bytes) -> Iterator[str]:
    if found not in (None, manifest):
        yield f"{FOLDER}/{version}.json tells of other data: this version was released already"


def _tagged(version: str, head: Commit) -> Iterator[str]:
    tag = find_commit(f"v{version}", head.folder)
    if tag is not None and tag.commit != head.commit:
        yield f"the tag v{version} is on another commit, {tag.commit[:10]}: this version was released already"


def _version(version: str, last: str, changes: Changes | None) -> Iterator[str]:
    if precedence(version) is None:
        yield f"the version {version} is none that Semantic Versioning knows"
    elif last and not is_before(last, version):
        yield f"the version {version} does not come after the last release, {last}"
    elif changes is not None:
        found = reasons(changes)
        lowest = next_version(last, level(found))
        if is_before(version, lowest):
            why = f"{found[0].words} ({level(found).name.lower()})"
            yield f"the version must be {lowest} or higher: since {last}, {why}"


def _changelog(package: Package) -> Iterator[str]:
    version = package.descriptor.version
    text = (package.source.read(PATH) or b"").decode("utf-8", "replace")
    found = entry(text, version)
    created = str(package.descriptor.document.get("created", ""))[:10]
    if found is None:
        yield f"{PATH} has no heading `## {version}`"
    elif not opens_with_a_sentence(found):
        yield f"{PATH} does not open version {version} with a sentence that tells a user whether to act"
    elif heading(text, version) != f"({created})":
        day = f"the day that `created` has in {DESCRIPTOR}"
        yield f"{PATH} must have the heading `## {version} ({created})`, with {day}"
