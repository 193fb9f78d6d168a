"""Synthetic packages in the schemas of this one, of any size, sound or with planted faults.

Run `python bench/synthetic.py FOLDER --events N [--faults]`. Each event has 1.5 citations, one actor and half a count
of casualties, and each two events share a source; places and actors are those of the dataset. A package without
planted faults has no finding under any rule. What is planted is returned, and written to `planted.json` beside the
package's folder for whoever compares verdicts. Tables are written in the canonical form, from columns of Arrow.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.canonical import to_bytes

ROOT = Path(__file__).parent.parent
START = np.datetime64("2022-02-24")
DAYS = 44
"""The days of the study period."""
CHANGE, RETURN = 5, 36
"""The days of the period, from 0, on which every place changes hands."""
SETTLEMENTS = ("city", "settlement", "village")
TYPES = ("shelling", "battle", "airstrike", "evacuation", "infrastructure-damage", "looting", "killing")
ROLES = ("participant", "victim", "rescuer", "authority")
OUTCOMES = ("killed", "injured", "detained", "missing")
KINDS = ("news", "local-media", "official", "ngo")
PLANTED_EACH = 20
"""How many rows each kind of fault is planted in."""

Columns = dict[str, pa.Array]


@dataclass(frozen=True)
class Planted:
    """A fault that was planted: its kind (an error type of frictionless, or a rule's id), table, line and field."""

    kind: str
    table: str
    line: int
    field: str


def write(folder: Path, events: int, *, faults: bool = False) -> list[Planted]:
    """Write a package of this many events to a folder, which is emptied, and return the faults in it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    (folder / "data").mkdir()
    descriptor = json.loads((ROOT / "datapackage.json").read_text())
    descriptor["resources"] = [item for item in descriptor["resources"] if "schema" in item]
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    places, actors = _places(), _shipped("actors")
    makers = {
        "places": lambda: _as_columns(places),
        "actors": lambda: _as_columns(actors),
        "sources": lambda: _sources(events),
        "events": lambda: _events(events, _scenes(places)),
        "event_actors": lambda: _event_actors(events, len(actors)),
        "event_sources": lambda: _event_sources(events),
        "casualties": lambda: _casualties(events),
        "control": lambda: _control(_scenes(places)),
        "control_sources": lambda: _control_sources(_scenes(places)),
    }
    planted: list[Planted] = []
    for item in descriptor["resources"]:
        schema = json.loads((folder / item["schema"]).read_text())
        columns = makers[item["name"]]() if item["name"] in makers else {}
        if faults:
            planted += plant(item["name"], columns)
        (folder / item["path"]).write_bytes(_csv(columns, [known["name"] for known in schema["fields"]]))
    folder.with_name("planted.json").write_text(json.dumps([vars(fault) for fault in planted]))
    return planted


def _csv(columns: Mapping[str, pa.Array], names: list[str]) -> bytes:
    rows = len(next(iter(columns.values()), ()))
    empty = pa.nulls(rows, pa.string())
    return to_bytes(pa.table({name: columns.get(name, empty) for name in names}))


# Columns ---------------------------------------------------------------------------------------------------------


def _ids(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Return identifiers that sort as text as their numbers do."""
    return _join(f"{prefix}-", pc.utf8_lpad(pa.array(numbers + 1).cast(pa.string()), 8, "0"))


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _text(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _same(word: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(word), rows)


def _turns(words: tuple[str, ...] | list[str], numbers: np.ndarray) -> pa.Array:
    """Give each row one of the words in turn."""
    return pa.array(words).take(pa.array(numbers % len(words)))


def _days(numbers: np.ndarray) -> pa.Array:
    return pa.array(START + numbers).cast(pa.string())


def _shipped(table: str) -> list[dict[str, str]]:
    with (ROOT / f"data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _as_columns(rows: list[dict[str, str]]) -> Columns:
    return {name: pa.array([row[name] or None for row in rows], pa.string()) for name in rows[0]}


def _places() -> list[dict[str, str]]:
    """Return the settlements of the study area with everything that they lie in, all of which will be referred to."""
    rows = {row["place_id"]: row for row in _shipped("places")}

    def above(place: str) -> list[str]:
        return [place, *above(rows[place]["parent_id"])] if place else []

    chains = [above(place) for place, row in rows.items() if row["kind"] in SETTLEMENTS]
    kept = {place for chain in chains if "PLC-0001" in chain for place in chain}
    return [row for place, row in rows.items() if place in kept]


def _scenes(places: list[dict[str, str]]) -> list[str]:
    return [row["place_id"] for row in places if row["kind"] in SETTLEMENTS]


def _events(count: int, scenes: list[str]) -> Columns:
    """Return the events, in every fiftieth of which a place is captured or liberated."""
    row = np.arange(count)
    day, kind = row * 7 % (DAYS - 1), _turns(TYPES, row)
    capture, liberation = row % 100 == 0, row % 100 == 50
    day = np.where(capture, CHANGE, np.where(liberation, RETURN, day))
    kind = pc.if_else(pa.array(capture), "capture", pc.if_else(pa.array(liberation), "liberation", kind))
    number = _text(row)
    whole = row % 10 == 8  # lasts all the time, and has the next event as a part
    return {
        "event_id": _ids("EVT", row),
        "event_type": kind,
        "title": _join("Event number ", number, " of a made-up town"),
        "date_start": _days(np.where(whole, 0, day)),
        "date_end": _days(np.where(whole, DAYS - 1, day)),
        "date_precision": _same("day", count),
        "time_start": pc.if_else(pa.array(row % 10 == 3), "05:30", None),
        "place_id": _turns(scenes, row),
        "place_precision": _same("settlement", count),
        "place_detail": pc.if_else(pa.array(row % 5 == 0), _join("Street number ", number), None),
        "summary": _join(
            "A news outlet reported that event ", number, ' happened, that "people" were seen, and that nothing else '
            "was known; a second report, of the day after, put it at a bridge in the north of the town.",
        ),
        "part_of": pc.if_else(pa.array(np.roll(whole, 1)), _ids("EVT", row - 1), None),
    }  # fmt: skip


def _event_actors(events: int, actors: int) -> Columns:
    row = np.arange(events)
    return {
        "event_id": _ids("EVT", row),
        "actor_id": _join("ACT-", pc.utf8_lpad(_text(row % actors + 1), 4, "0")),
        "role": _turns(ROLES, row),
        "certainty": _same("stated", events),
    }


def _sources_of(events: int) -> int:
    return max(events // 2, 2)


def _event_sources(events: int) -> Columns:
    """Return one citation of each event, and a second of every other one, in the order of the key."""
    first, second = np.arange(events), np.arange(1, events, 2)
    event = np.concatenate([first, second])
    source = np.concatenate([first // 2, second // 2 + 1]) % _sources_of(events)
    order = np.lexsort((source, event))
    event, source = event[order], source[order]
    return {
        "event_id": _ids("EVT", event),
        "source_id": _ids("SRC", source),
        "stance": _same("supports", len(event)),
        "claimed_by": pc.if_else(pa.array(event % 3 == 0), "ACT-0001", None),
        "note": pc.if_else(pa.array(event % 4 == 0), "Gives another time of the day.", None),
    }


def _sources(events: int) -> Columns:
    row = np.arange(_sources_of(events))
    return {
        "source_id": _ids("SRC", row),
        "title": _join("Report number ", _text(row), " on a made-up town, with a headline of some length"),
        "publisher": _join("Outlet ", _text(row % 500)),
        "kind": _turns(KINDS, row),
        "language": _same("uk", len(row)),
        "published": _days(DAYS + row % 200),
        "url": _join("https://example.org/news/2022/", _text(row), "/report-of-the-day.html"),
        "accessed": _same("2023-01-31", len(row)),
    }


def _casualties(events: int) -> Columns:
    row = np.arange(max(events // 2, 2))
    low = row % 9 + 1
    return {
        "casualty_id": _ids("CAS", row),
        "event_id": _ids("EVT", row * 2 % events),
        "as_of": _days(np.full(len(row), DAYS - 1)),
        "outcome": _turns(OUTCOMES, row),
        "population": _same("civilian", len(row)),
        "sex": _same("all", len(row)),
        "age": _same("all", len(row)),
        "side": _same("ukraine", len(row)),
        "count_low": _text(low),
        "count_high": _text(low),
        "wording": _same("exact", len(row)),
        "claimed_by": pc.if_else(pa.array(row % 3 == 0), "ACT-0001", None),
        "source_id": _ids("SRC", row % _sources_of(events)),
        "status": _same("standing", len(row)),
    }


def _control(scenes: list[str]) -> Columns:
    """Return the three intervals of each place: before the change, after it, and after the return."""
    row = np.arange(3 * len(scenes))
    starts, ends = np.array([0, CHANGE, RETURN]), np.array([CHANGE - 1, RETURN - 1, DAYS - 1])
    return {
        "control_id": _ids("CTL", row),
        "place_id": pa.array(scenes).take(pa.array(row // 3)),
        "controller": _turns(("ukraine", "russia", "ukraine"), row),
        "date_start": _days(starts[row % 3]),
        "date_end": _days(ends[row % 3]),
        "date_precision": _same("day", len(row)),
    }


def _control_sources(scenes: list[str]) -> Columns:
    row = np.arange(3 * len(scenes))
    return {
        "control_id": _ids("CTL", row),
        "source_id": _ids("SRC", row * 0),
        "stance": _same("supports", len(row)),
    }


# Faults ----------------------------------------------------------------------------------------------------------

FAULTS = (
    ("constraint-error", "events", "event_type", "bombardment"),
    ("constraint-error", "events", "title", None),
    ("constraint-error", "events", "time_start", "25:00"),
    ("constraint-error", "casualties", "count_low", "-1"),
    ("constraint-error", "sources", "title", "x" * 301),
    ("type-error", "events", "date_start", "2022-02-30"),
    ("type-error", "casualties", "count_high", "five"),
    ("foreign-key", "events", "place_id", "PLC-9999"),
    ("foreign-key", "event_sources", "source_id", "SRC-99999999"),
    ("foreign-key", "event_actors", "event_id", "EVT-99999999"),
    ("EVT-101", "events", "date_end", "2022-01-31"),
    ("EVT-116", "events", "title", "The enemy was here"),
    ("CSV-112", "events", "place_detail", "Two  spaces"),
    ("PRV-101", "event_sources", "note", "Write to someone@example.org"),
)
"""Faults of single cells: kind, table, field and what is written there."""


def plant(table: str, columns: Columns) -> list[Planted]:
    """Change columns so that they hold the faults of their table, each in rows of its own, and return these.

    The last fault of each table repeats the key of the row before. Raises `ValueError` where there are too few rows.
    """
    mine = [fault for fault in FAULTS if fault[1] == table]
    if not mine:
        return []
    key = next(iter(columns))
    rows = len(columns[key])
    kinds = len(mine) + (table in {"events", "sources"})
    step = rows // (kinds * PLANTED_EACH + 1)
    if step < 2:
        raise ValueError(f"{table} has {rows} rows, too few for {kinds * PLANTED_EACH} planted faults")
    planted: list[Planted] = []
    for number in range(kinds):
        at = (np.arange(PLANTED_EACH) * kinds + number + 1) * step
        if number < len(mine):
            kind, _, field, value = mine[number]
            columns[field] = _with(columns[field], at, pa.repeat(pa.scalar(value, pa.string()), len(at)))
        else:
            kind, field = "primary-key", key
            columns[field] = _with(columns[field], at, columns[field].take(pa.array(at - 1)))
        planted += [Planted(kind, table, int(row) + 2, field) for row in at]
    return planted


def _with(column: pa.Array, at: np.ndarray, cells: pa.Array) -> pa.Array:
    mask = np.zeros(len(column), dtype=bool)
    mask[at] = True
    return pc.replace_with_mask(column.cast(pa.string()), pa.array(mask), cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder to write, which is emptied first")
    parser.add_argument("--events", type=int, default=1_000, help="how many events")
    parser.add_argument("--faults", action="store_true", help="plant faults")
    given = parser.parse_args()
    planted = write(given.folder, given.events, faults=given.faults)
    print(f"{given.folder}: {given.events:,} events, {len(planted)} planted faults")


if __name__ == "__main__":
    main()
