"""Whole processes, each with the time and the memory that it took."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SUMY2022 = [sys.executable, "-m", "sumy2022"]
LAUNCH = """
import json, os, subprocess, sys, time
with open(sys.argv[1], "wb") as out:
    start = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:], stdout=out)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, cpu, usage.ru_maxrss * 1024]))
"""
"""Runs a command whose output goes to a file, and prints its exit code, its seconds by the clock and of the
processors, and the most memory it held.

It is a process of its own and a small one, for Linux counts the memory of whoever starts a process as that process's.
"""


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds by the clock and of the processors, and the most bytes it held at once."""

    seconds: float
    cpu: float
    memory: int

    def __str__(self) -> str:
        return f"{self.seconds:7.2f} s  {self.cpu:7.2f} s of CPU  {self.memory / 2**20:6,.0f} MiB"


def run(command: list[str], output: Path, *, codes: tuple[int, ...] = (0,)) -> Taken:
    """Run a command, whose output goes to a file; raises `SystemExit` if its exit code is none of `codes`.

    The memory is the peak resident set of that process alone.
    """
    launch = [sys.executable, "-I", "-S", "-c", LAUNCH, str(output), *command]
    code, seconds, cpu, memory = json.loads(subprocess.run(launch, stdout=subprocess.PIPE, check=True).stdout)
    if code not in codes:
        raise SystemExit(f"{' '.join(command)} has ended with {code}")
    return Taken(seconds, cpu, memory)
