from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from sumy2022.example import Add, Change, Drop, Edit, Remove, Swap, Write

ROOT = Path(__file__).parent.parent
MINIATURE = Path(__file__).parent / "miniature"
Files = dict[str, bytes]


@cache
def _miniature() -> Mapping[str, bytes]:
    """The files of the miniature package: its own data, the real package's schemas and resources."""
    descriptor = json.loads((ROOT / "datapackage.json").read_bytes())
    descriptor |= {"name": "miniature", "title": "Miniature", "version": "0.1.0"}
    files = {"datapackage.json": json.dumps(descriptor, indent=2, ensure_ascii=False).encode()}
    for path in (ROOT / "schemas").glob("*.json"):
        files[f"schemas/{path.name}"] = path.read_bytes()
    for path in (MINIATURE / "data").iterdir():
        files[f"data/{path.name}"] = path.read_bytes()
    return files


@pytest.fixture
def miniature() -> Files:
    return dict(_miniature())


def lay(files: Files, changes: Iterable[Change]) -> Files:
    """Return a package's files with an example's changes made."""
    files = dict(files)
    for change in changes:
        match change:
            case Write(path, text):
                files[path] = text.encode()
            case Remove(path):
                del files[path]
            case Swap(path, old, new, raw):
                before = files[path]
                assert old.encode() in before, f"{old!r} is not in {path}"
                files[path] = before.replace(old.encode(), new.encode("latin-1" if raw else "utf-8"), 1)
            case Edit() | Add() | Drop():
                path = f"data/{change.table}.csv"
                files[path] = _with_rows(files[path], change)
    return files


def _with_rows(data: bytes, change: Edit | Add | Drop) -> bytes:
    header, *rows = list(csv.reader(io.StringIO(data.decode())))
    if isinstance(change, Drop):
        del rows[change.row]
    else:
        unknown = set(change.cells) - set(header)
        assert not unknown, f"{change.table} has no column {unknown}"
        like = change.row if isinstance(change, Edit) else change.like
        row = dict(zip(header, rows[like] if rows else [""] * len(header), strict=True)) | change.cells
        if isinstance(change, Edit):
            rows[like] = list(row.values())
        else:
            rows.append(list(row.values()))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def write(files: Files, folder: Path) -> Path:
    """Write a package's files into a folder and return it."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


VICTIM = """
import json, os, signal, sys
from sumy2022 import addition, canonical, exports, retirement
from sumy2022.__main__ import main
from sumy2022.commands import new, retire
from sumy2022.exports import parquet, sqlite
from sumy2022.render import json as _, text
from sumy2022.rules import load_all

MOVING = {os.fsync, os.chmod, os.replace, os.unlink}
WRITING = {"write", "writelines", "flush", "execute", "executemany", "commit"}
HOLDERS = ("BufferedWriter", "FileIO", "TextIOWrapper", "Connection", "Cursor")
steps = last = 0

def count(frame, event, function):
    global steps
    if event != "c_call":
        return
    held = getattr(function, "__self__", None)
    writing = function.__name__ in WRITING and type(held).__name__ in HOLDERS and held is not sys.stdout
    if writing or function in MOVING:
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

load_all()
for line in sys.stdin:
    last, commands = json.loads(line)
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        sys.setprofile(count)
        for arguments in commands:
            main(arguments)
        sys.setprofile(None)
        os.write(1, b"%d\\n" % steps)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print(0 if os.WIFSIGNALED(status) else -1, flush=True)
"""
"""Runs the commands of each line in a process of its own that kills itself at a step, 0 for never.

A step is a call that writes, changes or moves a file, and is not made any more. Prints how many there were, 0 where the
process was killed, and -1 where it failed. Steps are the same each time, which moments are not.
"""


@pytest.fixture(scope="session")
def killed() -> Iterator[Callable[..., int]]:
    """A function that runs commands, and returns how many steps of writing they took, 0 where killed at one of them."""
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines, answers = process.stdin, process.stdout

    def run(*commands: list[str], step: int = 0) -> int:
        lines.write(json.dumps([step, commands]) + "\n")
        steps = int(answers.readline())
        assert steps >= 0
        return steps

    yield run
    lines.close()
    answers.close()
    assert process.wait(timeout=60) == 0
