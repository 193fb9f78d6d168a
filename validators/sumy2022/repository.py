"""A package as it stands in a commit of a git repository."""

from __future__ import annotations

import posixpath
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from sumy2022.limits import Meter


@dataclass(frozen=True)
class Commit:
    """A package in a commit: `prefix` is the package's folder in the repository, empty at its root."""

    folder: Path
    revision: str
    commit: str
    prefix: str
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Return the revision as it was asked for, and the commit."""
        return f"{self.revision} ({self.commit[:10]})"

    def has(self, path: str) -> bool:
        """Tell whether there is such a file; a link is none."""
        return self._kind(path) == "blob"

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file."""
        if not self.has(path):
            return None
        self.meter.allow(path, int(_git(self.folder, "cat-file", "-s", self._object(path)) or 0))
        data = _git(self.folder, "cat-file", "blob", self._object(path))
        return None if data is None else self.meter.take(path, data)

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""
        listed = _git(self.folder, "ls-tree", "-z", "--full-tree", f"{self.commit}:{self.prefix}{folder}") or b""
        found = []
        for entry in listed.split(b"\0")[:-1]:
            kind, name = entry.split(b"\t", 1)
            if kind.split()[1] == b"blob":
                found.append(posixpath.join(folder, name.decode("utf-8", "surrogateescape")))
        return sorted(found)

    def archive(self) -> bytes | None:
        """Return everything in the package's folder as a tar file, paths relative to it; None if that fails."""
        return _git(self.folder, "archive", "--format=tar", self.commit)  # from where git is called downwards

    def _object(self, path: str) -> str:
        return f"{self.commit}:{self.prefix}{path}"

    def _kind(self, path: str) -> str:
        """Return the kind of object at a path: blob, tree, or nothing; a link is told by its mode."""
        if "\0" in path or "\n" in path:
            return ""
        listed = _git(self.folder, "ls-tree", "-z", "--full-tree", self.commit, "--", f"{self.prefix}{path}")
        mode, kind, *_ = (listed or b"- -").split()
        return "" if mode == b"120000" else kind.decode()


def find_commit(revision: str, folder: Path) -> Commit | None:
    """Return the package of a folder as it stands in a revision; None where there is no repository or revision."""
    top = _git(folder, "rev-parse", "--show-prefix")
    if top is None:
        return None
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        return None
    return Commit(folder, revision, commit.decode().strip(), top.decode("utf-8", "surrogateescape").rstrip("\n"))


def commit_time(commit: Commit) -> int:
    """Return when a commit was made, in seconds since 1970."""
    return int(_git(commit.folder, "show", "--no-patch", "--format=%ct", commit.commit) or 0)


def uncommitted(folder: Path) -> list[str]:
    """Return the paths in a repository that differ from the last commit, or are in none and not ignored."""
    listed = _git(folder, "status", "--porcelain", "-z") or b""
    return [entry[3:].decode("utf-8", "replace") for entry in listed.split(b"\0") if entry[3:]]


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what a git command prints; None if it fails or there is no git."""
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are ours, and a revision cannot pass for an option
            ["git", "--literal-pathspecs", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None
