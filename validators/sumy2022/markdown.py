"""Markdown that is put together from data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sumy2022.render import visible

_BAR = re.compile(r"(?<!\\)\|")
_MARKUP = re.compile(r"([\\`*_\[\]|])")


def cell(text: str) -> str:
    """Return text as it can stand in a cell of a table: on one line, and not as a tag."""
    return _BAR.sub(r"\\|", _one_line(text)).replace("<", "&lt;")


def literal(text: str) -> str:
    """Return text in which nothing is taken for a link, a picture, a tag or emphasis."""
    return _MARKUP.sub(r"\\\1", _one_line(text)).replace("<", "&lt;")


def prose(text: str) -> str:
    """Return text in which code and emphasis keep their meaning, and nothing is taken for a link, picture or tag."""
    return _one_line(text).replace("<", "&lt;").replace("](", "]\\(").replace("]:", "]\\:")


def _one_line(text: str) -> str:
    """Return text on one line, with what does not print or turns text around spelt out."""
    return visible(" ".join(text.split()), None)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: bool = True) -> list[str]:
    """Return the lines of a table; with `numbers` all columns but the first are aligned to the right."""
    rule = "---:" if numbers else "---"
    lines = [head, ["---", *[rule] * (len(head) - 1)], *rows]
    return [f"| {' | '.join(cell(str(part)) for part in line)} |" for line in lines]
