"""How long `sumy2022 diff` takes on two versions of a large table, as a ratio to the time of csv-diff.

Run `python bench/diffing.py [--rows N] [--rounds N] [--csv-diff COMMAND]` in an environment that has this project with
its extra `validate`, and csv-diff 1.2 of PyPI (or name the command of one that is installed elsewhere). Of the rows of
`events` one in a hundred is changed in one cell or two, and one in two hundred is new or gone; both files are in
canonical form. csv-diff is told the format, for where it guesses it takes a doubled quote for the end of a cell and
loses what follows. Both programs run in turns, as whole processes that write JSON. That both name the same rows and
cells is checked in each round; then those runs are printed whose wall time is the median, and their ratios.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import measuring
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import synthetic

from sumy2022.canonical import to_bytes
from sumy2022.reading import read_csv

EVENTS = "data/events.csv"
Answer = tuple[dict[str, dict[str, str]], dict[str, dict[str, str]], dict[str, dict[str, tuple[str, str]]]]
"""The rows added, the rows removed, and the cells changed with what they held and hold, each by key."""


def packages(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write two versions of a package whose only rows are events."""
    old, new = folder / "old", folder / "new"
    synthetic.write(old, rows + rows // 200)
    for path in (old / "data").glob("*.csv"):
        if path.name != "events.csv":
            path.write_bytes(path.read_bytes().split(b"\n", 1)[0] + b"\n")
    table = read_csv((old / EVENTS).read_bytes(), EVENTS).table.combine_chunks()
    row = np.arange(table.num_rows)
    gone, added = row % 200 == 30, row % 200 == 130
    shutil.copytree(old, new)
    (old / EVENTS).write_bytes(to_bytes(table.filter(pa.array(~added))))
    for name, places in (("title", row % 100 == 7), ("place_detail", row % 200 == 7)):
        cells = pc.if_else(pa.array(places), "Other words, of the second version", table[name])
        table = table.set_column(table.column_names.index(name), name, cells)
    (new / EVENTS).write_bytes(to_bytes(table.filter(pa.array(~gone))))
    return old, new


def answer_of_csv_diff(path: Path) -> Answer:
    found = json.loads(path.read_bytes())
    return (
        {row["event_id"]: row for row in found["added"]},
        {row["event_id"]: row for row in found["removed"]},
        {row["key"]: {name: tuple(cells) for name, cells in row["changes"].items()} for row in found["changed"]},
    )


def answer_of_sumy2022(path: Path) -> Answer:
    found = json.loads(path.read_bytes())["tables"]["events"]
    added, removed = (
        {row["event_id"]: {name: cell or "" for name, cell in row.items()} for row in found[which]}
        for which in ("added", "removed")
    )
    changed = {
        row["key"]["event_id"]: {
            cell["field"]: (cell["old"] or "", cell["new"] or "") for cell in row["cells"]
        } for row in found["changed"]
    }  # fmt: skip
    return added, removed, changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many rows each version has")
    parser.add_argument("--rounds", type=int, default=3, help="how often both run")
    parser.add_argument("--csv-diff", default=str(Path(sys.executable).parent / "csv-diff"), metavar="COMMAND")
    given = parser.parse_args()
    peer = shutil.which(given.csv_diff)
    if peer is None:
        sys.exit(f"There is no {given.csv_diff}: pip install csv-diff==1.2, or name it with --csv-diff.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old, new = packages(folder, given.rows)
        size = (new / EVENTS).stat().st_size
        commands = {
            "csv-diff": [peer, str(old / EVENTS), str(new / EVENTS), "--key", "event_id", "--format", "csv", "--json"],
            "sumy2022": [*measuring.SUMY2022, "diff", str(old), str(new), "--format", "json"],
        }
        taken: dict[str, list[measuring.Taken]] = {name: [] for name in commands}
        for _ in range(given.rounds):
            for name, command in commands.items():
                taken[name].append(measuring.run(command, folder / name, codes=(0, 1)))
            answer = answer_of_sumy2022(folder / "sumy2022")
            if answer_of_csv_diff(folder / "csv-diff") != answer:
                sys.exit("The two programs do not name the same rows and cells.")
    added, removed, changed = map(len, answer)
    print(f"{given.rows:,} rows, {size / 1e6:,.0f} MB; {added:,} added, {removed:,} removed, {changed:,} changed")
    middle = {name: sorted(runs, key=lambda one: one.seconds)[len(runs) // 2] for name, runs in taken.items()}
    for name, one in middle.items():
        print(f"{name}  {one}")
    theirs, ours = middle["csv-diff"], middle["sumy2022"]
    ratios = (theirs.seconds / ours.seconds, theirs.cpu / ours.cpu, theirs.memory / ours.memory)
    print("sumy2022 takes 1/{:.1f} of the time, 1/{:.1f} of the CPU and 1/{:.1f} of the memory".format(*ratios))


if __name__ == "__main__":
    main()
