"""Deaths by side, as UCDP counts them: those of side a, of side b, of civilians, and of people of unknown status."""

from __future__ import annotations

from collections.abc import Mapping

from sumy2022.estimation import derive_estimates
from sumy2022.exports.coding import Losses, figure
from sumy2022.exports.crosswalk import crosswalk
from sumy2022.views import Record, Tables

CIVILIAN = "civilian"
Deaths = Mapping[tuple[str, str], int]
"""The best figure of those killed, by event and class: `civilian`, or the side of those in armed bodies."""


def by_class(tables: Tables) -> Deaths:
    """Return the best figure of those killed, by event and class, from the counts of that class alone.

    Members of armed bodies whose side no count states belong to no class, like people of unknown status.
    """
    casualties = tables["casualties"]
    killed = casualties[casualties["outcome"] == "killed"]
    classes = killed["population"].map({row["population"]: row["class"] for row in crosswalk("populations")})
    labels = classes.where(classes != "force", killed["side"])
    found: dict[tuple[str, str], int] = {}
    for label in sorted({CIVILIAN, *killed["side"].dropna()}):
        counts = killed[labels == label]
        best = derive_estimates(counts, tables["events"], tables["actors"], tables["sources"]).dropna(subset=["best"])
        found |= {(event, label): int(n) for event, n in zip(best["event_id"], best["best"], strict=True)}
    return found


def columns(event: Record, dyad: Mapping[str, str], deaths: Deaths, losses: Losses) -> Record:
    """Return the deaths by side, which add up to the best figure, and the bounds, which enclose it."""
    total = figure(event, "killed") or {}
    for name in ("low", "best", "high"):
        if total[name] is None:
            losses.add(event, name, "that it is unknown: the nearest known figure below, or 0, stands in")
    best = total["best"] if total["best"] is not None else total["low"] or 0
    parts, unknown = _parts(event, dyad, deaths, best, losses)
    return {
        **parts,
        "deaths_unknown": unknown,
        "best": best,
        "high": max(total["high"] or 0, best),
        "low": min(total["low"] or 0, best),
    }


def _parts(
    event: Record, dyad: Mapping[str, str], deaths: Deaths, best: int, losses: Losses
) -> tuple[dict[str, int], int]:
    """Return the deaths by side, and those left over."""
    labels = {"deaths_a": dyad["party_a"], "deaths_b": dyad["party_b"], "deaths_civilians": CIVILIAN}
    parts = {name: deaths.get((event["event_id"], label), 0) for name, label in labels.items()}
    if sum(parts.values()) > best:
        told = ", ".join(f"{name} {count}" for name, count in parts.items())
        losses.add(event, "deaths_unknown", "the counts by side, which do not fit into the best figure", told)
        parts = dict.fromkeys(parts, 0)
    unknown = best - sum(parts.values())
    if unknown and dyad["type_of_violence"] == "3":
        losses.add(event, "deaths_civilians", "that no count states the status of these, who are victims", unknown)
        parts["deaths_civilians"], unknown = parts["deaths_civilians"] + unknown, 0
    if unknown:
        losses.add(event, "deaths_unknown", "that a 0 beside it means that no count is known", unknown)
    return parts, unknown
