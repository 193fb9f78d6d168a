"""Days as spreadsheets write them, and which calendar day was meant, where there is only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

_SERIAL = "[1-9][0-9]{4}"
"""The number under which a spreadsheet keeps a day, for days from 1927 to 2173."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ANY_MONTH = f"(?:{'|'.join(_MONTHS)})[a-z]*"
_MONTH = f"(?P<m>{'|'.join(_MONTHS)})[a-z]*"
_TIME = r"(?:[ T][0-9:. ]+(?: ?[AP]M)?)?"
_NUMERIC = re.compile(rf"([0-9]{{1,4}})[./-] ?([0-9]{{1,2}})[./-] ?([0-9]{{1,4}}){_TIME}", re.IGNORECASE)
_NAMED = (
    re.compile(rf"(?P<d>[0-9]{{1,2}})[ ./-]{_MONTH}[ ./-](?P<y>[0-9]{{2}}|[0-9]{{4}}){_TIME}", re.IGNORECASE),
    re.compile(rf"{_MONTH}[ ./-](?P<d>[0-9]{{1,2}})(?:,? |[./-])(?P<y>[0-9]{{4}}){_TIME}", re.IGNORECASE),
)
_PARTIAL = re.compile(rf"[0-9]{{1,2}}[ -]{_ANY_MONTH}|{_ANY_MONTH}[ -][0-9]{{2,4}}", re.IGNORECASE)


def day_habit(text: str) -> str | None:
    """Return what a spreadsheet did to a date and what to write for it; None if it does not look like a date.

    The day is named only where no order of day, month and year gives another one.
    """
    if re.fullmatch(_SERIAL, text):
        first = date(1899, 12, 30) + timedelta(int(text))
        other = date(1904, 1, 1) + timedelta(int(text))
        return f"a spreadsheet keeps days as numbers: this is {first}, or {other} where it counts from 1904"
    days = set(_days(text))
    if len(days) == 1:
        return f"a spreadsheet has rewritten this date: write {days.pop()}"
    if days:
        return "a spreadsheet has rewritten this date, and it can be read in two ways: take it from the source"
    if _PARTIAL.fullmatch(text):
        return "a spreadsheet has rewritten this date and left a part of it out: take it from the source"
    return None


def _days(text: str) -> Iterator[date]:
    """Yield every day that a text can stand for, whatever the order of its parts."""
    if numeric := _NUMERIC.fullmatch(text):
        one, two, three = numeric.groups()
        for year, month, day in ((three, two, one), (three, one, two), (one, two, three)):
            yield from _day(year, int(month), int(day))
    for form in _NAMED:
        if named := form.fullmatch(text):
            yield from _day(named["y"], _MONTHS.index(named["m"].lower()) + 1, int(named["d"]))


def _day(year: str, month: int, day: int) -> Iterator[date]:
    """Yield the day if there is one; spreadsheets take a year of two digits to lie in 1930 to 2029."""
    if len(year) not in {2, 4}:
        return
    number = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 30 else 1900)
    try:
        yield date(number, month, day)
    except ValueError:
        return
