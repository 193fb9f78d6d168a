"""Rules of one count of casualties: its bounds, its dates, and the event or place it is about.

`casualty_comparisons` holds the rules that set one count beside another.
"""

from __future__ import annotations

import pandas as pd

from sumy2022 import counts as of_counts
from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import lies_in
from sumy2022.numbering import among
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
WORDS = ("statement", "investigation", "negotiation", "agreement")
"""Types of events at which people speak or decide, and nobody is hurt."""
LOOSE = ("area", "route")
"""Precisions of an event's place under which the event also happened at neighbouring places."""


@rule(
    "CAS-101",
    "casualty-bounds-exchanged",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("count_low", "count_high"),
    message="the lower bound {count_low} is above the upper bound {count_high}",
    fix="Exchange the two bounds, or correct the one that is wrong.",
    bad={"count_low": "5", "count_high": "3", "wording": "about"},
    good={"count_low": "3", "count_high": "5", "wording": "about"},
)
def casualty_bounds_are_in_order(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """The smallest number of people that a statement allows cannot be above the largest."""
    return of_counts.ordered(casualties)


@rule(
    "CAS-102",
    "casualties-without-number",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("count_low", "count_high", "wording"),
    message="the count has neither a lower nor an upper bound",
    fix="Fill in the bound or bounds that the source states; if it states no number at all, leave the row out.",
    bad={"count_low": "", "count_high": "", "wording": "verbal"},
    good={"count_low": "2", "count_high": "", "wording": "verbal"},
)
def casualties_have_a_number(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A count has at least one bound, for a row without any counts nothing.

    A word such as "dozens" sets a lower bound as far as it certainly means one. What cannot be put into numbers
    belongs in the summary of the event.
    """
    return of_counts.bounded(casualties)


@rule(
    "CAS-103",
    "casualty-bounds-against-wording",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("wording", "count_low", "count_high"),
    message="the wording {wording} does not go with the lower bound {count_low} and the upper bound {count_high}",
    fix=of_counts.WORDING_FIX,
    bad={"count_high": "", "wording": "exact"},
    good={"count_high": "", "wording": "at-least"},
)
def casualty_bounds_follow_the_wording(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """The wording of the source decides which bounds are filled.

    A bound that the source does not state must not be supplied: "at least 10" sets no upper bound, and an estimate
    that took 10 for one would be too low.
    """
    return of_counts.worded(casualties)


@rule(
    "CAS-104",
    "zero-casualties-not-exact",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("wording", "count_low", "count_high"),
    message="a bound is zero ({count_low} to {count_high}), but the wording is {wording}",
    fix="If the source says that there was nobody, set both bounds to 0 and the wording to exact; otherwise empty "
    "the bound that it does not state.",
    bad={"count_low": "0", "count_high": "3", "wording": "about"},
    good={"count_low": "", "count_high": "3", "wording": "up-to"},
)
def zero_casualties_are_exact(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """Zero stands only for a source that explicitly says "none".

    An empty cell means unknown. A zero in its place would say that nobody was hurt, which no source has stated.
    """
    return of_counts.zero_is_exact(casualties)


@rule(
    "CAS-105",
    "casualty-period-ends-before-it-starts",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("date_end", "date_start"),
    message="the period counted ends on {date_end}, before it starts on {date_start}",
    fix="Exchange the two dates, or correct the one that is wrong.",
    bad={"date_start": "2022-02-25", "date_end": "2022-02-24"},
    good={"date_start": "2022-02-24", "date_end": "2022-02-25"},
)
def casualty_period_ends_after_it_starts(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """The period that a count covers cannot end before it starts."""
    return ~(casualties["date_end"] < casualties["date_start"])


def _began(casualties: pd.DataFrame) -> pd.Series:
    """Return the first day of the period counted: as stated, or else that of the event."""
    return casualties["date_start"].fillna(casualties["event_id.date_start"])


@rule(
    "CAS-106",
    "casualties-stated-before-they-began",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("as_of", "date_start", "event_id"),
    reads=("event_id.date_start",),
    detail=lambda casualties, _: _began(casualties),
    message="the count was stated on {as_of}, before the period that it covers began on {detail}",
    fix="Correct `as_of`, or the start of the period or event; or name the event that the count is really about.",
    bad={"as_of": "2022-02-24"},
    good={"as_of": "2022-02-25"},
)
def casualties_are_stated_after_they_began(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """Nobody can count people who are not hurt yet.

    The period starts where `date_start` says, or else with the event. If a source really is older than the event's
    first day, that day is too late.
    """
    return ~(casualties["as_of"] < _began(casualties))


@rule(
    "CAS-107",
    "casualties-stated-after-publication",
    WARNING,
    since="1.0.0",
    table="casualties",
    fields=("as_of", "source_id"),
    reads=("source_id.published",),
    message="the count was stated on {as_of}, after its source {source_id} was published on {source_id.published}",
    fix="Correct the day, or cite the later source; if the page was updated, put the day of the text that was read "
    "as `published` of the source.",
    bad={"as_of": "2022-02-26"},
    good={"as_of": "2022-02-25"},
)
def casualties_are_stated_before_publication(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A document cannot report what had not been said when it was published.

    Most often the day of reading or of a later report stands in `as_of`. A page that goes on being updated under
    its first date is the exception.
    """
    return ~(casualties["as_of"] > casualties["source_id.published"])


@rule(
    "CAS-108",
    "casualties-of-nowhere",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("event_id", "place_id"),
    message="the count names neither an event nor a place",
    fix="Name the event whose casualties are counted or, for a total, the place over which the count is made.",
    bad=(Edit("casualties", {"event_id": "", "place_id": ""}, row=3),),
    good=(Edit("casualties", {"event_id": "", "place_id": "PLC-0001"}, row=3),),
)
def casualties_are_about_something(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A count belongs to an event or to a place, or nobody can tell which people it is about."""
    return casualties["event_id"].notna() | casualties["place_id"].notna()


@rule(
    "CAS-109",
    "casualties-away-from-their-event",
    WARNING,
    since="1.0.0",
    scope=Scope.TABLE,
    table="casualties",
    fields=("place_id", "event_id"),
    reads=("place_id.name_en", "event_id.place_id", "event_id.place_id.name_en", "event_id.place_precision"),
    needs={"places": ("place_id", "parent_id")},
    message="the count is made over {place_id.name_en}, but its event {event_id} happened at "
    "{event_id.place_id.name_en}, and neither of the two places lies in the other",
    fix="Correct the place or the event; leave the place empty if the count simply covers the event.",
    bad=(Edit("casualties", {"place_id": "PLC-0006"}, row=2),),
    good=(Edit("casualties", {"place_id": "PLC-0004"}, row=2),),
)
def casualties_are_near_their_event(casualties: pd.DataFrame, context: Context) -> pd.Series:
    """The place over which an event's casualties are counted contains the event's place or lies in it.

    A count may cover a wider area, or only one settlement or site of a larger event. An event along a route, or
    recorded by the area around a place, also has casualties at other places and is not judged.
    """
    places = context.tables["places"]
    here, there = casualties["place_id"], casualties["event_id.place_id"]
    related = lies_in(there, here, places["place_id"], places["parent_id"])
    related |= lies_in(here, there, places["place_id"], places["parent_id"])
    known = among(here, places["place_id"]) & among(there, places["place_id"])
    return related | ~known | casualties["event_id.place_precision"].isin(LOOSE)


@rule(
    "CAS-117",
    "casualties-of-words",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("event_id",),
    reads=("event_id.event_type",),
    message="the count belongs to {event_id}, which is of the type {event_id.event_type}: nobody is hurt by it",
    fix="Name the event in which the people were hurt; if the count is a total, leave event_id empty and fill in its "
    "place and period.",
    bad=(Edit("casualties", {"event_id": "EVT-0003"}, row=2),),
    good=(Edit("casualties", {"event_id": ""}, row=2),),
)
def casualties_belong_to_what_hurt_people(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A count belongs to the event in which the people were hurt, not to the statement or inquiry that tells of it.

    A total that an inquiry arrives at would otherwise pass for the casualties of one event, and be added to others.
    """
    return ~casualties["event_id.event_type"].isin(WORDS)
