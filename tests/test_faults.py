"""What the machine does wrong: full and read-only disks, killed processes, missing folders, odd locales and streams.

Each command runs as a process of its own, as a user would call it. Whatever happens, it ends with 0, 1 or 2, says in a
line what is amiss, and leaves each file as it was or as it should be. docs/robustness.md lists what was tried.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Files, lay, write
from sumy2022.example import Swap
from test_diff import git
from test_release import CHANGELOG

EVENTS = "data/events.csv"
NAME = "Сумська область,\n1 частина"
"""A folder with what a path may have: Cyrillic, a space, a comma and a line break."""
NEW = ["new", "actors", *(f"--set={cell}" for cell in ("name_en=A", "kind=medium", "side=none", "note=n"))]
RETIRE = ["retire", "EVT-0005", "--reason", "error"]
RETIRED = 1
"""What `retire` ends with where rows still refer to what is gone."""


@pytest.fixture
def folder(miniature: Files, tmp_path: Path) -> Path:
    return repository(miniature, tmp_path / NAME)


def repository(files: Files, folder: Path) -> Path:
    """Write a package that is ready for its first release, and of which `fmt` has one file to rewrite."""
    descriptor = json.loads(files["datapackage.json"]) | {"created": "2026-11-25T00:00:00Z"}
    more = {"datapackage.json": json.dumps(descriptor, indent=2).encode(), "CHANGELOG.md": CHANGELOG.encode()}
    write(files | more | {".gitignore": b"dist/\n"}, folder)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def spoilt(folder: Path) -> Path:
    """Give `fmt` a file to rewrite."""
    (folder / EVENTS).write_bytes((folder / EVENTS).read_bytes().replace(b"\n", b"\r\n"))
    return folder


def call(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command, and check that it ends as a command should."""
    options = {"stdout": subprocess.PIPE, "env": os.environ} | options
    done = subprocess.run(
        [sys.executable, "-B", "-m", "sumy2022", *arguments],
        cwd=cwd, stderr=subprocess.PIPE, timeout=120, **options
    )  # fmt: skip
    assert done.returncode in (0, 1, 2), done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.returncode == 2 or not done.stderr, "who fails says why, and who does not is silent"
    return done


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files but those of git."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


# Disks ----------------------------------------------------------------------------------------------------------

WRITING = {
    "fmt": ["fmt"],
    "new": NEW,
    "retire": RETIRE,
    "release": ["release"],
    "diff": ["diff", "HEAD", "--output", "changes.txt"],
    "docs": ["docs"],
    **{f"export {name}": ["export", name] for name in ("csv", "parquet", "sqlite", "xlsx")},
}


@pytest.fixture
def disk(tmp_path: Path, miniature: Files) -> Iterator[Path]:
    """A disk of its own with a package on it, which is then taken away."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here, which takes root: {mounted.stderr.decode().strip()}")
    try:
        yield repository(miniature, place / NAME)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with (disk.parent / "filler").open("wb", buffering=0) as file:
        for size in (1 << 16, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass


@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk_leaves_all_as_it_was(command: str, disk: Path) -> None:
    before = contents(spoilt(disk) if command == "fmt" else disk)
    fill(disk)
    done = call(*WRITING[command], cwd=disk)
    assert done.returncode == 2
    assert b"No space left" in done.stderr or b"disk is full" in done.stderr
    assert contents(disk) == before


@pytest.mark.parametrize("command", ["fmt", "new", "retire", "release", "diff", "export sqlite", "export parquet"])
def test_a_disk_that_can_only_be_read_is_named(command: str, disk: Path) -> None:
    before = contents(spoilt(disk) if command == "fmt" else disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk.parent)], check=True)
    done = call(*WRITING[command], cwd=disk)
    assert (done.returncode, b"Read-only file system" in done.stderr) == (2, True)
    assert contents(disk) == before


@pytest.mark.parametrize("command", [["validate"], ["diff", "HEAD"], ["info"]])
def test_what_only_reads_needs_no_disk_to_write_to(command: list[str], disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk.parent)], check=True)
    assert call(*command, cwd=disk).returncode == 0


@pytest.mark.parametrize("command", ["export parquet", "export sqlite", "export xlsx"])
def test_a_file_that_may_not_grow_is_as_a_full_disk(command: str, folder: Path) -> None:
    """And it can be tried without being root."""
    before = contents(folder)
    limit = (8 << 10, 8 << 10)
    done = call(*WRITING[command], cwd=folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert (done.returncode, b"cannot be written" in done.stderr) == (2, True)
    assert contents(folder) == before


# Killed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["fmt", "new", "export csv", "export parquet", "export sqlite"])
def test_a_killed_command_leaves_each_file_old_or_new(
    command: str, killed: Callable[..., int], miniature: Files, tmp_path: Path
) -> None:
    tables = [path for path in miniature if path.endswith(".csv")]
    crlf = {path: miniature[path].replace(b"\n", b"\r\n") for path in tables}
    files = miniature | (crlf if command == "fmt" else {})

    def call_in(folder: Path) -> list[str]:
        words = NEW if command == "new" else command.split()
        more = ["--output", str(folder / "out")] if words[0] == "export" else []
        return [*words[:2], str(folder), *words[2:], *more]

    whole = write(files, tmp_path / "whole")
    last, goal = killed(call_in(whole)), contents(whole)
    assert last > 0
    for step in range(1, last + 1, -(-last // 24)):
        folder = write(files, tmp_path / str(step))
        assert killed(call_in(folder), step=step) == 0
        # A killed process may leave a file or folder of its own behind, whose name begins with a point.
        left = contents(folder).items()
        found = {path: data for path, data in left if not any(p.startswith(".") for p in Path(path).parts)}
        assert found.keys() - goal.keys() == set()
        assert files.keys() - found.keys() == set()
        assert all(data in (files.get(path), goal[path]) for path, data in found.items())
        assert found != goal
    assert killed(call_in(folder)) > 0
    assert {path: contents(folder)[path] for path in goal} == goal, "the same call completes the work"


# Temporary folders, locales, streams ------------------------------------------------------------------------------

READING = [["validate"], ["info"], ["diff", "HEAD"], ["rules"]]
EVERY = [*READING, ["validate", "--format", "json"], ["fmt"], NEW, RETIRE, ["release"], ["review", "HEAD"]]
BARE = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
PLACES: dict[str, dict[str, str]] = {
    "no environment": BARE,
    "the locale C": os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "no folder for temporary files": os.environ | {"TMPDIR": "/nowhere/at/all"},
}


EXPORTS = [["export", name] for name in ("csv", "geojson", "parquet", "sqlite", "xlsx")]
TRIED = [
    *(("the locale C", command) for command in (*EVERY, *EXPORTS)),
    *(
        ("no environment", command)
        for command in (["validate"], ["diff", "HEAD"], NEW, ["release"], ["export", "xlsx"])
    ),
    *(("no folder for temporary files", command) for command in (["fmt"], ["release"], ["export", "sqlite"])),
]


@pytest.mark.parametrize(
    ("place", "command"), TRIED, ids=lambda part: part if isinstance(part, str) else " ".join(part)
)
def test_a_command_needs_no_more_than_it_is_given(place: str, command: list[str], folder: Path) -> None:
    done = call(*command, cwd=folder, env=PLACES[place])
    assert done.returncode == (RETIRED if command == RETIRE else 0)


def test_another_working_directory_gives_the_same(folder: Path, tmp_path: Path) -> None:
    here = call("validate", "--format", "json", cwd=folder)
    there = call("validate", str(folder), "--format", "json", cwd=tmp_path)
    assert here.stdout == there.stdout
    for where, path in ((folder, "."), (tmp_path, str(folder))):
        call("export", "csv", path, "--output", str(tmp_path / "out" / where.name), cwd=where)
    one, other = (contents(tmp_path / "out" / where.name) for where in (folder, tmp_path))
    assert one == other != {}


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize("stream", ["full", "closed", "gone"])
def test_output_that_nobody_takes_is_no_success(command: list[str], stream: str, folder: Path) -> None:
    """It is said, in one line, wherever there is somebody to say it to."""
    if command[0] == "diff":
        write(lay(contents(folder), [Swap(EVENTS, "Shelling of Alpha", "Other")]), folder)
    if stream == "full":
        with Path("/dev/full").open("wb") as full:
            done = call(*command, cwd=folder, stdout=full)
    elif stream == "closed":
        done = call(*command, cwd=folder, preexec_fn=lambda: os.close(1), stdout=None)
    else:
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as broken:
            done = call(*command, cwd=folder, stdout=broken)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == (0 if stream == "gone" else 1), "whoever reads no further, such as `head`, knows"


@pytest.mark.parametrize("stream", [0, 2], ids=["input", "errors"])
def test_a_stream_that_is_not_needed_may_be_closed(stream: int, folder: Path) -> None:
    assert call("validate", cwd=folder, preexec_fn=lambda: os.close(stream)).returncode == 0
