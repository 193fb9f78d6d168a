"""The data of the explorer page, as JSON: what the first view needs, what a record adds, and the figures.

Three files, so that the page can open before all is there: `index` (events in short, places, control, the outline),
`details` (summaries, citations, counts, documents) and `figures` (numbers derived over all events).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from sumy2022 import figures
from sumy2022.exports import stem
from sumy2022.findings import UsageError
from sumy2022.overview import TYPES, UNDERCOUNT, obstacle
from sumy2022.package import Package
from sumy2022.views import Record, Tables, plain, records, tables_of

SHOWN = ("killed", "injured")
"""The outcomes that the list of events tells."""
DIGITS = 3
"""The decimals of the outline's degrees: some hundred metres, far finer than its generalised lines."""
LINKS = ("casualties", "evacuations")


def write(package: Package, folder: Path) -> list[Path]:
    """Write the three files; raises `UsageError` where there can be no overview, which has the same needs."""
    if (problem := obstacle(package)) is not None:
        raise UsageError(f"There can be no explorer of {package.source.name}: {problem}.")
    tables = tables_of(package)
    events = list(records(tables))
    parts: dict[str, Callable[[], Record]] = {
        "index": lambda: index(package, tables, events),
        "details": lambda: details(tables, events),
        "figures": lambda: derived(package, tables),
    }
    paths = []
    for name, part in parts.items():
        path = folder / f"{stem(package)}-site-{name}.json"
        path.write_text(json.dumps(part(), ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
        paths.append(path)
    return paths


def index(package: Package, tables: Tables, events: Iterable[Record]) -> Record:
    """Return what the map, the timeline and the list are drawn from."""
    places = map(plain, tables["places"].to_dict("records"))
    actors = map(plain, tables["actors"].to_dict("records"))
    return {
        "package": _about(package),
        "rows": {name: len(frame) for name, frame in tables.items()},
        "groups": [{"name": name, "types": list(types)} for name, types in TYPES.items()],
        "labels": _labels(package),
        "places": [_some(row, "place_id name_en name_uk kind parent_id latitude longitude") for row in places],
        "actors": [_some(row, "actor_id name_en name_uk kind side") for row in actors],
        "events": [_short(event) for event in events],
        "control": [
            _some(row, "control_id place_id controller date_start date_end date_precision")
            for row in map(plain, tables["control"].to_dict("records"))
        ],
        "outline": _outline(package),
    }


def details(tables: Tables, events: Iterable[Record]) -> Record:
    """Return what the records of events, places and intervals add, with every document they cite."""
    sources = map(plain, tables["sources"].to_dict("records"))
    intervals = map(plain, tables["control"].to_dict("records"))
    cited: dict[str, list[Record]] = {}
    for row in map(plain, tables["control_sources"].to_dict("records")):
        cited.setdefault(row.pop("control_id"), []).append(_known(row))
    return {
        "events": {event["event_id"]: _long(event) for event in events},
        "sources": {row.pop("source_id"): _known(row) for row in sources},
        "control": {
            row["control_id"]: {"note": row["note"], "citations": cited.get(row["control_id"], [])} for row in intervals
        },
        **{name: _of_no_event(tables[name]) for name in LINKS},
        "actors": {
            row["actor_id"]: _known(_some(row, "office parent_id note wikidata_id"))
            for row in map(plain, tables["actors"].to_dict("records"))
        },
    }


def derived(package: Package, tables: dict[str, pd.DataFrame]) -> Record:
    """Return the figures: weeks, killed and injured by week and people, stated totals, types, sources."""
    start, end = pd.Timestamp(package.descriptor.start or ""), pd.Timestamp(package.descriptor.end or "")
    weeks = figures.weeks(start, end)
    types = figures.events_by_week(tables["events"], start, end)
    return {
        "weeks": _rows(weeks),
        "toll": _rows(_toll_by_week(tables, start, len(weeks))),
        "people": list(figures.PEOPLE),
        "totals": _rows(_totals(tables["casualties"], package.descriptor.area)),
        "types": {
            str(name): [int(number) for number in row] for name, row in zip(types.index, types.to_numpy(), strict=True)
        },
        "voices": _rows(figures.voices(dict(tables))),
    }


def _about(package: Package) -> Record:
    document = package.descriptor.document
    homepage = str(document.get("homepage", ""))
    return {
        "name": package.descriptor.name,
        "title": package.descriptor.title,
        "version": package.descriptor.version,
        "created": str(document.get("created", ""))[:10],
        "authors": [str(person.get("title", "")) for person in document.get("contributors", ())],
        "license": ", ".join(str(item.get("name", "")) for item in document.get("licenses", ())),
        "homepage": homepage if homepage.startswith("https://") else None,
        "start": package.descriptor.start,
        "end": package.descriptor.end,
        "area": package.descriptor.area,
        "undercount": UNDERCOUNT,
    }


def _labels(package: Package) -> dict[str, dict[str, str]]:
    """Return the label of each code by `table.field`, as the schemas word it."""
    found: dict[str, dict[str, str]] = {}
    for name, schema in package.schemas.items():
        for item in json.loads(package.source.read(schema.file) or b"{}")["fields"]:
            for code in item.get("categories", ()):
                label = str(code.get("label") or code["value"])
                found.setdefault(f"{name}.{item['name']}", {})[str(code["value"])] = label
    return found


def _short(event: Record) -> Record:
    sums = {row["outcome"]: [row["low"], row["best"], row["high"]] for row in event["figures"]}
    sourced = event["corroboration"] or {}
    names = "event_id event_type title date_start date_end date_precision place_id place_precision"
    return {
        **_some(event, names),
        **_known({"part_of": event["part_of"], **{name: sums.get(name) for name in SHOWN}}),
        "actors": list(dict.fromkeys(row["actor_id"] for row in event["actors"])),
        "corroboration": sourced.get("corroboration"),
        "independent": sourced.get("independent", 0),
    }


def _long(event: Record) -> Record:
    return {
        **_known(_some(event, "summary time_start place_detail")),
        "actors": [_some(row, "actor_id role certainty") for row in event["actors"]],
        "citations": [_known(_some(row, "source_id stance claimed_by note")) for row in event["citations"]],
        **{name: [_count(row) for row in event[name]] for name in LINKS},
        "figures": [_known(row) for row in event["figures"]],
    }


def _count(row: Record) -> Record:
    """Return a count as its table has it, without what its record was joined with or belongs to."""
    return _known({name: value for name, value in row.items() if name not in ("claimant", "source", "event_id")})


def _of_no_event(frame: pd.DataFrame) -> list[Record]:
    return [_count(row) for row in map(plain, frame[frame["event_id"].isna()].to_dict("records"))]


def _toll_by_week(tables: dict[str, pd.DataFrame], start: pd.Timestamp, weeks: int) -> pd.DataFrame:
    """Add the figures of killed and injured up by the week in which each event began, for each group of people."""
    found = figures.toll_by_event(tables)
    begun = found["event_id"].map(tables["events"].set_index("event_id")["date_start"])
    week = (begun - start).dt.days // 7
    inside = found[week.between(0, weeks - 1)].assign(week=week)
    by = inside.groupby(["people", "outcome", "week"])
    return by[["low", "best", "high"]].sum().assign(events=by.size()).reset_index()


def _totals(claims: pd.DataFrame, area: str | None) -> pd.DataFrame:
    """Return what was stated of the killed and injured in the whole area, and still stands, by day of statement."""
    whole = (claims["sex"] == "all") & (claims["age"] == "all") & claims["event_id"].isna()
    stands = (claims["status"] == "standing") & claims["outcome"].isin(SHOWN) & claims["as_of"].notna()
    mine = claims[whole & stands & (claims["place_id"] == area)].sort_values(["as_of", "casualty_id"])
    told = "as_of outcome population side count_low count_high wording claimed_by source_id"
    return mine[["casualty_id", "date_start", "date_end", *told.split()]]


def _outline(package: Package) -> Any:
    data = package.read("outline") if any(r.name == "outline" for r in package.descriptor.resources) else None
    if data is None:
        return {"type": "FeatureCollection", "features": []}
    return _rounded(json.loads(data))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return value


def _rows(frame: pd.DataFrame) -> list[Record]:
    return [plain(row) for row in frame.to_dict("records")]


def _some(row: Record, names: str) -> Record:
    return {name: row[name] for name in names.split()}


def _known(row: Record) -> Record:
    """Return a record without what is not known, which is most of the cells of some tables."""
    return {name: value for name, value in row.items() if value is not None}
