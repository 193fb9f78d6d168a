"""Rules of evacuations."""

from __future__ import annotations

import pandas as pd

from sumy2022 import counts as of_counts
from sumy2022.context import Context
from sumy2022.findings import Severity
from sumy2022.rule import rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
AREAS = ("country", "oblast", "raion", "hromada")
"""Kinds of places within which people can be moved from one settlement to another."""


@rule(
    "EVA-101",
    "evacuation-bounds-exchanged",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("count_low", "count_high"),
    message="the lower bound {count_low} is above the upper bound {count_high}",
    fix="Exchange the two bounds, or correct the one that is wrong.",
    bad={"count_low": "1200", "count_high": "1000"},
    good={"count_low": "1000", "count_high": "1200"},
)
def evacuation_bounds_are_in_order(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """The smallest number of people that a statement allows cannot be above the largest."""
    return of_counts.ordered(evacuations)


@rule(
    "EVA-102",
    "evacuation-without-number",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("count_low", "count_high", "wording"),
    message="the count has neither a lower nor an upper bound",
    fix="Fill in the bound or bounds that the source states; if it states no number at all, leave the row out.",
    bad={"count_low": "", "count_high": "", "wording": "verbal"},
    good={"count_low": "1000", "count_high": "", "wording": "verbal"},
)
def evacuations_have_a_number(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """A count has at least one bound, for a row without any counts nothing.

    That people were moved at all is what the event tells.
    """
    return of_counts.bounded(evacuations)


@rule(
    "EVA-103",
    "evacuation-bounds-against-wording",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("wording", "count_low", "count_high"),
    message="the wording {wording} does not go with the lower bound {count_low} and the upper bound {count_high}",
    fix=of_counts.WORDING_FIX,
    bad={"count_high": "", "wording": "about"},
    good={"count_high": "", "wording": "at-least"},
)
def evacuation_bounds_follow_the_wording(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """The wording of the source decides which bounds are filled; one that it does not state is not supplied."""
    return of_counts.worded(evacuations)


@rule(
    "EVA-104",
    "zero-evacuated-not-exact",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("wording", "count_low", "count_high"),
    message="a bound is zero ({count_low} to {count_high}), but the wording is {wording}",
    fix="If the source says that nobody was moved, set both bounds to 0 and the wording to exact; otherwise empty "
    "the bound that it does not state.",
    bad={"count_low": "0"},
    good={"count_low": "", "wording": "up-to"},
)
def zero_evacuated_are_exact(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """Zero stands only for a source that explicitly says "nobody"; an empty cell means unknown."""
    return of_counts.zero_is_exact(evacuations)


@rule(
    "EVA-105",
    "evacuated-to-where-they-were",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("to_place_id", "from_place_id"),
    reads=("from_place_id.kind", "from_place_id.name_en"),
    message="people are moved from {from_place_id.name_en} ({from_place_id}) to the same place",
    fix="Correct the place that is wrong, or leave empty the one that the source does not state.",
    bad={"from_place_id": "PLC-0008", "to_place_id": "PLC-0008"},
    good={"from_place_id": "", "to_place_id": "PLC-0008"},
)
def evacuated_people_change_place(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """People who were moved out of danger came to another place.

    Within an area, a hromada and everything above it, they can be moved from one settlement to another.
    """
    same = evacuations["from_place_id"] == evacuations["to_place_id"]
    return ~same | evacuations["from_place_id.kind"].isin(AREAS)


@rule(
    "EVA-106",
    "evacuated-counted-before-the-event",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("as_of", "event_id"),
    reads=("event_id.date_start",),
    message="the count was stated on {as_of}, before its event {event_id} began on {event_id.date_start}",
    fix="Correct the day of the statement or of the event, or name the event that the count is really about.",
    bad={"as_of": "2022-03-07"},
    good={"as_of": "2022-03-08"},
)
def evacuated_are_counted_after_the_event_began(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """Nobody can count people who have not been moved yet.

    A plan to move so many people is not a count of people moved.
    """
    return ~(evacuations["as_of"] < evacuations["event_id.date_start"])


@rule(
    "EVA-107",
    "evacuated-counted-after-publication",
    WARNING,
    since="1.0.0",
    table="evacuations",
    fields=("as_of", "source_id"),
    reads=("source_id.published",),
    message="the count was stated on {as_of}, after its source {source_id} was published on {source_id.published}",
    fix="Correct the day, or cite the later source; if the page was updated, put the day of the text that was read "
    "as `published` of the source.",
    bad={"as_of": "2022-03-11"},
    good={"as_of": "2022-03-10"},
)
def evacuated_are_counted_before_publication(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """A document cannot report what had not been said when it was published.

    A page that goes on being updated under its first date is the exception.
    """
    return ~(evacuations["as_of"] > evacuations["source_id.published"])


@rule(
    "EVA-108",
    "evacuated-in-an-event-of-another-type",
    ERROR,
    since="1.0.0",
    table="evacuations",
    fields=("event_id",),
    reads=("event_id.event_type",),
    message="people are moved in {event_id}, which is not an evacuation but of the type {event_id.event_type}",
    fix="Name the evacuation in which the people were moved, enter it if it is missing, or leave the event empty.",
    bad={"event_id": "EVT-0002"},
    good={"event_id": ""},
)
def people_are_moved_in_evacuations(evacuations: pd.DataFrame, _: Context) -> pd.Series:
    """A count of people moved belongs to an event of the type `evacuation`.

    An agreement on corridors and a statement about them are events of their own; the movement that follows is what
    is counted.
    """
    kind = evacuations["event_id.event_type"]
    return kind.isna() | (kind == "evacuation")
