""".zenodo.json, from which Zenodo takes the metadata of a release that it archives.

Source: https://developers.zenodo.org/#representation
"""

from __future__ import annotations

from html import escape
from typing import Any

from sumy2022.metadata.facts import Facts, Party
from sumy2022.metadata.roles import kind


def document(known: Facts) -> dict[str, Any]:
    """Return the content of .zenodo.json."""
    found: dict[str, Any] = {
        "upload_type": "dataset",
        "title": known.title,
        "version": known.version,
        "publication_date": known.created.isoformat(),
        "creators": [_person(party) for party in known.creators],
        "description": "".join(f"<p>{escape(part)}</p>" for part in known.description.split("\n\n")),
        "access_right": "open",
        "license": known.licences[0].name.lower(),
        "keywords": list(known.keywords),
    }
    if known.contributors:
        found["contributors"] = [{**_person(party), "type": kind(party.roles)} for party in known.contributors]
    if known.start or known.end:
        # Of the three types there are, this is the one that is about what the data describes.
        period = {name: day for name, day in (("start", known.start), ("end", known.end)) if day}
        found["dates"] = [{**period, "type": "Valid", "description": "The period that the data covers"}]
    if known.area:
        found["locations"] = [{"place": known.area, "description": "The area that the data covers"}]
    works = [{"identifier": work.url, "relation": "isDerivedFrom"} for work in known.sources if work.url]
    if works:
        found["related_identifiers"] = works
    return found


def _person(party: Party) -> dict[str, str]:
    person = {"name": party.inverted}
    return person | {"affiliation": party.organization} if party.family and party.organization else person
