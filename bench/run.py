"""Checks synthetic packages of growing size with this validator and its peers, and writes docs/performance.md.

Run `make bench`, or `python bench/run.py [--largest N] [--budget SECONDS]`. The contestants run in turns, as whole
processes, first on packages with planted faults, where their verdicts must agree, then on sound ones, where they are
measured. A contestant whose next run would take more than the budget is left out from there on, and the page says so.
What the other scripts here print is quoted at the end of the page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import reporting
import synthetic
from measuring import Taken, machine
from measuring import run as measure

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SIZES = (1_000, 10_000, 100_000, 1_000_000)
LARGE = 5_000_000
ROUNDS = {1_000: 5, 10_000: 3, 100_000: 5}
"""How many times each contestant runs at each size; once at those that are not named."""
VERDICTS = (1_000, 10_000)
"""The sizes at which verdicts on planted faults are compared."""
FEW = 3
"""How many rounds the largest sizes have where a run takes less than `QUICK` seconds."""
QUICK = 90.0

Results = dict[str, dict[int, Taken | None]]
Breach = tuple[str, str, int]
"""A structural fault: the kind as frictionless calls it, table and line."""

KINDS = {
    "TAB-101": "type-error",
    **dict.fromkeys(("TAB-102", "TAB-103", "TAB-104", "TAB-105", "TAB-106"), "constraint-error"),
    "TAB-201": "primary-key",
    "TAB-202": "unique-error",
    "TAB-203": "foreign-key",
}
"""What frictionless calls the breaches of our structural rules."""


@dataclass(frozen=True)
class Contestant:
    """Somebody who checks a package: the command, and how its output is read as structural faults."""

    name: str
    command: Callable[[Path], list[str | Path]]
    read: Callable[[str], set[Breach]] | None = None


def _ours(output: str) -> set[Breach]:
    findings = json.loads(output)["findings"]
    return {(KINDS[item["rule"]], Path(item["file"]).stem, item["line"]) for item in findings if item["rule"] in KINDS}


def _frictionless(output: str) -> set[Breach]:
    tasks = json.loads(output)["tasks"]
    return {(error["type"], task["name"], error["rowNumber"]) for task in tasks for error in task["errors"]}


def _plain(output: str) -> set[Breach]:
    found = map(json.loads, output.splitlines())
    return {(item["kind"], item["table"], item["line"]) for item in found}


VALIDATE = (BIN / "sumy2022", "validate", "--format", "json", "--max-bytes", "10000000000", "--max-rows", "100000000")
OURS, FLOOR = "sumy2022 validate", "DuckDB (floor)"
CONTESTANTS = (
    Contestant(OURS, lambda folder: [*VALIDATE, folder], _ours),
    Contestant(FLOOR, lambda folder: [sys.executable, ROOT / "bench/floor.py", folder]),
    Contestant("pandera on pandas", lambda folder: [sys.executable, ROOT / "bench/plain.py", folder], _plain),
    Contestant(
        "frictionless validate",
        lambda folder: [BIN / "frictionless", "validate", folder / "datapackage.json", "--json"],
        _frictionless,
    ),
)
DASK = Contestant(
    f"{OURS} --engine dask", lambda folder: [*VALIDATE, "--engine", "dask", "--workers", "2", folder], _ours
)


def verdicts(folder: Path, size: int) -> list[str]:
    """Compare what the contestants say of a package with planted faults; return a line for each that differs."""
    planted = synthetic.write(folder, size, faults=True)
    said: dict[str, set[Breach]] = {}
    wrong = []
    for one in (*CONTESTANTS, DASK):
        out = folder.with_name("output")
        measure(one.command(folder), out, codes=(0, 1))
        if one.read is not None:
            said[one.name] = one.read(out.read_text())
        elif not {"type-error", "primary-key", "foreign-key"} <= _kinds(out.read_text()):
            wrong.append(f"{one.name} does not see every kind of fault at {size:,} events")
    structural = {(item.kind, item.table, item.line) for item in planted if item.kind in KINDS.values()}
    for name, found in said.items():
        if lost := structural - found:
            wrong.append(f"{name} does not see {len(lost)} planted faults at {size:,} events, such as {min(lost)}")
        if found != said[OURS]:
            other = min(found ^ said[OURS])
            wrong.append(f"{name} and {OURS} differ at {size:,} events, for example in {other}")
    return wrong


def _kinds(output: str) -> set[str]:
    return {json.loads(line)["kind"] for line in output.splitlines()}


def contest(folder: Path, sizes: tuple[int, ...], budget: float) -> Results:
    """Measure the contestants on sound packages; None where one was left out, for it would exceed the budget."""
    results: Results = {one.name: {} for one in (*CONTESTANTS, DASK)}
    for size in sizes:
        print(f"{size:,} events", flush=True)
        synthetic.write(folder, size)
        runs: dict[str, list[Taken]] = {one.name: [] for one in (*CONTESTANTS, DASK)}
        for _ in range(ROUNDS.get(size, FEW)):
            for one in (*CONTESTANTS, DASK):
                before = runs[one.name]
                if _fits(results[one.name], size, budget) and all(run.seconds < QUICK for run in before):
                    before.append(measure(one.command(folder), folder.with_name("output"), limit=2 * budget))
                    print(f"  {one.name}: {before[-1]}", flush=True)
        for name, taken in runs.items():
            results[name][size] = _middle(taken) if taken else None
    return results


def asides(largest: int) -> dict[str, str]:
    """Return what the other scripts print, by title."""
    scripts = {
        "The shipped data": ["startup.py"],
        "Differences between two versions": ["diffing.py", "--rows", str(min(largest, 1_000_000))],
        "Writing": ["exporting.py", "--events", str(min(largest, 1_000_000))],
    }
    found = {}
    for title, (script, *arguments) in scripts.items():
        command = [sys.executable, str(ROOT / "bench" / script), *arguments]
        found[title] = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        print(f"{title}\n{found[title]}", flush=True)
    return found


def _fits(before: Mapping[int, Taken | None], size: int, budget: float) -> bool:
    """Tell whether a run is likely to take no more than the budget, by that on the size before."""
    if not before:
        return True
    last, run = max(before.items())
    return run is not None and run.seconds * size / last <= budget


def _middle(runs: list[Taken]) -> Taken:
    """Return the run whose time is the median."""
    middle = statistics.median_high(run.seconds for run in runs)
    return next(run for run in runs if run.seconds == middle)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="the most events (default: %(default)s)")
    parser.add_argument("--budget", type=float, default=900, help="the most seconds of a run (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="where performance.md and its picture go")
    given = parser.parse_args()
    sizes = tuple(size for size in (*SIZES, LARGE) if size <= given.largest)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "package"
        wrong = [line for size in VERDICTS if size <= given.largest for line in verdicts(folder, size)]
        if wrong:
            sys.exit("\n".join(wrong))
        print("The verdicts on planted faults agree.", flush=True)
        results = contest(folder, sizes, given.budget)
    print("\n\n".join(reporting.tables(results, given.budget)), flush=True)
    packages = ("pandas", "pyarrow", "pandera", "frictionless", "duckdb", "dask")
    day, compared = datetime.now(UTC).date().isoformat(), " and ".join(f"{size:,}" for size in VERDICTS)
    about = reporting.About(machine(packages), day, given.budget, compared)
    reporting.write(given.output, results, about, asides(given.largest))


if __name__ == "__main__":
    main()
