"""What the exports in the layouts of other datasets ask about the events of a package, and what they cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sumy2022.exports.checked import EVENTS, Need, Needs, checked
from sumy2022.exports.crosswalk import lookup, write_csv
from sumy2022.package import Package
from sumy2022.views import LEVELS, Record, Tables, plain, records

CODED: Needs = {
    "places": Need(("place_id",), ("ocha_pcode",)),
    "actors": Need(("actor_id",), ("office",)),
    "sources": Need(("source_id",), ("title", "publisher", "published")),
    "events": Need(("event_id",), ("event_type", "title", "date_start", "date_end", "date_precision", "time_start",
                                   "place_detail", "summary", "part_of")),
}  # fmt: skip
"""What these exports read besides what `views` joins."""
ROW = "row"
"""What stands in the column of a loss where a whole event is left out."""


@dataclass
class Losses:
    """What a target cannot hold: the event, the column or `row`, what is lost and the value that is not there."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, event: Record, column: str, loss: str, value: object = "") -> None:
        """Enter one loss."""
        self.rows.append((event["event_id"], column, loss, str(value)))

    def write(self, path: Path) -> Path:
        """Write the losses, sorted, as CSV and return the path."""
        return write_csv(path, ("event_id", "column", "loss", "value"), sorted(self.rows))


class Events:
    """The events of a package, each with everything that belongs to it, and the places around them.

    Raises `UsageError` as `checked` does.
    """

    def __init__(self, package: Package) -> None:
        self.tables: Tables = checked(package, EVENTS, CODED)
        self.area = package.descriptor.area
        self.all = list(records(self.tables))
        self._places = {row["place_id"]: row for row in map(plain, self.tables["places"].to_dict("records"))}
        self._actors = {row["actor_id"]: row for row in map(plain, self.tables["actors"].to_dict("records"))}
        self._whole_of = {event["event_id"]: event["part_of"] for event in self.all}

    def around(self, event: Record) -> dict[str, Record]:
        """Return the places that an event lies in, its own included, by kind."""
        found: dict[str, Record] = {}
        seen = set()
        place = event["place_id"]
        while place in self._places and place not in seen:
            seen.add(place)
            found.setdefault(self._places[place]["kind"], self._places[place])
            place = self._places[place]["parent_id"]
        return found

    def inside(self, event: Record) -> bool:
        """Tell whether an event happened in the area that the package is about, if it names one."""
        around = {place["place_id"] for place in self.around(event).values()}
        return self.area is None or self.area in around

    def claimants(self, event: Record) -> list[str]:
        """Return whose word the supporting sources relay."""
        rows = (row["claimed_by"] for row in event["citations"] if row["stance"] == "supports")
        return sorted({called(self._actors[name]) for name in rows if name is not None})

    def wholes(self, parts: Iterable[str]) -> dict[str, list[str]]:
        """Return the events that the given ones are parts of, directly or over others, with those parts."""
        found: dict[str, list[str]] = {}
        for part in sorted(parts):
            seen = {part}
            whole = self._whole_of.get(part)
            while whole is not None and whole not in seen:
                seen.add(whole)
                found.setdefault(whole, []).append(part)
                whole = self._whole_of.get(whole)
        return found

    def divided(self, event: Record) -> bool:
        """Tell whether an event has parts."""
        return event["event_id"] in self._whole_of.values()


def figure(event: Record, outcome: str) -> Record | None:
    """Return the low, best and high figure of an outcome, or None where no count of it stands."""
    return next((found for found in event["figures"] if found["outcome"] == outcome), None)


def bounds(found: Record) -> str:
    """Return a figure in words, such as `low 3, best 9, high unknown`."""
    return ", ".join(f"{name} {'unknown' if found[name] is None else found[name]}" for name in ("low", "best", "high"))


def actor(row: Record) -> Mapping[str, str]:
    """Return what an actor of an event is in the crosswalk."""
    return lookup("actors", row.get("kind"), row.get("side"))


def called(row: Record) -> str:
    """Return what an actor is called: a person by the office, never by name."""
    name: str = row.get("office") or row["name_en"]
    return name


def taking(event: Record, part: str) -> list[Record]:
    """Return the actors who do, undergo or join in an event, those of armed bodies first."""
    found = [row for row in event["actors"] if lookup("roles", row["role"]).get("part") == part]
    return sorted(found, key=lambda row: (actor(row).get("class") != "force", row["actor_id"], row["role"]))


def target(event: Record) -> str:
    """Return whom an event hit: `force`, members of an armed body and perhaps others; `civilian`; or `none` recorded.

    Where no actor underwent it, the status of those who were killed or injured tells.
    """
    classes = {actor(row).get("class") for row in taking(event, "undergoes")}
    if not classes:
        hit = [row for row in event["casualties"] if row["status"] == "standing" and row["count_high"] != 0]
        hit = [row for row in hit if row["outcome"] in {"killed", "injured"}]
        classes = {lookup("populations", row["population"]).get("class") for row in hit}
    return next((code for code in ("force", "civilian") if code in classes), "none")


def kind_of(event: Record) -> Mapping[str, str]:
    """Return what the type of an event is in the crosswalk, which may depend on whom it hit."""
    return lookup("event_types", event["event_type"], target(event))


def supporting(event: Record) -> list[Record]:
    """Return the sources that support an event, each once."""
    rows = [row["source"] for row in event["citations"] if row["stance"] == "supports" and row["source"]]
    return sorted(rows, key=lambda source: str(source["source_id"]))


def unit_name(place: Record | None) -> str | None:
    """Return a place's name, that of an administrative unit without the word of its kind at the end."""
    if place is None:
        return None
    name: str = place["name_en"]
    return name.removesuffix(f" {place['kind'].capitalize()}") if place["kind"] in LEVELS else name


def unheld(event: Record, losses: Losses) -> None:
    """Enter what no target has a column for."""
    for name, loss in (
        ("time_start", "the time of day"),
        ("part_of", "the larger event that this one is part of"),
    ):
        if event[name] is not None:
            losses.add(event, name, loss, event[name])
    for found in event["figures"]:
        if found["outcome"] != "killed":
            losses.add(event, found["outcome"], "the figure of this outcome", bounds(found))
    limited = [row for row in event["casualties"] if row["sex"] != "all" or row["age"] != "all"]
    alleged = [row for row in event["actors"] if row["certainty"] == "alleged"]
    against = [row for row in event["citations"] if row["stance"] == "contradicts"]
    for column, loss, key, rows in (
        ("certainty", "that the part of these actors is only alleged", "actor_id", alleged),
        ("stance", "the sources that contradict", "source_id", against),
        ("evacuations", "the counts of people moved", "evacuation_id", event["evacuations"]),
        ("casualties", "the counts of one sex or age", "casualty_id", limited),
    ):
        if rows:
            losses.add(event, column, loss, joined(rows, key))


def joined(rows: Sequence[Record], key: str) -> str:
    """Return the identifiers of rows, sorted, in one cell."""
    return "; ".join(sorted({row[key] for row in rows}))
