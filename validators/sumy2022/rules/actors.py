"""Rules of actors: persons by their office only, sides, and who belongs to whom."""

from __future__ import annotations

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import in_cycle, with_ancestors
from sumy2022.numbering import among
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
NEWCOMER = Add("actors", {"actor_id": "ACT-0006", "name_en": "Army Command"})


@rule(
    "ACT-101",
    "official-without-office",
    ERROR,
    since="1.0.0",
    table="actors",
    fields=("office", "actor_id", "name_en", "kind"),
    message="{actor_id} {name_en} is an official, but no office is named",
    fix="Name the public office, or remove the person: private persons are not entered.",
    bad=(Edit("actors", {"office": ""}, row=3),),
    good=(Edit("actors", {"office": "Head of the Administration of Example Oblast"}, row=3),),
)
def official_has_an_office(actors: pd.DataFrame, _: Context) -> pd.Series:
    """A person is entered in a public office only, and the row names it.

    Who has no such office is a private person, and no private person is in the table.
    """
    return (actors["kind"] != "official") | actors["office"].notna()


@rule(
    "ACT-102",
    "office-without-official",
    ERROR,
    since="1.0.0",
    table="actors",
    fields=("office", "actor_id", "name_en", "kind"),
    message="{actor_id} {name_en} is of the kind {kind} and has an office: {office}",
    fix="Make it an official if it is a person; otherwise empty office.",
    bad={"office": "Commander"},
    good={"office": ""},
)
def only_officials_have_an_office(actors: pd.DataFrame, _: Context) -> pd.Series:
    """Only a person holds an office, and a person is of the kind `official`."""
    return actors["office"].isna() | actors["kind"].isna() | (actors["kind"] == "official")


@rule(
    "ACT-103",
    "side-unlike-the-parents",
    WARNING,
    since="1.0.0",
    table="actors",
    fields=("side", "actor_id", "parent_id", "parent_id.side"),
    message="{actor_id} has the side {side}, the body {parent_id} to which it belongs the side {parent_id.side}",
    fix="Correct the side of one of the two, or the parent.",
    bad=(Edit("actors", {"side": "russia"}, row=3),),
    good=(Edit("actors", {"side": "ukraine"}, row=3),),
)
def side_is_the_parents(actors: pd.DataFrame, _: Context) -> pd.Series:
    """An actor is on the side of the body to which it belongs.

    An international body may have members that belong to a side.
    """
    own, above = actors["side"], actors["parent_id.side"]
    return own.isna() | above.isna() | (own == above) | (above == "international")


@rule(
    "ACT-104",
    "actor-inside-itself",
    ERROR,
    since="1.0.0",
    table="actors",
    fields=("parent_id", "actor_id"),
    scope=Scope.TABLE,
    message="the parents of {actor_id}, from {parent_id} on, lead back to {actor_id}",
    fix="Correct the parent of one actor on this way; the parent is the body to which the other belongs.",
    bad=(Edit("actors", {"parent_id": "ACT-0003"}, row=2),),
    good=(Edit("actors", {"parent_id": ""}, row=2),),
)
def no_actor_contains_itself(actors: pd.DataFrame, _: Context) -> pd.Series:
    """No actor belongs to itself, neither directly nor by way of its parents."""
    return ~in_cycle(actors["actor_id"], actors["parent_id"])


@rule(
    "ACT-105",
    "actor-not-used",
    WARNING,
    since="1.0.0",
    table="actors",
    fields=("actor_id", "name_en"),
    reads=("parent_id",),
    scope=Scope.TABLE,
    needs={
        "event_actors": ("actor_id",),
        "event_sources": ("claimed_by",),
        "casualties": ("claimed_by",),
        "evacuations": ("claimed_by",),
        "control_sources": ("claimed_by",),
    },
    message="{actor_id} {name_en} takes part in nothing, is quoted nowhere, and no actor that is used belongs to it",
    fix="Remove the row, or correct the rows that were to refer to it.",
    bad=(NEWCOMER,),
    good=(NEWCOMER, Edit("actors", {"parent_id": "ACT-0006"})),
)
def actor_is_used(actors: pd.DataFrame, context: Context) -> pd.Series:
    """An actor stands in the table because it takes part in an event or its word is relayed.

    The bodies to which such an actor belongs count as used.
    """
    used = among(actors["actor_id"], *(cells for table in context.tables.values() for _, cells in table.items()))
    return with_ancestors(actors["actor_id"], actors["parent_id"], used)
