"""Rules of the sources of control: what an interval rests on, and how a source bears on it."""

from __future__ import annotations

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.numbering import among
from sumy2022.precision import slack
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@rule(
    "CTL-107",
    "control-without-source",
    ERROR,
    since="1.0.0",
    scope=Scope.GROUP,
    group="control_id",
    table="control",
    fields=("control_id", "controller"),
    needs={"control_sources": ("control_id", "stance")},
    message="no source in `control_sources` supports {control_id}, by which {controller} is in control",
    fix="Cite a source that supports the interval; if there is none, the controller is `unknown`.",
    bad=(Edit("control_sources", {"stance": "contradicts", "note": "Says that Beta was never held."}, row=3),),
    good=(Edit("control_sources", {"stance": "supports"}, row=3),),
    place=("data/control.csv", 4),
)
def control_is_sourced(control: pd.DataFrame, context: Context) -> pd.Series:
    """Every interval rests on at least one source that supports it.

    The exception is `unknown`, which means that no source tells.
    """
    citations = context.tables["control_sources"]
    supported = citations.loc[citations["stance"] == "supports", "control_id"]
    return among(control["control_id"], supported) | control["controller"].isna() | (control["controller"] == "unknown")


@rule(
    "CTL-108",
    "control-contradicted-without-note",
    ERROR,
    since="1.0.0",
    table="control_sources",
    fields=("note", "stance", "source_id", "control_id"),
    message="{source_id} contradicts {control_id}, but the note does not tell what it says instead",
    fix="Write into the note which side or which days the source states.",
    bad=(Edit("control_sources", {"note": ""}, row=1),),
    good=(Edit("control_sources", {"note": "Says that Alpha was taken on 3 March."}, row=1),),
)
def contradictions_of_control_have_a_note(citations: pd.DataFrame, _: Context) -> pd.Series:
    """A contradicting citation says in its note what the source states instead.

    Without it a reader learns that there is another version, and not which.
    """
    return (citations["stance"] != "contradicts") | citations["note"].notna()


@rule(
    "CTL-109",
    "control-source-older-than-interval",
    WARNING,
    since="1.0.0",
    table="control_sources",
    fields=("source_id", "control_id", "stance"),
    reads=("source_id.published", "control_id.date_start", "control_id.date_precision"),
    message="{source_id} was published on {source_id.published} and cannot support {control_id}, which begins on "
    "{control_id.date_start}",
    fix="Cite the source for the interval that it speaks of, or correct the day that is wrong.",
    bad=(Edit("control_sources", {"source_id": "SRC-0001"}, row=3),),
    good=(Edit("control_sources", {"source_id": "SRC-0002"}, row=3),),
)
def control_sources_are_not_older(citations: pd.DataFrame, _: Context) -> pd.Series:
    """A source cannot report who held a place on days that were still to come.

    The first day may be off by as much as its precision allows. A source that contradicts may be older: it puts
    the change of control earlier.
    """
    room = slack(citations["control_id.date_precision"])
    older = citations["source_id.published"] + room < citations["control_id.date_start"]
    return ~older | (citations["stance"] != "supports")
