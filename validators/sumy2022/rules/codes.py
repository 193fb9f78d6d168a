"""Rules of the administrative codes of places, which repeat the tree of places and so check it.

A P-code is `UA` and the digits of oblast (2), raion (2), hromada (3) and settlement (3), as far down as the place
is. A KATOTTG code has the same digits, with zeros below the place's level, then 2 for a district of a city and 5
that number the entry.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.rule import rule

ERROR = Severity.ERROR
LEVELS = (4, 6, 9, 12)
"""Where the digits of each level end, from oblast to settlement."""


def _begins(codes: pd.Series, stems: pd.Series) -> pd.Series:
    """Tell whether each code begins with its stem; True where either is unknown or the stem ends at no level."""
    length = stems.str.len()
    sound = codes.isna() | ~length.isin(LEVELS)
    for level in LEVELS:
        sound |= (length == level) & (codes.str.slice(0, level) == stems)
    return sound


def _stem(katottg: pd.Series) -> pd.Series:
    """Return a KATOTTG code down to the place's own level, without the zeros below it and the number."""
    stem = katottg.str.slice(0, LEVELS[-1])
    for above, level in reversed(list(pairwise(LEVELS))):
        empty = (stem.str.len() == level) & (stem.str.slice(above) == "0" * (level - above))
        stem = stem.mask(empty, stem.str.slice(0, above))
    return stem


@rule(
    "PLC-121",
    "p-code-outside-the-parent",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("ocha_pcode", "parent_id", "parent_id.ocha_pcode"),
    message="the P-code {ocha_pcode} does not begin with that of the parent {parent_id}, {parent_id.ocha_pcode}",
    fix="Correct the parent if it is the wrong one, otherwise one of the two P-codes.",
    bad=(Edit("places", {"ocha_pcode": "UA9902002001", "katottg": ""}, row=4),),
    good=(Edit("places", {"ocha_pcode": "UA9902001001", "katottg": ""}, row=4),),
)
def p_code_continues_the_parents(places: pd.DataFrame, _: Context) -> pd.Series:
    """The P-code of a place begins with the P-code of the place in which it lies."""
    return _begins(places["ocha_pcode"], places["parent_id.ocha_pcode"])


@rule(
    "PLC-122",
    "katottg-outside-the-parent",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("katottg", "parent_id", "parent_id.katottg"),
    message="the KATOTTG code {katottg} does not lie below that of the parent {parent_id}, {parent_id.katottg}",
    fix="Correct the parent if it is the wrong one, otherwise one of the two codes.",
    bad=(Edit("places", {"katottg": "UA99020020010000004", "ocha_pcode": ""}, row=4),),
    good=(Edit("places", {"katottg": "UA99020010010000004", "ocha_pcode": ""}, row=4),),
)
def katottg_continues_the_parents(places: pd.DataFrame, _: Context) -> pd.Series:
    """A KATOTTG code begins with the digits that the code of the place's parent has for its own level.

    In `UA59080270010036634` these are 59 for the oblast, 08 for the raion, 027 for the hromada and 001 for the
    settlement; the parent, a hromada, has `UA5908027` and zeros after it.
    """
    return _begins(places["katottg"], _stem(places["parent_id.katottg"]))


@rule(
    "PLC-123",
    "codes-disagree",
    ERROR,
    since="1.0.0",
    table="places",
    fields=("ocha_pcode", "katottg"),
    message="the P-code {ocha_pcode} and the KATOTTG code {katottg} are those of two places",
    fix="Correct the code that is another place's: the P-code is the beginning of the KATOTTG code.",
    bad=(Edit("places", {"katottg": "UA99020010020000004"}, row=4),),
    good=(Edit("places", {"katottg": "UA99020010010000004"}, row=4),),
)
def codes_agree(places: pd.DataFrame, _: Context) -> pd.Series:
    """The first 12 characters of a KATOTTG code are the place's P-code, filled up with zeros."""
    p_code = places["ocha_pcode"].str.pad(LEVELS[-1], side="right", fillchar="0")
    return p_code.isna() | places["katottg"].isna() | (places["katottg"].str.slice(0, LEVELS[-1]) == p_code)
