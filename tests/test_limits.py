"""What is read of a package is bounded, and is the same each time it is read: else there is a usage error."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from conftest import Files, write
from hostile import DESCRIPTOR, EVENTS, FILES, SMALL, STRUCTURE, with_path
from sumy2022 import Limits, UsageError, diff, open_package, review, validate
from sumy2022.__main__ import main
from sumy2022.limits import Meter, timer
from sumy2022.storage import Folder, Source, Zip

BYTES = sum(map(len, SMALL.values()))
ROWS = sum(data.count(b"\n") - 1 for path, data in SMALL.items() if path.endswith(".csv"))


def folder(files: Files, where: Path) -> str:
    return str(write(files, where / "package"))


def zipped(files: Files, where: Path) -> str:
    with ZipFile(where / "package.zip", "w", ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return str(where / "package.zip")


def committed(files: Files, where: Path) -> str:
    write(files, where)
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "--message=a"]):
        subprocess.run(["git", "-C", str(where), *arguments], check=True)
    return "HEAD"


KINDS = [folder, zipped, committed]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Bytes and rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lay", KINDS)
def test_a_package_has_no_more_bytes_and_rows_than_its_limits(lay: Callable[[Files, Path], str], here: Path) -> None:
    where = lay(SMALL, here)
    assert validate(where, only=STRUCTURE, limits=Limits(BYTES, ROWS)).rows["events"]
    with pytest.raises(UsageError, match=f"more than {BYTES - 1:,} bytes.*--max-bytes"):
        validate(where, only=STRUCTURE, limits=Limits(bytes=BYTES - 1))
    with pytest.raises(UsageError, match=f"more than {ROWS - 1:,} rows.*--max-rows"):
        validate(where, only=STRUCTURE, limits=Limits(rows=ROWS - 1))


def test_a_file_counts_for_each_resource_that_names_it(tmp_path: Path) -> None:
    files = with_path("data/places.csv")
    once = sum(len(data) for path, data in files.items() if path != EVENTS)
    places = len(files["data/places.csv"])
    where = write(files, tmp_path)
    rows = 2 * (files["data/places.csv"].count(b"\n") - 1)
    assert validate(where, only=STRUCTURE, limits=Limits(once + places, rows)).rows["events"]
    for limits in (Limits(bytes=once + places - 1), Limits(rows=rows - 1)):
        with pytest.raises(UsageError, match=r"the most that is read"):
            validate(where, only=STRUCTURE, limits=limits)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_are_counted_before_they_are_read(end: bytes, tmp_path: Path) -> None:
    where = write(SMALL | {EVENTS: b"event_id" + end * 5_000}, tmp_path)
    with pytest.raises(UsageError, match=r"data/events\.csv brings the tables of .* to more than 4,999 rows"):
        validate(where, only=STRUCTURE, limits=Limits(rows=4_999))


def test_a_package_that_was_opened_has_the_limits_of_its_opening(tmp_path: Path) -> None:
    package = open_package(write(SMALL, tmp_path), Limits(rows=ROWS - 1))
    with pytest.raises(UsageError, match="--max-rows"):
        validate(package, only=STRUCTURE, limits=Limits())


def test_claims_of_a_descriptor_are_compared_and_never_believed(tmp_path: Path) -> None:
    text = SMALL[DESCRIPTOR].replace(b'"path": "data/events.csv"', b'"path": "data/events.csv", "bytes": 999999999999')
    report = validate(write(SMALL | {DESCRIPTOR: text}, tmp_path), only=STRUCTURE)
    assert [(item.rule, item.value) for item in report.findings] == [("PKG-010", str(len(SMALL[EVENTS])))]


# Time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("work", [validate, lambda where, **more: diff(where, where, **more),
                                  lambda where, **more: review(where, where, **more)])  # fmt: skip
def test_a_long_work_stops_at_its_next_step(work: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"more than 0 seconds.*--max-seconds"):
        work(write(SMALL, tmp_path), limits=Limits(seconds=0))


def test_the_timer_stops_what_has_no_steps_and_takes_exceptions_for_its_own() -> None:
    def go_on() -> None:
        while True:
            try:
                sum(range(1_000))
            except Exception:
                continue

    with pytest.raises(UsageError, match="--max-seconds"), timer(1):
        go_on()


def test_the_timer_rings_again_where_its_exception_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lost.append)

    class Loser:
        def __del__(self) -> None:
            while True:  # until it rings: Python has nobody to hand to what is raised in here
                sum(range(1_000))

    def go_on() -> None:
        Loser()
        for _ in range(3_000_000):  # half a minute
            sum(range(1_000))

    with pytest.raises(UsageError, match="--max-seconds"), timer(1):
        go_on()
    assert len(lost) == 1


SLOW = b"event_id,title\n" + b'a,"\n' * 200_000
"""A table in which each of many quotes is looked for over a hundred lines."""


def test_a_command_that_is_stopped_leaves_nothing_that_looks_like_a_report(tmp_path: Path) -> None:
    """In a process of its own: there an exception is not lost in what the tests have hooked into the interpreter."""
    (tmp_path / "report.txt").write_text("the last one")
    where = folder(SMALL | {EVENTS: SLOW}, tmp_path)
    command = [sys.executable, "-m", "sumy2022", "validate", where, "--max-seconds", "1"]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "report.txt")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "sumy2022: This took more than 1 seconds, which is the most that it may take; there is no result. "
        "--max-seconds sets the limit.\n"
    )
    assert (tmp_path / "report.txt").read_text() == "the last one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["package", "report.txt"]


# The command line ------------------------------------------------------------------------------------------------

COMMANDS = [
    ["validate"], ["validate", "--format", "json"], ["diff"], ["review"], ["info"], ["fmt"], ["fmt", "--check"],
    ["export", "csv"], ["export", "site"], ["docs"], ["docs", "--check"], ["retire", "--reason", "error", "EVT-0001"]
]  # fmt: skip


@pytest.mark.parametrize("limit", ["--max-bytes", "--max-rows"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_names_the_limit_and_the_option(
    arguments: list[str], limit: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = folder(FILES, here)
    sides = [where, where] if arguments[0] in {"diff", "review"} else [where]
    before = {path: path.stat().st_mtime_ns for path in here.rglob("*")}
    assert main([*arguments, *sides, limit, "8"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sumy2022: ")
    assert (err.count("\n"), limit in err, " 8 " in err) == (1, True, True)
    assert {path: time for path, time in before.items() if path.is_file()} == {
        path: path.stat().st_mtime_ns for path in here.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("text", ["0", "-1", "1e9", "many", "", "٣", "9" * 5_000])
def test_a_limit_is_a_whole_number(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["validate", f"--max-rows={text}"])
    assert stopped.value.code == 2
    assert "is not a whole number from 1 up" in capsys.readouterr().err


# Files that change -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(SMALL[EVENTS] + b"x"), Path.unlink])
def test_a_file_that_changes_after_its_hash_was_checked_is_noticed(
    change: Callable[[Path], object], tmp_path: Path
) -> None:
    text = SMALL[DESCRIPTOR].replace(
        b'"path": "data/events.csv"', b'"path": "data/events.csv", "bytes": %d' % len(SMALL[EVENTS])
    )
    where = write(SMALL | {DESCRIPTOR: text}, tmp_path)

    def progress(step: str) -> None:
        if step == "reading events":
            change(where / EVENTS)

    with pytest.raises(UsageError, match=r"data/events\.csv of .* was changed by another program meanwhile"):
        validate(where, only=STRUCTURE, progress=progress)


def changing(where: Path) -> Iterator[Source]:
    """Yield a source, and again once a file of it has another content of the same length."""
    for source in (Folder(write(SMALL, where / "folder")), Zip(Path(zipped(SMALL, where)))):
        yield source
        other = SMALL | {EVENTS: SMALL[EVENTS].replace(b"Alpha", b"Omega")}
        write(other, where / "folder") if isinstance(source, Folder) else zipped(other, where)
        yield source


def test_a_file_has_one_content_in_all_kinds_of_packages(tmp_path: Path) -> None:
    sources = changing(tmp_path)
    for source in sources:
        assert source.read(EVENTS) == source.read(EVENTS) == SMALL[EVENTS]
        with pytest.raises(UsageError, match="was changed by another program"):
            next(sources).read(EVENTS)


def whole(source: Folder, path: str) -> object:
    return source.read(path)


def in_pieces(source: Folder, path: str) -> object:
    return b"".join(source.pieces(path))


@pytest.mark.parametrize("first", [whole, in_pieces])
@pytest.mark.parametrize("second", [whole, in_pieces])
@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"other"), Path.unlink])
def test_a_file_that_changes_between_two_readings_is_noticed(
    first: Callable[[Folder, str], object],
    second: Callable[[Folder, str], object],
    change: Callable[[Path], object],
    tmp_path: Path,
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"bytes")
    source = Folder(tmp_path)
    assert first(source, path.name) == second(source, path.name) == b"bytes"
    change(path)
    with pytest.raises(UsageError, match=r"file\.csv of .* was changed by another program"):
        second(source, path.name)


def test_a_file_in_pieces_is_the_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40_000
    (tmp_path / "big").write_bytes(data)
    pieces = list(Folder(tmp_path).pieces("big"))
    assert (len(pieces), b"".join(pieces)) == (3, data)
    assert list(Folder(tmp_path).pieces("nothing")) == []
    with pytest.raises(UsageError, match="--max-bytes"):
        next(Folder(tmp_path, Meter(Limits(bytes=10_239_999))).pieces("big"))


def test_a_file_that_is_overwritten_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(bytes(5_000_000))
    os.utime(path, (0, 0))  # or both writings might fall into one tick of the clock
    pieces = Folder(tmp_path).pieces("big.csv")
    next(pieces)
    with path.open("r+b") as file:
        file.write(b"x")
    with pytest.raises(UsageError, match="was changed by another program"):
        list(pieces)


@pytest.mark.parametrize("reading", [whole, in_pieces])
def test_a_file_that_grows_while_it_is_read_is_noticed(
    reading: Callable[[Folder, str], object], tmp_path: Path
) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(b"x" * 5_000_000)
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                os.write(file.fileno(), b"x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(UsageError, match="was changed by another program"):
            deque((reading(Folder(tmp_path), "big.csv") for _ in range(1_000)), maxlen=0)
    finally:
        stop.set()
        writer.join()
