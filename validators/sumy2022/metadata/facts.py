"""What a package says of itself, as every format of metadata needs it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sumy2022.document import read_json
from sumy2022.exports.about import about
from sumy2022.findings import UsageError
from sumy2022.loading import load
from sumy2022.package import DESCRIPTOR, Package

OUTLINE = "outline"
"""The resource that holds the outline of the area."""
PLACES = "places"
PLACE_COLUMNS = ("place_id", "parent_id", "name_en")
DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)")


@dataclass(frozen=True)
class Party:
    """A person or a body that had a part in the package; a person has a family name."""

    name: str
    given: str = ""
    family: str = ""
    organization: str = ""
    url: str = ""
    roles: tuple[str, ...] = ()

    @property
    def inverted(self) -> str:
        """Return the name as catalogues sort it: `Family, Given` of a person."""
        return ", ".join(part for part in (self.family, self.given) if part) if self.family else self.name


@dataclass(frozen=True)
class Licence:
    """A licence: `name` is its identifier in the list of SPDX."""

    name: str
    title: str
    url: str


@dataclass(frozen=True)
class Work:
    """Something that the package was made from."""

    title: str
    url: str


@dataclass(frozen=True)
class File:
    """A file of the package: `size` in bytes, `sha256` in hexadecimal digits."""

    name: str
    path: str
    title: str
    description: str
    mediatype: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Box:
    """The bounds of an area in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Facts:
    """What a package says of itself; empty or None where it says nothing.

    `area` is the name of the area with what lies around it, such as `District, Country`.
    """

    name: str
    title: str
    version: str
    description: str
    citation: str
    created: date
    licences: tuple[Licence, ...]
    creators: tuple[Party, ...]
    contributors: tuple[Party, ...]
    publisher: str
    keywords: tuple[str, ...]
    homepage: str
    doi: str
    start: str
    end: str
    area: str
    box: Box | None
    sources: tuple[Work, ...]
    files: tuple[File, ...]

    @property
    def period(self) -> str:
        """Return the period as ISO 8601 writes an interval, open ends as `..`; empty where there is none."""
        return f"{self.start or '..'}/{self.end or '..'}" if self.start or self.end else ""


def facts(package: Package) -> Facts:
    """Return what a package says of itself.

    Raises `UsageError` where its descriptor or schemas have faults, where it lacks what a citation needs (title,
    description, version, day of creation, licence, creator), or where its area is no place of it.
    """
    said = about(package)
    document = package.descriptor.document
    parties = tuple(map(_party, document.get("contributors", [])))
    creators = tuple(party for party in parties if "creator" in party.roles)
    licences = tuple(_licence(item) for item in document.get("licenses", []) if item.get("name"))
    needed = {"title": said.title, "description": said.description, "version": said.version,
              "created": said.created, "licenses": licences, "contributors": creators}  # fmt: skip
    lacking = [name for name, value in needed.items() if not value]
    if lacking:
        raise UsageError(
            f"{DESCRIPTOR} has no {', no '.join(lacking)} from which metadata could be made: it needs them all, a "
            "licence with its SPDX name, and a contributor with the role creator."
        )
    publishers = [party.name for party in parties if "publisher" in party.roles]
    doi = DOI.fullmatch(document.get("id", ""))
    return Facts(
        name=said.name,
        title=said.title,
        version=said.version,
        description=said.description,
        citation=said.citation,
        created=_day(said.created),
        licences=licences,
        creators=creators,
        contributors=tuple(party for party in parties if party not in creators and "publisher" not in party.roles),
        publisher="; ".join(publishers or [party.name for party in creators]),
        keywords=tuple(dict.fromkeys(document.get("keywords", []))),
        homepage=document.get("homepage", ""),
        doi=doi[1] if doi else "",
        start=package.descriptor.start or "",
        end=package.descriptor.end or "",
        area=_area(package),
        box=_box(package),
        sources=tuple(_work(item) for item in document.get("sources", [])),
        files=tuple(_files(package)),
    )


def _party(item: Mapping[str, Any]) -> Party:
    given, family = item.get("givenName", ""), item.get("familyName", "")
    return Party(
        name=item.get("title") or f"{given} {family}".strip() or item.get("organization", ""),
        given=given,
        family=family,
        organization=item.get("organization", ""),
        url=item.get("path", ""),
        roles=tuple(str(role) for role in item.get("roles", ())),
    )


def _licence(item: Mapping[str, str]) -> Licence:
    return Licence(item["name"], item.get("title") or item["name"], item.get("path", ""))


def _work(item: Mapping[str, str]) -> Work:
    return Work(item.get("title", ""), item.get("path", ""))


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise UsageError(f"{DESCRIPTOR}: created is {text!r}, not a time such as 2030-01-31T00:00:00Z.") from error


def _files(package: Package) -> Iterator[File]:
    for item in package.descriptor.document["resources"]:
        data = package.read(item["name"]) or b""
        yield File(
            name=item["name"],
            path=item["path"],
            title=item.get("title") or item["name"],
            description=item.get("description", ""),
            mediatype=item.get("mediatype", "application/octet-stream"),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )


def _area(package: Package) -> str:
    """Return the names of the area and of the places around it, from within; empty where none is stated."""
    area = package.descriptor.area
    if area is None:
        return ""
    schema = package.schemas.get(PLACES)
    if schema is not None and set(PLACE_COLUMNS) <= set(schema.names):
        places = load(PLACES, package)
        rows = {key: (parent, name) for key, parent, name in zip(*(places[c] for c in PLACE_COLUMNS), strict=True)}
        names: dict[str, str] = {}
        while area in rows and area not in names:
            above, names[area] = rows[area]
            area = above if isinstance(above, str) else ""
        if names:
            return ", ".join(names.values())
    raise UsageError(f"{DESCRIPTOR}: spatial/place_id is {area}, which is no row of the table {PLACES}.")


def _box(package: Package) -> Box | None:
    """Return the bounds of the area's outline; None where there is no outline of it that can be read."""
    if all(resource.name != OUTLINE for resource in package.descriptor.resources):
        return None
    document, _ = read_json(package.read(OUTLINE) or b"", OUTLINE)
    try:
        geometries = [
            feature["geometry"]["coordinates"]
            for feature in document["features"]
            if feature["properties"]["place_id"] == package.descriptor.area
        ]
        longitudes, latitudes = zip(*_corners(geometries), strict=True)
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _corners(coordinates: list[Any]) -> Iterator[tuple[float, float]]:
    """Yield longitude and latitude of each corner, however deep it is nested."""
    if coordinates and all(isinstance(part, int | float) for part in coordinates):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _corners(part)
