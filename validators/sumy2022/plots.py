"""The pictures of the overview, as SVG with their text as text.

Drawn with matplotlib, which is needed for nothing else. The same data gives the same bytes: no date, no random ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO

import matplotlib as mpl
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's colours, which people who confuse red and green can tell apart; hatching tells them apart in print.
CONTROL = {
    "ukraine": ("#0072b2", ""),
    "contested": ("#e69f00", "////"),
    "russia": ("#d55e00", ""),
    "unknown": ("#dddddd", ""),
}
CORROBORATION = {"corroborated": "#009e73", "single-source": "#999999", "contested": "#e69f00"}
INK = "#333333"
STYLE = {
    "font.family": "sans-serif",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "overview",
    "hatch.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}


@contextmanager
def _figure(width: float, height: float, drawn: list[str]) -> Iterator[Figure]:
    """Lend a figure (inches), and put its SVG into `drawn`."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
        yield figure
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    drawn.append("\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n")


def events_by_day(
    events: pd.DataFrame, groups: Mapping[str, Sequence[str]], start: pd.Timestamp, end: pd.Timestamp
) -> str:
    """Draw how many events begin on each day of the period, a strip for each group of types."""
    drawn: list[str] = []
    with _figure(8, 0.8 * len(groups) + 0.5, drawn) as figure:
        strips = figure.subplots(len(groups), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, (name, types) in zip(strips, groups.items(), strict=True):
            mine = events[events["event_type"].isin(types) & events["date_start"].between(start, end)]
            begun = mine["date_start"].value_counts().sort_index()
            axes.bar(mdates.date2num(begun.index), begun, width=0.8, color=CONTROL["ukraine"][0])
            axes.set_title(f"{name} ({len(mine)})", loc="left", fontsize=9, pad=2)
            axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        _days(strips[-1], start, end)
    return drawn[0]


def control_by_day(control: pd.DataFrame, names: Mapping[str, str], start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Draw who controlled each place on each day, a bar a place, in the order of `names` (place id to name)."""
    rows = {place: row for row, place in enumerate(names)}
    shown = control[control["place_id"].isin(rows)]
    drawn: list[str] = []
    with _figure(8, 0.2 * len(names) + 0.9, drawn) as figure:
        axes = figure.subplots()
        for controller, (colour, hatch) in CONTROL.items():
            mine = shown[shown["controller"] == controller]
            axes.barh(
                mine["place_id"].map(rows),
                (mine["date_end"] - mine["date_start"]).dt.days + 1,
                left=mdates.date2num(mine["date_start"]) - 0.5,
                height=0.75,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.5,
            )
        axes.set_yticks(list(rows.values()), list(names.values()))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        _days(axes, start, end)
        figure.legend(
            handles=[Patch(facecolor=c, hatch=h, edgecolor="white", label=k) for k, (c, h) in CONTROL.items()],
            loc="outside upper center",
            ncols=len(CONTROL),
        )
    return drawn[0]


def sources_per_event(voices: pd.DataFrame, most: int = 6) -> str:
    """Draw how many events have how many independent sources, one at least; from `most` on they share a bar."""
    counted = voices.assign(independent=voices["independent"].clip(upper=most))
    drawn: list[str] = []
    with _figure(8, 2.6, drawn) as figure:
        axes = figure.subplots()
        bottom = pd.Series(0, index=range(1, most + 1))
        for kind, colour in CORROBORATION.items():
            mine = counted[counted["corroboration"] == kind].groupby("independent")["events"].sum()
            mine = mine.reindex(bottom.index, fill_value=0)
            axes.bar(bottom.index, mine, bottom=bottom, color=colour, label=f"{kind} ({mine.sum()})", width=0.7)
            bottom = bottom + mine
        axes.set_xticks(list(bottom.index), [*map(str, range(1, most)), f"{most} or more"])
        axes.set_xlabel("independent supporting sources")
        axes.set_ylabel("events")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
    return drawn[0]


def _days(axes: Axes, start: pd.Timestamp, end: pd.Timestamp) -> None:
    """Let the axis of time run over the period, with a mark a week."""
    axes.set_xlim(mdates.date2num(start) - 0.5, mdates.date2num(end) + 0.5)
    marked = pd.date_range(start, end, freq="7D")
    axes.set_xticks(mdates.date2num(marked), [f"{day.day} {day:%b}" for day in marked])
