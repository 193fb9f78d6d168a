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
import json, os, signal, sys, time
from sumy2022 import addition, canonical, exports, retirement
from sumy2022.__main__ import main
from sumy2022.commands import new, retire
from sumy2022.exports import parquet, sqlite
from sumy2022.render import json as _, text
from sumy2022.rules import load_all

def slow(function):
    def slowly(*arguments, **options):
        time.sleep(0.02)
        result = function(*arguments, **options)
        time.sleep(0.02)
        return result
    return slowly

load_all()
canonical.os.fsync, canonical.os.replace = slow(os.fsync), slow(os.replace)
for line in sys.stdin:
    seconds, commands = json.loads(line)
    start = time.monotonic()
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        for arguments in commands:
            main(arguments)
        os._exit(0)
    if seconds:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(time.monotonic() - start, flush=True)
"""
"""Runs the commands of each line in a process of its own, kills it after some seconds, and prints how long it took.

The steps of writing a file are slowed down, so that more of the moments lie between them.
"""


@pytest.fixture(scope="session")
def killed() -> Iterator[Callable[..., float]]:
    """A function that runs commands and kills them after some seconds, 0 for never, and returns how long it took."""
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines, answers = process.stdin, process.stdout

    def run(*commands: list[str], seconds: float = 0) -> float:
        lines.write(json.dumps([seconds, commands]) + "\n")
        return float(answers.readline())

    yield run
    lines.close()
    answers.close()
    assert process.wait(timeout=60) == 0
