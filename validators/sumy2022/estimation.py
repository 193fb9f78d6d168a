"""The derived figures: what is known of an event's casualties, and how well an event is sourced.

Nothing here is stored in the data. docs/methodology.md states the rules in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sumy2022.loading import load
from sumy2022.strata import derive_figures

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
    found = derive_figures(claims)[["event_id", "outcome", "low", "best", "high", "claims", "basis"]]
    return found.astype({"low": "Int64", "best": "Int64", "high": "Int64", "claims": "Int64"})


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
    counted = _voices(supports, origins).groupby(supports["event_id"]).nunique()
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


def _voices(citations: pd.DataFrame, origins: Mapping[str, str]) -> pd.Series:
    """Return for each citation the number of one with which it is of one voice, the same for all that are.

    Those of an event are of one voice that share an origin or a claimant, directly or through others.
    """
    origin_of = citations["source_id"].map(origins).fillna(citations["source_id"])
    events, _ = pd.factorize(citations["event_id"])
    links = [_shared(events, others) for others in (origin_of, citations["claimed_by"])]
    voice, before = np.arange(len(citations)), np.array([], dtype=np.int64)
    while not np.array_equal(voice, before):
        before = voice
        for link in links:
            first = np.full(len(citations), len(citations))
            np.minimum.at(first, link, voice)
            voice = first[link]
        # Those that had the same number before learn what one of them has learnt, lest a long chain take long.
        first = before.copy()
        np.minimum.at(first, before, voice)
        voice = first[voice]
    return pd.Series(voice, index=citations.index)


def _shared(events: np.ndarray, others: pd.Series) -> np.ndarray:
    """Number the citations, those of an event with the same other thing alike, and one that has none by itself."""
    things, _ = pd.factorize(others)
    alone = -1 - np.arange(len(events))
    return pd.factorize(np.where(things < 0, alone, events * np.int64(len(events)) + things))[0]
