"""Rules of events and places: how exactly the place is known, the study area, and changes of control."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import raised, with_ancestors, within
from sumy2022.numbering import among
from sumy2022.precision import slack
from sumy2022.rule import Scope, rule
from sumy2022.rules.events import ANYWHERE
from sumy2022.rules.places import RANK
from sumy2022.text import rated

ERROR, WARNING = Severity.ERROR, Severity.WARNING

LARGEST = {"site": "village", "settlement": "village", "area": "hromada", "raion": "raion", "oblast": "oblast"}
"""The largest kind of place that goes with each precision; the other precisions allow any."""
SMALLEST = {"raion": "raion", "oblast": "oblast", "country": "country"}
"""The smallest kind of place that goes with each precision; the other precisions allow any."""
LEAST_RANK, MOST_RANK = ({word: RANK[kind] for word, kind in kinds.items()} for kinds in (LARGEST, SMALLEST))
CHANGES = ("capture", "liberation", "withdrawal")
"""The types of events that change who controls a place."""
PLACE_STEP = 10_000_000
"""More than twice the number of days from 1970 to any day that can be written, to keep places apart in a number."""
FEW_DAYS, NO_DAY = np.timedelta64(3, "D"), np.timedelta64(0, "D")


@rule(
    "EVT-111",
    "precision-finer-than-place",
    ERROR,
    since="1.0.0",
    table="events",
    fields=("place_precision", "place_id"),
    reads=("place_id.kind", "place_id.name_en"),
    message="the place is known to the {place_precision}, but {place_id.name_en} is of the kind {place_id.kind}",
    fix="Choose a coarser precision, or record the smaller place in places and refer to it.",
    bad=(Edit("events", {"place_id": "PLC-0003"}, row=2),),
    good=(Edit("events", {"place_id": "PLC-0003", "place_precision": "raion"}, row=2),),
)
def precision_is_not_finer_than_place(events: pd.DataFrame, _: Context) -> pd.Series:
    """A place cannot be known more exactly than the place that is recorded.

    `site` needs a site, a border crossing or a place with a settlement's rank in which a detail names the spot,
    `settlement` needs one of that rank or below, `area` at most a hromada, `raion` at most a raion and `oblast` at
    most an oblast.
    """
    return ~(rated(events["place_id.kind"], RANK) < rated(events["place_precision"], LEAST_RANK))


@rule(
    "EVT-112",
    "precision-coarser-than-place",
    WARNING,
    since="1.0.0",
    table="events",
    fields=("place_precision", "place_id"),
    reads=("place_id.kind", "place_id.name_en"),
    message="the place is known only to the {place_precision}, but {place_id.name_en} is of the kind {place_id.kind}",
    fix="Refer to the {place_precision} as the place, or choose a finer precision.",
    bad=(Edit("events", {"place_precision": "raion"}, row=2),),
    good=(Edit("events", {"place_precision": "raion", "place_id": "PLC-0003"}, row=2),),
)
def precision_is_not_coarser_than_place(events: pd.DataFrame, _: Context) -> pd.Series:
    """With the precision `raion`, `oblast` or `country` the place is a unit of that kind or a larger one.

    A town that stands for its raion would be read, and drawn on a map, as the scene of the event.
    """
    return ~(rated(events["place_id.kind"], RANK) > rated(events["place_precision"], MOST_RANK))


@rule(
    "EVT-113",
    "spot-or-route-not-described",
    WARNING,
    since="1.0.0",
    table="events",
    fields=("place_detail", "place_precision", "place_id"),
    reads=("place_id.kind", "place_id.name_en"),
    message="the place is a {place_precision}, but nothing says which: the detail is empty and {place_id.name_en} is "
    "of the kind {place_id.kind}",
    fix="Describe the spot or the route in place_detail, as far as a source publishes it, or choose another precision.",
    bad=(Edit("events", {"place_precision": "route"}, row=3),),
    good=(Edit("events", {"place_precision": "route", "place_detail": "The road to Gamma"}, row=3),),
)
def spot_or_route_is_described(events: pd.DataFrame, _: Context) -> pd.Series:
    """A route is the line between the places that `place_detail` names, and so is a spot that is no place of its own.

    Where the place is itself a site or a border crossing, it is description enough.
    """
    spot = (events["place_precision"] == "site") & ~events["place_id.kind"].isin(["site", "border-crossing"])
    return events["place_detail"].notna() | ~(spot | (events["place_precision"] == "route"))


@rule(
    "EVT-114",
    "event-outside-the-area",
    ERROR,
    since="1.0.0",
    table="events",
    scope=Scope.TABLE,
    fields=("place_id", "event_type"),
    reads=("place_id.name_en",),
    needs={"places": ("place_id", "parent_id")},
    message="{place_id.name_en} ({place_id}) does not lie in the study area of the package",
    fix="Correct the place, or the parent_id of the place in places; if the event did happen outside, remove it.",
    bad=(Edit("events", {"place_id": "PLC-0008"}, row=4),),
    good=(Edit("events", {"place_id": "PLC-0006"}, row=4),),
)
def event_is_in_the_area(events: pd.DataFrame, context: Context) -> pd.Series:
    """An event happens in the study area, which datapackage.json names under `spatial`.

    Statements and investigations are excepted. So is an event whose place contains the area, such as the country:
    it is not known to have happened outside.
    """
    places = context.tables["places"]
    if not (places["place_id"] == context.area).any():
        return pd.Series(True, index=events.index)
    ids, parents = places["place_id"], places["parent_id"]
    connected = within(ids, parents, context.area) | with_ancestors(ids, parents, ids == context.area)
    allowed = among(events["place_id"], ids[connected])
    return allowed | events["place_id"].isna() | events["event_type"].isin(ANYWHERE)


@rule(
    "EVT-115",
    "change-of-control-not-reflected",
    WARNING,
    since="1.0.0",
    table="events",
    scope=Scope.TABLE,
    fields=("event_type", "place_id", "date_start", "date_end", "date_precision"),
    reads=("event_id", "place_id.name_en"),
    needs={
        "places": ("place_id", "parent_id"),
        "control": ("place_id", "controller", "date_start", "date_end", "date_precision"),
        "event_sources": ("event_id", "stance"),
    },
    message="no control interval of {place_id.name_en}, or of a place in or around it, begins or ends within a few "
    "days of this {event_type} ({date_start} to {date_end})",
    fix="Correct the dates or the place of the event, or add the change to control.",
    bad=(Edit("events", {"event_type": "capture", "title": "Capture of Alpha"}, row=2),),
    good=(Edit("events", {"event_type": "capture", "title": "Arrival in Beta", "place_id": "PLC-0006"}, row=2),),
)
def change_of_control_is_reflected(events: pd.DataFrame, context: Context) -> pd.Series:
    """A capture, liberation or withdrawal changes who controls a place, and the table `control` tells that too.

    A change of the place itself, of a place in it or of a place that contains it counts, up to three days and as
    many as the dates may be off from the event. An interval cut at a bound of the study period counts on the very
    day of the cut only, since it may have begun earlier or ended later. Where a source contradicts the event, a place
    that is contested on these days reflects the doubt.
    """
    places, control = context.tables["places"], context.tables["control"]
    sure = events["event_type"].isin(CHANGES) & (events["date_start"] <= events["date_end"])
    if not sure.any():
        return ~sure
    judged = events[sure]
    room = slack(judged["date_precision"])
    windows = pd.DataFrame(
        {
            "line": judged.index,
            "place_id": judged["place_id"].array,
            "first": (judged["date_start"] - room).array,
            "last": (judged["date_end"] + room).array,
        }
    )
    changes = _changes(context)
    reflected = _meeting(windows, changes)
    citations = context.tables["event_sources"]
    denied = citations[citations["stance"] == "contradicts"]["event_id"]
    in_doubt = windows[windows["line"].isin(events.index[events["event_id"].isin(denied)])]
    contested = control[control["controller"] == "contested"][["place_id", "date_start", "date_end"]]
    reflected |= _meeting(in_doubt, contested.set_axis(["place_id", "first", "last"], axis=1))
    rest = windows[~windows["line"].isin(reflected)]
    if not rest.empty:
        tree = (places["place_id"], places["parent_id"])
        reflected |= _meeting(rest, raised(changes, "place_id", *tree))
        reflected |= _meeting(raised(rest, "place_id", *tree), changes)
    return ~sure | events.index.isin(reflected)


def _changes(context: Context) -> pd.DataFrame:
    """Return the days on which control of a place changes, as spans from `first` to `last` that allow for doubt.

    These are the begins of intervals whose controller is another than before and, where nothing follows, the ends.
    """
    control = context.tables["control"].sort_values(["place_id", "date_start"])
    controllers = control.groupby("place_id")["controller"]
    begins = control[control["controller"] != controllers.shift()]
    ends = control[controllers.shift(-1).isna()]
    begin_cut, end_cut = begins["date_start"] <= context.start, ends["date_end"] >= context.end
    days = pd.concat([begins["date_start"], ends["date_end"]])
    cut = pd.concat([begin_cut, end_cut])
    room = (slack(control["date_precision"]) + FEW_DAYS).loc[days.index].mask(cut.array, NO_DAY)
    spans = {"place_id": control["place_id"].loc[days.index], "first": days - room, "last": days + room}
    return pd.DataFrame({name: cells.array for name, cells in spans.items()})


def _meeting(windows: pd.DataFrame, spans: pd.DataFrame) -> set[int]:
    """Return the lines of the windows that share a day with a span of the same place.

    A window meets as many spans as have begun by its last day and are not over before its first. Both are counted in
    sorted numbers of place and day, so that the work does not grow with windows times spans; the spans of other
    places are in both counts, or in neither.
    """
    spans = spans.dropna()
    places, _ = pd.factorize(pd.concat([windows["place_id"], spans["place_id"]]))

    def numbers(frame: pd.DataFrame, day: str, place: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return place * PLACE_STEP + frame[day].to_numpy().astype("datetime64[D]").astype(np.int64)

    of_windows, of_spans = places[: len(windows)], places[len(windows) :]
    begins, ends = np.sort(numbers(spans, "first", of_spans)), np.sort(numbers(spans, "last", of_spans))
    begun = np.searchsorted(begins, numbers(windows, "last", of_windows), side="right")
    over = np.searchsorted(ends, numbers(windows, "first", of_windows), side="left")
    return set(windows["line"][begun > over])
