"""The layers as GDAL and shapely read them: every row of the CSVs, at its place or for a reason at none."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from conftest import ROOT, Files, _miniature, lay, write
from exporting import export, hostile, rows, two_runs
from hostile import cut_down
from sumy2022.example import Change, Edit, Swap
from sumy2022.exports import geojson
from sumy2022.findings import UsageError
from sumy2022.package import open_package
from tools import need, output

Layers = tuple[Path, dict[str, Path]]
NAMES = ("events", "places", "control")
COARSE = {"raion", "oblast", "country"}


@pytest.fixture(params=["real", "hostile"], scope="module")
def layers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """The real package and the hostile one: where it is, and its layers by name."""
    folder = tmp_path_factory.mktemp("geojson")
    where = ROOT if request.param == "real" else write(hostile(dict(_miniature())), folder / "package")
    files = export("geojson", where, folder / "out")
    assert list(files) == [f"{name}.geojson" for name in NAMES]
    return where, {name.removesuffix(".geojson"): path for name, path in files.items()}


def table(path: Path) -> list[dict[str, str]]:
    """The features of a layer as GDAL writes them in CSV, with X and Y."""
    text = output(need("ogr2ogr"), "-f", "CSV", "/vsistdout/", path, "-lco", "GEOMETRY=AS_XY")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["features"]
    return found


def test_gdal_reads_every_cell(layers: Layers) -> None:
    where, files = layers
    for name in NAMES:
        wanted = rows(where, name)
        found = table(files[name])
        assert [row["id"] for row in found] == [next(iter(row.values())) for row in wanted]
        for mine, theirs in zip(wanted, found, strict=True):
            for column, cell in mine.items():
                if column in {"date_start", "date_end"}:
                    cell = cell.replace("-", "/")  # as GDAL writes a date in CSV
                elif column == "time_start":
                    cell = f"{cell}:00" if cell else ""
                if column not in {"latitude", "longitude"}:
                    assert theirs[column] == cell, mine


def test_gdal_sees_types_count_and_extent(layers: Layers) -> None:
    where, files = layers
    for name in NAMES:
        told = output(need("ogrinfo"), "-al", "-so", files[name])
        assert f"Feature Count: {len(rows(where, name))}\n" in told
        assert "Geometry: Point\n" in told
        assert 'ID["EPSG",4326]' in told
        types = dict(re.findall(r"^(\w+): (\w+) \(", told, flags=re.MULTILINE))
        wanted = {"date_start": "Date", "date_end": "Date", "killed_low": "Integer", "independent_sources": "Integer",
                  "title": "String", "event_id": "String", "geonames_id": "Integer"}  # fmt: skip
        assert {column: types[column] for column in wanted.keys() & types.keys()} == {
            column: kind for column, kind in wanted.items() if column in types
        }
        extent = re.search(r"Extent: \((.*), (.*)\) - \((.*), (.*)\)", told)
        assert extent
        assert [float(bound) for bound in extent.groups()] == json.loads(files[name].read_bytes())["bbox"]


def test_positions_are_those_of_the_places(layers: Layers) -> None:
    where, files = layers
    places = {row["place_id"]: row for row in rows(where, "places")}
    for name in NAMES:
        own = {next(iter(row.values())): row for row in rows(where, name)}
        for feature in features(files[name]):
            row = own[feature["id"]]
            place = places[row["place_id"]]
            coarse = COARSE & {row.get("place_precision", ""), place["kind"]} if name != "places" else set()
            if coarse or not place["latitude"]:
                assert feature["geometry"] is None
                assert feature["properties"]["geometry_note"].startswith("No point: ")
            else:
                assert feature["properties"]["geometry_note"] is None
                axes = [round(float(place[axis]), 5) for axis in ("longitude", "latitude")]
                assert feature["geometry"] == {"type": "Point", "coordinates": axes}
            assert not {"latitude", "longitude"} & feature["properties"].keys()


def test_control_lies_in_the_oblast(tmp_path: Path) -> None:
    path = export("geojson", ROOT, tmp_path)["control.geojson"]
    area = open_package(ROOT).descriptor.area
    outlines = json.loads((ROOT / "data/outline.geojson").read_bytes())["features"]
    oblast = next(shape(item["geometry"]) for item in outlines if item["properties"]["place_id"] == area)
    points = [shape(item["geometry"]) for item in features(path) if item["geometry"]]
    assert len(points) > 20
    assert all(shapely.dwithin(oblast, points, 0.1))  # the outline is generalised


def test_the_form_is_that_of_rfc_7946(layers: Layers) -> None:
    where, files = layers
    for name in NAMES:
        collection = json.loads(files[name].read_bytes())
        assert (collection["type"], collection["name"]) == ("FeatureCollection", name)
        assert "crs" not in collection
        assert "never zero" in collection["note"]
        assert collection["version"] == open_package(where).descriptor.version
        west, south, east, north = collection["bbox"]
        for feature in collection["features"]:
            assert list(feature) == ["type", "id", "geometry", "properties"]
            assert feature["type"] == "Feature"
            if feature["geometry"]:
                longitude, latitude = feature["geometry"]["coordinates"]
                assert west <= longitude <= east
                assert south <= latitude <= north


def with_points(files: Files, changes: list[Change]) -> Files:
    """The miniature, in which all places but Beta have a point."""
    points = [
        Edit("places", {"latitude": "51.123456", "longitude": "-0.0000001", "coordinate_source": "made up"}, row)
        for row in range(8)
        if row != 5
    ]
    return lay(files, [*points, Edit("places", {"latitude": "", "longitude": ""}, 5), *changes])


@pytest.mark.parametrize("precision", ["site", "settlement", "area", "route", "raion", "oblast", "country"])
@pytest.mark.parametrize("row", [0, 1, 2, 3, 4, 5])
def test_the_point_of_an_oblast_is_never_plotted(precision: str, row: int, miniature: Files, tmp_path: Path) -> None:
    kind = ["oblast", "country", "raion", "hromada", "city", "village"][row]
    event = {"place_id": f"PLC-000{row + 1}", "place_precision": precision}
    where = write(with_points(miniature, [Edit("events", event)]), tmp_path / "package")
    feature = features(export("geojson", where, tmp_path)["events.geojson"])[0]
    shown = precision not in COARSE and kind in {"hromada", "city"}
    assert feature["geometry"] == ({"type": "Point", "coordinates": [0.0, 51.12346]} if shown else None)
    why = precision if precision in COARSE else kind
    note = f"No point: a whole {why} is no spot on a map." if why in COARSE else "No point: no position of the place"
    assert (feature["properties"]["geometry_note"] or "").startswith("" if shown else note)
    assert shown == (feature["properties"]["geometry_note"] is None)


def test_control_of_a_whole_oblast_has_no_point(miniature: Files, tmp_path: Path) -> None:
    changes = [Edit("control", {"place_id": "PLC-0001"})]
    where = write(with_points(miniature, changes), tmp_path / "package")
    files = export("geojson", where, tmp_path)
    assert features(files["control.geojson"])[0]["properties"]["geometry_note"].startswith("No point: a whole oblast")
    assert features(files["control.geojson"])[0]["geometry"] is None
    assert features(files["places.geojson"])[0]["geometry"]["coordinates"] == [0.0, 51.12346]


def test_a_negative_zero_is_zero(miniature: Files, tmp_path: Path) -> None:
    where = write(with_points(miniature, []), tmp_path / "package")
    assert b"-0.0" not in export("geojson", where, tmp_path)["places.geojson"].read_bytes()


def test_where_nothing_has_a_point_there_are_no_bounds(miniature: Files, tmp_path: Path) -> None:
    no_points = [Edit("places", {"latitude": "", "longitude": ""}, row) for row in range(8)]
    where = write(lay(miniature, no_points), tmp_path / "package")
    for path in export("geojson", where, tmp_path).values():
        assert "bbox" not in json.loads(path.read_bytes())
        assert "Feature Count: " in output(need("ogrinfo"), "-al", "-so", path)


def test_control_on_a_day(miniature: Files, tmp_path: Path) -> None:
    package = open_package(write(miniature, tmp_path / "package"))
    for day, beta in (("2022-02-24", "ukraine"), ("2022-02-28", "ukraine"), ("2022-03-01", "russia"),
                      ("2022-04-08", "russia")):  # fmt: skip
        found = {item["properties"]["place"]: item for item in geojson.control_on(package, day)["features"]}
        assert {name: item["properties"]["controller"] for name, item in found.items()} == {
            "Alpha": "ukraine",
            "Beta": beta,
        }
        assert found["Beta"]["geometry"]["coordinates"] == [34.3, 51.2]
    (path,) = geojson.write(package, tmp_path, "2022-03-01")
    assert path.name == "miniature-0.1.0-control-2022-03-01.geojson"
    assert json.loads(path.read_bytes()) == geojson.control_on(package, "2022-03-01")


def test_control_on_each_day_is_one_feature_a_place() -> None:
    package = open_package(ROOT)
    start, end = date.fromisoformat(package.descriptor.start or ""), date.fromisoformat(package.descriptor.end or "")
    places = sorted({row["place_id"] for row in rows(ROOT, "control")})
    for day in (start, date(2022, 3, 10), end):
        found = geojson.control_on(package, day.isoformat())["features"]
        assert sorted(item["properties"]["place_id"] for item in found) == places
        assert all(item["properties"]["date_start"] <= day.isoformat() <= item["properties"]["date_end"]
                   for item in found)  # fmt: skip


def test_control_names_its_documents(layers: Layers) -> None:
    where, files = layers
    urls = {row["source_id"]: row["url"] for row in rows(where, "sources")}
    citations = rows(where, "control_sources")
    for feature in features(files["control"]):
        for column, stance in (("sources", "supports"), ("contradicting", "contradicts")):
            wanted = [urls[row["source_id"]] for row in citations
                      if (row["control_id"], row["stance"]) == (feature["id"], stance)]  # fmt: skip
            assert (feature["properties"][column] or "").split("; ") == (wanted or [""])


@pytest.mark.parametrize("day", ["2022-02-30", "10.03.2022", "", "2022-03-10T00:00", "2022-02-23", "2022-04-09"])
def test_a_day_that_is_none_is_refused(day: str, miniature: Files, tmp_path: Path) -> None:
    package = open_package(write(miniature, tmp_path / "package"))
    with pytest.raises(UsageError, match=r"is not a day|run from 2022-02-24 to 2022-04-08"):
        geojson.control_on(package, day)


def test_two_runs_give_the_same_bytes(miniature: Files, tmp_path: Path) -> None:
    one, other = two_runs("geojson", write(hostile(miniature), tmp_path / "package"), tmp_path / "out")
    assert one == other
    assert len(one) == 3


NO_BOUNDS = Swap("schemas/places.json", '"maximum": 90', '"maximum": 900')


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([NO_BOUNDS, Edit("places", {"latitude": "91"}, 4)], r"EVT-0001 lies at 91.0, 34.0, which is nowhere"),
        ([Edit("events", {"place_id": "PLC-0999"})], r"does not keep to its schemas \(TAB-203 at data/events.csv:2"),
        ([Edit("events", {"date_start": "soon"})], r"does not keep to its schemas \(TAB-101 at data/events.csv:2"),
        (
            [Swap("schemas/casualties.json", '"type": "integer"', '"type": "number"')],
            r"no count_low of the type integer",
        ),
        ([Swap("datapackage.json", '"name": "miniature"', '"name": "Mini ature"')], r"has faults \(PKG-"),
    ],
    ids=["off the globe", "dangling reference", "no date", "another type", "faulty descriptor"],
)
def test_what_is_unsound_is_refused(changes: list[Change], message: str, miniature: Files, tmp_path: Path) -> None:
    where = write(lay(miniature, changes), tmp_path / "package")
    with pytest.raises(UsageError, match=message):
        export("geojson", where, tmp_path)


@pytest.mark.parametrize("left_out", ["control_sources", "casualties", "event_actors"])
def test_a_package_that_lacks_a_table_is_refused(left_out: str, miniature: Files, tmp_path: Path) -> None:
    names = {item["name"] for item in json.loads(miniature["datapackage.json"])["resources"]} - {left_out}
    where = write(cut_down(miniature, *names), tmp_path / "package")
    with pytest.raises(UsageError, match=rf"cannot be exported in this format: it has no table {left_out}"):
        export("geojson", where, tmp_path)
