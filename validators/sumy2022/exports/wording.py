"""What an export says about itself to people: the rows of a workbook's title page and of its codebook, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sumy2022.exports.about import about, schema_document
from sumy2022.package import Package

EMPTY = "An empty cell means that a value is unknown or does not apply. It never means zero."
UNDERCOUNT = "Counts are reported, not verified. Actual figures are likely considerably higher than those recorded."
ADDING = "One count is one statement of one source: the same people are in as many rows as sources count them in."
CORRECTIONS = "The workbook is made from the CSV files of the package, which what is changed here does not reach."
COLUMNS = ("table", "field", "title", "type", "required", "description", "code", "label", "definition")
"""The header of the codebook: a row a field, and below it a row for each of its codes."""


def read_me(package: Package, sheets: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the rows of the title page: a heading and what belongs under it; `sheets` tells the rows of each sheet."""
    said, descriptor = about(package), package.descriptor
    yield "Title", said.title or said.name
    yield "Version", said.version
    for number, part in enumerate(filter(None, said.description.split("\n\n"))):
        yield "" if number else "Description", part
    yield "Period", f"{descriptor.start or 'not stated'} to {descriptor.end or 'not stated'}"
    yield "Licence", " ".join(filter(None, (said.licence, said.licence_url))) or "not stated"
    yield "How to cite", said.citation
    yield "Empty cells", EMPTY
    yield "What is missing", UNDERCOUNT
    yield "Adding up", ADDING
    yield "Corrections", CORRECTIONS
    for name, count in sheets.items():
        yield f"Sheet {name}", f"{count:,} rows"


def codebook(package: Package, sheets: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the codebook, its header first; `sheets` names the sheet of each table."""
    yield COLUMNS
    for name, schema in package.schemas.items():
        for item in schema_document(package, name)["fields"]:
            required = schema.field(item["name"]).required or item["name"] in schema.primary_key
            field = (sheets[name], item["name"])
            words = (item.get("title", ""), item["type"], "yes" if required else "no", item.get("description", ""))
            yield (*field, *words, "", "", "")
            for code in _codes(item):
                yield (*field, "", "", "", "", *code)


def _codes(item: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the codes of a field, each with its label and definition as far as the schema has them."""
    categories = item.get("categories") or [{"value": code} for code in item.get("constraints", {}).get("enum", ())]
    for category in categories:
        yield str(category["value"]), category.get("label", ""), category.get("description", "")
