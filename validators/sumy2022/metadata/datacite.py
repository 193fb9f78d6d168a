"""The record of a DOI as DataCite takes it, in the fields that it requires and those that help to find the data.

Without a DOI in the descriptor's `id` it is the record of a DOI that is still to be given. Source:
https://datacite-metadata-schema.readthedocs.io/
"""

from __future__ import annotations

from typing import Any

from sumy2022.metadata.facts import Facts, Party
from sumy2022.metadata.roles import kind

SCHEMA = "http://datacite.org/schema/kernel-4"
SPDX = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"}


def document(known: Facts) -> dict[str, Any]:
    """Return the record."""
    found: dict[str, Any] = {
        "schemaVersion": SCHEMA,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "creators": [_name(party) for party in known.creators],
        "titles": [{"title": known.title}],
        "publisher": {"name": known.publisher},
        "publicationYear": str(known.created.year),
        "version": known.version,
        "subjects": [{"subject": word} for word in known.keywords],
        "dates": [{"date": known.created.isoformat(), "dateType": "Issued"}],
        "rightsList": [
            {"rights": licence.title, "rightsUri": licence.url, "rightsIdentifier": licence.name, **SPDX}
            for licence in known.licences
        ],
        "descriptions": [{"description": known.description, "descriptionType": "Abstract"}],
        "formats": list(dict.fromkeys(file.mediatype for file in known.files)),
        "sizes": [f"{sum(file.size for file in known.files)} bytes"],
    }
    if known.period:
        # `Other`: a type of its own, Coverage, came only with version 4.6, which many readers do not know yet.
        covers = {"dateType": "Other", "dateInformation": "The period that the data covers"}
        found["dates"].append({"date": known.period, **covers})
    if known.area:
        found["geoLocations"] = [{"geoLocationPlace": known.area, **_box(known)}]
    if known.contributors:
        found["contributors"] = [{**_name(party), "contributorType": kind(party.roles)} for party in known.contributors]
    works = [work.url for work in known.sources if work.url]
    if works:
        derived = {"relatedIdentifierType": "URL", "relationType": "IsDerivedFrom"}
        found["relatedIdentifiers"] = [{"relatedIdentifier": url, **derived} for url in works]
    return found | ({"doi": known.doi} if known.doi else {}) | ({"url": known.homepage} if known.homepage else {})


def _name(party: Party) -> dict[str, Any]:
    if not party.family:
        return {"name": party.name, "nameType": "Organizational"}
    person: dict[str, Any] = {"name": party.inverted, "nameType": "Personal", "familyName": party.family}
    person |= {"givenName": party.given} if party.given else {}
    return person | ({"affiliation": [{"name": party.organization}]} if party.organization else {})


def _box(known: Facts) -> dict[str, Any]:
    if known.box is None:
        return {}
    return {
        "geoLocationBox": {
            "westBoundLongitude": known.box.west,
            "eastBoundLongitude": known.box.east,
            "southBoundLatitude": known.box.south,
            "northBoundLatitude": known.box.north,
        }
    }
