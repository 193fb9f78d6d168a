"""Rules of wording: loaded words, which take a side or judge, with what to write in place of each.

The list is kept small and certain, for a word that is right in some sentence must not be on it. What is left out on
purpose: "occupation", "invasion" and "liberation" (codes and usual names of what happened), "hero" (part of
official names), "war crime" and "genocide" (terms of law, attributed to whoever uses them).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyarrow.compute as pc

from sumy2022.context import Context
from sumy2022.example import Change, Edit
from sumy2022.findings import Severity
from sumy2022.rule import rule
from sumy2022.text import arrow

LOADED = {
    "aggressor": "attacking forces",
    "atrocity": "the acts themselves",
    "atrocities": "the acts themselves",
    "bandit": "armed men",
    "barbarian": "soldiers",
    "barbaric": "leave it out",
    "barbarous": "leave it out",
    "bloodthirsty": "leave it out",
    "brutal": "leave it out",
    "cowardly": "leave it out",
    "enemy": "the name of the force",
    "enemies": "the names of the forces",
    "fascist": "the name of the force",
    "henchman": "subordinate",
    "henchmen": "subordinates",
    "heroic": "leave it out",
    "horde": "troops",
    "invader": "the name of the force",
    "junta": "government",
    "liberator": "the name of the force",
    "massacre": "killing",
    "massacred": "killed",
    "merciless": "leave it out",
    "nazi": "the name of the force",
    "neo-nazi": "the name of the force",
    "occupier": "the name of the force",
    "orc": "soldier",
    "punisher": "soldier",
    "regime": "government or arrangement",
    "ruthless": "leave it out",
    "savage": "leave it out",
    "so-called": "leave it out",
    "terrorist": "the name of the force",
    "terrorise": "what was done",
    "terrorised": "what was done",
    "terrorize": "what was done",
    "terrorized": "what was done",
    "treacherous": "leave it out",
    "vile": "leave it out",
}
"""Each loaded word in small letters, and what to write in its place."""

QUOTED = '"[^"]*"|\u201c[^\u201d]*\u201d|\u00ab[^\u00bb]*\u00bb'
# A hyphen before it makes another word of it: "anti-terrorist" stands in official names.
LOADED_WORD = rf"(?:^|[^a-z0-9-])(?P<word>{'|'.join(LOADED)})(?:s|ly|ally)?(?:$|[^a-z0-9])"


def first_loaded(cells: pd.Series) -> pd.Series:
    """Return the first loaded word of each cell that has one, in small letters; the index holds no other rows.

    What stands in double quotes is somebody's own term, and is left alone.
    """
    own_words = pc.replace_substring_regex(pc.utf8_lower(arrow(cells)), QUOTED, '""')
    words = pc.struct_field(pc.extract_regex(own_words, LOADED_WORD), "word")
    return pd.Series(words.to_pylist(), index=cells.index, dtype="str").dropna()


def keep_out(id: str, table: str, field: str, bad: Iterable[Change], good: Iterable[Change]) -> None:  # noqa: A002
    """Declare the rule that a column of free text is without loaded words."""

    @rule(
        id,
        f"loaded-word-in-{field}-of-{table.replace('_', '-')}",
        Severity.WARNING,
        since="1.0.0",
        table=table,
        fields=(field,),
        message=f"the {field} uses the loaded word {{detail}}",
        fix="Use a neutral word, or put the term in double quotes and say whose it is.",
        suspect=f"(?i:{LOADED_WORD})",
        bad=bad,
        good=good,
        detail=lambda frame, _: _advice(frame[field]),
    )
    def wording_is_neutral(frame: pd.DataFrame, _: Context) -> pd.Series:
        """Our own words take no side: they say what happened so that readers of every side can accept it.

        A word in double quotes is the term of whoever the text attributes it to, and is not judged. The list of
        loaded words is in validators/sumy2022/rules/wording.py.
        """
        return pd.Series(~frame.index.isin(first_loaded(frame[field]).index), index=frame.index)


def _advice(cells: pd.Series) -> pd.Series:
    """Return the first loaded word of each cell and what to write in its place."""
    words = first_loaded(cells)
    return ('"' + words + '" (better: ' + words.map(LOADED) + ")").reindex(cells.index)


keep_out(
    "EVT-116",
    "events",
    "title",
    bad=(Edit("events", {"title": "Shelling of Alpha by the invaders"}),),
    good=(Edit("events", {"title": "Shelling of Alpha by the Other Army"}),),
)
keep_out(
    "EVT-117",
    "events",
    "summary",
    bad=(Edit("events", {"summary": "The head of the administration said that the occupiers shelled Alpha."}),),
    good=(Edit("events", {"summary": 'The head of the administration said that "the occupiers" shelled Alpha.'}),),
)
keep_out(
    "LNK-104",
    "event_sources",
    "note",
    bad=(Edit("event_sources", {"note": "Calls the shelling a massacre."}),),
    good=(Edit("event_sources", {"note": 'Calls the shelling "a massacre".'}),),
)
