"""Writes docs/performance.md and its picture from what the contestants took."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from measuring import Taken

from sumy2022.plots import STYLE

Results = Mapping[str, Mapping[int, Taken | None]]
OURS, FLOOR, PEER = "sumy2022 validate", "DuckDB (floor)", "frictionless validate"
ROWS = 4.5
"""The rows for each event: itself, 1.5 citations, an actor, half a count and half a source."""
LOOKS = {
    OURS: ("#0072b2", "o"),
    f"{OURS} --engine dask": ("#56b4e9", "s"),
    FLOOR: ("#999999", "v"),
    "pandera on pandas": ("#e69f00", "^"),
    PEER: ("#d55e00", "D"),
}
INTRODUCTION = """\
<!-- Written by `make bench`. -->

# Performance

How long it takes to check a package, what memory it needs, and how that compares with others on the same package. Only
the ratios mean anything on another machine.

The packages are made by `bench/synthetic.py` in the schemas of this one: each event has 1.5 citations, one actor and
half a count of casualties, and each two events share a source, which is {rows} rows an event. They are sound: with
planted faults sumy2022, frictionless and the pandera script name exactly the same faults of structure ({verdicts}
events), which is checked before anything is measured.

- **sumy2022 validate** checks form, schemas, keys, references and all rules; `--engine dask` does so with two workers.
- **{floor}** reads and types the same files and evaluates the same keys and references in SQL. It says neither which
  row nor why, and is what anything more is measured against.
- **pandera on pandas** is a script that does the same as frictionless with one pandera schema a table.
- **{peer}** checks the schemas, keys and references.

Each is a process of its own, and they ran in turns; the run of the median time is shown. Memory is the peak of the
process, for the Dask engine that of the largest worker.
"""


@dataclass(frozen=True)
class About:
    """How it was measured: the machine, the day, the longest run in seconds, the sizes at which verdicts agreed."""

    machine: str
    day: str
    budget: float
    verdicts: str


def write(folder: Path, results: Results, about: About, asides: Mapping[str, str]) -> None:
    """Write the page and the picture into a folder; `asides` are what other scripts have printed, by title."""
    parts = [
        INTRODUCTION.format(rows=ROWS, floor=FLOOR, peer=PEER, verdicts=about.verdicts),
        f"Measured on {about.day} on {about.machine}.",
        "![Time and memory by the number of events](performance.svg)",
        *tables(results, about.budget),
        *(f"## {title}\n\n```text\n{text.rstrip()}\n```" for title, text in asides.items()),
    ]
    (folder / "performance.md").write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    (folder / "performance.svg").write_text(_picture(results), encoding="utf-8")


def tables(results: Results, budget: float) -> list[str]:
    sizes = list(results[OURS])
    left_out = f"A dash stands where a run was likely to take more than {budget / 60:.0f} minutes, and was left out."
    return [
        "## Seconds",
        _table(sizes, results, lambda taken, _: f"{taken.seconds:,.2f}"),
        left_out,
        "## Processor seconds",
        "Of the process with all its threads, and of those that it has started and ended, as Dask's workers.",
        _table(sizes, results, lambda taken, _: f"{taken.cpu:,.2f}"),
        "## Peak memory in MB",
        _table(sizes, results, lambda taken, _: f"{max(taken.memory, taken.largest) / 1e6:,.0f}"),
        "## Rows a second",
        _table(sizes, results, lambda taken, size: f"{size * ROWS / taken.seconds:,.0f}"),
        "## Ratios",
        f"How many times as long as `{OURS}` the others take, and how many times as long as at the size before "
        f"`{OURS}` takes.",
        _ratios(sizes, results),
    ]


def _table(sizes: list[int], results: Results, show: Callable[[Taken, int], str]) -> str:
    lines = [_row("events", [f"{size:,}" for size in sizes]), _row("---", ["---:"] * len(sizes))]
    for name, taken in results.items():
        cells = []
        for size in sizes:
            one = taken.get(size)
            cells.append("-" if one is None else show(one, size))
        lines.append(_row(name, cells))
    return "\n".join(lines)


def _ratios(sizes: list[int], results: Results) -> str:
    ours = results[OURS]
    lines = [_row("events", [f"{size:,}" for size in sizes]), _row("---", ["---:"] * len(sizes))]
    for name, taken in results.items():
        if name != OURS:
            pairs = [(taken.get(size), ours[size]) for size in sizes]
            lines.append(_row(name, ["-" if one is None else f"{one.seconds / own.seconds:.2f}" for one, own in pairs]))
    growth = ["-", *(f"{ours[b].seconds / ours[a].seconds:.1f}" for a, b in itertools.pairwise(sizes))]
    lines.append(_row("growth of ours", growth))
    return "\n".join(lines)


def _row(name: str, cells: list[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


def _picture(results: Results) -> str:
    with mpl.rc_context(STYLE | {"svg.hashsalt": "performance"}):
        figure = Figure(figsize=(8.4, 3.6), layout="constrained", facecolor="white")
        time, memory = figure.subplots(1, 2)
        _draw(time, results, lambda taken: taken.seconds, "seconds")
        _draw(memory, results, lambda taken: max(taken.memory, taken.largest) / 1e6, "peak memory (MB)")
        handles, names = time.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=3)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _draw(axes: Axes, results: Results, value: Callable[[Taken], float], label: str) -> None:
    for name, taken in results.items():
        points = [(size, value(one)) for size, one in taken.items() if one is not None]
        colour, mark = LOOKS[name]
        axes.plot(*zip(*points, strict=True), color=colour, marker=mark, markersize=4, linewidth=1.2, label=name)
    axes.set(xscale="log", yscale="log", xlabel="events", ylabel=label)
    axes.grid(visible=True, which="major", color="#eeeeee", linewidth=0.6)
