"""The deadly events in the layout of the UCDP Georeferenced Event Dataset, and a list of what it cannot hold.

Two files: STEM-ged.csv with its 49 columns, a row an event, and STEM-ged-losses.csv. Every event of the package is in
one of them, a row left out with the reason. No row and no identifier of UCDP's events is used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sumy2022.exports import deaths, stem
from sumy2022.exports.coding import (
    ROW,
    Events,
    Losses,
    actor,
    bounds,
    figure,
    joined,
    kind_of,
    supporting,
    taking,
    unheld,
    unit_name,
)
from sumy2022.exports.crosswalk import constants, crosswalk, item, lookup, write_csv
from sumy2022.package import Package
from sumy2022.views import Record

COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a",
    "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity",
    "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high",
    "low", "gwnoa", "gwnob",
)  # fmt: skip
DYAD = tuple(name for name in COLUMNS if name.startswith(("conflict_", "dyad_", "side_", "gwno")))
"""The columns that the crosswalk's table of dyads fills."""
LISTS = ("office", "date", "headline")
"""What is told of a source, in the order of `source_article`."""
LARGEST = 2**31 - 1
"""The largest id, so that it fits the whole numbers of 32 bits that some readers use."""


def write(package: Package, folder: Path) -> list[Path]:
    """Write the events with deaths and the losses into a folder and return the paths."""
    events, losses = Events(package), Losses()
    fitting = []
    for event in events.all:
        reason = unfit(event, events)
        if reason is None:
            fitting.append(event)
        else:
            found = figure(event, "killed")
            losses.add(event, ROW, reason, bounds(found) if found else event["event_type"])
    wholes = events.wholes(event["event_id"] for event in fitting)
    killed = deaths.by_class(events.tables)
    rows = []
    for event in fitting:
        if event["event_id"] in wholes:
            told = f"{bounds(figure(event, 'killed') or {})}; parts: {', '.join(wholes[event['event_id']])}"
            losses.add(event, ROW, "its deaths may include those of its parts, which have rows of their own", told)
        else:
            rows.append(_row(event, events, killed, losses))
            unheld(event, losses)
    start = f"{stem(package)}-ged"
    table = write_csv(folder / f"{start}.csv", COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    return [table, losses.write(folder / f"{start}-losses.csv")]


def unfit(event: Record, events: Events) -> str | None:
    """Say why an event has no row of its own, or None."""
    found = figure(event, "killed")
    kind = kind_of(event)
    if not events.inside(event):
        return "it lies outside the area that the package is about"
    if found is None:
        return "no count of people killed stands"
    if not any(found[name] for name in ("low", "best", "high")):
        return "no source states that anybody was killed"
    if not kind.get("ged_type"):
        return f"no type of violence: {kind.get('ged_reason') or 'the crosswalk has no such event type'}"
    if not _dyad(event):
        return "no party to the conflict is recorded that could be a side"
    if _number(event) is None:
        return "its identifier has no number of its own that fits the range of ids"
    return None


def _dyad(event: Record) -> Mapping[str, str]:
    """Return the dyad of an event: that of the two states, or the one who used violence and civilians."""
    violence = kind_of(event).get("ged_type", "")
    parts = ("does",) if violence == "3" else ("does", "joins", "undergoes")
    armed = [row for part in parts for row in taking(event, part) if actor(row).get("class") == "force"]
    parties = [actor(row)["ged_party"] for row in armed if actor(row)["ged_party"]]
    return lookup("ged_dyads", violence, parties[0]) if parties else {}


def _number(event: Record) -> int | None:
    """Return the id of an event, in a range of our own; None if another could have the same, or it is too large."""
    constant = constants("ged")
    number = int("".join(filter(str.isdecimal, event["event_id"])) or 0)
    found = int(constant["id_base"]) + number
    return found if event["event_id"] == f"{constant['id_prefix']}{number:04}" and found <= LARGEST else None


def _row(event: Record, events: Events, killed: deaths.Deaths, losses: Losses) -> Record:
    dyad = _dyad(event)
    if not dyad["conflict_new_id"]:
        losses.add(event, "conflict_new_id", "the identifiers of conflict and dyad, which are not known here: empty")
    same = constants("ged")
    return {
        "id": _number(event),
        "relid": f"{same['relid_country']}-{event['date_start'][:4]}-{dyad['type_of_violence']}-"
                 f"{dyad['relid_dyad']}-{_number(event)}",
        "year": int(event["date_start"][:4]),
        "active_year": 1,
        "code_status": "Clear",
        "type_of_violence": int(dyad["type_of_violence"]),
        **{name: dyad[name] for name in DYAD},
        **_sources(event, events, losses),
        **_where(event, events, losses),
        **{name: same[name] for name in ("country", "country_id", "region")},
        "event_clarity": 2 if events.divided(event) else 1,
        **_when(event, losses),
        **deaths.columns(event, dyad, killed, losses),
    }  # fmt: skip


def _sources(event: Record, events: Events, losses: Losses) -> Record:
    """Return the columns of sources; the lists are as long as the number, and no item holds what separates them."""
    rows = supporting(event)
    found = [(item(row["publisher"]).replace(",", " "), row["published"] or "", item(row["title"])) for row in rows]
    undated = [row for row in rows if row["published"] is None]
    if not rows:
        losses.add(event, "number_of_sources", "that no source supports it: -1 stands for not recorded")
    if undated:
        losses.add(
            event, "source_date", "that the day of publication is unknown: an empty item", joined(undated, "source_id")
        )
    return {
        "number_of_sources": len(rows) or -1,
        "source_article": ";".join(f'"{",".join(source)}"' for source in found),
        **{f"source_{name}": ";".join(source[n] for source in found) for n, name in enumerate(LISTS)},
        "source_original": ";".join(map(item, events.claimants(event))),
    }


def _where(event: Record, events: Events, losses: Losses) -> Record:
    place, around = event["place"], events.around(event)
    axes = (place["latitude"], place["longitude"])
    known = None not in axes
    if not known:
        losses.add(event, "latitude", "that the place has no point: the cells of position are empty", place["place_id"])
    precision = lookup("place_precision", event["place_precision"], place["kind"]).get("ged_where_prec")
    if sum(precision == row["ged_where_prec"] for row in crosswalk("place_precision")) > 1:
        losses.add(event, "where_prec", "which of several codes of ours it is", event["place_precision"])
    return {
        "where_prec": precision,
        "where_coordinates": _named(place),
        "where_description": event["place_detail"],
        "adm_1": _named(around.get("oblast")),
        "adm_2": _named(around.get("raion")),
        "latitude": axes[0],
        "longitude": axes[1],
        "geom_wkt": f"POINT ({axes[1]} {axes[0]})" if known else None,
        "priogrid_gid": priogrid(*axes) if known else None,
    }


def _named(place: Record | None) -> str | None:
    """Return a place's name with its kind in small letters, such as `X oblast`."""
    if place is None:
        return None
    word = lookup("place_kinds", place["kind"]).get("ged_word", "")
    return f"{unit_name(place)} {word}".strip()


def priogrid(latitude: float, longitude: float) -> int:
    """Return the number of the PRIO-GRID cell of a point: half a degree wide, counted from the south-west."""
    row = min(math.floor((latitude + 90) * 2), 359)
    column = min(math.floor((longitude + 180) * 2), 719)
    return row * 720 + column + 1


def _when(event: Record, losses: Losses) -> Record:
    if event["date_precision"] != "day":
        losses.add(event, "date_prec", "that the bounds themselves are approximate", event["date_precision"])
    start, end = (date.fromisoformat(event[name]) for name in ("date_start", "date_end"))
    apart = (max(end, start) - start).days
    return {"date_prec": date_prec(apart), "date_start": start.isoformat(), "date_end": max(end, start).isoformat()}


def date_prec(apart: int) -> int:
    """Return how precise dates are, by the days between the first and the last."""
    return next(code for code, most in ((1, 0), (2, 5), (3, 6), (4, 30), (5, math.inf)) if apart <= most)
