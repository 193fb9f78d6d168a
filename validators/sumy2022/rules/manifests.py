"""Rules of the manifests in `releases/`, one a release, which tell the ids that it held.

Manifests are read as untrusted: one of any other shape is reported and then left aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sumy2022.context import Context
from sumy2022.example import Write
from sumy2022.findings import Fault, Severity
from sumy2022.rule import Scope, rule

ERROR = Severity.ERROR
DESCRIPTOR = "datapackage.json"
NUMBER = "(0|[1-9][0-9]*)"
VERSION = re.compile(rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?")
Order = tuple[Any, ...]


def manifest_of(version: str, **ids: list[str]) -> Write:
    """Return a manifest of a release with these ids by table, for an example."""
    tables = {name: {"rows": len(held), "ids": held, "sha256": "0" * 64} for name, held in ids.items()}
    text = json.dumps({"version": version, "tables": tables, "schemas": {}}, indent=2)
    return Write(f"releases/{version}.json", text + "\n")


def precedence(version: object) -> Order | None:
    """Return what sorts versions as Semantic Versioning has it; None for what is no version.

    Numbers are compared by length and digits, so that one of any length is no trouble.
    """
    match = VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        return None
    *numbers, pre = match.groups()
    parts = [(not part.isdecimal(), len(part) if part.isdecimal() else 0, part) for part in (pre or "").split(".")]
    return (*((len(number), number) for number in numbers), pre is None, tuple(parts))


def manifest_problem(name: str, manifest: object) -> str | None:
    """Say why the manifest in `releases/<name>.json` cannot be used, or None."""
    if not isinstance(manifest, Mapping):
        return "it is no object"
    version, tables = manifest.get("version"), manifest.get("tables")
    if precedence(version) is None:
        return f"version is {_shown(version)}, not a version such as 1.2.0"
    if version != name:
        return f"it is named after another version than its own, {_shown(version)}"
    if not isinstance(tables, Mapping):
        return f"tables is {_shown(tables)}, not an object"
    if not isinstance(manifest.get("schemas", {}), Mapping):
        return f"schemas is {_shown(manifest['schemas'])}, not an object"
    problems = ((table, _table_problem(entry)) for table, entry in tables.items())
    return next((f"table {_shown(table)}: {problem}" for table, problem in problems if problem), None)


def _table_problem(entry: object) -> str | None:
    if not isinstance(entry, Mapping):
        return "it is no object"
    rows, ids = entry.get("rows"), entry.get("ids")
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 0:
        return f"rows is {_shown(rows)}, not a number of rows"
    if not isinstance(entry.get("sha256"), str):
        return f"sha256 is {_shown(entry.get('sha256'))}, not a hash"
    if "ids" not in entry:
        return None
    if not isinstance(ids, list) or not all(isinstance(key, str) for key in ids):
        return "ids is not a list of identifiers"
    return None if len(set(ids)) == len(ids) == rows else f"there are not {_shown(rows)} different ids"


def _shown(value: object) -> str:
    """Return any JSON value as a message can bear it: short, and in ASCII."""
    try:
        return json.dumps(value)[:60]
    except (ValueError, RecursionError):  # a number of thousands of digits, or deeply nested
        return "something unprintable"


def usable_manifests(context: Context) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the version and the tables of each manifest that can be used, from the oldest release on."""
    sound = [name for name, manifest in context.releases.items() if manifest_problem(name, manifest) is None]
    return [(name, context.releases[name]["tables"]) for name in sorted(sound, key=lambda name: precedence(name) or ())]


@rule(
    "HIS-101",
    "manifest-unusable",
    ERROR,
    since="1.0.0",
    scope=Scope.PACKAGE,
    message="the manifest cannot be used: {problem}",
    fix="Bring the file back as the release wrote it, with `git checkout`; a manifest is never edited.",
    bad=(Write("releases/0.1.0.json", '{"version": "0.1.1", "tables": {}, "schemas": {}}\n'),),
    good=(Write("releases/0.1.0.json", '{"version": "0.1.0", "tables": {}, "schemas": {}}\n'),),
    place=("releases/0.1.0.json", None),
)
def manifests_are_usable(context: Context) -> Iterator[Fault]:
    """A manifest is named after its version and tells of each table the rows, the ids and the hash.

    Without it nobody knows what the release held, and nothing is checked against that release.
    """
    for name, manifest in context.releases.items():
        problem = manifest_problem(name, manifest)
        if problem is not None:
            yield Fault("HIS-101", f"releases/{name}.json", facts={"problem": problem})


@rule(
    "HIS-102",
    "version-below-a-release",
    ERROR,
    since="1.0.0",
    scope=Scope.PACKAGE,
    message="the version is {value}, but {version} has been released",
    fix="Raise the version of datapackage.json above {version}.",
    bad=(manifest_of("0.2.0"),),
    good=(manifest_of("0.1.0"),),
    place=(DESCRIPTOR, None),
)
def version_is_not_below_a_release(context: Context) -> Iterator[Fault]:
    """The version of the package is not lower than one that has been released."""
    now = precedence(context.version)
    for newest, _ in usable_manifests(context)[-1:]:
        if now is not None and now < (precedence(newest) or ()):
            yield Fault("HIS-102", DESCRIPTOR, None, "version", context.version, {"version": newest})


@rule(
    "HIS-103",
    "released-version-changed",
    ERROR,
    since="1.0.0",
    scope=Scope.PACKAGE,
    message="the file differs from the one that was released as {version}",
    fix="Raise the version of datapackage.json, or bring the released file back.",
    bad=(manifest_of("0.1.0", retired_ids=[]),),
    good=(manifest_of("0.0.9", retired_ids=[]),),
    place=("data/retired_ids.csv", None),
)
def released_version_is_unchanged(context: Context) -> Iterator[Fault]:
    """A version names one content for ever: what was released under it is not changed afterwards."""
    tables = dict(usable_manifests(context)).get(context.version, {})
    for table, entry in tables.items():
        if table in context.hashes and context.hashes[table] != entry["sha256"]:
            yield Fault("HIS-103", context.files[table], facts={"version": context.version})
