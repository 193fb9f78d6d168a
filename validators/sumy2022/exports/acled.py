"""The events in the layout of ACLED's exports since 20 March 2023, and a list of what it cannot hold.

Two files: STEM-acled.csv with its 31 columns, a row an event and day, and STEM-acled-losses.csv. Every event of the
package is in one of them, a row left out with the reason. No row and no identifier of ACLED's is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from sumy2022.exports import stem
from sumy2022.exports.coding import (
    ROW,
    Events,
    Losses,
    figure,
    joined,
    kind_of,
    supporting,
    target,
    unheld,
    unit_name,
)
from sumy2022.exports.crosswalk import constants, crosswalk, item, lookup, write_csv
from sumy2022.exports.moment import moment
from sumy2022.exports.parties import interaction, parties
from sumy2022.package import Package
from sumy2022.views import LEVELS, Record

COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1",
    "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting", "iso",
    "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision", "source",
    "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
MONTH = 31
"""The most days that the bounds of an event may lie apart: less precise dates are not allowed."""


def write(package: Package, folder: Path) -> list[Path]:
    """Write the events that have a type there and the losses into a folder and return the paths."""
    events, losses = Events(package), Losses()
    fitting = []
    for event in events.all:
        reason = unfit(event, events)
        if reason is None:
            fitting.append(event)
        else:
            losses.add(event, ROW, reason, event["event_type"])
    deadly = [event["event_id"] for event in fitting if (figure(event, "killed") or {}).get("low")]
    wholes = events.wholes(deadly)
    stamp = int(moment(package).timestamp())
    rows: list[Record] = []
    for event in fitting:
        rows += _rows(event, events, wholes.get(event["event_id"], ()), stamp, losses)
        unheld(event, losses)
    start = f"{stem(package)}-acled"
    table = write_csv(folder / f"{start}.csv", COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    return [table, losses.write(folder / f"{start}-losses.csv")]


def unfit(event: Record, events: Events) -> str | None:
    """Say why an event has no row, or None."""
    kind = kind_of(event)
    if not events.inside(event):
        return "it lies outside the area that the package is about"
    if not kind.get("acled_event_type"):
        return f"no event type: {kind.get('acled_reason') or 'the crosswalk has no such event type'}"
    doer, other = parties(event)
    if not doer.name:
        return "no actor is recorded that could be actor1"
    if kind["acled_not_against"] and other.inter in {"", kind["acled_not_against"]}:
        return f"no event type: {kind['acled_reason']}"
    if doer.inter == kind["acled_not_by"]:
        return f"no event type: {kind['acled_reason']}"
    if time_precision(event) is None:
        return f"its day is known less precisely than to {MONTH} days"
    if not _geo_precision(event):
        return "its place is less precise than a first-level unit"
    return None


def time_precision(event: Record) -> int | None:
    """Return how precise the date of a row is: 1 for a day, 2 for a week, 3 for a month; None for less."""
    first, last = _days(event)
    apart = (last - first).days
    own = lookup("date_precision", event["date_precision"]).get("acled_time_precision")
    if own is None or apart > MONTH:
        return None
    return int(own) if lasts(event) else max(int(own), 1 if apart == 0 else 2 if apart <= 7 else 3)


def lasts(event: Record) -> bool:
    """Tell whether an event has a row for each of its days: it goes on by its type, and both bounds are sure."""
    return {kind_of(event)["acled_days"], lookup("date_precision", event["date_precision"])["acled_days"]} == {"each"}


def _days(event: Record) -> tuple[date, date]:
    first, last = (date.fromisoformat(event[name]) for name in ("date_start", "date_end"))
    return first, max(first, last)


def _geo_precision(event: Record) -> str:
    return lookup("place_precision", event["place_precision"], event["place"]["kind"]).get("acled_geo_precision", "")


def shares(total: int, days: int) -> list[int]:
    """Return a number divided over days in equal parts, with the remainder on the first."""
    each, rest = divmod(total, days)
    return [each + rest, *[each] * (days - 1)]


def _rows(event: Record, events: Events, parts: Iterable[str], stamp: int, losses: Losses) -> Iterator[Record]:
    first, last = _days(event)
    days = [first + timedelta(n) for n in range((last - first).days + 1 if lasts(event) else 1)]
    deaths, tags = _fatalities(event, parts, losses)
    same = {**_what(event, losses), **_where(event, events, losses), **_told_by(event, losses), "timestamp": stamp}
    if event["date_precision"] != "day" or (last > first and not lasts(event)):
        told = f"{first} to {last}, {event['date_precision']}"
        losses.add(event, "event_date", "the bounds; the row has the first day", told)
    divided = f" The lowest number of people killed, {deaths}, is divided over {len(days)} days."
    number = "".join(filter(str.isdecimal, event["event_id"]))
    for index, (day, share) in enumerate(zip(days, shares(deaths, len(days)), strict=True), 1):
        yield {
            **same,
            "event_id_cnty": f"{constants('acled')['id_prefix']}{number}{index:03}",
            "event_date": day.isoformat(),
            "year": day.year,
            "time_precision": time_precision(event),
            "notes": f"{_notes(event, day, last)}{divided if len(days) > 1 and deaths else ''}",
            "fatalities": share,
            "tags": "; ".join(tags),
        }


def _fatalities(event: Record, parts: Iterable[str], losses: Losses) -> tuple[int, list[str]]:
    """Return the lowest number of those killed, and the tags that say what a 0 means."""
    found = figure(event, "killed") or {}
    low, listed = found.get("low"), ", ".join(parts)
    if low is None:
        losses.add(event, "fatalities", "that no number is known, which is not 0")
        return 0, ["x:fatalities unknown"]
    if low and listed:
        losses.add(event, "fatalities", f"its number may include those of its parts ({listed}) and is 0 here", low)
        return 0, ["x:fatalities in rows of parts"]
    if (found["best"], found["high"]) != (low, low):
        losses.add(event, "fatalities", "the best and the high figure", f"{found['best']}, {found['high']}")
    return int(low), []


def _what(event: Record, losses: Losses) -> Record:
    """Return the columns of type and actors."""
    kind = kind_of(event)
    one, other = parties(event)
    taken = {row["actor_id"] for row in event["actors"]}
    told = [name for party in (one, other) for name in (party.name, *party.associated.split("; ")) if name]
    if len(taken) > len(told):
        losses.add(
            event, "actor1", "that it stands for several actors, or not for all", joined(event["actors"], "actor_id")
        )
    if one.own or other.own:
        losses.add(
            event, "actor1", "the name there, which is not known here: our name", f"{one.own} {other.own}".strip()
        )
    return {
        **{name: kind[f"acled_{name}"] for name in ("disorder_type", "event_type", "sub_event_type")},
        "actor1": one.name, "assoc_actor_1": one.associated, "inter1": one.inter,
        "actor2": other.name, "assoc_actor_2": other.associated, "inter2": other.inter,
        "interaction": interaction(one, other),
        "civilian_targeting": kind["acled_targeting"] if target(event) == "civilian" else None,
    }  # fmt: skip


def _where(event: Record, events: Events, losses: Losses) -> Record:
    place, around, same = event["place"], events.around(event), constants("acled")
    axes = {name: None if place[name] is None else round(place[name], 4) for name in ("latitude", "longitude")}
    if None in axes.values():
        losses.add(event, "latitude", "that the place has no point: the cells of position are empty", place["place_id"])
    if event["place_detail"] is not None:
        losses.add(event, "location", "the detail of the place", event["place_detail"])
    return {
        **{name: same[name] for name in ("iso", "region", "country")},
        **{f"admin{n}": _unit(around.get(level)) for n, level in enumerate(reversed(LEVELS), 1)},
        "location": place["name_en"],
        **axes,
        "geo_precision": _geo_precision(event),
    }


def _unit(place: Record | None) -> str | None:
    """Return the name of an administrative unit there; one that the crosswalk does not know has ours."""
    return lookup("acled_units", place["ocha_pcode"]).get("name") or unit_name(place) if place else None


def _told_by(event: Record, losses: Losses) -> Record:
    """Return the columns of sources: the publishers, and the two commonest words of their scale."""
    rows = supporting(event)
    words = (lookup("source_kinds", row["kind"]).get("acled_source_scale") for row in rows)
    scales = Counter(word for word in words if word)
    order = [row["scale"] for row in crosswalk("acled_scales")]
    chosen = sorted(scales, key=lambda scale: (-scales[scale], order.index(scale)))[:2]
    if len(scales) > len(chosen):
        losses.add(event, "source_scale", "the words beyond two", "; ".join(sorted(set(scales) - set(chosen))))
    if rows:
        losses.add(event, "source", "the documents themselves, and their days", joined(rows, "source_id"))
    return {
        "source": "; ".join(dict.fromkeys(item(row["publisher"]) for row in rows)),
        "source_scale": "-".join(sorted(chosen, key=order.index)),
    }


def _notes(event: Record, day: date, last: date) -> str:
    """Return the account of an event, which begins with the day, for a row of one of its days or for all of them."""
    later = f"or on a day up to {_words(last)}: " if last > day and not lasts(event) else ""
    return f"On {_words(day)}, {later}{event['title']}. {event['summary']}"


def _words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
