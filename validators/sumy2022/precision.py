"""How far off a day may be, by the code of its `date_precision`."""

from __future__ import annotations

import pandas as pd

from sumy2022.text import rated

SLACK = {"day": 0, "about": 2, "week": 7, "month": 31}
"""The days by which a bound of each precision may be off, as the schemas define the codes."""


def slack(precision: pd.Series) -> pd.Series:
    """Return how far off the days of each row may be; not at all where the precision is not known."""
    days = rated(precision, SLACK).fillna(0)
    # In seconds, as the dates are: pandas would otherwise turn them to nanoseconds, which do not reach the year 9999.
    return pd.to_timedelta(days, unit="D").astype("timedelta64[s]")
