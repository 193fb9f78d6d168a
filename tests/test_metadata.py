"""What catalogues are told: valid by their own schemas and readers, and the same everywhere as in datapackage.json."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlcroissant
import pandas as pd
import pytest
import rdflib
import yaml
from absl import logging as absl_logging
from datacite import schema45
from hypothesis import given
from hypothesis import strategies as st

import sumy2022
from conftest import ROOT, Files, write
from sumy2022 import metadata
from sumy2022.metadata import citation, croissant, datacite, schema_org, zenodo
from sumy2022.metadata.facts import Box, Facts, Party, facts
from sumy2022.zipping import zipped
from tools import output

# What rdflib's reader of JSON-LD, on which mlcroissant rests, says of rdflib itself.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

DESCRIPTOR = json.loads((ROOT / "datapackage.json").read_bytes())
PACKAGE = sumy2022.open_package(ROOT)
FACTS = facts(PACKAGE)
HOSTILE = "</script><b>'\"\\ : # - [x]\n\n&amp; \u2028\x85\x7f \U0001f600 =1+1"
PERSON = {
    "title": "A. B. Example",
    "givenName": "A. B.",
    "familyName": "Example",
    "organization": "Institute",
    "path": "https://example.org/",
    "roles": ["creator"],
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip file of a release, unpacked, with the metadata that stand beside it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(io.BytesIO(zipped(PACKAGE))) as archive:
        archive.extractall(folder)
    metadata.write(PACKAGE, folder)
    return folder


def found(folder: Path, kind: str) -> Any:
    (path,) = folder.glob(f"*{kind}.json")
    return json.loads(path.read_bytes())


def described(files: Files, folder: Path, **properties: object) -> sumy2022.Package:
    """The miniature with other properties in its descriptor; None takes one out."""
    document = {**json.loads(files["datapackage.json"]), **properties}
    kept = {name: value for name, value in document.items() if value is not None}
    return sumy2022.open_package(write(files | {"datapackage.json": json.dumps(kept).encode()}, folder))


# The formats, by software that is not ours ----------------------------------------------------------------------


def test_the_citation_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*command, "CITATION.cff"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_record_for_a_doi_is_valid(unpacked: Path) -> None:
    document = found(unpacked, "datacite")
    assert [error.message for error in schema45.validator.iter_errors(document)] == []
    given = replace(
        FACTS, doi="10.1234/x", homepage="https://example.org/", contributors=(Party("X", roles=("contact",)),)
    )
    document = datacite.document(given)
    assert [error.message for error in schema45.validator.iter_errors(document)] == []
    assert (document["doi"], document["url"]) == ("10.1234/x", "https://example.org/")
    assert document["contributors"][0]["contributorType"] == "ContactPerson"


@pytest.mark.parametrize("kind", ["croissant", "schema-org"])
def test_the_linked_data_can_be_read_and_keeps_every_file(kind: str, unpacked: Path) -> None:
    document = found(unpacked, kind)
    if kind == "schema-org":
        assert document["@context"] == "https://schema.org/"
        document["@context"] = {"@vocab": "https://schema.org/"}  # which needs no network
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld", publicID="https://example.org/")
    hashes = {str(value) for _, _, value in graph.triples((None, rdflib.URIRef("https://schema.org/sha256"), None))}
    assert len(hashes) == len(DESCRIPTOR["resources"])
    names = {str(value) for _, _, value in graph.triples((None, rdflib.URIRef("https://schema.org/version"), None))}
    assert names == {DESCRIPTOR["version"]}


@pytest.fixture(scope="module")
def croissant_file(unpacked: Path) -> Path:
    return unpacked / "croissant.json"


def test_croissants_own_reader_has_no_complaint(croissant_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    absl_logging.use_absl_handler()
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=croissant_file)
    assert dataset.metadata.ctx.issues.report() == ""
    assert [record.message for record in caplog.records] == []


@pytest.mark.parametrize("table", list(PACKAGE.schemas))
def test_croissants_own_reader_loads_every_cell(table: str, croissant_file: Path) -> None:
    expected = sumy2022.load(table, ROOT)
    records = list(mlcroissant.Dataset(jsonld=croissant_file).records(table))
    assert len(records) == len(expected)
    for name in expected:
        cells = [_plain(record[f"{table}/{name}"]) for record in records]
        assert cells == [_plain(cell) for cell in expected[name]], name


def _plain(cell: Any) -> Any:
    if isinstance(cell, bytes):
        return cell.decode()
    return None if pd.isna(cell) else cell


def test_croissants_own_reader_gives_the_codes(croissant_file: Path) -> None:
    records = list(mlcroissant.Dataset(jsonld=croissant_file).records("events.event_type"))
    fields = json.loads((ROOT / "schemas" / "events.json").read_bytes())["fields"]
    (field,) = [item for item in fields if item["name"] == "event_type"]
    assert [record["events.event_type/code"] for record in records] == field["constraints"]["enum"]
    assert [record["events.event_type/meaning"] for record in records] == [
        item["description"] for item in field["categories"]
    ]


def test_the_hashes_and_sizes_are_those_of_the_files(unpacked: Path) -> None:
    for kind in ("croissant", "schema-org"):
        for item in found(unpacked, kind)["distribution"]:
            path = unpacked / item["contentUrl"]
            assert output("sha256sum", path).split()[0] == item["sha256"]
            assert f"{path.stat().st_size} B" == item["contentSize"]


def test_croissant_states_keys_and_references(croissant_file: Path) -> None:
    sets = {item["@id"]: item for item in json.loads(croissant_file.read_bytes())["recordSet"]}
    assert sets["events"]["key"] == {"@id": "events/event_id"}
    fields = {item["name"]: item for item in sets["event_sources"]["field"]}
    assert fields["source_id"]["references"] == {"field": {"@id": "sources/source_id"}}
    known = {field["@id"] for item in sets.values() for field in item["field"]}
    named = [
        field["references"]["field"]["@id"]
        for item in sets.values()
        for field in item["field"]
        if "references" in field
    ]
    assert len(named) > len(sets)
    assert set(named) <= known


# One fact, one place --------------------------------------------------------------------------------------------


def said_by_citation() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    period = re.search(r"Period: (\S+) to (\S+)\.", document["abstract"])
    area = re.search(r"Area: (.+)\.$", document["abstract"])
    assert period
    assert area
    return {
        "title": document["title"],
        "version": document["version"],
        "licence": document["license"],
        "creators": [author["name"] for author in document["authors"]],
        "keywords": document["keywords"],
        "period": [*period.groups()],
        "area": area[1],
        "day": document["date-released"],
        "description": document["abstract"].split(" Period: ")[0],
    }


def said_by_zenodo() -> dict[str, Any]:
    document = json.loads((ROOT / ".zenodo.json").read_bytes())
    return {
        "title": document["title"],
        "version": document["version"],
        "licence": document["license"].upper(),
        "creators": [creator["name"] for creator in document["creators"]],
        "keywords": document["keywords"],
        "period": [document["dates"][0]["start"], document["dates"][0]["end"]],
        "area": document["locations"][0]["place"],
        "day": document["publication_date"],
        "description": re.sub(r"</?p>", " ", document["description"]),
    }


def said_by_datacite() -> dict[str, Any]:
    document = datacite.document(FACTS)
    days = {item["dateType"]: item["date"] for item in document["dates"]}
    return {
        "title": document["titles"][0]["title"],
        "version": document["version"],
        "licence": document["rightsList"][0]["rightsIdentifier"],
        "creators": [creator["name"] for creator in document["creators"]],
        "keywords": [subject["subject"] for subject in document["subjects"]],
        "period": days["Other"].split("/"),
        "area": document["geoLocations"][0]["geoLocationPlace"],
        "day": days["Issued"],
        "description": document["descriptions"][0]["description"],
    }


def said_by_linked_data(document: dict[str, Any]) -> dict[str, Any]:
    assert document["license"] == DESCRIPTOR["licenses"][0]["path"]
    creators = document["creator"] if isinstance(document["creator"], list) else [document["creator"]]
    return {
        "title": document["name"],
        "version": document["version"],
        "licence": DESCRIPTOR["licenses"][0]["name"],
        "creators": [creator["name"] for creator in creators],
        "keywords": document["keywords"],
        "period": document["temporalCoverage"].split("/"),
        "area": document["spatialCoverage"]["name"],
        "day": document["datePublished"],
        "description": document["description"],
    }


SPEAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "CITATION.cff": said_by_citation,
    ".zenodo.json": said_by_zenodo,
    "datacite": said_by_datacite,
    "schema.org": lambda: said_by_linked_data(schema_org.document(FACTS)),
    "croissant": lambda: said_by_linked_data(croissant.document(PACKAGE, FACTS)),
}


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_all_say_what_the_descriptor_says(speaker: str) -> None:
    said = SPEAKERS[speaker]()
    said["description"] = " ".join(said["description"].split())
    places = sumy2022.load("places", ROOT).set_index("place_id")
    area = places.loc[DESCRIPTOR["spatial"]["place_id"]]
    assert said == {
        "title": DESCRIPTOR["title"],
        "version": DESCRIPTOR["version"],
        "licence": DESCRIPTOR["licenses"][0]["name"],
        "creators": [party["title"] for party in DESCRIPTOR["contributors"] if "creator" in party["roles"]],
        "keywords": DESCRIPTOR["keywords"],
        "period": [DESCRIPTOR["temporal"]["start"], DESCRIPTOR["temporal"]["end"]],
        "area": f"{area['name_en']}, {places.loc[area['parent_id'], 'name_en']}",
        "day": DESCRIPTOR["created"][:10],
        "description": " ".join(DESCRIPTOR["description"].split()),
    }


def test_the_committed_files_are_up_to_date() -> None:
    wanted = metadata.committed(PACKAGE)
    assert sorted(wanted) == [".zenodo.json", "CITATION.cff"]
    assert [path for path, text in wanted.items() if (ROOT / path).read_text() != text] == [], "run `make docs`"


def test_the_box_is_that_of_the_outline() -> None:
    shapely = pytest.importorskip("shapely.geometry")
    features = json.loads((ROOT / "data" / "outline.geojson").read_bytes())["features"]
    (area,) = [f for f in features if f["properties"]["place_id"] == DESCRIPTOR["spatial"]["place_id"]]
    assert Box(*shapely.shape(area["geometry"]).bounds) == FACTS.box
    box = datacite.document(FACTS)["geoLocations"][0]["geoLocationBox"]
    assert box["westBoundLongitude"] < box["eastBoundLongitude"]
    south, west, north, east = map(float, schema_org.document(FACTS)["spatialCoverage"]["geo"]["box"].split())
    assert (west, south, east, north) == shapely.shape(area["geometry"]).bounds


def test_the_same_package_gives_the_same_bytes(tmp_path: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    package = sumy2022.open_package(ROOT)
    (written,) = metadata.write(package, tmp_path)
    assert written.name == f"{DESCRIPTOR['name']}-{DESCRIPTOR['version']}-datacite.json"
    assert written.read_bytes() == (unpacked / written.name).read_bytes()
    beside = metadata.beside_the_data(package)
    assert beside == {name: (unpacked / name).read_text() for name in ("croissant.json", "schema-org.json")}


# What others write ----------------------------------------------------------------------------------------------


def test_hostile_words_stay_words(miniature: Files, tmp_path: Path) -> None:
    package = described(
        miniature,
        tmp_path / "package",
        title=HOSTILE,
        description=HOSTILE,
        keywords=[HOSTILE, "- x", "yes", "1.0"],
        contributors=[{"title": HOSTILE, "roles": ["creator"]}],
    )
    known = facts(package)
    document = yaml.safe_load(citation.text(known))
    assert document["title"] == document["authors"][0]["name"] == HOSTILE
    assert document["keywords"] == [HOSTILE, "- x", "yes", "1.0"]
    assert re.findall(r"<[^>]*>", zenodo.document(known)["description"]) == ["<p>", "</p>", "<p>", "</p>"]
    beside = metadata.beside_the_data(package)
    assert "<" not in beside["schema-org.json"]
    assert {json.loads(text)["name"] for text in beside.values()} == {HOSTILE}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_read_back_from_the_citation(text: str) -> None:
    known: Facts = replace(FACTS, title=text, keywords=(text,), creators=(Party(text),), description=text)
    document = yaml.safe_load(citation.text(known))
    assert document["title"] == document["keywords"][0] == text
    assert [author.get("name", "") for author in document["authors"] or [{}]] == [text]
    assert document["abstract"].startswith(" ".join(text.split()))


def test_a_person_is_named_as_each_format_has_it(miniature: Files, tmp_path: Path) -> None:
    known = facts(
        described(
            miniature,
            tmp_path,
            contributors=[PERSON],
            id="https://doi.org/10.1234/ab",
            homepage="https://example.org/x",
        )
    )
    cff = tmp_path / "CITATION.cff"
    cff.write_text(citation.text(known))
    assert yaml.safe_load(cff.read_text())["authors"] == [
        {
            "family-names": "Example",
            "given-names": "A. B.",
            "affiliation": "Institute",
            "website": "https://example.org/",
        }
    ]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", str(cff)]
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert zenodo.document(known)["creators"] == [{"name": "Example, A. B.", "affiliation": "Institute"}]
    record = datacite.document(known)
    assert [error.message for error in schema45.validator.iter_errors(record)] == []
    assert record["creators"][0]["familyName"] == "Example"
    assert record["doi"] == yaml.safe_load(cff.read_text())["doi"] == "10.1234/ab"
    assert schema_org.document(known)["creator"]["affiliation"]["name"] == "Institute"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"licenses": None}, "has no licenses"),
        ({"contributors": [{"title": "X", "roles": ["dataCurator"]}]}, "has no contributors"),
        ({"title": None, "description": None}, "has no title, no description"),
        ({"created": "yesterday"}, "created is 'yesterday'"),
        ({"spatial": {"place_id": "PLC-9999"}}, "PLC-9999, which is no row"),
        ({"version": "one"}, r"PKG-003 in datapackage\.json"),
    ],
)
def test_what_a_citation_needs_is_asked_for(
    properties: dict[str, object], message: str, miniature: Files, tmp_path: Path
) -> None:
    with pytest.raises(sumy2022.UsageError, match=message):
        metadata.committed(described(miniature, tmp_path, **properties))


def test_what_a_package_does_not_say_is_left_out(miniature: Files, tmp_path: Path) -> None:
    package = described(miniature, tmp_path, spatial=None, temporal=None, keywords=None, sources=None)
    known = facts(package)
    assert {"dates", "locations", "related_identifiers"} & zenodo.document(known).keys() == set()
    assert {"temporalCoverage", "spatialCoverage", "isBasedOn"} & schema_org.document(known).keys() == set()
    assert "Period" not in citation.text(known)
    assert "keywords" not in yaml.safe_load(citation.text(known))
    assert [error.message for error in schema45.validator.iter_errors(datacite.document(known))] == []


@pytest.mark.parametrize("outline", [b"", b"[]", b'{"features": [{}]}', b'{"features": [{"properties": 1}]}'])
def test_an_outline_that_cannot_be_read_gives_no_box(outline: bytes, miniature: Files, tmp_path: Path) -> None:
    files = miniature | {"data/outline.geojson": outline}
    assert facts(sumy2022.open_package(write(files, tmp_path))).box is None
