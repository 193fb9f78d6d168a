"""The same report from a cluster as from one process: on every rule's fault, on damaged files, after lost workers.

Blocks are so small here that tables of a few rows come in several parts.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from dask.typing import Key
from distributed import Client, KilledWorker
from distributed.diagnostics.plugin import SchedulerPlugin
from distributed.scheduler import WorkerState

from conftest import ROOT, Files, lay, write
from sumy2022.__main__ import main
from sumy2022.distributed import cluster as cluster_module
from sumy2022.distributed.blocks import cut
from sumy2022.distributed.cluster import connected
from sumy2022.distributed.engine import Cluster
from sumy2022.example import Add, Change, Drop, Edit, Remove, Swap, Write
from sumy2022.findings import Report, UsageError
from sumy2022.package import open_package
from sumy2022.rule import REGISTRY, Rule, Scope
from sumy2022.rules import load_all
from sumy2022.validation import validate
from test_mutation import MUTATORS, Shipped

load_all()
RULES = [rule for rule in REGISTRY.values() if not rule.retired]
FEW = 600
"""The bytes of a block in the miniature package: its larger tables come in two parts."""
SHIPPED = 100_000
"""The same in the shipped one."""
TOGETHER = 24
"""How many rules' examples are laid over one package at most."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected(workers=2) as found:
        yield found


def alike(client: Client, where: Path, block: int = FEW) -> Report:
    """Validate here and on the cluster, and return the one report of both."""
    expected = validate(where)
    found = validate(where, engine=Cluster(client, block))
    assert found.findings == expected.findings
    assert found == expected
    return expected


def places(changes: Iterable[Change]) -> set[tuple[str, object]]:
    """What an example changes: rows of tables, texts in files, or whole files."""
    found: set[tuple[str, object]] = set()
    for change in changes:
        match change:
            case Edit(table, _, row):
                found.add((f"data/{table}.csv", row))
            case Add(table):
                found.add((f"data/{table}.csv", "more"))
            case Drop(table):
                found.add((f"data/{table}.csv", "all"))
            case Swap(path, old):
                found.add((path, f"text {old}" if path.endswith(".json") else "all"))
            case Write(path) | Remove(path):
                found.add((path, "all"))
    return found


def apart(some: set[tuple[str, object]], other: set[tuple[str, object]]) -> bool:
    """Tell whether two examples change nothing in common."""
    files = {file for file, what in some | other if what == "all"}
    return not some & other and not {file for file, _ in some} & {file for file, _ in other} & files


def batches() -> Iterator[list[Rule]]:
    """Yield rules whose bad examples can be laid over one package."""
    waiting = list(RULES)
    while waiting:
        batch: list[Rule] = []
        for rule in waiting:
            if len(batch) < TOGETHER and all(apart(places(rule.bad), places(other.bad)) for other in batch):
                batch.append(rule)
        waiting = [rule for rule in waiting if rule not in batch]
        yield batch


@pytest.mark.slow
def test_every_rule_is_found_alike(client: Client, miniature: Files, tmp_path: Path) -> None:
    """An example that others of its batch hide is tried once more by itself.

    Files are not cut where only the descriptor or a schema is changed, for neither engine has a part in reading these.
    """
    pending, count = list(batches()), 0
    for batch in pending:
        folder = tmp_path / str(count)
        files = miniature
        for rule in batch:
            with suppress(AssertionError):  # the text that it swaps has been swapped
                files = lay(files, rule.bad)
        cut_up = any(file.startswith("data/") for rule in batch for file, _ in places(rule.bad))
        report = alike(client, write(files, folder), FEW if cut_up else SHIPPED)
        found = {finding.rule for finding in report.findings}
        hidden = [rule for rule in batch if rule.id not in found]
        assert not hidden or len(batch) > 1, hidden[0].id
        pending += [[rule] for rule in hidden]
        count += 1
    assert count < len(RULES) / 3, "the examples are hardly ever laid over one package, which takes too long"


def test_the_shipped_data_is_judged_alike(client: Client) -> None:
    assert len(cut(open_package(ROOT), "sources", SHIPPED)) > 1
    assert alike(client, ROOT, SHIPPED).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("odd", [0, 1])
def test_faults_at_random_places_of_the_shipped_data_are_found_alike(client: Client, tmp_path: Path, odd: int) -> None:
    """As many of the mutations of `test_mutation` as one copy of the data can bear at once."""
    data, made = Shipped(RULES[0], odd), 0
    for rule in [rule for rule in RULES if rule.table is not None and rule.id in MUTATORS][odd::2]:
        data.rule = rule
        try:
            MUTATORS[rule.id](data)
        except (pytest.fail.Exception, StopIteration, KeyError):
            continue  # what was changed before has left no row for it
        made += 1
    found = {finding.rule for finding in alike(client, write(data.outcome(), tmp_path), SHIPPED).findings}
    assert len(found) > made / 2


def swapped(path: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new, 1)

    return change


def appended(path: str, more: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[path] += more

    return change


def last_line(path: str, at: int = -1) -> Callable[[Files], None]:
    """Repeat a line of a file at its end."""

    def change(files: Files) -> None:
        files[path] += files[path].splitlines(keepends=True)[at]

    return change


def rewritten(path: str, by: Callable[[bytes], bytes]) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[path] = by(files[path])

    return change


DAMAGE: dict[str, list[Callable[[Files], None]]] = {
    "bytes that are no text, rows without their last cell, and a file without a line": [
        appended("data/events.csv", b"EVT-\xff\n"),
        appended("data/casualties.csv", b"CAS-0009,EVT-0001\n"),
        rewritten("data/actors.csv", lambda _: b""),
    ],
    "line breaks in quotes, CR, BOM and a blank line": [
        appended("data/events.csv", b'EVT-0009,,"two\nlines",,,,,,,,,\n'),
        rewritten("data/places.csv", lambda data: data.replace(b"\n", b"\r\n")),
        rewritten("data/casualties.csv", lambda data: b"\xef\xbb\xbf" + data),
        rewritten("data/sources.csv", lambda data: data + b"\n" + data.splitlines(keepends=True)[-1]),
    ],
    "rows that repeat a key far above, and are not in order": [
        last_line("data/events.csv", 1),
        last_line("data/casualties.csv", 1),
        last_line("data/sources.csv", 1),
        last_line("data/places.csv", 1),
    ],
    "columns that are missing, renamed or too many; no line end; quotes without need": [
        swapped("data/events.csv", b"place_id", b"place"),
        rewritten("data/casualties.csv", lambda data: data.rstrip(b"\n")),
        rewritten("data/sources.csv", lambda data: data.replace(b"SRC-0002", b'"SRC-0002"')),
        rewritten("data/places.csv", lambda data: data.replace(b"\n", b",x\n")),
    ],
    "a file and a row that are gone": [
        lambda files: files.pop("data/event_sources.csv") and None,
        rewritten("data/events.csv", lambda data: b"".join(data.splitlines(keepends=True)[:2])),
        rewritten("data/places.csv", lambda data: data.replace(b",", b";")),
    ],
    "a header and a line without end": [
        rewritten("data/events.csv", lambda data: data.replace(b"summary", b"s" * 200_000, 1)),
        appended("data/places.csv", b"x" * 200_000),
    ],
    "cells that are faulty and looked up from elsewhere": [
        rewritten("data/events.csv", lambda data: data.replace(b"2022-02-24", b"24.02.22", 1)),
        rewritten("data/sources.csv", lambda data: data.replace(b"2022-", b"2022/", 1)),
        rewritten("data/places.csv", lambda data: data.replace(b"PLC-0002", b"PLC-2", 1)),
    ],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_judged_alike(client: Client, miniature: Files, tmp_path: Path, damage: str) -> None:
    for change in DAMAGE[damage]:
        change(miniature)
    assert alike(client, write(miniature, tmp_path)).findings


def test_rows_out_of_order_are_seen_at_the_border_of_blocks(client: Client, miniature: Files, tmp_path: Path) -> None:
    lines = miniature["data/events.csv"].splitlines(keepends=True)
    miniature["data/events.csv"] = b"".join([lines[0], *reversed(lines[1:])])
    report = alike(client, write(miniature, tmp_path), block=300)
    assert sum(finding.rule == "CSV-104" for finding in report.findings) == len(lines) - 2


def test_a_zip_file_is_sent_to_the_workers(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "datapackage.json", folder)
    archive = Path(shutil.make_archive(str(tmp_path / "package"), "zip", folder))
    shutil.rmtree(folder)
    assert alike(client, archive, SHIPPED).findings == ()


class Killer(SchedulerPlugin):
    """A `progress` that kills a worker process in a step: at once, or when one is given a task or has ended one."""

    def __init__(self, client: Client, step: str, state: str) -> None:
        self.scheduler, self.step, self.state = client.cluster.scheduler, step, state
        self.now, self.killed = False, 0

    def __call__(self, step: str) -> None:
        self.now = step == self.step
        if self.now and not self.state:
            self.kill(next(iter(self.scheduler.workers.values())))

    def transition(self, key: Key, _: str, finish: str, *__: object, **___: object) -> None:
        """Look for the state that is waited for; the scheduler calls this whenever a task changes its own."""
        if self.now and self.state == finish:
            task = self.scheduler.tasks[key]
            self.kill(task.processing_on or next(iter(task.who_has)))

    def kill(self, worker: WorkerState) -> None:
        self.now = False
        os.kill(worker.pid, signal.SIGKILL)
        self.killed += 1


@pytest.mark.parametrize(
    ("step", "state"), [("blocks", "processing"), ("keys and references", ""), ("rules across rows", "memory")]
)
def test_a_worker_that_is_killed_changes_nothing(client: Client, tmp_path: Path, step: str, state: str) -> None:
    data = Shipped(RULES[0], 2)
    for name in ("EVT-101", "LNK-102", "CTL-103", "TAB-203", "SRC-104"):
        data.rule = REGISTRY[name]
        MUTATORS[name](data)
    folder = write(data.outcome(), tmp_path)
    killer = Killer(client, step, state)
    killer.scheduler.add_plugin(killer, name="killer")
    try:
        found = validate(folder, engine=Cluster(client, SHIPPED), progress=killer)
    finally:
        killer.scheduler.remove_plugin("killer")
    assert killer.killed == 1
    assert found == validate(folder)
    assert len(found.findings) >= 5


def test_a_rule_that_cannot_be_parted_is_told(
    client: Client, miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = replace(
        REGISTRY["EVT-109"], needs={"event_sources": ("stance",)}, predicate=lambda events, _: events.notna()
    )
    monkeypatch.setitem(REGISTRY, "EVT-109", rule)
    assert rule.scope is Scope.GROUP
    report = validate(write(miniature, tmp_path), engine=Cluster(client, FEW))
    assert [(item.rule, "event_sources cannot be parted by event_id" in item.why) for item in report.not_run] == [
        ("EVT-109", True)
    ]


def test_a_file_that_changes_meanwhile_is_refused(client: Client, miniature: Files, tmp_path: Path) -> None:
    folder = write(miniature, tmp_path)

    def change(step: str) -> None:
        if step == "blocks":
            (folder / "data" / "events.csv").write_bytes(b"event_id\n")

    with pytest.raises(UsageError, match=r"events\.csv was changed while it was checked"):
        validate(folder, engine=Cluster(client, FEW), progress=change)


def test_workers_that_are_lost_again_and_again_are_told(miniature: Files, tmp_path: Path) -> None:
    class Lost:
        def submit(self, *_: object, **__: object) -> None: ...

        def get(self, *_: object, **__: object) -> None:
            raise KilledWorker("look-1", None, 3)

    with pytest.raises(UsageError, match=r"look-1.*Give each worker more"):
        validate(write(miniature, tmp_path), engine=Cluster(Lost(), FEW))


# The command -----------------------------------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["validate", str(ROOT), *arguments])
    return (code, *capsys.readouterr())


def test_a_cluster_that_is_there_is_used(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    address = client.scheduler_info()["address"]
    assert told(capsys, "--engine", "dask", "--scheduler", address) == told(capsys)


def test_the_command_starts_and_ends_its_own_workers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sumy2022", "validate", str(ROOT), "--engine", "dask", "--workers", "2"]
    done = subprocess.run([*command, "--format", "json"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"findings": []' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workers", "2"], "options of --engine dask"),
        (["--scheduler", "tcp://127.0.0.1:1"], "options of --engine dask"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], "Give one of the two"),
        (["--engine", "dask", "--workers", "0"], "at least one process"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"], "There is no scheduler at tcp://127.0.0.1:1"),
        (["--engine", "dask", "--scheduler", "nowhere"], "There is no scheduler at nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "PATIENCE", 1)
    code, out, err = told(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_a_scheduler_without_workers_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "PATIENCE", 1)
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen([*command, "--no-dashboard"], stderr=subprocess.PIPE, text=True) as scheduler:
        assert scheduler.stderr
        address = next(found[0] for line in scheduler.stderr if (found := re.search(r"tcp://127\.0\.0\.1:\d+", line)))
        reader = Thread(target=scheduler.stderr.read)  # or it would wait for one
        reader.start()
        code, _, err = told(capsys, "--engine", "dask", "--scheduler", address)
        scheduler.terminate()
        reader.join()
    assert (code, err.count("\n")) == (2, 1)
    assert "has no workers" in err


def test_a_missing_dask_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    code, _, err = told(capsys, "--engine", "dask")
    assert (code, err) == (2, "sumy2022: --engine dask needs dask: pip install 'sumy-2022[dask]'.\n")
