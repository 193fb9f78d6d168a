"""Events, places and control as GeoJSON (RFC 7946), for maps.

STEM-events.geojson has a feature an event with the columns of the flat table, STEM-places.geojson one a place, and
STEM-control.geojson one a place and interval. Positions are WGS 84, longitude before latitude, to five decimals (a
metre). What has no point, or happened somewhere in a raion, an oblast or a country, has no geometry: its
`geometry_note` says why, and a map does not show it. A point stands for the whole of a place; read `place_precision`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from sumy2022.exports import stem
from sumy2022.exports.about import about
from sumy2022.exports.checked import CONTROL, EVENTS, PLACES, checked, flat
from sumy2022.findings import UsageError
from sumy2022.frames import show
from sumy2022.package import Package
from sumy2022.views import LEVELS, Record, Tables, placed, plain

DECIMALS = 5
COARSE = ("raion", "oblast", "country")
"""The kinds of places, and precisions, whose point stands for nothing that a map should show."""
POSITION = ("longitude", "latitude")
NOTE = "null means unknown, never zero. Actual figures are likely considerably higher than those recorded."


def write(package: Package, folder: Path, day: str | None = None) -> list[Path]:
    """Write the three layers, or, with a day, only who controlled each place on it.

    Raises `UsageError` as `checked` and `control_on` do.
    """
    if day is not None:
        layers = {f"control-{day}": control_on(package, day)}
    else:
        tables = checked(package, EVENTS, CONTROL)
        layers = {
            "events": _collection(package, "events", _events(package, tables)),
            "places": _collection(package, "places", _places(tables)),
            "control": _collection(package, "control", _control(tables)),
        }
    paths = []
    for name, layer in layers.items():
        paths.append(folder / f"{stem(package)}-{name}.geojson")
        paths[-1].write_bytes(_to_bytes(layer))
    return paths


def control_on(package: Package, day: str) -> Record:
    """Return who controlled each place on a day, `YYYY-MM-DD`, as a FeatureCollection.

    Raises `UsageError` where it is no day, or one on which no interval of the package lies.
    """
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != day:
        raise UsageError(f"{day!r} is not a day written YYYY-MM-DD, such as 2022-03-10.")
    wanted = pd.Timestamp(parsed).as_unit("s")
    tables = checked(package, PLACES, CONTROL)
    control = tables["control"]
    chosen = control[(control["date_start"] <= wanted) & (control["date_end"] >= wanted)]
    if chosen.empty:
        first, last = show(control["date_start"].min()), show(control["date_end"].max())
        period = f"its intervals run from {first} to {last}" if first else "it has no intervals"
        raise UsageError(f"The package does not say who controlled a place on {day}: {period}.")
    return _collection(package, f"control-{day}", _control({**tables, "control": chosen}))


def _events(package: Package, tables: Tables) -> Iterable[Record]:
    for row in map(plain, flat(package, tables).to_dict("records")):
        coarse = next((word for word in (row["place_precision"], row["place_kind"]) if word in COARSE), None)
        yield _feature(row["event_id"], row, coarse)


def _places(tables: Tables) -> Iterable[Record]:
    for row in map(plain, placed(tables["places"]).reset_index().to_dict("records")):
        yield _feature(row["place_id"], row)


def _control(tables: Tables) -> Iterable[Record]:
    """Yield a feature an interval, with its place and the addresses of the documents that it rests on."""
    places = placed(tables["places"])[["name_en", "name_uk", "kind", *LEVELS, *POSITION]]
    names = {"name_en": "place", "name_uk": "place_uk", "kind": "place_kind"}
    rows = tables["control"].join(places.rename(columns=names), on="place_id")
    citations = tables["control_sources"].merge(tables["sources"][["source_id", "url"]], on="source_id")
    for column, stance in (("sources", "supports"), ("contradicting", "contradicts")):
        chosen = citations[citations["stance"] == stance]
        rows[column] = rows["control_id"].map(chosen.groupby("control_id")["url"].agg("; ".join))
    for row in map(plain, rows.to_dict("records")):
        yield _feature(row["control_id"], row, row["place_kind"] if row["place_kind"] in COARSE else None)


def _feature(key: str, row: Record, coarse: str | None = None) -> Record:
    """Return a row as a feature, whose position is its geometry unless that would be too coarse."""
    longitude, latitude = (row[axis] for axis in POSITION)
    properties = {name: value for name, value in row.items() if name not in POSITION}
    geometry = note = None
    if coarse is not None:
        note = f"No point: a whole {coarse} is no spot on a map."
    elif longitude is None or latitude is None:
        note = "No point: no position of the place is recorded."
    elif not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise UsageError(f"{key} lies at {latitude}, {longitude}, which is nowhere on the globe.")
    else:
        # Adding zero turns a negative zero into zero.
        geometry = {"type": "Point", "coordinates": [round(axis, DECIMALS) + 0.0 for axis in (longitude, latitude)]}
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": {**properties, "geometry_note": note}}


def _collection(package: Package, name: str, features: Iterable[Record]) -> Record:
    """Return features as a collection that says what it is; it has no bounds where nothing has a point."""
    found = list(features)
    points = [feature["geometry"]["coordinates"] for feature in found if feature["geometry"]]
    bounds = [how(axis) for how in (min, max) for axis in zip(*points, strict=True)]
    said = about(package)
    return {
        "type": "FeatureCollection",
        "name": name,
        **{key: getattr(said, key) for key in ("title", "version", "licence", "citation")},
        "note": NOTE,
        **({"bbox": bounds} if bounds else {}),
        "features": found,
    }


def _to_bytes(collection: Mapping[str, Any]) -> bytes:
    """Return a collection as JSON, a feature a line, so that two versions of it can be compared line by line."""
    *head, (_, features) = collection.items()
    lines = [f"{_json(name)}: {_json(value)}," for name, value in head]
    body = ",\n".join(map(_json, features))
    return "\n".join(["{", *lines, f'"features": [\n{body}\n]', "}\n"]).encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
