"""Rules of the tables that link events to their sources and actors."""

from __future__ import annotations

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.numbering import among
from sumy2022.precision import slack
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
ACTING = ("attacker", "perpetrator")
SUFFERING = ("defender", "victim", "target")


@rule(
    "LNK-101",
    "contradiction-without-note",
    ERROR,
    since="1.0.0",
    table="event_sources",
    fields=("note", "stance", "event_id", "source_id"),
    message="{source_id} contradicts {event_id}, and the note does not say in what",
    fix="Say in the note what the source states instead.",
    bad=(Edit("event_sources", {"note": ""}, row=2),),
    good=(Edit("event_sources", {"note": "Puts it on 26 February."}, row=2),),
)
def contradiction_is_explained(citations: pd.DataFrame, _: Context) -> pd.Series:
    """A contradicting source is cited for what it says instead, and only the note can tell that."""
    return (citations["stance"] != "contradicts") | citations["note"].notna()


@rule(
    "LNK-102",
    "source-older-than-event",
    WARNING,
    since="1.0.0",
    table="event_sources",
    fields=("source_id", "event_id", "stance", "note"),
    reads=(
        "source_id.published",
        "source_id.kind",
        "event_id.date_start",
        "event_id.date_end",
        "event_id.date_precision",
    ),
    message="{source_id} was published on {source_id.published}, but {event_id} began only on {event_id.date_start}",
    fix="Correct the date of the event or of the source; if the source announced the event, say so in the note.",
    bad=(Edit("event_sources", {"source_id": "SRC-0001", "claimed_by": ""}, row=3),),
    good=(
        Edit(
            "event_sources",
            {"source_id": "SRC-0001", "claimed_by": "", "note": "Says that it was about to happen."},
            row=3,
        ),
    ),
)
def source_is_not_older_than_event(citations: pd.DataFrame, _: Context) -> pd.Series:
    """A source that reports an event was published after the event began.

    A source may announce an event; then the note says so. Where the event's date is not sure, the days by which it
    may be off are allowed for. Contradicting sources are left alone, for an earlier date may be the contradiction,
    and so are encyclopedias, whose pages are revised after the date they bear.
    """
    starts, ends = citations["event_id.date_start"], citations["event_id.date_end"]
    early = citations["source_id.published"] < starts - slack(citations["event_id.date_precision"])
    reporting = (citations["stance"] == "supports") & (citations["source_id.kind"] != "encyclopedia")
    return ~(early & reporting & citations["note"].isna()) | (ends < starts)


@rule(
    "LNK-103",
    "actor-on-both-sides",
    WARNING,
    since="1.0.0",
    table="event_actors",
    scope=Scope.GROUP,
    group="event_id",
    fields=("role", "event_id", "actor_id"),
    message="{actor_id} is {role} in {event_id}, and {detail} as well",
    fix="Remove the role that is wrong, or enter the part of the actor that it belongs to as an actor of its own.",
    bad=(Add("event_actors", {"role": "defender"}, like=6),),
    good=(Add("event_actors", {"role": "participant"}, like=6),),
    detail=lambda actors, _: _acting(actors),
)
def actor_is_on_one_side(actors: pd.DataFrame, _: Context) -> pd.Series:
    """An actor that attacks or does harm in an event is not also its defender, victim or target.

    Where both sides attacked each other, `attacker` is the one that used weapons first. An attacker's own losses
    are counts in `casualties` and make it no victim.
    """
    return _acting(actors).isna()


def _acting(actors: pd.DataFrame) -> pd.Series:
    """Return for each row of who suffers the first acting role that its actor has in its event; null for the others."""
    keys = ["event_id", "actor_id"]
    first = actors[actors["role"].isin(ACTING)].dropna(subset=keys).drop_duplicates(keys)
    suffering = actors[actors["role"].isin(SUFFERING)]
    suffering = suffering[among(suffering["event_id"], first["event_id"])]
    roles = suffering[keys].merge(first, how="left", on=keys)["role"]
    return roles.set_axis(suffering.index).reindex(actors.index)
