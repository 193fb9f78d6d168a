"""Rules of the table of events: dates, parts, sources and actors. Places are in `event_places`."""

from __future__ import annotations

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import in_cycle
from sumy2022.numbering import among
from sumy2022.precision import slack
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
ANYWHERE = ("statement", "investigation")
"""The types of events that may lie outside the study period and area."""
LIKENESS = ["event_type", "place_id", "date_start", "date_end", "title"]
SECOND_EVACUATION = (
    Add("events", {"event_id": "EVT-0006", "title": "Second evacuation from Alpha"}, like=3),
    Add("event_sources", {"event_id": "EVT-0006"}, like=5),
)
"""A further event with its source, without an actor."""


@rule(
    "EVT-101",
    "event-ends-before-it-starts",
    ERROR,
    since="1.0.0",
    table="events",
    fields=("date_end", "date_start"),
    message="the event ends on {date_end}, before it starts on {date_start}",
    fix="Exchange the two dates, or correct the one that is wrong.",
    bad=(Edit("events", {"date_start": "2022-03-09", "date_end": "2022-03-08"}, row=3),),
    good=(Edit("events", {"date_start": "2022-03-08", "date_end": "2022-03-09"}, row=3),),
)
def event_ends_after_it_starts(events: pd.DataFrame, _: Context) -> pd.Series:
    """An event cannot end before it starts.

    Exchanged dates are the usual cause.
    """
    return ~_reversed(events)


@rule(
    "EVT-102",
    "event-outside-the-study-period",
    ERROR,
    since="1.0.0",
    table="events",
    fields=("date_start", "date_end", "event_type"),
    message="the event ({date_start} to {date_end}) lies outside the study period of the package",
    fix="Correct the dates; an event that did happen outside the study period does not belong in the table.",
    bad=(Edit("events", {"date_start": "2022-02-20", "date_end": "2022-02-21"}, row=3),),
    good=(Edit("events", {"date_start": "2022-03-08", "date_end": "2022-03-09"}, row=3),),
)
def event_is_in_the_study_period(events: pd.DataFrame, context: Context) -> pd.Series:
    """An event happens in the study period, which datapackage.json states under `temporal`.

    Statements and investigations are excepted: many of them came later.
    """
    outside = (events["date_end"] < context.start) | (events["date_start"] > context.end)
    return ~outside | _reversed(events) | events["event_type"].isin(ANYWHERE)


@rule(
    "EVT-103",
    "event-reaches-beyond-the-study-period",
    WARNING,
    since="1.0.0",
    table="events",
    fields=("date_end", "date_start", "event_type"),
    message="the event ({date_start} to {date_end}) lies only partly in the study period of the package",
    fix="Check the dates for a slip of the year or month; split off what happened outside the study period.",
    bad=(Edit("events", {"date_end": "2023-03-09"}, row=3),),
    good=(Edit("events", {"date_end": "2022-03-09"}, row=3),),
)
def event_ends_with_the_study_period(events: pd.DataFrame, context: Context) -> pd.Series:
    """An event that begins before or ends after the study period is mostly one with a slip in a date.

    It is no error, for an event may outlast the period, or its bounds may be uncertain. Events wholly outside are
    found by another rule.
    """
    meets = (events["date_start"] <= context.end) & (events["date_end"] >= context.start)
    beyond = (events["date_start"] < context.start) | (events["date_end"] > context.end)
    return ~(meets & beyond) | _reversed(events) | events["event_type"].isin(ANYWHERE)


@rule(
    "EVT-104",
    "single-day-of-unsure-date",
    ERROR,
    since="1.0.0",
    table="events",
    fields=("date_precision", "date_start", "date_end"),
    message="the date is sure only to within a {date_precision}, but both bounds are {date_start}",
    fix="Widen the bounds to the first and the last day possible, or choose the precision `about` or `day`.",
    bad=(Edit("events", {"date_precision": "week", "date_end": "2022-03-08"}, row=3),),
    good=(Edit("events", {"date_precision": "week", "date_end": "2022-03-14"}, row=3),),
)
def unsure_dates_have_room(events: pd.DataFrame, _: Context) -> pd.Series:
    """The bounds enclose all days that are possible, so a date that is sure only to a week or month is no single day.

    Nothing else about precision and bounds is a contradiction. `day` says that sources state both bounds, as they
    may for a battle of several days. `about` may stand with a single day, which is then off by a day or two. An
    event longer than a week or month may have bounds that are sure only to a week.
    """
    single = events["date_start"] == events["date_end"]
    return ~(single & events["date_precision"].isin(["week", "month"]))


@rule(
    "EVT-105",
    "time-on-an-unsure-day",
    WARNING,
    since="1.0.0",
    table="events",
    fields=("time_start", "date_precision", "date_start", "date_end"),
    message="the event has the time {time_start}, but its first day is not sure (precision {date_precision})",
    fix="If the first day is known, set the precision to `day`; if not, move the time to the summary.",
    bad=(Edit("events", {"time_start": "05:00", "date_precision": "week"}, row=3),),
    good=(Edit("events", {"time_start": "05:00", "date_precision": "day"}, row=3),),
)
def time_is_of_a_sure_day(events: pd.DataFrame, _: Context) -> pd.Series:
    """A time is that of the first day, so it says something only if that day is known.

    An event of several days with the precision `about` may have a sure first day and an approximate last one.
    """
    single = events["date_start"] == events["date_end"]
    unsure = events["date_precision"].isin(["week", "month"]) | (single & (events["date_precision"] == "about"))
    return events["time_start"].isna() | ~unsure


@rule(
    "EVT-106",
    "event-part-of-itself",
    ERROR,
    since="1.0.0",
    table="events",
    scope=Scope.TABLE,
    fields=("part_of", "event_id"),
    message="following `part_of` from {event_id} over {part_of} leads back to {event_id}",
    fix="Leave `part_of` empty in the largest of these events.",
    bad=(Edit("events", {"part_of": "EVT-0005"}, row=4),),
    good=(Edit("events", {"part_of": ""}, row=4),),
)
def event_is_no_part_of_itself(events: pd.DataFrame, _: Context) -> pd.Series:
    """An event is not part of itself, neither directly nor by way of other events."""
    return ~in_cycle(events["event_id"], events["part_of"])


@rule(
    "EVT-107",
    "part-outside-its-whole",
    ERROR,
    since="1.0.0",
    table="events",
    fields=("part_of", "date_start", "date_end", "date_precision"),
    reads=("part_of.date_start", "part_of.date_end", "part_of.date_precision"),
    message="the event ({date_start} to {date_end}) is part of {part_of}, which lasts only from "
    "{part_of.date_start} to {part_of.date_end}",
    fix="Correct the dates of one of the two, widen those of the larger event, or empty `part_of`.",
    bad={"date_end": "2022-03-01"},
    good={"date_end": "2022-02-28"},
)
def part_is_within_its_whole(events: pd.DataFrame, _: Context) -> pd.Series:
    """A part happens while the whole does.

    Where dates are not sure, the days by which they may be off are allowed for: 2 for `about`, 7 for `week` and 31
    for `month`, of both events together.
    """
    start, end = events["part_of.date_start"], events["part_of.date_end"]
    room = slack(events["date_precision"]) + slack(events["part_of.date_precision"])
    outside = (events["date_start"] < start - room) | (events["date_end"] > end + room)
    return ~outside | _reversed(events) | (end < start)


@rule(
    "EVT-108",
    "event-recorded-twice",
    WARNING,
    since="1.0.0",
    table="events",
    scope=Scope.GROUP,
    group="place_id",
    fields=("title", "event_type", "place_id", "date_start", "date_end"),
    reads=("event_id",),
    message="the event has the type, place, dates and title of {detail}",
    fix="Merge the two rows, or say in the titles what sets them apart.",
    bad=(
        Add("events", {"event_id": "EVT-0006", "title": "Evacuation From Alpha"}, like=3),
        Add("event_sources", {"event_id": "EVT-0006"}, like=5),
        Add("event_actors", {"event_id": "EVT-0006"}, like=4),
    ),
    good=(*SECOND_EVACUATION, Add("event_actors", {"event_id": "EVT-0006"}, like=4)),
    detail=lambda events, _: _likeness(events).groupby(LIKENESS)["event_id"].transform("first"),
)
def event_is_recorded_once(events: pd.DataFrame, _: Context) -> pd.Series:
    """Two rows that agree in type, place, dates and title are most likely the same event.

    Capitals do not set titles apart. What several sources say about one event is cited in `event_sources`.
    """
    titles = events["title"].str.lower()
    namesakes = events[titles.duplicated(keep=False) & titles.notna()]  # few, and the only ones to be compared
    return ~_likeness(namesakes).duplicated(LIKENESS).reindex(events.index, fill_value=False)


@rule(
    "EVT-109",
    "event-without-supporting-source",
    ERROR,
    since="1.0.0",
    table="events",
    scope=Scope.GROUP,
    group="event_id",
    fields=("event_id",),
    needs={"event_sources": ("event_id", "stance")},
    message="no source in event_sources supports {event_id}",
    fix="Add a row to event_sources with a source that reports the event and the stance `supports`.",
    bad=(Edit("event_sources", {"stance": "contradicts", "note": "Denies that it was said."}, row=4),),
    good=(Edit("event_sources", {"stance": "supports"}, row=4),),
    place=("data/events.csv", 4),
)
def event_has_a_supporting_source(events: pd.DataFrame, context: Context) -> pd.Series:
    """An event is recorded because a source reports it; at least one supports the row as it stands.

    If every source disagrees with the row, it is the row that has to change.
    """
    citations = context.tables["event_sources"]
    return among(events["event_id"], citations.loc[citations["stance"] == "supports", "event_id"])


@rule(
    "EVT-110",
    "event-without-actor",
    WARNING,
    since="1.0.0",
    table="events",
    scope=Scope.GROUP,
    group="event_id",
    fields=("event_id",),
    needs={"event_actors": ("event_id",)},
    message="no actor of {event_id} is recorded in event_actors",
    fix="Add a row to event_actors for whoever acted or was affected; residents of a place are an actor too.",
    bad=SECOND_EVACUATION,
    good=(*SECOND_EVACUATION, Add("event_actors", {"event_id": "EVT-0006"}, like=4)),
)
def event_has_an_actor(events: pd.DataFrame, context: Context) -> pd.Series:
    """An event has somebody who acted in it or whom it befell.

    Who acted may be unknown; who was affected or who reported it in office mostly is not.
    """
    return among(events["event_id"], context.tables["event_actors"]["event_id"])


def _likeness(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events with their titles in small letters, for comparison."""
    return events.assign(title=events["title"].str.lower())


def _reversed(events: pd.DataFrame) -> pd.Series:
    """Tell the events whose dates are exchanged: one rule reports them, and the others leave them alone."""
    return events["date_end"] < events["date_start"]
