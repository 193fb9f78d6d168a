"""The data joined for those who do not join tables themselves: one row, or one record, an event.

The figures are derived as `estimation` derives them; nothing here is stored in the data.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from sumy2022.estimation import derive_corroboration, derive_estimates
from sumy2022.loading import load
from sumy2022.package import Package

Tables = Mapping[str, pd.DataFrame]
Record = dict[str, Any]

LEVELS = ("hromada", "raion", "oblast")
"""The kinds of places in which others lie that are named beside them."""
COUNTED = ("killed", "injured", "missing", "detained", "captured")
"""The outcomes that have columns of their own, as `casualties.outcome` has them."""


def tables_of(package: Package) -> dict[str, pd.DataFrame]:
    """Return every table of a package, typed as `load` types it; raises `UsageError` as `load` does."""
    return {name: load(name, package) for name in package.schemas}


def placed(places: pd.DataFrame) -> pd.DataFrame:
    """Return the places by id, with the names of the hromada, raion and oblast in which each lies, or that it is."""
    rows = {row["place_id"]: row for row in map(plain, places.to_dict("records"))}
    around = [{rows[place]["kind"]: rows[place]["name_en"] for place in reversed(_chain(rows, own))} for own in rows]
    levels = {kind: [names.get(kind) for names in around] for kind in LEVELS}
    return places.set_index("place_id").assign(
        **{kind: pd.Series(v, list(rows), dtype="str") for kind, v in levels.items()}
    )


def _chain(rows: Mapping[str, Record], place: str | None) -> list[str]:
    """Return a place and those above it, up to one that is not there or was met before."""
    chain: list[str] = []
    while place is not None and place in rows and place not in chain:
        chain.append(place)
        place = rows[place]["parent_id"]
    return chain


def figures_by_event(tables: Tables) -> pd.DataFrame:
    """Return low, best and high of each outcome by event: columns such as `killed_low`, whole numbers or null."""
    names = ("casualties", "events", "actors", "sources")
    found = derive_estimates(*(tables[name] for name in names))
    wide = pd.DataFrame(index=pd.Index(found["event_id"].unique(), name="event_id"))
    for outcome in COUNTED:
        mine = found[found["outcome"] == outcome].set_index("event_id")
        for bound in ("low", "best", "high"):
            wide[f"{outcome}_{bound}"] = mine[bound]
    return wide.astype("Int64")


def flat_events(tables: Tables) -> pd.DataFrame:
    """Return one row an event, for people who know only spreadsheets: everything that belongs to it, in words.

    Several actors or addresses stand in one cell, joined by `; `.
    """
    events = tables["events"]
    places = placed(tables["places"])
    at = places.reindex(events["place_id"]).set_index(events.index)
    sourced = derive_corroboration(tables["event_sources"], tables["sources"]).set_index("event_id")
    figures = figures_by_event(tables)
    by_id = events["event_id"]
    told = pd.DataFrame(
        {
            "place": at["name_en"],
            "place_uk": at["name_uk"],
            "place_kind": at["kind"],
            **{level: at[level] for level in LEVELS},
            **{axis: at[axis] for axis in ("latitude", "longitude", "katottg")},
            "actors": by_id.map(_actors(tables)),
            "corroboration": by_id.map(sourced["corroboration"]),
            "independent_sources": by_id.map(sourced["independent"]).astype("Int64"),
            "contradicting_sources": by_id.map(sourced["contradicting"]).astype("Int64"),
            "sources": by_id.map(_addresses(tables, "supports")),
            "contradicting": by_id.map(_addresses(tables, "contradicts")),
        }
    )
    return pd.concat([events, told, figures.reindex(by_id).set_index(events.index)], axis=1)


def _actors(tables: Tables) -> pd.Series:
    """Return the actors of each event in words, such as `X (attacker, alleged)`."""
    links = tables["event_actors"].merge(tables["actors"][["actor_id", "name_en"]], on="actor_id")
    words = links["name_en"] + " (" + links["role"] + ", " + links["certainty"] + ")"
    return words.groupby(links["event_id"]).agg("; ".join)


def _addresses(tables: Tables, stance: str) -> pd.Series:
    """Return the addresses of the documents that support or contradict each event."""
    citations = tables["event_sources"]
    chosen = citations[citations["stance"] == stance].merge(tables["sources"][["source_id", "url"]], on="source_id")
    return chosen["url"].groupby(chosen["event_id"]).agg("; ".join)


def records(tables: Tables) -> Iterator[Record]:
    """Yield each event with everything that belongs to it nested: place, actors, citations, counts and figures.

    Dates are text as `YYYY-MM-DD`, whole numbers are numbers, and what is not known is None.
    """
    places = _by_id(placed(tables["places"]).reset_index(), "place_id")
    actors, sources = (_by_id(tables[name], f"{name[:-1]}_id") for name in ("actors", "sources"))
    sourced = _by_id(derive_corroboration(tables["event_sources"], tables["sources"]), "event_id")
    names = ("casualties", "events", "actors", "sources")
    figures = _grouped(derive_estimates(*(tables[name] for name in names)))
    linked = {name: _grouped(tables[name]) for name in ("event_actors", "event_sources", "casualties", "evacuations")}
    for event in map(plain, tables["events"].to_dict("records")):
        key = event["event_id"]
        yield {
            **event,
            "place": places.get(event["place_id"]),
            "actors": [{**actors.get(row["actor_id"], {}), **row} for row in linked["event_actors"].get(key, ())],
            "citations": [
                {**row, "claimant": _name(actors, row), "source": sources.get(row["source_id"])}
                for row in linked["event_sources"].get(key, ())
            ],
            **{
                name: [
                    {**row, "claimant": _name(actors, row), "source": sources.get(row["source_id"])}
                    for row in linked[name].get(key, ())
                ]
                for name in ("casualties", "evacuations")
            },
            "figures": [_less(row) for row in figures.get(key, ())],
            "corroboration": _less(sourced[key]) if key in sourced else None,
        }


def plain(row: Mapping[Hashable, Any]) -> Record:
    """Return a row with what JSON knows: text for dates, None for what is not known."""
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _by_id(frame: pd.DataFrame, key: str) -> dict[str, Record]:
    return {row[key]: row for row in map(plain, frame.to_dict("records"))}


def _grouped(frame: pd.DataFrame) -> dict[str, list[Record]]:
    """Return the rows that belong to each event, without those that belong to none."""
    found: dict[str, list[Record]] = {}
    for row in map(plain, frame.to_dict("records")):
        if row["event_id"] is not None:
            found.setdefault(row["event_id"], []).append(row)
    return found


def _less(row: Record) -> Record:
    return {name: value for name, value in row.items() if name != "event_id"}


def _name(actors: Mapping[str, Record], row: Record) -> str | None:
    claimant = actors.get(row.get("claimed_by") or "")
    return claimant["name_en"] if claimant else None
