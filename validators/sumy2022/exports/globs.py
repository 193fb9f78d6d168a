"""Patterns of a Table Schema as SQL that every SQLite understands, which has GLOB but no regular expressions.

A pattern becomes a list of words, each a GLOB for a fixed number of characters, after which one sort of character may
follow any number of times. That is what patterns of identifiers and codes look like: `(?:EVT-[0-9]{4,})` is the one
word `EVT-[0-9][0-9][0-9][0-9]` with more digits after it. Where a pattern repeats something in the middle, or stands
for too many words, there is no such list.
"""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple

WORDS = 64
"""The most words that a pattern is taken apart into."""
CHARACTERS = 200
"""The most characters that a word may have before what follows any number of times."""

_CLASS = re.compile(r"\[\^?[^\\\[\]^]+\]")
_QUANTIFIER = re.compile(r"[*+?]|\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")
_SPECIAL = frozenset(r"\^$*+?{}[]|()")


class Word(NamedTuple):
    """What a text must be: one GLOB a character in `each`, then any number of characters of the GLOB `more`."""

    each: tuple[str, ...] = ()
    more: str | None = None


class _Inexpressible(Exception):
    """The pattern cannot be put as a list of words."""


def glob_check(column: str, pattern: str) -> str | None:
    """Return an SQL expression that is true of a text exactly if the pattern matches the whole of it, or None.

    `column` is the text as SQL. Null in gives null out.
    """
    try:
        words, rest = _alternatives(pattern)
    except (_Inexpressible, RecursionError):
        return None
    if rest:
        return None
    tests = list(dict.fromkeys(_test(column, word) for word in words))
    return tests[0] if len(tests) == 1 else "(" + " OR ".join(tests) + ")"


def _test(column: str, word: Word) -> str:
    fixed = "".join(word.each).replace("'", "''")
    if word.more is None:
        return f"{column} GLOB '{fixed}'"
    others = f"*{_complement(word.more)}*".replace("'", "''")
    tail = f"substr({column}, {len(word.each) + 1}) NOT GLOB '{others}'"
    return f"({column} GLOB '{fixed}*' AND {tail})"


def _complement(one: str) -> str:
    """Return the GLOB for any one character that the given one is not for."""
    if one.startswith("[^"):
        return f"[{one[2:]}"
    return f"[^{one[1:]}" if one.startswith("[") else f"[^{one}]"


def _alternatives(text: str) -> tuple[list[Word], str]:
    """Read `a|b|c`; return its words and the text that is left, which begins with the bracket that ends it."""
    words, text = _sequence(text)
    while text.startswith("|"):
        more, text = _sequence(text[1:])
        words = _few([*words, *more])
    return words, text


def _sequence(text: str) -> tuple[list[Word], str]:
    words = [Word()]
    while text and text[0] not in "|)":
        part, text = _atom(text)
        if quantifier := _QUANTIFIER.match(text):
            part, text = _repeated(part, quantifier), text[quantifier.end() :]
            if text[:1] in {"?", "+"}:
                raise _Inexpressible
        words = _joined(words, part)
    return words, text


def _atom(text: str) -> tuple[list[Word], str]:
    """Read a group, a class, an escaped character or a plain one."""
    if text.startswith("(?:"):
        words, text = _alternatives(text[3:])
        if not text.startswith(")"):
            raise _Inexpressible
        return words, text[1:]
    if found := _CLASS.match(text):
        return [Word((found[0],))], text[found.end() :]
    if text[0] == "\\" and len(text) > 1 and not text[1].isalnum():
        return [Word((_literal(text[1]),))], text[2:]
    if text[0] == ".":
        return [Word(("[^\n]",))], text[1:]
    if text[0] in _SPECIAL:
        raise _Inexpressible
    return [Word((text[0],))], text[1:]


def _literal(char: str) -> str:
    return f"[{char}]" if char in "*?[" else char


def _repeated(part: list[Word], quantifier: re.Match[str]) -> list[Word]:
    """Return the words of a part that stands as often as the quantifier says."""
    least, comma, most = quantifier.groups()
    low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(
        quantifier[0], (int(least or 0), int(most) if most else None if comma else int(least or 0))
    )
    words = [Word()]
    for _ in range(low):
        words = _joined(words, part)
    if high is None:
        if len(part) > 1 or len(part[0].each) != 1 or part[0].more is not None:
            raise _Inexpressible
        return _joined(words, [Word((), part[0].each[0])])
    longest, found = words, list(words)
    for _ in range(high - low):
        longest = _joined(longest, part)
        found = _few([*found, *longest])
    return found


def _joined(heads: list[Word], tails: list[Word]) -> list[Word]:
    """Return each of some words followed by each of others; nothing can follow what repeats without end."""
    if any(head.more is not None for head in heads) and tails != [Word()]:
        raise _Inexpressible
    if len(heads) * len(tails) > WORDS:
        raise _Inexpressible
    return _few([Word(head.each + tail.each, head.more or tail.more) for head, tail in product(heads, tails)])


def _few(words: list[Word]) -> list[Word]:
    if len(words) > WORDS or any(len(word.each) > CHARACTERS for word in words):
        raise _Inexpressible
    return words
