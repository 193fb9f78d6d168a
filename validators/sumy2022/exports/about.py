"""What an export that describes itself says: title, version, licence, citation, and what tables and fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sumy2022.document import read_json
from sumy2022.findings import UsageError
from sumy2022.package import Package


@dataclass(frozen=True)
class About:
    """What is said about a package as a whole; empty where its descriptor says nothing."""

    name: str
    title: str
    version: str
    created: str
    description: str
    licence: str
    licence_url: str
    citation: str


def about(package: Package) -> About:
    """Return what a package says about itself.

    Raises `UsageError` where descriptor or schemas have a fault: what cannot be read cannot be passed on.
    """
    if package.faults:
        first = package.faults[0]
        raise UsageError(
            f"{package.source.name} cannot be exported before it is mended ({first.rule} in {first.file}). "
            "`sumy2022 validate` tells all."
        )
    document = package.descriptor.document
    licences = document.get("licenses", [])
    licence = ", ".join(item.get("name", item.get("title", "")) for item in licences)
    return About(
        name=package.descriptor.name,
        title=package.descriptor.title,
        version=package.descriptor.version,
        created=document.get("created", ""),
        description=document.get("description", ""),
        licence=licence,
        licence_url=", ".join(item["path"] for item in licences if "path" in item),
        citation=_citation(package, licence),
    )


def _citation(package: Package, licence: str) -> str:
    """Return how to cite the package: who, when, what, which version, under which licence."""
    document = package.descriptor.document
    creators = "; ".join(
        item["title"]
        for item in document.get("contributors", [])
        if "title" in item and "creator" in item.get("roles", ["creator"])
    )
    year = document.get("created", "")[:4]
    parts = (
        f"{creators} ({year})" if creators and year else creators or year,
        package.descriptor.title or package.descriptor.name,
        f"Version {package.descriptor.version}",
        licence,
    )
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def schema_document(package: Package, table: str) -> Mapping[str, Any]:
    """Return a table's schema as written, with the titles, descriptions and categories that `TableSchema` leaves out.

    `about` must have let the package pass.
    """
    file = package.schemas[table].file
    document, _ = read_json(package.source.read(file) or b"{}", file)
    found: Mapping[str, Any] = document
    return found
