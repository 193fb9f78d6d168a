"""CHANGELOG.md: a heading `## VERSION` for each version, and under it what changed."""

from __future__ import annotations

import re

PATH = "CHANGELOG.md"
_HEADING = re.compile(r"^## +v?(?P<version>[0-9][^\s(]*)(?P<rest>.*)$", re.MULTILINE)


def entry(text: str, version: str) -> str | None:
    """Return what stands under the heading of a version, stripped; None if there is no such heading."""
    headings = list(_HEADING.finditer(text))
    for number, heading in enumerate(headings):
        if heading["version"] == version:
            end = headings[number + 1].start() if number + 1 < len(headings) else len(text)
            return text[heading.end() : end].strip()
    return None


def heading(text: str, version: str) -> str | None:
    """Return what follows a version in its heading, such as its day; None if there is no such heading."""
    return next((found["rest"].strip() for found in _HEADING.finditer(text) if found["version"] == version), None)


def opens_with_a_sentence(found: str) -> bool:
    """Tell whether an entry begins with a sentence, which tells a user whether to act, and not with a list."""
    first = found.replace("\r\n", "\n").split("\n\n")[0].strip()
    begins = first[:1].isalpha() or (first[:1] in {"`", "*", "["} and not first.startswith("* "))
    return begins and first[-1] in ".!"
