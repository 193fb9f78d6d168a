"""Whole processes, each with the time and the memory that it took."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SUMY2022 = [sys.executable, "-m", "sumy2022"]
LAUNCH = """
import json, os, pathlib, subprocess, sys, threading, time

def started_by(process):
    found = []
    for task in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            pass  # it is over
    return found + [inner for child in found for inner in started_by(child)]

def peak(process):
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)

def watch():
    while not over.wait(0.2):
        peaks.extend(map(peak, started_by(process.pid)))
        peaks[:] = [max(peaks, default=0)]

peaks, over = [], threading.Event()
limit = float(sys.argv[2])
with open(sys.argv[1], "wb") as out:
    start = time.perf_counter()
    process = subprocess.Popen(sys.argv[3:], stdout=out, stderr=subprocess.DEVNULL)
    watching = threading.Thread(target=watch)
    watching.start()
    alarm = threading.Timer(limit, process.kill)
    alarm.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    alarm.cancel()
    over.set()
    watching.join()
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, cpu, usage.ru_maxrss * 1024, max(peaks, default=0)]))
"""
"""Runs a command whose output goes to a file, and prints its exit code, its seconds and the most memory it held.

It is a process of its own and a small one, for Linux counts the memory of whoever starts a process as that process's.
"""


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds by the clock and of the processor, and the most bytes of memory it held at once.

    `cpu` and `memory` are of the process alone; `largest` is the most memory of one of those that it started.
    """

    seconds: float
    memory: int
    cpu: float = 0.0
    largest: int = 0

    def __str__(self) -> str:
        return f"{self.seconds:7.2f} s  {self.cpu:7.2f} s of CPU  {self.memory / 2**20:6,.0f} MiB"


def run(command: Sequence[str | Path], output: Path, *, codes: tuple[int, ...] = (0,), limit: float = 86_400) -> Taken:
    """Run a command, whose output goes to a file, for at most so many seconds.

    Raises `SystemExit` if its exit code is none of `codes`.
    """
    launch = [sys.executable, "-I", "-S", "-c", LAUNCH, str(output), str(limit), *map(str, command)]
    done = subprocess.run(launch, stdout=subprocess.PIPE, check=True)
    code, seconds, cpu, memory, largest = json.loads(done.stdout)
    if code not in codes:
        raise SystemExit(f"{' '.join(map(str, command))} has ended with {code}")
    return Taken(seconds, memory, cpu, largest)


def machine(packages: Sequence[str]) -> str:
    """Describe the machine, the interpreter and some packages."""
    models = (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal:")), 0)
    return (
        f"{os.cpu_count()} processors ({next(models, platform.machine())}), {memory / 2**20:.0f} GiB of memory, "
        f"{platform.system()}; Python {platform.python_version()}, {', '.join(map(_versioned, packages))}"
    )


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
