"""Rules of control: the intervals of each place.

`control_sources` holds the rules of their citations.
"""

from __future__ import annotations

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.frames import show
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
DAY = pd.Timedelta(days=1)


def _sequence(control: pd.DataFrame) -> pd.DataFrame:
    """Return the intervals sorted by place and time, each with what came before it in its place.

    `before` is the latest day that earlier intervals reach (null in the first), `after` is the earliest day of the
    next (null in the last), `reach` is the latest day of all. A place with an interval that runs backwards is left
    out: what is amiss there is that interval.
    """
    backwards = control["date_end"] < control["date_start"]
    sound = control[~control["place_id"].isin(control.loc[backwards, "place_id"])] if backwards.any() else control
    rows = sound.sort_values(["place_id", "date_start", "date_end"], kind="stable")
    place = rows["place_id"]
    reached = rows["date_end"].groupby(place).cummax()
    follows = place == place.shift()
    return rows.assign(
        before=reached.shift().where(follows),
        after=rows["date_start"].shift(-1).where(follows.shift(-1, fill_value=False)),
        reach=rows["date_end"].groupby(place).transform("max"),
    )


def _rowwise(wrong: pd.Series, control: pd.DataFrame) -> pd.Series:
    """Return a rule's answer for all rows, given which of some rows, in whatever order, are wrong."""
    return ~wrong.reindex(control.index, fill_value=False)


@rule(
    "CTL-101",
    "control-ends-before-it-starts",
    ERROR,
    since="1.0.0",
    table="control",
    fields=("date_end", "date_start"),
    message="the interval ends on {date_end}, before it starts on {date_start}",
    fix="Exchange the two dates, or correct the one that is wrong.",
    bad={"date_start": "2022-02-25", "date_end": "2022-02-24"},
    good={"date_start": "2022-02-24", "date_end": "2022-04-08"},
)
def control_ends_after_it_starts(control: pd.DataFrame, _: Context) -> pd.Series:
    """An interval cannot end before it starts; an interval of one day has the same first and last day."""
    return ~(control["date_end"] < control["date_start"])


@rule(
    "CTL-102",
    "control-outside-study-period",
    ERROR,
    since="1.0.0",
    table="control",
    fields=("date_start", "date_end"),
    message="the interval {date_start} to {date_end} reaches beyond the study period",
    fix="Cut the interval at the bounds of the study period, which datapackage.json states under `temporal`.",
    bad={"date_end": "2022-04-30"},
    good={"date_end": "2022-04-08"},
)
def control_is_within_the_study_period(control: pd.DataFrame, context: Context) -> pd.Series:
    """Control is recorded for the study period only, and the first and last interval are cut at its bounds.

    The sources were not searched for what came before or after.
    """
    return ~((control["date_start"] < context.start) | (control["date_end"] > context.end))


@rule(
    "CTL-103",
    "overlapping-control",
    ERROR,
    since="1.0.0",
    scope=Scope.GROUP,
    group="place_id",
    table="control",
    fields=("date_start", "place_id", "date_end"),
    reads=("place_id.name_en",),
    detail=lambda control, _: _sequence(control)["before"].reindex(control.index),
    message="the interval of {place_id.name_en} begins on {date_start}, but an earlier one lasts until {detail}",
    fix="Let each interval begin on the day after the one before it ends; days that sources dispute are an "
    "interval of their own, `contested`.",
    bad=(Edit("control", {"date_start": "2022-02-28"}, row=2),),
    good=(Edit("control", {"date_start": "2022-03-01"}, row=2),),
)
def control_does_not_overlap(control: pd.DataFrame, _: Context) -> pd.Series:
    """On each day a place has one controller, so its intervals do not overlap."""
    rows = _sequence(control)
    return _rowwise(rows["date_start"] <= rows["before"], control)


def _days(first: pd.Series, last: pd.Series, wanted: pd.Series) -> pd.Series:
    """Write spans of days as `first to last` where wanted; elsewhere they may lie outside the calendar."""
    text = first.where(wanted).map(show) + " to " + last.where(wanted).map(show)
    return text.where(wanted, "")


def _gaps(control: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the intervals in sequence, and which of them have a gap before them."""
    rows = _sequence(control)
    return rows, rows["date_start"] > rows["before"] + DAY


def _missing_before(control: pd.DataFrame, _: Context) -> pd.Series:
    """Return the days that are missing before each interval."""
    rows, gap = _gaps(control)
    return _days(rows["before"] + DAY, rows["date_start"] - DAY, gap).reindex(control.index)


@rule(
    "CTL-104",
    "gap-in-control",
    ERROR,
    since="1.0.0",
    scope=Scope.GROUP,
    group="place_id",
    table="control",
    fields=("date_start", "place_id", "date_end"),
    reads=("place_id.name_en",),
    detail=_missing_before,
    message="before this interval, {place_id.name_en} has none for {detail}",
    fix="Extend the interval before or after; enter an interval `unknown` if no source tells who was in control.",
    bad=(Edit("control", {"date_start": "2022-03-03"}, row=2),),
    good=(Edit("control", {"date_start": "2022-03-01"}, row=2),),
)
def control_has_no_gap(control: pd.DataFrame, _: Context) -> pd.Series:
    """The intervals of a place follow each other day by day.

    What no source tells is recorded as `unknown`, and thus looks different from what was forgotten.
    """
    return _rowwise(_gaps(control)[1], control)


def _ends(control: pd.DataFrame, context: Context) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return the intervals in sequence, and which of them begin too late as first or end too early as last."""
    rows = _sequence(control)
    late = rows["before"].isna() & (rows["date_start"] > context.start)
    early = rows["after"].isna() & (rows["reach"] < context.end)
    return rows, late, early


def _missing_at_ends(control: pd.DataFrame, context: Context) -> pd.Series:
    """Return the days that are missing at the ends of the study period."""
    rows, late, early = _ends(control, context)
    start, end = (pd.Series(day, index=rows.index) for day in (context.start, context.end))
    both = pd.Series(" and ", index=rows.index).where(late & early, "")
    head, tail = _days(start, rows["date_start"] - DAY, late), _days(rows["reach"] + DAY, end, early)
    return (head + both + tail).reindex(control.index)


@rule(
    "CTL-105",
    "control-not-covering-study-period",
    ERROR,
    since="1.0.0",
    scope=Scope.GROUP,
    group="place_id",
    table="control",
    fields=("place_id", "date_start", "date_end"),
    reads=("place_id.name_en",),
    detail=_missing_at_ends,
    message="{place_id.name_en} has no interval for {detail}, at the beginning or end of the study period",
    fix="Extend the interval to the bound of the study period, or enter the missing one; it is `unknown` if no "
    "source tells who was in control.",
    bad={"date_end": "2022-04-01"},
    good={"date_end": "2022-04-08"},
)
def control_covers_the_study_period(control: pd.DataFrame, context: Context) -> pd.Series:
    """A place that is in the table is in it for the whole study period.

    A map or count of places held on some day would otherwise lose the place without a word.
    """
    _, late, early = _ends(control, context)
    return _rowwise(late | early, control)


@rule(
    "CTL-106",
    "control-interval-split",
    WARNING,
    since="1.0.0",
    scope=Scope.GROUP,
    group="place_id",
    table="control",
    fields=("controller", "place_id", "date_start", "date_end"),
    reads=("place_id.name_en",),
    message="{controller} controls {place_id.name_en} from {date_start}, and did so in the interval before as well",
    fix="Make one interval of the two and cite the sources of both for it.",
    bad=(
        Edit("control", {"date_end": "2022-03-01"}),
        Add("control", {"control_id": "CTL-0004", "date_start": "2022-03-02", "date_end": "2022-04-08"}),
        Add("control_sources", {"control_id": "CTL-0004", "source_id": "SRC-0003"}),
    ),
    good={"date_end": "2022-04-08"},
    place=("data/control.csv", 5),
)
def control_intervals_are_whole(control: pd.DataFrame, _: Context) -> pd.Series:
    """A new interval begins when control changes, so two that adjoin have different controllers.

    Two `contested` ones may adjoin, for they can be so on different grounds: there fighting, here sources that
    name different sides.
    """
    rows = _sequence(control)
    same = rows["controller"] == rows["controller"].groupby(rows["place_id"]).shift()
    same &= rows["controller"] != "contested"
    return _rowwise(same & (rows["date_start"] == rows["before"] + DAY), control)
