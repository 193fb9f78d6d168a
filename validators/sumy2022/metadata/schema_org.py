"""The package as a schema.org Dataset, in JSON-LD: what search engines for data read from a page.

Sources: https://schema.org/Dataset and https://developers.google.com/search/docs/appearance/structured-data/dataset
"""

from __future__ import annotations

from typing import Any

from sumy2022.metadata.facts import Facts, File, Party


def document(known: Facts) -> dict[str, Any]:
    """Return the Dataset."""
    return {"@context": "https://schema.org/", "@type": "Dataset", **properties(known),
            "distribution": [_download(file) for file in known.files]}  # fmt: skip


def properties(known: Facts) -> dict[str, Any]:
    """Return what is said of the package as a whole, its files aside."""
    said = {
        "name": known.title,
        "alternateName": known.name,
        "description": known.description,
        "version": known.version,
        "datePublished": known.created.isoformat(),
        "license": _one([licence.url or licence.name for licence in known.licences]),
        "creator": _one([agent(party) for party in known.creators]),
        "keywords": list(known.keywords),
        "temporalCoverage": known.period,
        "spatialCoverage": _place(known),
        "isAccessibleForFree": True,
        "isBasedOn": [
            _filled({"@type": "CreativeWork", "name": work.title, "url": work.url}) for work in known.sources
        ],
        "creditText": known.citation,
        "identifier": f"https://doi.org/{known.doi}" if known.doi else "",
        "url": known.homepage,
    }
    return _filled(said)


def agent(party: Party) -> dict[str, Any]:
    """Return a person or a body."""
    if not party.family:
        return _filled({"@type": "Organization", "name": party.name, "url": party.url})
    parts = {"@type": "Person", "name": party.name, "givenName": party.given, "familyName": party.family}
    body = {"@type": "Organization", "name": party.organization} if party.organization else None
    return _filled({**parts, "affiliation": body, "url": party.url})


def _place(known: Facts) -> dict[str, Any]:
    if not known.area:
        return {}
    place: dict[str, Any] = {"@type": "Place", "name": known.area}
    if known.box is not None:
        corners = f"{known.box.south} {known.box.west} {known.box.north} {known.box.east}"
        place["geo"] = {"@type": "GeoShape", "box": corners}
    return place


def _download(file: File) -> dict[str, Any]:
    return _filled(
        {
            "@type": "DataDownload",
            "name": file.title,
            "description": file.description,
            "contentUrl": file.path,
            "encodingFormat": file.mediatype,
            "contentSize": f"{file.size} B",
            "sha256": file.sha256,
        }
    )


def _one(values: list[Any]) -> Any:
    """Return a list of one as what is in it, as JSON-LD is mostly written."""
    return values[0] if len(values) == 1 else values


def _filled(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in ("", None, [], {})}
