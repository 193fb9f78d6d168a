"""How long `sumy2022 validate` takes on the shipped data, as a ratio to the time of its imports alone.

Run `python bench/startup.py [ROUNDS]` in the environment of `make validate`. Both commands run in turns, as whole
processes; the medians and their ratio are printed. The imports are the floor that no validator built on these
libraries can go below.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOOR = [sys.executable, "-c", "import pandas, pandera.pandas, pyarrow.csv"]
VALIDATE = [str(Path(sys.executable).parent / "sumy2022"), "validate"]
HELP = [str(Path(sys.executable).parent / "sumy2022"), "--help"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seconds(FLOOR), seconds(VALIDATE)  # the first runs write byte code and fill the file cache
    times = {name: [] for name in ("floor", "validate", "help")}
    for _ in range(rounds):
        times["floor"].append(seconds(FLOOR))
        times["validate"].append(seconds(VALIDATE))
        times["help"].append(seconds(HELP))
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"imports alone     {middle['floor']:.3f} s")
    print(f"sumy2022 validate {middle['validate']:.3f} s  {middle['validate'] / middle['floor']:.2f} times the imports")
    print(f"sumy2022 --help   {middle['help']:.3f} s")


if __name__ == "__main__":
    main()
