"""Rules of the points of places: complete, sourced, and where the place's parents say it lies."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import topmost, within
from sumy2022.rule import Scope, rule
from sumy2022.rules.places import RANK, SETTLEMENTS
from sumy2022.text import rated

if TYPE_CHECKING:
    from sumy2022.outline import Outline

    Measure = Callable[[Outline, Any], Any]

ERROR, WARNING = Severity.ERROR, Severity.WARNING
TOLERANCE = 5.0
"""The kilometres by which a generalised outline may be off, which no rule here counts as a fault."""
POINT = ["latitude", "longitude"]


def _measured(places: pd.DataFrame, context: Context, measure: Measure, unknown: bool | float) -> pd.Series:
    """Return what `measure` gives for the area's outline and each place's point; `unknown` where one is missing."""
    found = pd.Series(unknown, index=places.index)
    degrees = places[["longitude", "latitude"]].dropna()
    if context.outline is not None and not degrees.empty:
        found.loc[degrees.index] = measure(context.outline, context.outline.points(degrees.to_numpy()))
    return found


def _far_outside(outline: Outline, points: Any) -> Any:
    import shapely

    return ~shapely.dwithin(outline.polygon, points, TOLERANCE)


def _deep_inside(outline: Outline, points: Any) -> Any:
    import shapely

    return shapely.contains(outline.polygon, points) & ~shapely.dwithin(outline.rim, points, TOLERANCE)


def _distance(outline: Outline, points: Any) -> Any:
    import shapely

    return shapely.distance(outline.polygon, points)


def _inside(outline: Outline, points: Any) -> Any:
    import shapely

    return shapely.contains(outline.polygon, points)


def _way_back(places: pd.DataFrame, context: Context) -> pd.Series:
    """Say how far off a point lies, and whether exchanged coordinates would bring it back."""
    astray = places[~point_is_where_its_parents_are(places, context)]
    away = _measured(astray, context, _distance, math.nan).round().astype("Int64").astype("str")
    turned = astray.rename(columns={"latitude": "longitude", "longitude": "latitude"})
    back = _measured(turned, context, _inside, False)
    said = "it lies " + away + " km from the outline"
    return said.mask(back, "exchanged, latitude and longitude would lie inside").reindex(places.index)


@rule(
    "PLC-111",
    "half-a-point",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("latitude", "longitude"),
    message="latitude is {latitude} and longitude {longitude}: half of the point is missing",
    fix="Fill in the other half from the source of the coordinates, or empty both.",
    bad=(Edit("places", {"longitude": ""}, row=4),),
    good=(Edit("places", {"longitude": "34.1"}, row=4),),
)
def point_is_whole(places: pd.DataFrame, _: Context) -> pd.Series:
    """A point has a latitude and a longitude, or there is none."""
    return places["latitude"].isna() == places["longitude"].isna()


@rule(
    "PLC-112",
    "point-without-source",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("coordinate_source", "latitude", "longitude"),
    message="the point {latitude}, {longitude} has no source",
    fix="Say in coordinate_source where the point was read, or remove the point.",
    bad=(Edit("places", {"coordinate_source": ""}, row=4),),
    good=(Edit("places", {"coordinate_source": "GeoNames"}, row=4),),
)
def point_has_a_source(places: pd.DataFrame, _: Context) -> pd.Series:
    """A point names its source: an empty `coordinate_source` means that no point is given."""
    return places["coordinate_source"].notna() | places[POINT].isna().all(axis=1)


@rule(
    "PLC-113",
    "source-without-point",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("coordinate_source", "latitude", "longitude"),
    message="coordinates are said to come from {coordinate_source}, but there are none",
    fix="Fill in latitude and longitude, or empty coordinate_source.",
    bad={"coordinate_source": "GeoNames"},
    good={"coordinate_source": ""},
)
def source_has_a_point(places: pd.DataFrame, _: Context) -> pd.Series:
    """A source of coordinates belongs to a point; coordinates were probably lost."""
    return places["coordinate_source"].isna() | places[POINT].notna().any(axis=1)


@rule(
    "PLC-114",
    "point-outside-the-area",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("latitude", "longitude", "place_id", "parent_id"),
    scope=Scope.TABLE,
    detail=_way_back,
    message="by its parents {place_id} lies in the study area, but its point {latitude}, {longitude} lies more than "
    "5 km outside",
    fix="Correct the point from its source, or the parent {parent_id}: {detail}.",
    bad=(Edit("places", {"latitude": "34", "longitude": "51"}, row=4),),
    good=(Edit("places", {"latitude": "51", "longitude": "34"}, row=4),),
)
def point_is_where_its_parents_are(places: pd.DataFrame, context: Context) -> pd.Series:
    """The point of a place in the study area lies inside the area's outline, give or take 5 km.

    Exchanged coordinates, a lost digit or a wrong parent are the usual causes. The tolerance is that of a
    generalised outline.
    """
    inside = within(places["place_id"], places["parent_id"], context.area)
    return ~(inside & _measured(places, context, _far_outside, False))


@rule(
    "PLC-115",
    "point-inside-the-area",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("latitude", "longitude", "place_id", "parent_id"),
    reads=("kind",),
    scope=Scope.TABLE,
    message="by its parents {place_id} lies outside the study area, but its point {latitude}, {longitude} lies more "
    "than 5 km inside",
    fix="Correct the point from its source, or the parent {parent_id}.",
    bad=(Edit("places", {"longitude": "34.5"}, row=7),),
    good=(Edit("places", {"longitude": "40.5"}, row=7),),
)
def point_is_not_where_its_parents_are_not(places: pd.DataFrame, context: Context) -> pd.Series:
    """The point of a place outside the study area lies outside the area's outline, give or take 5 km.

    A place counts as outside only if its parents lead up to a place of the area's kind or a higher one. Places
    that may contain the area, being of a higher kind, are not judged.
    """
    ids, rank = places["place_id"], rated(places["kind"], RANK)
    inside = within(ids, places["parent_id"], context.area)
    area = rank[ids == context.area].max() if context.area is not None else math.nan
    top = topmost(ids, places["parent_id"]).map(pd.Series(rank.array, index=ids.array).groupby(level=0).first())
    outside = ~inside & places["parent_id"].notna() & (rank > area) & (top <= area)
    return ~(outside & _measured(places, context, _deep_inside, False))


def _neighbour(places: pd.DataFrame, _: Context) -> pd.Series:
    """Return for each settlement the first one at its point."""
    settled = places[places["kind"].isin(SETTLEMENTS)]
    return settled.groupby(POINT)["place_id"].transform("first").reindex(places.index)


@rule(
    "PLC-116",
    "settlements-at-one-point",
    WARNING,
    since="1.0.0",
    table="places",
    fields=("latitude", "longitude", "place_id"),
    reads=("kind",),
    scope=Scope.TABLE,
    detail=_neighbour,
    message="{place_id} lies at exactly the point of {detail}: {latitude}, {longitude}",
    fix="Correct the point of one of the two, or merge the rows if they are one place.",
    bad=(Edit("places", {"latitude": "51", "longitude": "34"}, row=5),),
    good=(Edit("places", {"latitude": "51.2", "longitude": "34"}, row=5),),
)
def settlements_lie_apart(places: pd.DataFrame, _: Context) -> pd.Series:
    """Two cities, settlements or villages do not lie at one point; most likely one was copied from the other.

    Sites, border crossings and areas may share a point with another place.
    """
    settled = places[places["kind"].isin(SETTLEMENTS)].dropna(subset=POINT)
    return ~settled.duplicated(POINT).reindex(places.index, fill_value=False)
