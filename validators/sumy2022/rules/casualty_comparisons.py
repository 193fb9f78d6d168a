"""Rules that set one count of casualties beside another: the one that replaces it, and others of the same source."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import in_cycle
from sumy2022.rule import Scope, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING

SAME_PEOPLE = ("event_id", "outcome", "population", "sex", "age", "side", "place_id")
"""What a count and its successor have in common."""
MAY_BE_UNTOLD = {"population": "unknown", "side": None, "place_id": None}
"""What the cell holds where a source tells nothing; another statement about the same people may tell it."""

CLAIM = ("source_id", "claimed_by", "as_of", "event_id", "place_id", "date_start", "date_end", "outcome", "side")
"""What all counts of one claim have in common: who says it when, and about which occurrence."""
GROUPS = ("population", "sex", "age")
"""What tells the groups of people that one claim counts apart."""
WHOLE = {"population": "mixed", "sex": "all", "age": "all"}
"""The code of a count that is not limited to one group."""
BOUNDS = ("count_low", "count_high")


@rule(
    "CAS-110",
    "superseded-without-successor",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("superseded_by", "status"),
    message="the count is superseded, but the count that replaces it is not named",
    fix="Name the later count in `superseded_by`; if it is not in the table, set the status to standing, or to "
    "withdrawn if the figure was taken back.",
    bad={"superseded_by": ""},
    good={"superseded_by": "CAS-0002"},
)
def superseded_counts_name_a_successor(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A superseded count names the later one that replaces it.

    Superseded counts are left out of the estimates. Without a successor the figure would vanish from them.
    """
    return (casualties["status"] != "superseded") | casualties["superseded_by"].notna()


@rule(
    "CAS-111",
    "successor-of-count-not-superseded",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("status", "superseded_by"),
    message="the count is replaced by {superseded_by}, but its status is {status}",
    fix="Set the status to superseded, or empty `superseded_by` if both counts stand.",
    bad={"status": "standing"},
    good={"status": "superseded"},
)
def replaced_counts_are_superseded(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """Only a superseded count has a successor.

    A replaced count that still stands would enter the estimates beside the figure that took its place.
    """
    status = casualties["status"]
    return casualties["superseded_by"].isna() | status.isna() | (status == "superseded")


def _differing(casualties: pd.DataFrame) -> pd.DataFrame:
    """Tell for each row and column of `SAME_PEOPLE` whether the successor counts other people there."""
    differ = {}
    for name in SAME_PEOPLE:
        mine, later = casualties[name].fillna(""), casualties[f"superseded_by.{name}"].fillna("")
        differ[name] = mine != later
        if name in MAY_BE_UNTOLD:
            untold = MAY_BE_UNTOLD[name] or ""
            differ[name] &= (mine != untold) & (later != untold)
    return pd.DataFrame(differ).where(casualties["superseded_by.outcome"].notna(), False)


def _differences(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """Name the columns in which a count and its successor differ."""
    differ = _differing(casualties)
    names = pd.Series("", index=casualties.index)
    for name in SAME_PEOPLE:
        names = names.str.cat(differ[name].map({True: f", {name}", False: ""}))
    return names.str.removeprefix(", ")


@rule(
    "CAS-112",
    "successor-counts-other-people",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("superseded_by", *SAME_PEOPLE),
    reads=tuple(f"superseded_by.{name}" for name in SAME_PEOPLE),
    detail=_differences,
    message="the count is replaced by {superseded_by}, which counts something else: they differ in {detail}",
    fix="Name the later figure for the same people; where there is none, empty `superseded_by` and set the status "
    "to standing.",
    bad={"outcome": "injured"},
    good={"outcome": "killed"},
)
def successors_count_the_same_people(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A count is only replaced by another count of the same people.

    Both agree in event, place, outcome, population, sex, age and side. The population may be unknown, and the side
    or place empty, in one of the two: the same people can be described more fully.
    """
    replaced = casualties[casualties["superseded_by.outcome"].notna()]  # few, and the only ones to be compared
    return ~_differing(replaced).any(axis=1).reindex(casualties.index, fill_value=False)


@rule(
    "CAS-113",
    "successor-stated-earlier",
    ERROR,
    since="1.0.0",
    table="casualties",
    fields=("superseded_by", "as_of"),
    reads=("superseded_by.as_of",),
    message="the count of {as_of} is replaced by {superseded_by}, which was stated earlier, on {superseded_by.as_of}",
    fix="Let the earlier count be superseded by the later one, or correct the day that is wrong.",
    bad=(
        Edit("casualties", {"as_of": "2022-03-01", "source_id": "SRC-0002"}),
        Edit("casualties", {"as_of": "2022-02-28"}, row=1),
    ),
    good=(
        Edit("casualties", {"as_of": "2022-02-28", "source_id": "SRC-0002"}),
        Edit("casualties", {"as_of": "2022-03-01"}, row=1),
    ),
)
def successors_are_stated_later(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A count is replaced by a later one; two statements of one day may replace each other either way."""
    return ~(casualties["superseded_by.as_of"] < casualties["as_of"])


@rule(
    "CAS-114",
    "supersession-in-a-circle",
    ERROR,
    since="1.0.0",
    scope=Scope.TABLE,
    table="casualties",
    fields=("superseded_by", "casualty_id"),
    message="the chain from {casualty_id} over {superseded_by} leads back to {casualty_id}",
    fix="Find the latest count of the chain, empty its `superseded_by` and set its status to standing.",
    bad={"superseded_by": "CAS-0001"},
    good={"superseded_by": "CAS-0002"},
)
def supersession_comes_to_an_end(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """A chain of counts that replace each other ends with one that nothing replaces.

    In a circle every count would be superseded and none would be left to stand.
    """
    return ~in_cycle(casualties["casualty_id"], casualties["superseded_by"])


def _ceiling(casualties: pd.DataFrame) -> pd.Series:
    """Return for each count the smallest upper bound of the counts in the same claim that include its people.

    A claim may count one group several times, at different spots; then its largest number is taken. The bound is
    infinite where no wider count is there or one has no upper bound.
    """
    claim = casualties.groupby(list(CLAIM), dropna=False, sort=False).ngroup().to_numpy()
    codes, whole, sizes = {}, {}, {}
    for name in GROUPS:
        codes[name], known = pd.factorize(casualties[name])
        whole[name] = list(known).index(WHOLE[name]) if WHOLE[name] in known else len(known)
        sizes[name] = len(known) + 2

    def keys(widened: tuple[str, ...]) -> np.ndarray[Any, Any]:
        """Return a number for the claim and group of each row, with the widened columns set to everybody."""
        key = claim
        for name in GROUPS:
            key = key * sizes[name] + (whole[name] if name in widened else codes[name]) + 1
        return key

    top = np.fmax(casualties["count_high"].fillna(np.inf).to_numpy(), casualties["count_low"].to_numpy())
    groups, member = np.unique(keys(()), return_inverse=True)
    tops = np.full(len(groups), -np.inf)
    np.maximum.at(tops, member, top)
    ceiling = np.full(len(casualties), np.inf)
    for size in range(1, len(GROUPS) + 1):
        for widened in combinations(GROUPS, size):
            wider = keys(widened)
            at = np.searchsorted(groups, wider).clip(max=len(groups) - 1)
            ceiling = np.where(groups[at] == wider, np.fmin(ceiling, tops[at]), ceiling)
    return pd.Series(ceiling, index=casualties.index)


@rule(
    "CAS-115",
    "part-larger-than-its-whole",
    WARNING,
    since="1.0.0",
    scope=Scope.GROUP,
    group="source_id",
    table="casualties",
    fields=("count_low", *GROUPS),
    reads=("count_high", *CLAIM),
    detail=lambda casualties, _: _ceiling(casualties),
    message="the count of {count_low} people (population {population}, sex {sex}, age {age}) is larger than the "
    "{detail} that the same source gives at most for a wider group",
    fix="Correct the figure that is wrong; if one of the two covers other places or days, say so in its place and "
    "period.",
    bad=(Edit("casualties", {"count_low": "6", "count_high": "6"}, row=2),),
    good=(Edit("casualties", {"count_low": "2", "count_high": "2"}, row=2),),
)
def parts_are_within_their_whole(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """Children, women or civilians are part of all people counted and cannot be more than they.

    Compared are counts that one source states on one day, in one claimant's name, about one event or one place and
    period, with the same outcome and side. A population counts as part of `mixed`, but not of `unknown`.
    """
    beside_others = casualties[casualties["source_id"].duplicated(keep=False)]
    larger = beside_others["count_low"] > _ceiling(beside_others)
    judged = casualties["population"] != "unknown"
    return ~larger.reindex(casualties.index, fill_value=False) | ~judged


@rule(
    "CAS-116",
    "same-count-twice",
    WARNING,
    since="1.0.0",
    scope=Scope.GROUP,
    group="source_id",
    table="casualties",
    fields=("casualty_id", *CLAIM, *GROUPS, *BOUNDS),
    detail=lambda casualties, _: casualties.groupby([*CLAIM, *GROUPS, *BOUNDS], dropna=False)["casualty_id"].transform(
        "first"
    ),
    message="{casualty_id} states the same as {detail}: one source, claimant, day, event, place, group and number",
    fix="Remove one of the two rows; if they are about different people, let place, period or another column tell.",
    bad=(Add("casualties", {"casualty_id": "CAS-0005"}, like=3),),
    good=(Add("casualties", {"casualty_id": "CAS-0005", "count_low": "12"}, like=3),),
)
def counts_are_entered_once(casualties: pd.DataFrame, _: Context) -> pd.Series:
    """What one source states once is one row; entered twice it looks like two statements."""
    return ~casualties.duplicated([*CLAIM, *GROUPS, *BOUNDS])
