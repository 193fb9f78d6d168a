"""The files of a release: the data package as a zip, every export, the changes, and the hashes of them all.

Everything is built in a temporary folder and renamed at the end, so that a folder of a release is whole or not there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sumy2022.comparison import Changes
from sumy2022.exports import FORMATS, INTERNAL, stem, writer
from sumy2022.exports.moment import VARIABLE
from sumy2022.findings import UsageError
from sumy2022.releasing import Plan
from sumy2022.zipping import zipped

SUMS = "SHA256SUMS"
HEAD = ("release", "table", "id", "change", "field", "old", "new")
UNFINISHED = ".{}-unfinished-"
"""How the name of a folder begins in which a release of this name is being built."""


def build(plan: Plan, dist: Path) -> Path:
    """Build a release and return its folder, `dist/<name>-<version>`.

    A folder that is there already is never touched: the same bytes are an answer, others raise `UsageError`. What an
    earlier run left unfinished is removed; a build at the same time raises `UsageError`.
    """
    target = dist / stem(plan.package)
    prefix = UNFINISHED.format(target.name)
    try:
        dist.mkdir(parents=True, exist_ok=True)
        with _alone(dist), _at(plan.moment):
            for left in dist.glob(f"{prefix}*"):
                shutil.rmtree(left, ignore_errors=True)
            name = tempfile.mkdtemp(dir=dist, prefix=prefix)
            try:
                folder = Path(name) / target.name
                folder.mkdir()
                _write(plan, folder)
                if target.exists():
                    _compare(folder, target)
                else:
                    folder.rename(target)
            finally:
                shutil.rmtree(name, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{dist} cannot be written: {error.strerror}.") from error
    return target


def _write(plan: Plan, folder: Path) -> None:
    from sumy2022 import metadata

    package = plan.package
    for name in FORMATS:
        if name not in INTERNAL:
            writer(name)(package, folder)
    metadata.write(package, folder)
    (folder / f"{stem(package)}.zip").write_bytes(zipped(package))
    (folder / f"changes-{plan.version}.csv").write_bytes(changes_csv(plan.version, plan.changes))
    _wheel(plan, folder)
    (folder / SUMS).write_text(sums(folder))


@contextmanager
def _alone(dist: Path) -> Iterator[None]:
    """Keep a second build out of the folder, where the system can (Windows cannot lock a folder)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(dist, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UsageError(f"Another release is being built into {dist}. Wait until it is done.") from error
    finally:
        os.close(handle)


@contextmanager
def _at(seconds: int) -> Iterator[None]:
    """Let everything that is built bear one moment, also what other programs build."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(seconds)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def changes_csv(version: str, changes: Changes | None) -> bytes:
    """Return every cell that was added, removed or changed since the last release; of a first release, none."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(HEAD)
    for table in changes.tables if changes is not None else ():
        for change, rows in (("removed", table.rows_removed()), ("added", table.rows_added())):
            for row in rows:
                key = " ".join(row[name] or "" for name in table.key)
                for field, cell in row.items():
                    if cell is not None:
                        pair = (cell, "") if change == "removed" else ("", cell)
                        lines.writerow((version, table.name, key, change, field, *pair))
        for changed in table.rows_changed():
            key = " ".join(changed.key)
            lines.writerows((version, table.name, key, "changed", field, old, new) for field, old, new in changed.cells)
    return out.getvalue().encode()


def _wheel(plan: Plan, folder: Path) -> None:
    """Build the Python package, if the repository is one: from the commit, so that nothing that lies about gets in."""
    if not plan.commit.has("pyproject.toml"):
        return
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder.resolve())]
    with tempfile.TemporaryDirectory() as tree:
        with tarfile.open(fileobj=io.BytesIO(plan.commit.archive() or b"")) as archive:
            archive.extractall(tree, filter="data")
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise UsageError(f"The Python package could not be built: {done.stderr.strip()[-400:]}")


def sums(folder: Path) -> str:
    """Return the hashes of all files of a folder, as sha256sum writes and checks them."""
    lines = [f"{_hash(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS]
    return "".join(lines)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compare(folder: Path, target: Path) -> None:
    if verify(target) or (target / SUMS).read_text() != (folder / SUMS).read_text():
        raise UsageError(f"{target} is there already with other content. Remove the folder to build it anew.")


def verify(folder: Path) -> list[str]:
    """Return what is wrong with a folder of a release, in words, by its hashes: files changed, missing or not listed.

    Raises `UsageError` if there are no hashes.
    """
    try:
        text = (folder / SUMS).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{folder} has no {SUMS} that can be read.") from error
    lines = (line.partition("  ") for line in text.splitlines())
    listed = {name: digest for digest, _, name in lines if name}
    there = {path.name for path in folder.iterdir()} - {SUMS}
    problems = [f"{name} is missing" for name in sorted(listed.keys() - there)]
    problems += [f"{name} is not in {SUMS}" for name in sorted(there - listed.keys())]
    problems += [
        f"{name} has another content" for name in sorted(there & listed.keys()) if not _is(folder / name, listed[name])
    ]
    return problems


def _is(path: Path, wanted: str) -> bool:
    return path.is_file() and _hash(path) == wanted
