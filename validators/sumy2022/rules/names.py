"""Rules of the letters of names: a letter of another script looks alike, but is found by no search."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.rule import rule
from sumy2022.text import contains

if TYPE_CHECKING:
    from sumy2022.rule import Detail

ERROR = Severity.ERROR
CYRILLIC = "\u0400-\u052f\u1c80-\u1c8a\u2de0-\u2dff\ua640-\ua69f"
LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
# Every block of letters from Greek on, less the Latin ones, punctuation and symbols.
NOT_LATIN = (
    "\u0370-\u1cff\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\u2dff\u3041-\ud7ff\uf900-\ufaff\uff21-\uffdc\U00010000-\U0001d7ff"
)
APOSTROPHE = "['\u2019\u02bc\u0301]?"
MIXED = f"[{CYRILLIC}]{APOSTROPHE}[{LATIN}]|[{LATIN}]{APOSTROPHE}[{CYRILLIC}]"
RETYPE = "Type the name again in its own script: many Cyrillic, Greek and Latin letters look the same."
NOT_TRANSLITERATED = "Give the form that the source writes, in Cyrillic; if it has none, leave the cell empty."


def _first_letter(field: str, letters: str) -> Detail:
    """Return a `detail` that names the first of some letters in a field, with its code point."""

    def detail(frame: pd.DataFrame, _: Context) -> pd.Series:
        found = frame[field].str.extract(f"([{letters}])", expand=False)
        return found.map({
            letter: f"{letter} (U+{ord(letter):04X}, {unicodedata.name(letter, 'a letter').lower()})"
            for letter in found.dropna().unique()
        })  # fmt: skip

    return detail


def _free_of(names: pd.Series, letters: str) -> pd.Series:
    """Tell whether each name is without any of these letters."""
    return ~contains(names, f"[{letters}]")


@rule(
    "PLC-131",
    "english-place-name-not-latin",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("name_en",),
    detail=_first_letter("name_en", NOT_LATIN),
    message="the English name {name_en} has a letter that is not Latin: {detail}",
    fix=RETYPE,
    bad={"name_en": "Ex\u0430mple Oblast"},
    good={"name_en": "Example Oblast"},
)
def english_place_name_is_latin(places: pd.DataFrame, _: Context) -> pd.Series:
    """An English name has Latin letters only."""
    return _free_of(places["name_en"], NOT_LATIN)


@rule(
    "PLC-132",
    "spanish-place-name-not-latin",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("name_es",),
    detail=_first_letter("name_es", NOT_LATIN),
    message="the Spanish name {name_es} has a letter that is not Latin: {detail}",
    fix=RETYPE,
    bad=(Edit("places", {"name_es": "\u0410lfa"}, row=4),),
    good=(Edit("places", {"name_es": "Alfa"}, row=4),),
)
def spanish_place_name_is_latin(places: pd.DataFrame, _: Context) -> pd.Series:
    """A Spanish name has Latin letters only."""
    return _free_of(places["name_es"], NOT_LATIN)


@rule(
    "PLC-133",
    "ukrainian-place-name-not-cyrillic",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("name_uk",),
    detail=_first_letter("name_uk", LATIN),
    message="the Ukrainian name {name_uk} has a Latin letter: {detail}",
    fix=NOT_TRANSLITERATED,
    bad=(Edit("places", {"name_uk": "\u0410\u043b\u044c\u0444a"}, row=4),),
    good=(Edit("places", {"name_uk": "\u0410\u043b\u044c\u0444\u0430"}, row=4),),
)
def ukrainian_place_name_is_cyrillic(places: pd.DataFrame, _: Context) -> pd.Series:
    """A Ukrainian name of a place has no Latin letter, neither a look-alike nor a transliteration."""
    return _free_of(places["name_uk"], LATIN)


@rule(
    "PLC-134",
    "russian-place-name-not-cyrillic",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("name_ru",),
    detail=_first_letter("name_ru", LATIN),
    message="the Russian name {name_ru} has a Latin letter: {detail}",
    fix=NOT_TRANSLITERATED,
    bad=(Edit("places", {"name_ru": "\u0410\u043b\u044c\u0444a"}, row=4),),
    good=(Edit("places", {"name_ru": "\u0410\u043b\u044c\u0444\u0430"}, row=4),),
)
def russian_place_name_is_cyrillic(places: pd.DataFrame, _: Context) -> pd.Series:
    """A Russian name of a place has no Latin letter, neither a look-alike nor a transliteration."""
    return _free_of(places["name_ru"], LATIN)


@rule(
    "ACT-111",
    "english-actor-name-not-latin",
    ERROR,
    since="1.0.0",
    table="actors",
    fields=("name_en",),
    detail=_first_letter("name_en", NOT_LATIN),
    message="the English name {name_en} has a letter that is not Latin: {detail}",
    fix=RETYPE,
    bad={"name_en": "Ex\u0430mple Army"},
    good={"name_en": "Example Army"},
)
def english_actor_name_is_latin(actors: pd.DataFrame, _: Context) -> pd.Series:
    """An English name has Latin letters only."""
    return _free_of(actors["name_en"], NOT_LATIN)


@rule(
    "ACT-112",
    "ukrainian-actor-name-of-two-scripts",
    ERROR,
    since="1.0.0",
    table="actors",
    fields=("name_uk",),
    detail=_first_letter("name_uk", LATIN),
    message="the Ukrainian name {name_uk} mixes scripts in one word; the first Latin letter is {detail}",
    fix=RETYPE,
    bad={"name_uk": "\u0410p\u043c\u0456\u044f"},
    good={"name_uk": "\u0410\u0440\u043c\u0456\u044f"},
)
def ukrainian_actor_name_has_whole_words(actors: pd.DataFrame, _: Context) -> pd.Series:
    """No word of a Ukrainian name has letters of two scripts.

    Outlets and organisations may keep a Latin name in Ukrainian, so a whole Latin word is no fault here, as it
    is in the name of a place.
    """
    return ~contains(actors["name_uk"], MIXED)
