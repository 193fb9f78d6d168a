"""Where the files of a package come from: a folder, a zip file, another source with changes laid over it.

A commit is in `repository`.

What is in them is untrusted: paths stay inside the package, and sizes are bounded.
"""

from __future__ import annotations

import os
import posixpath
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Protocol

from sumy2022.findings import UsageError
from sumy2022.limits import Meter

PIECE = 4_000_000
"""How many bytes of a file are read at a time where it is not needed whole."""
MEMBER_LIMIT = 10_000
"""The most files that a zip file may hold."""


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


def in_pieces(source: Source, path: str) -> Iterator[bytes]:
    """Yield a file's bytes one after the other, from a folder without holding them all; none where there is no file."""
    if isinstance(source, Folder):
        yield from source.pieces(path)
    elif data := source.read(path):
        yield data


def folded(path: str) -> str:
    """Return a path as file systems compare it that know no case and write letters with accents in another way."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


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
        with self._opened(path) as (file, size):
            data = file.read(size + 1)
            if len(data) != size:
                raise self.meter.changed(path)
        return self.meter.take(path, data)

    def pieces(self, path: str) -> Iterator[bytes]:
        """Yield a file's bytes in pieces of `PIECE`; none when there is no such file."""
        if not self.has(path):
            self.meter.gone(path)
            return
        with self._opened(path) as (file, size):
            left = size + 1
            while piece := file.read(min(PIECE, left)):
                left -= len(piece)
                yield piece
            if left != 1:
                raise self.meter.changed(path)
        self.meter.count(path, size)

    @contextmanager
    def _opened(self, path: str) -> Iterator[tuple[BinaryIO, int]]:
        """Open a file and tell its size; one that is not the same at the end, or than it was before, is refused."""
        target = self.root / path
        try:
            with target.open("rb") as file:
                size, *_ = before = _stamp(file)
                self.meter.allow(path, size)
                yield file, size
                if _stamp(file) != before:
                    raise self.meter.changed(path)
                self.meter.hold(path, before)
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


def _stamp(file: BinaryIO) -> tuple[int, ...]:
    """Return the size of a file and when it was last changed: its content, and whatever else the system knows of it."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


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
        """Tell whether there is such a file; a link is none."""
        return path in self._members

    def read(self, path: str) -> bytes | None:
        """Return a file's unpacked bytes; None when there is no such file."""
        if not self.has(path):
            return None
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(path) as file:
                data = file.read(self.meter.left(path) + 1)
        except Exception as error:  # damage shows as one of a dozen exceptions without a common base
            raise UsageError(f"{self.path} is not a zip file that can be read: {error}.") from error
        return self.meter.take(path, data)

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""
        return sorted(name for name in self._members if posixpath.dirname(name) == folder)

    @cached_property
    def _members(self) -> frozenset[str]:
        """Return the names of the files; what makes the archive ambiguous or a bomb is a `UsageError`."""
        try:
            if self.path.stat().st_size > self.meter.limits.bytes:
                raise ValueError(f"it has more than {self.meter.limits.bytes:,} bytes, and --max-bytes sets the limit")
            with zipfile.ZipFile(self.path) as archive:
                files = [item for item in archive.infolist() if not item.is_dir()]
            if problem := _problem(files):
                raise ValueError(problem)
        except Exception as error:  # as in `read`
            raise UsageError(f"{self.path} is not a zip file that can be read: {error}.") from error
        return frozenset(item.filename for item in files if not stat.S_ISLNK(item.external_attr >> 16))


def _problem(files: list[zipfile.ZipInfo]) -> str | None:
    """Say what is wrong with the files that the directory of a zip file lists, or None.

    Two readers could take different files for one and the same name, and a few bytes that many files share, or that are
    packed by a method whose output cannot be bounded, could unpack to more than any disk holds.
    """
    if len(files) > MEMBER_LIMIT:
        return f"it has {len(files):,} files, and at most {MEMBER_LIMIT:,} are read"
    names: dict[str, str] = {}
    for item in files:
        if item.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return f"{item.filename} is packed by another method than deflate"
        if (other := names.setdefault(folded(item.filename), item.filename)) != item.filename:
            return f"{item.filename} and {other} have the same name but for the case of letters"
    if len(names) < len(files):
        twice = Counter(item.filename for item in files).most_common(1)[0][0]
        return f"two files are called {twice}"
    spans = sorted((item.header_offset, item.header_offset + item.compress_size) for item in files)
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        return "files in it overlap"
    return None


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
