"""Rules of privacy: what would lead to a private person is not in our own words, nor in a title.

A pattern finds the usual forms only; whoever reviews a change still reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.rule import Scope, rule
from sumy2022.text import contains

if TYPE_CHECKING:
    import pandas as pd

ERROR = Severity.ERROR
# \b knows ASCII only, so the bounds of a word are spelt out.
WORD = "A-Za-z0-9_\u00c0-\u024f\u0400-\u052f"
START, END = f"(?:^|[^{WORD}])", f"(?:[^{WORD}]|$)"

EMAIL = f"[{WORD}][.%+{WORD}-]*@[{WORD}](?:[.{WORD}-]*[{WORD}])?\\.[{WORD}-]{{2,}}"
HANDLE = f"(?:^|[^.%+@{WORD}-])@[A-Za-z0-9_][A-Za-z0-9_.]+"

# Digits in the groups in which numbers are written here, so that dates, sums and coordinates are none.
GAP = "[ .-]?"
PHONES = (
    "\\+[1-9](?:[ .()-]{0,2}[0-9]){8,14}",  # +380 50 123-45-67
    f"380{GAP}\\(?[0-9]{{2}}\\)?{GAP}[0-9]{{3}}{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}",
    f"8{GAP}\\(?[0-9]{{3}}\\)?{GAP}[0-9]{{3}}{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}",  # 8 (916) 123-45-67
    f"\\(?0[0-9]{{2}}\\)?{GAP}[0-9]{{3}}{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}",  # 050 123-45-67
    f"\\(?0[0-9]{{3}}\\)?{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}",  # (0542) 12-34-56
    f"\\(?0[0-9]{{3}}\\)?{GAP}[0-9]{{3}}{GAP}[0-9]{{3}}",
    "(?i:tel|phone|mob|\u0442\u0435\u043b)[.:]+ ?[0-9](?:[ .()-]{0,2}[0-9]){4,14}",
)
PHONE = f"(?:^|[^.,/:+{WORD}-])(?:{'|'.join(PHONES)}){END}"

# The letters of plates are those that Latin and Cyrillic have in common.
UKRAINIAN = "[ABCEHIKMOPTX\u0410\u0412\u0421\u0415\u041d\u0406\u041a\u041c\u041e\u0420\u0422\u0425]"
RUSSIAN = "[ABCEHKMOPTXY\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0423]"
PLATES = (
    f"{UKRAINIAN}{{2}}[ -]?[0-9]{{4}}[ -]?{UKRAINIAN}{{2}}",
    f"{RUSSIAN} ?[0-9]{{3}} ?{RUSSIAN}{{2}} ?[0-9]{{2,3}}",
)
PLATE = f"{START}(?:{'|'.join(PLATES)}){END}"


@rule(
    "PRV-101",
    "email-address",
    ERROR,
    since="1.0.0",
    scope=Scope.CELL,
    free_text=True,
    suspect=EMAIL,
    message="{field} holds an e-mail address",
    fix="Remove the address; name the body instead if that matters.",
    bad=(Edit("events", {"place_detail": "write to resident@example.org"}),),
    good=(Edit("events", {"place_detail": "a street in the north, 3 km @ 40 degrees"}),),
)
def no_email_address(cells: pd.Series, _: Context) -> pd.Series:
    """Free text holds no e-mail address."""
    return ~contains(cells, EMAIL)


@rule(
    "PRV-102",
    "phone-number",
    ERROR,
    since="1.0.0",
    scope=Scope.CELL,
    free_text=True,
    suspect=PHONE,
    message="{field} holds what looks like a phone number",
    fix="Remove the number. Where it is none, write it in words or with thousands separated by commas.",
    bad=(Edit("events", {"place_detail": "call (050) 123-45-67"}),),
    good=(Edit("events", {"place_detail": "3,455 people, E101, BM-21, T-72, 2022-04-03 05:00, 50.91741, 34.79906"}),),
)  # fmt: skip
def no_phone_number(cells: pd.Series, _: Context) -> pd.Series:
    """Free text holds no phone number, neither an international nor a local one."""
    return ~contains(cells, PHONE)


@rule(
    "PRV-103",
    "social-media-handle",
    ERROR,
    since="1.0.0",
    scope=Scope.CELL,
    free_text=True,
    suspect=HANDLE,
    message="{field} holds the name of an account on a social network",
    fix="Remove the name that follows @; name the body in words, and cite its post as a source.",
    bad=(Edit("events", {"place_detail": "filmed by @resident_of_alpha"}),),
    good=(Edit("events", {"place_detail": "filmed by a resident"}),),
)
def no_handle(cells: pd.Series, _: Context) -> pd.Series:
    """Free text names no account on a social network, for most belong to private persons."""
    return ~contains(cells, HANDLE)


@rule(
    "PRV-104",
    "vehicle-plate",
    ERROR,
    since="1.0.0",
    scope=Scope.CELL,
    free_text=True,
    suspect=PLATE,
    message="{field} holds what looks like the number plate of a vehicle",
    fix="Remove the number; describe the vehicle by its kind.",
    bad=(Edit("events", {"place_detail": "a car with the plate AA1234BB"}),),
    good=(Edit("events", {"place_detail": "a car of the make VAZ-2101"}),),
)
def no_plate(cells: pd.Series, _: Context) -> pd.Series:
    """Free text holds no number plate of a vehicle, which leads to its owner.

    Looked for are those of Ukraine (AA1234BB) and Russia (A123BC77), in Latin or Cyrillic letters.
    """
    return ~contains(cells, PLATE)
