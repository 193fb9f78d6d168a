"""Questions about one count of people, which tables of counts share: its bounds and their wording.

Each takes the columns `count_low`, `count_high` and `wording`, and tells for each row whether it is sound, as a
rule's predicate does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

WORDING_FIX = (
    "Correct the wording or the bounds: exact has two equal bounds, at-least the lower alone, up-to the upper "
    "alone, about both (one figure twice, or the ends of a range)."
)


def ordered(counts: pd.DataFrame) -> pd.Series:
    """Tell whether the lower bound is not above the upper one, where there are two."""
    return ~(counts["count_low"] > counts["count_high"])


def bounded(counts: pd.DataFrame) -> pd.Series:
    """Tell whether there is a bound at all."""
    return counts["count_low"].notna() | counts["count_high"].notna()


def worded(counts: pd.DataFrame) -> pd.Series:
    """Tell whether the bounds that are filled are those that the wording has.

    Bounds that are exchanged or absent are faults of their own and pass.
    """
    low, high, wording = counts["count_low"], counts["count_high"], counts["wording"]
    wrong = pd.Series(
        np.select(
            [wording == "exact", wording == "at-least", wording == "up-to", wording == "about"],
            [low != high, high.notna(), low.notna(), low.isna() | high.isna()],
            default=False,
        ),
        index=counts.index,
    )
    return ~wrong | ~ordered(counts) | ~bounded(counts)


def zero_is_exact(counts: pd.DataFrame) -> pd.Series:
    """Tell whether a bound of zero belongs to an exact count."""
    zero = (counts["count_low"] == 0) | (counts["count_high"] == 0)
    return ~zero | counts["wording"].isna() | (counts["wording"] == "exact")
