"""Where the files of a package come from: a folder, a zip file, another source with changes laid over it.

A commit is in `repository`.

What is in them is untrusted: paths stay inside the package, and sizes are bounded.
"""

from __future__ import annotations

import os
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sumy2022.findings import UsageError
from sumy2022.limits import Meter


class Source(Protocol):
    """Where a package's files come from."""

    @property
    def name(self) -> str:
        """Return what a message calls it."""

    @property
    def meter(self) -> Meter:
        """Return what counts the bytes that are read, and notices a file that changes."""

    def has(self, path: str) -> bool:
        """Tell whether there is such a file."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""


@dataclass(frozen=True)
class Folder:
    """A package that is a folder."""

    root: Path
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Return the folder as a message names it."""
        return str(self.root)

    def has(self, path: str) -> bool:
        """Tell whether there is such a file; a link that leads out of the package counts as none."""
        target = self.root / path
        try:
            return target.resolve().is_relative_to(self.root.resolve()) and target.is_file()
        except (OSError, RuntimeError, ValueError):
            return False  # a loop of links, a name too long or no name at all

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file."""
        if not self.has(path):
            self.meter.gone(path)
            return None
        target = self.root / path
        try:
            with target.open("rb") as file:
                before = os.fstat(file.fileno())
                self.meter.allow(path, before.st_size)
                data = file.read(before.st_size + 1)
                after = os.fstat(file.fileno())
            if (len(data), after.st_size, after.st_mtime_ns) != (before.st_size, before.st_size, before.st_mtime_ns):
                raise self.meter.changed(path)
            return self.meter.take(path, data)
        except OSError as error:
            raise UsageError(f"{target} cannot be read: {error.strerror}.") from error

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""
        found = self.root / folder
        try:
            inside = found.resolve().is_relative_to(self.root.resolve()) and found.is_dir()
            return sorted(f"{folder}/{item.name}" for item in found.iterdir()) if inside else []
        except (OSError, RuntimeError):
            return []


@dataclass(frozen=True)
class Zip:
    """A package that is a zip file with datapackage.json at its root."""

    path: Path
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Return the file as a message names it."""
        return str(self.path)

    def has(self, path: str) -> bool:
        """Tell whether there is such a file."""
        with zipfile.ZipFile(self.path) as archive:
            return path in archive.namelist()

    def read(self, path: str) -> bytes | None:
        """Return a file's unpacked bytes; None when there is no such file."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(path) as file:
                data = file.read(self.meter.left(path) + 1)
        except KeyError:
            return None
        except Exception as error:  # damage shows as one of a dozen exceptions without a common base
            raise UsageError(f"{self.path} is not a zip file that can be read: {error}.") from error
        return self.meter.take(path, data)

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""
        with zipfile.ZipFile(self.path) as archive:
            return sorted(name for name in archive.namelist() if posixpath.dirname(name) == folder and name[-1] != "/")


@dataclass(frozen=True)
class Overlay:
    """A package in which some files are replaced, or added, as if they had been written."""

    below: Source
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """Return what a message calls the package below."""
        return self.below.name

    @property
    def meter(self) -> Meter:
        """Return the meter of the package below."""
        return self.below.meter

    def has(self, path: str) -> bool:
        """Tell whether there is such a file."""
        return path in self.files or self.below.has(path)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file."""
        return self.files[path] if path in self.files else self.below.read(path)

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""
        ours = (path for path in self.files if posixpath.dirname(path) == folder)
        return sorted({*self.below.names(folder), *ours})
