"""Opens a data package, from a folder, a zip file or a commit.

A package is untrusted: nothing in it is executed, its paths stay inside it, and sizes are bounded.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sumy2022.bundled import Bundled
from sumy2022.descriptor import Descriptor, Resource, read_descriptor
from sumy2022.document import read_json
from sumy2022.findings import Fault, UsageError, hint
from sumy2022.limits import Limits, Meter, in_time
from sumy2022.repository import find_commit
from sumy2022.rules import structure as st
from sumy2022.schema import TableSchema
from sumy2022.storage import Folder, Source, Zip, in_pieces
from sumy2022.table_schema import read_schema, sound_references

DESCRIPTOR = "datapackage.json"


@dataclass
class Package:
    """An opened package: its descriptor and schemas, and the faults seen in them."""

    source: Source
    descriptor: Descriptor
    schemas: dict[str, TableSchema] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def limits(self) -> Limits:
        """Return what it was opened with: how much of it is read, and for how long."""
        return self.source.meter.limits

    def resource(self, name: str) -> Resource:
        """Return a resource by name; an unknown one is a usage error."""
        for known in self.descriptor.resources:
            if known.name == name:
                return known
        names = [known.name for known in self.descriptor.resources]
        raise UsageError(f"There is no resource {name!r} in {self.source.name}{hint(name, names)}")

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a resource's file; None when it is not there or its path is unsafe."""
        resource = self.resource(name)
        data = None if path_problem(resource.path) else self.source.read(resource.path)
        if data is not None:
            self.source.meter.use(name, resource.path, len(data))
            if resource.schema_path is not None:
                self.source.meter.count_lines(name, resource.path, data)
        return data

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a resource's file as `read` returns them, but piece by piece; its rows are not counted."""
        resource, size = self.resource(name), 0
        for piece in in_pieces(self.source, resource.path) if path_problem(resource.path) is None else ():
            size += len(piece)
            yield piece
        self.source.meter.use(name, resource.path, size)


def path_problem(path: str) -> str | None:
    """Say why a path cannot be used in a package, or None."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path):
        return "is an address; only files of the package are read"
    if path.startswith(("/", "~")) or "\\" in path:
        return "is not a relative path written with /"
    if not path.isprintable():
        return "has a character that does not print"
    parts = path.split("/")
    if ".." in parts:
        return "leads out of the package"
    if "" in parts or any(part.startswith(".") for part in parts):
        return "goes through a hidden or nameless folder"
    return None


def open_package(where: str | Path | None = None, limits: Limits | None = None) -> Package:
    """Open the package at a path: a folder, its datapackage.json, or a zip file; or the one around the working
    directory as it stands in a git revision, such as `main` or `v1.0.0`, where there is no such path.

    Without a path it is the package around the working directory or, where there is none, the one that came with the
    distribution. What is wrong inside the package is in `Package.faults`; `UsageError` is raised where there is no
    package to speak of, and, now or later, where there is more in it than `limits` allow.
    """
    here = _around(Path.cwd())
    limits = limits or Limits()
    if where is None and here is None:
        own = Bundled(Meter(limits))
        if own.has(DESCRIPTOR):
            return read_package(own)
        raise UsageError(
            f"There is no {DESCRIPTOR} in {Path.cwd()} or above. Name the package: sumy2022 validate PACKAGE."
        )
    place = Path(where if where is not None else here or "")
    try:
        source = _source(place, here, Meter(limits, str(place)))
    except OSError as error:  # a name too long, a folder that may not be entered
        raise UsageError(f"{place} cannot be opened: {error.strerror}.") from error
    return read_package(source)


def read_package(source: Source) -> Package:
    """Read the descriptor and the schemas of a package whose files come from a source.

    Raises `UsageError` if there is no descriptor.
    """
    data = source.read(DESCRIPTOR)
    if data is None:
        raise UsageError(f"There is no {DESCRIPTOR} in {source.name}. Name a folder or zip file that has one.")
    document, faults = read_json(data, DESCRIPTOR)
    if faults:
        return Package(source, Descriptor(), faults=faults)
    descriptor, faults = read_descriptor(document, DESCRIPTOR)
    package = Package(source, descriptor, faults=faults)
    package.faults += _file_faults(package)
    step = in_time(source.meter.limits)
    for resource in descriptor.tables:
        step(resource.name)
        _read_schema(package, resource)
    package.schemas, faults = sound_references(package.schemas, [table.name for table in descriptor.tables])
    package.faults += faults
    return package


def _source(where: Path, here: Path | None, meter: Meter) -> Source:
    if here is not None and where.exists() and len(where.parts) == 1 and find_commit(str(where), here) is not None:
        raise UsageError(f"{where} is a path and a git revision. Write {where}/{DESCRIPTOR}, or refs/heads/{where}.")
    if where.is_dir():
        return Folder(where, meter)
    if where.name == DESCRIPTOR and where.is_file():
        return Folder(where.parent, meter)
    if where.is_file() and zipfile.is_zipfile(where):
        return Zip(where, meter)
    if where.exists():
        raise UsageError(f"{where} is neither a folder, a {DESCRIPTOR} nor a zip file.")
    commit = find_commit(str(where), here) if here is not None else None
    if commit is not None:
        return replace(commit, meter=meter)
    raise UsageError(f"There is no {where}. Name a folder, a {DESCRIPTOR}, a zip file or a git revision.")


def _around(folder: Path) -> Path | None:
    """Return the folder of the package that a folder lies in."""
    return next((place for place in (folder, *folder.parents) if (place / DESCRIPTOR).is_file()), None)


def _file_faults(package: Package) -> Iterator[Fault]:
    for resource in package.descriptor.resources:
        for pointer, path in (
            (f"{resource.pointer}/path", resource.path),
            (f"{resource.pointer}/schema", resource.schema_path),
        ):
            if path is None:
                continue
            problem = path_problem(path)
            if problem:
                yield Fault(st.UNSAFE_PATH, DESCRIPTOR, value=path, facts={"pointer": pointer, "problem": problem})
            elif not package.source.has(path):
                yield Fault(st.MISSING_FILE, DESCRIPTOR, value=path, facts={"pointer": pointer})
        if resource.bytes is not None or resource.hash is not None:
            yield from _hash_faults(resource, package.read(resource.name))


def _hash_faults(resource: Resource, data: bytes | None) -> Iterator[Fault]:
    if data is None:
        return
    if resource.bytes is not None and resource.bytes != len(data):
        yield Fault(st.HASH_DIFFERS, DESCRIPTOR, field="bytes", value=str(len(data)),
                    facts={"pointer": resource.pointer, "expected": str(resource.bytes)})  # fmt: skip
    if resource.hash is None:
        return
    found = "sha256:" + hashlib.sha256(data).hexdigest()
    if resource.hash != found:
        yield Fault(st.HASH_DIFFERS, DESCRIPTOR, field="hash", value=found,
                    facts={"pointer": resource.pointer, "expected": resource.hash})  # fmt: skip


def _read_schema(package: Package, resource: Resource) -> None:
    path = resource.schema_path or ""
    data = None if path_problem(path) else package.source.read(path)
    if data is None:
        return
    document, faults = read_json(data, path)
    package.faults += faults
    if not faults:
        package.schemas[resource.name], faults = read_schema(document, resource.name, path)
        package.faults += faults


def manifests(source: Source) -> tuple[Mapping[str, Any], list[Fault]]:
    """Read `releases/*.json`, each of which tells what one release held, by version; any JSON may be there."""
    found, faults = {}, []
    for path in source.names("releases"):
        if path.endswith(".json"):
            name = path.encode("utf-8", "backslashreplace").decode()  # a file system may hold names that are no text
            document, problems = read_json(source.read(path) or b"", name)
            faults += problems
            if not problems:
                found[name.removeprefix("releases/").removesuffix(".json")] = document
    return found, faults
