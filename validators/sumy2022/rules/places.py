"""Rules of places: what lies in what, what stands twice, and what nothing refers to."""

from __future__ import annotations

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import in_cycle, with_ancestors
from sumy2022.numbering import among
from sumy2022.rule import Scope, rule
from sumy2022.text import rated

ERROR, WARNING = Severity.ERROR, Severity.WARNING
RANK = {
    "country": 0,
    "oblast": 1,
    "raion": 2,
    "hromada": 3,
    "city": 4,
    "settlement": 4,
    "village": 4,
    "border-crossing": 5,
    "site": 5,
}
"""The rank of each kind, 0 for the highest; a place lies in one of a higher rank."""
SETTLEMENTS = tuple(kind for kind, rank in RANK.items() if rank == RANK["village"])
NAMESAKES = ["parent_id", "kind", "name_en"]


@rule(
    "PLC-101",
    "parent-of-no-higher-kind",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("parent_id", "place_id", "kind", "parent_id.kind"),
    message="{place_id} is of the kind {kind}, its parent {parent_id} of {parent_id.kind}, which is no higher kind",
    fix="Name as parent the place in which this one lies, or correct the kind of one of the two.",
    bad=(Edit("places", {"parent_id": "PLC-0005", "katottg": "", "ocha_pcode": ""}, row=5),),
    good=(Edit("places", {"parent_id": "PLC-0004"}, row=5),),
)
def parent_is_of_a_higher_kind(places: pd.DataFrame, _: Context) -> pd.Series:
    """A place lies in a place of a higher kind.

    From high to low: country, oblast, raion, hromada; city, settlement and village, which are of one rank;
    border crossing and site, which are of one rank too. A place that is its own parent is a case of PLC-102.
    """
    own, above = rated(places["kind"], RANK), rated(places["parent_id.kind"], RANK)
    return own.isna() | above.isna() | (above < own) | (places["parent_id"] == places["place_id"])


@rule(
    "PLC-102",
    "place-inside-itself",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("parent_id", "place_id"),
    scope=Scope.TABLE,
    message="the parents of {place_id}, from {parent_id} on, lead back to {place_id}",
    fix="Correct the parent of one place on this way; the parent is the larger of the two.",
    bad=(Edit("places", {"parent_id": "PLC-0007"}, row=6),),
    good=(Edit("places", {"parent_id": "PLC-0002"}, row=6),),
)
def parents_lead_upwards(places: pd.DataFrame, _: Context) -> pd.Series:
    """No place lies in itself, neither directly nor by way of its parents."""
    return ~in_cycle(places["place_id"], places["parent_id"])


@rule(
    "PLC-103",
    "place-without-parent",
    WARNING,
    since="1.0.0",
    table="places",
    fields=("parent_id", "place_id", "kind"),
    message="{place_id}, of the kind {kind}, has no parent",
    fix="Name the place in which it lies, and add that place if the table lacks it.",
    bad=(Edit("places", {"parent_id": ""}, row=6),),
    good=(Edit("places", {"parent_id": "PLC-0002"}, row=6),),
)
def place_has_a_parent(places: pd.DataFrame, context: Context) -> pd.Series:
    """A place other than a country has a parent, so that the places of an area can be told.

    The study area itself may stand without one.
    """
    area = places["place_id"] == context.area if context.area is not None else False
    return places["parent_id"].notna() | (places["kind"] == "country") | area


def _namesake(places: pd.DataFrame, _: Context) -> pd.Series:
    """Return for each place the first of its name, kind and parent, one with a code if there is any."""
    coded_first = places.sort_values("katottg", key=pd.Series.isna, kind="stable")
    first = coded_first.groupby(NAMESAKES, dropna=False)["place_id"].transform("first")
    return first.reindex(places.index)


@rule(
    "PLC-104",
    "place-named-twice",
    WARNING,
    since="1.0.0",
    table="places",
    fields=("name_en", "kind", "parent_id"),
    reads=("place_id", "katottg"),
    scope=Scope.GROUP,
    group="parent_id",
    detail=_namesake,
    message="{place_id} has the name, kind and parent of {detail}: {kind} {name_en} in {parent_id}",
    fix="Merge the rows if they are one place; otherwise give each its own KATOTTG code, or its nearest parent.",
    bad=(Edit("places", {"name_en": "Alpha", "kind": "city", "katottg": ""}, row=5),),
    good=(Edit("places", {"name_en": "Alpha", "kind": "city"}, row=5),),
)
def names_are_told_apart(places: pd.DataFrame, _: Context) -> pd.Series:
    """Two places of one name and kind in one parent are most likely one place, entered twice.

    Namesakes do occur; where each has its own KATOTTG code, they are known to be two places.
    """
    coded = places["katottg"].notna()
    beside_coded = coded.groupby([places[name] for name in NAMESAKES], dropna=False).transform("any")
    repeated = places[~coded].duplicated(NAMESAKES).reindex(places.index, fill_value=False)
    return coded | ~(beside_coded | repeated)


@rule(
    "PLC-105",
    "place-not-used",
    WARNING,
    since="1.0.0",
    table="places",
    fields=("place_id", "name_en"),
    reads=("parent_id",),
    scope=Scope.TABLE,
    needs={
        "events": ("place_id",),
        "casualties": ("place_id",),
        "evacuations": ("from_place_id", "to_place_id"),
        "control": ("place_id",),
    },
    message="nothing refers to {place_id} {name_en}, and no place that is used lies in it",
    fix="Remove the row, or correct the rows that were to refer to it.",
    bad=(Add("places", {"place_id": "PLC-0009", "name_en": "Delta Raion", "kind": "raion", "parent_id": "PLC-0007"}),
         Edit("places", {"katottg": "", "ocha_pcode": ""}, row=8)),
    good=(Add("places", {"place_id": "PLC-0009", "name_en": "Delta Raion", "kind": "raion", "parent_id": "PLC-0007"}),
          Edit("places", {"katottg": "", "ocha_pcode": ""}, row=8),
          Edit("places", {"parent_id": "PLC-0009"}, row=7)),
)  # fmt: skip
def place_is_used(places: pd.DataFrame, context: Context) -> pd.Series:
    """A place stands in the table because an event, a count or a control interval refers to it.

    The places in which such a place lies count as used, and so does the study area.
    """
    used = among(places["place_id"], *(cells for table in context.tables.values() for _, cells in table.items()))
    if context.area is not None:
        used |= places["place_id"] == context.area
    return with_ancestors(places["place_id"], places["parent_id"], used)
