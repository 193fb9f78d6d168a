"""The derived figures: what is known of an event's casualties, and how well an event is sourced.

Nothing here is stored in the data. docs/methodology.md states the rules in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sumy2022.loading import load

PLACES = ("monitor", "authority", "reporter", "secondary", "adversary")
"""How well a claim is placed to know, best first; `rank` says which claim is which."""

MONITORS = {"international-organisation"}
AUTHORITIES = {
    "civil-authority",
    "official",
    "police",
    "security-service",
    "armed-force",
    "armed-formation",
    "state",
}
SOURCE_PLACES = {
    "un": "monitor",
    "official": "authority",
    "local-media": "reporter",
    "news": "reporter",
    "ngo": "reporter",
    "social-media": "secondary",
    "think-tank": "secondary",
    "encyclopedia": "secondary",
}
EVERYBODY = ("mixed", "unknown")
"""The populations of a claim that tells civilians and others not apart."""
PARTIES = {"ukraine", "russia"}


def estimates(package: str | Path | None = None) -> pd.DataFrame:
    """Return the low, best and high figure of each event and outcome that has a standing claim.

    One row per event and outcome: `event_id`, `outcome`, `low`, `best`, `high` (nullable whole numbers), `claims`
    (how many claims stand), `basis`. The basis is `whole` where claims about all people hit are compared, `sum` where
    claims about people of different sides or populations were added, `part` where only parts are known (children,
    women, one building of several) or groups that overlap: then `low` is the largest lower bound and `high` is null.

    `package` is as in `open_package`. Raises `UsageError` if a table does not keep to its schema.
    """
    names = ("casualties", "events", "actors", "sources")
    return derive_estimates(*(load(name, package) for name in names))


def derive_estimates(
    casualties: pd.DataFrame, events: pd.DataFrame, actors: pd.DataFrame, sources: pd.DataFrame
) -> pd.DataFrame:
    """Return the estimates as `estimates` does, from the tables themselves."""
    claims = casualties[(casualties["status"] == "standing") & casualties["event_id"].notna()].copy()
    claims["side"] = claims["side"].fillna("")
    claims["population"] = claims["population"].replace(dict.fromkeys(EVERYBODY, ""))
    claims["rank"] = rank(claims, actors, sources)
    place = claims["event_id"].map(events.set_index("event_id")["place_id"])
    # A count whose scope is another place than the event's covers a part of it, such as one building.
    everywhere = claims["place_id"].isna() | (claims["place_id"] == place)
    claims["whole"] = (claims["sex"] == "all") & (claims["age"] == "all") & everywhere
    rows = [
        {"event_id": event, "outcome": outcome, **_estimate(group)}
        for (event, outcome), group in claims.groupby(["event_id", "outcome"], sort=True)
    ]
    frame = pd.DataFrame(rows, columns=["event_id", "outcome", "low", "best", "high", "claims", "basis"])
    return frame.astype({"low": "Int64", "best": "Int64", "high": "Int64", "claims": "Int64"})


def rank(claims: pd.DataFrame, actors: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """Return how well each claim is placed, 0 being best: the index of its place in `PLACES`.

    It is the claimant that counts, where the source relays one, and otherwise the kind of the source. What one
    party to the war says of the other's losses comes last.
    """
    kinds = claims["claimed_by"].map(actors.set_index("actor_id")["kind"])
    speaks_for = claims["claimed_by"].map(actors.set_index("actor_id")["side"])
    place = claims["source_id"].map(sources.set_index("source_id")["kind"]).map(SOURCE_PLACES)
    place = place.mask(kinds.notna(), "reporter")
    place = place.mask(kinds.isin(AUTHORITIES), "authority").mask(kinds.isin(MONITORS), "monitor")
    of_enemy = speaks_for.isin(PARTIES) & claims["side"].isin(PARTIES) & (speaks_for != claims["side"])
    place = place.mask(of_enemy, "adversary")
    numbers = place.map({name: number for number, name in enumerate(PLACES)})
    return numbers.fillna(PLACES.index("secondary")).astype(np.int64)  # a kind of source that only others know


def _estimate(claims: pd.DataFrame) -> dict[str, object]:
    """Return the figures of one event and outcome."""
    known = len(claims)
    whole = claims[claims["whole"]]
    if whole.empty:
        return {**_floor(claims), "claims": known, "basis": "part"}
    strata = [group for _, group in whole.groupby(["side", "population"], sort=True)]
    widest = [
        pd.concat([one, *(other for other in strata if other is not one and _rivals(one, other))])
        for one in strata
        if not any(_covers(other, one) for other in strata if other is not one)
    ]
    if len(widest) == 1:
        return {**_compare(widest[0]), "claims": known, "basis": "whole"}
    if all(_disjoint(one, other) for one in widest for other in widest if one is not other):
        parts = pd.DataFrame([_compare(one) for one in widest]).astype("Int64")
        sums = {str(name): value for name, value in parts.sum(skipna=False).items()}
        return {**sums, "claims": known, "basis": "sum"}
    return {**_floor(whole), "claims": known, "basis": "part"}


def _compare(claims: pd.DataFrame) -> dict[str, object]:
    """Compare claims about the same people: the least, the best placed and latest, and the largest number stated."""
    bounds = claims[["count_low", "count_high"]]
    ceilings = bounds["count_high"].fillna(bounds["count_low"])
    sure = claims[claims["count_low"].notna()]
    best = None
    if not sure.empty:
        # The latest statement; the claim's id settles what is otherwise equal, so that the answer never varies.
        order = sure.sort_values(["rank", "as_of", "casualty_id"], ascending=[True, False, False], na_position="last")
        best = order["count_low"].iloc[0]
    return {"low": bounds["count_low"].min(), "best": best, "high": ceilings.max()}


def _floor(claims: pd.DataFrame) -> dict[str, object]:
    """Return what is certain when the claims are about parts: the largest of their lower bounds."""
    least = claims["count_low"].max()
    return {"low": least, "best": least, "high": None}


def _covers(wide: pd.DataFrame, narrow: pd.DataFrame) -> bool:
    """Tell whether the first claims are about all people that the second are about, and more."""
    (side, population), (other_side, other) = _stratum(wide), _stratum(narrow)
    return side in {"", other_side} and population in {"", other}


def _rivals(wide: pd.DataFrame, narrow: pd.DataFrame) -> bool:
    """Tell whether the second claims, about some of the people of the first, are too high to be a part of them."""
    ceiling = wide["count_high"].fillna(wide["count_low"]).max()
    return _covers(wide, narrow) and bool(narrow["count_low"].max() > ceiling)


def _disjoint(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two strata can have nobody in common: different sides, or different populations."""
    (side, population), (other_side, other_population) = _stratum(one), _stratum(other)
    sides_differ = side != other_side and "" not in {side, other_side}
    populations_differ = population != other_population and "" not in {population, other_population}
    return sides_differ or populations_differ


def _stratum(claims: pd.DataFrame) -> tuple[str, str]:
    """Return the side and population of claims about the same people; empty stands for any."""
    return str(claims["side"].iloc[0]), str(claims["population"].iloc[0])


def corroboration(package: str | Path | None = None) -> pd.DataFrame:
    """Return how well each event is sourced.

    One row per event that is cited: `event_id`, `independent` (supporting sources that do not depend on one another),
    `contradicting` (sources that contradict), `corroboration`: `contested` where a source contradicts, else
    `corroborated` with two or more independent sources, else `single-source`.

    A source and what is `derived_from` it are one, and so are all that relay the same `claimed_by`.
    """
    return derive_corroboration(load("event_sources", package), load("sources", package))


def derive_corroboration(citations: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the corroboration as `corroboration` does, from the tables themselves."""
    origins = origin(sources)
    supports = citations[citations["stance"] == "supports"]
    against = citations[citations["stance"] == "contradicts"]
    frame = pd.DataFrame({"event_id": sorted(citations["event_id"].unique())})
    counted = pd.Series(
        {event: _voices(group, origins) for event, group in supports.groupby("event_id")}, dtype="Int64"
    )
    frame["independent"] = frame["event_id"].map(counted).fillna(0).astype("Int64")
    frame["contradicting"] = frame["event_id"].map(against.groupby("event_id").size()).fillna(0).astype("Int64")
    frame["corroboration"] = np.select(
        [frame["contradicting"].to_numpy() > 0, frame["independent"].to_numpy() > 1],
        ["contested", "corroborated"],
        "single-source",
    )
    return frame


def origin(sources: pd.DataFrame) -> Mapping[str, str]:
    """Return the source that each source goes back to over `derived_from`: itself, where it is no copy."""
    parents = dict(zip(sources["source_id"], sources["derived_from"], strict=True))

    def first(source: str) -> str:
        seen = {source}
        while isinstance(parent := parents.get(source), str) and parent not in seen:
            seen.add(parent)
            source = parent
        return source

    return {source: first(source) for source in parents}


def _voices(citations: pd.DataFrame, origins: Mapping[str, str]) -> int:
    """Count the groups of citations that share neither an origin nor a claimant, directly or through others."""
    group: dict[str, str] = {}

    def head(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for source, claimant in zip(citations["source_id"], citations["claimed_by"], strict=True):
        mine = head(f"source {origins.get(source, source)}")
        if isinstance(claimant, str):
            group[mine] = head(f"claimant {claimant}")
    return len({head(name) for name in list(group)})
