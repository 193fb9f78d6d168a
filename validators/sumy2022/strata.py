"""What the claims about the people hit in an event amount to, for all events at once.

The claims about one event and outcome are a group, and those of a group about the people of one side and population a
stratum. docs/methodology.md states the rules in words.
"""

from __future__ import annotations

import pandas as pd

GROUP = ["event_id", "outcome"]
FIGURES = ["low", "best", "high"]
BEST_FIRST = {"rank": True, "as_of": False, "casualty_id": False}
"""What the best claim is told by: the best placed, then the latest; the claim's id settles what is otherwise equal, so
that the answer never varies. False stands for descending."""


def derive_figures(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of each group, by event and outcome: `low`, `best`, `high`, `claims`, `basis`.

    Of the claims are needed `casualty_id`, what tells the groups apart, `side` and `population` (empty stands for any),
    `count_low`, `count_high`, `as_of`, `rank` (0 is best placed) and `whole` (whether it is about all people hit).
    """
    claims = claims.assign(
        group=claims.groupby(GROUP).ngroup(), ceiling=claims["count_high"].fillna(claims["count_low"])
    )
    whole = claims[claims["whole"]]
    sums, overlapping = _sums(whole.assign(stratum=whole.groupby(["group", "side", "population"]).ngroup()))
    in_parts = ~claims["group"].isin(whole["group"]) | (claims["whole"] & claims["group"].isin(overlapping))
    known = claims.groupby("group").agg(event_id=("event_id", "first"), outcome=("outcome", "first"))
    figures = pd.concat([sums, _floor(claims[in_parts])])
    return known.join(figures).assign(claims=claims.groupby("group").size()).reset_index(drop=True)


def _sums(claims: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the figures of the groups whose claims can be compared or added, and the numbers of those where not.

    A stratum that no other of its group covers is one of the widest. Where there is one, its claims are compared; where
    there are several that have nobody in common, what comes of comparing the claims of each is added.
    """
    strata = claims.groupby("stratum", as_index=False).agg(
        group=("group", "first"),
        side=("side", "first"),
        population=("population", "first"),
        floor=("count_low", "max"),
        ceiling=("ceiling", "max"),
    )
    pairs = strata.merge(strata, on="group", suffixes=("", "_other"))
    pairs = pairs[pairs["stratum"] != pairs["stratum_other"]]
    covers = _covers(pairs, "side") & _covers(pairs, "population")
    widest = strata[~strata["stratum"].isin(pairs["stratum_other"][covers])]
    # Claims about some of the people of a stratum that are too high to be a part of it are its rivals.
    rivals = pairs[covers & (pairs["floor_other"] > pairs["ceiling"]).fillna(False)]
    members = pd.concat([
        pd.DataFrame({"widest": widest["stratum"], "group": widest["group"], "stratum": widest["stratum"]}),
        pd.DataFrame({"widest": rivals["stratum"], "group": rivals["group"], "stratum": rivals["stratum_other"]}),
    ])  # fmt: skip
    members = members[members["widest"].isin(widest["stratum"])]
    compared = _compare(claims.drop(columns="group").merge(members, on="stratum")).groupby("group")
    sums = compared[FIGURES].sum(skipna=False)
    sums["basis"] = (compared.size() > 1).map({False: "whole", True: "sum"})
    rest = pairs[pairs["stratum"].isin(widest["stratum"]) & pairs["stratum_other"].isin(widest["stratum"])]
    overlapping = rest["group"][~(_differ(rest, "side") | _differ(rest, "population"))]
    return sums.drop(overlapping.unique()), overlapping


def _compare(claims: pd.DataFrame) -> pd.DataFrame:
    """Compare claims about the same people: the least, the best placed and latest, and the largest number stated."""
    order = claims.sort_values([*BEST_FIRST], ascending=[*BEST_FIRST.values()], na_position="last")
    by = order.groupby("widest")
    return pd.DataFrame(
        {
            "group": by["group"].first(),
            "low": by["count_low"].min(),
            "best": by["count_low"].first(),  # that is not null
            "high": by["ceiling"].max(),
        }
    )


def _floor(claims: pd.DataFrame) -> pd.DataFrame:
    """Return what is certain when the claims are about parts: the largest of their lower bounds."""
    least = claims.groupby("group")["count_low"].max()
    return pd.DataFrame({"low": least, "best": least, "high": pd.NA, "basis": "part"}).astype({"high": "Int64"})


def _covers(pairs: pd.DataFrame, name: str) -> pd.Series:
    """Tell of each pair whether the first stratum is not about fewer people than the other by side or population."""
    return (pairs[name] == "") | (pairs[name] == pairs[f"{name}_other"])


def _differ(pairs: pd.DataFrame, name: str) -> pd.Series:
    """Tell of each pair whether by side or population they have nobody in common."""
    one, other = pairs[name], pairs[f"{name}_other"]
    return (one != other) & (one != "") & (other != "")
