"""The derived figures event by event, as docs/methodology.md words them: slow, and the referee of the fast ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

import pandas as pd

Claim = dict[str, Any]
Figures = tuple[int | None, int | None, int | None, str]


def estimate(claims: Sequence[Claim]) -> Figures:
    """Return the low, best and high figure and the basis of the claims about one event and outcome.

    Of each claim are needed `side` and `population` ("" stands for any), `count_low`, `count_high`, `as_of`, `rank`,
    `casualty_id` and `whole`; what is not known is None.
    """
    whole = [claim for claim in claims if claim["whole"]]
    if not whole:
        return (*floor(claims), "part")
    strata = {(claim["side"], claim["population"]): [] for claim in whole}
    for claim in whole:
        strata[claim["side"], claim["population"]].append(claim)
    widest = {
        stratum: claims + [one for other in strata if rivals(stratum, other, strata) for one in strata[other]]
        for stratum, claims in strata.items()
        if not any(covers(other, stratum) for other in strata)
    }
    if len(widest) == 1:
        return (*compare(*widest.values()), "whole")
    if all(disjoint(*pair) for pair in permutations(widest, 2)):
        columns = zip(*map(compare, widest.values()), strict=True)
        return (*(None if None in column else sum(column) for column in columns), "sum")  # type: ignore[return-value,arg-type]
    return (*floor(whole), "part")


def compare(claims: Sequence[Claim]) -> tuple[int | None, int | None, int | None]:
    sure = [claim for claim in claims if claim["count_low"] is not None]
    if not sure:
        return None, None, largest(map(ceiling, claims))
    best = max(sure, key=lambda claim: (
        -claim["rank"], claim["as_of"] is not None, claim["as_of"] or 0, claim["casualty_id"]
    ))  # fmt: skip
    return min(claim["count_low"] for claim in sure), best["count_low"], largest(map(ceiling, claims))


def floor(claims: Sequence[Claim]) -> tuple[int | None, int | None, None]:
    least = largest(claim["count_low"] for claim in claims)
    return least, least, None


def ceiling(claim: Claim) -> int | None:
    return claim["count_low"] if claim["count_high"] is None else claim["count_high"]


def largest(numbers: Iterable[int | None]) -> int | None:
    return max((number for number in numbers if number is not None), default=None)


def covers(wide: tuple[str, str], narrow: tuple[str, str]) -> bool:
    return wide != narrow and all(one in {"", other} for one, other in zip(wide, narrow, strict=True))


def rivals(wide: tuple[str, str], narrow: tuple[str, str], strata: dict[tuple[str, str], list[Claim]]) -> bool:
    least = largest(claim["count_low"] for claim in strata[narrow])
    most = largest(map(ceiling, strata[wide]))
    return covers(wide, narrow) and least is not None and most is not None and least > most


def disjoint(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return any(mine != theirs and "" not in {mine, theirs} for mine, theirs in zip(one, other, strict=True))


def voices(citations: pd.DataFrame, origins: dict[str, str]) -> int:
    """Count the groups of citations that share neither an origin nor a claimant, directly or through others."""
    groups: list[set[str]] = []
    for source, claimant in zip(citations["source_id"], citations["claimed_by"], strict=True):
        mine = {f"source {origins.get(source, source)}"} | (
            {f"claimant {claimant}"} if isinstance(claimant, str) else set()
        )
        shared = [group for group in groups if group & mine]
        groups = [group for group in groups if not group & mine] + [mine.union(*shared)]
    return len(groups)
