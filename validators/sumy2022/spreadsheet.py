"""What spreadsheets do to single cells: undoing what lost nothing, and recognising what did.

A spreadsheet that opens a CSV file takes texts for dates, times and numbers, and writes them back in its own way.
`restored` undoes this where only one value can have been meant; `habit` names what may have happened to any other
cell, for the message that tells a contributor what to do.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.dates import day_habit
from sumy2022.schema import Field, TableSchema, cell_tests
from sumy2022.text import matches

ERROR_WORD = r"#(?:NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|N/A|SPILL!|CALC!)|#{3,}|Err:[0-9]{3}"
"""What stands in a cell that a spreadsheet could not compute or show (RE2 and Python, the whole cell)."""
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SHORT_DATE = "|".join(
    (
        "[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2}(?:[0-9]{2})?",
        f"[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2,4}})?",
        f"{_MONTH}-[0-9]{{2}}",
    )
)
_LONG_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?(?: ?[AP]M)?|[.,][0-9]+| ?[AP]M)"
_EXPONENT = r"[+-]?[0-9]+(?:[.,][0-9]+)?[Ee][+-]?[0-9]+"
_CAPITALS = "TRUE|FALSE"
REWRITTEN = f"{_SHORT_DATE}|{_LONG_TIME}|{_EXPONENT}|{_CAPITALS}"
"""How a spreadsheet writes dates, times, large numbers and truth values (RE2 and Python, the whole cell)."""
SPOILT = f"{ERROR_WORD}|{REWRITTEN}"
PLAIN_NUMBER = r"0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]"
"""The canonical form of a number: its shortest plain decimal (RE2, the whole cell)."""

_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00(?:[.,]0+)?)?(?: ?([AP])M)?", re.IGNORECASE)
_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(?:[.,'\u2019\s][0-9]{3})+")
_DECIMAL = re.compile(r"[+-]?[0-9]+[.,][0-9]+")
_PART_OF_A_DAY = re.compile(r"0[.,][0-9]{3,}")
_NUMBERED = re.compile(r"([^0-9]*)([0-9]+)")
_WIDEST = 8
"""The most digits to which a number is filled up with zeros when it is compared with a field's pattern."""


def restored(known: Field, text: str) -> str:
    """Return a cell as it has to be written if only one value can be meant, and otherwise as it is.

    Numbers become their shortest plain decimal, and a time of day in a field of hours and minutes loses seconds that
    are zero and the 12-hour clock.
    """
    pattern = known.constraints.get("pattern")
    if known.type in {"number", "integer"}:
        return _plain_number(text, whole=known.type == "integer")
    if pattern is not None and _is_clock(pattern) and (clock := _CLOCK.fullmatch(text)):
        time = _time(int(clock[1]), int(clock[2]), (clock[3] or "").upper())
        return time if time and _matches(time, pattern) and not _matches(text, pattern) else text
    return text


def restored_already(known: Field, cells: pa.StringArray) -> pa.BooleanArray:
    """Tell for each cell of a column, as far as that is told at a glance, whether `restored` leaves it as it is."""
    pattern = known.constraints.get("pattern")
    if known.type in {"number", "integer"}:
        return matches(cells, PLAIN_NUMBER)
    if pattern is not None and _is_clock(pattern):
        return matches(cells, pattern)
    return pa.repeat(True, len(cells))


def _plain_number(text: str, *, whole: bool) -> str:
    """Write a decimal number without a plus, an exponent and needless zeros.

    A whole number may have gained one decimal or two; three would be taken for thousands where the point groups them.
    """
    number = _NUMBER.fullmatch(text)
    if number is None or (whole and number[3] not in {None, "0", "00"}):
        return text
    units, decimals = number[2].lstrip("0") or "0", (number[3] or "").rstrip("0")
    plain = f"{units}.{decimals}" if decimals else units
    return f"-{plain}" if number[1] == "-" and plain != "0" else plain


def _time(hour: int, minute: int, half: str) -> str | None:
    """Return a time of day as HH:MM; None where the hour is none of its half of the day."""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "P" else 0)
    return f"{hour:02}:{minute:02}"


@lru_cache(maxsize=256)
def _is_clock(pattern: str) -> bool:
    """Tell whether a pattern stands for hours and minutes from 00:00 to 23:59, and for nothing longer."""
    right, wrong = ("00:00", "05:00", "12:30", "23:59"), ("5:00", "24:00", "05:60", "05:00:00", "05:00 AM")
    return all(_matches(text, pattern) for text in right) and not any(_matches(text, pattern) for text in wrong)


def _matches(text: str, pattern: str) -> bool:
    """Match a whole text with RE2, for the pattern may come from an untrusted schema."""
    return bool(matches(pa.array([text]), pattern)[0].as_py())


def habit(known: Field, text: str) -> str | None:
    """Return, for a cell that its field does not allow, what a spreadsheet may have done and what to do; or None."""
    found, text = text, " ".join(text.split())
    if (clean := restored(known, text)) != found and _is_sound(known, clean):
        return "`sumy2022 fmt` restores it"
    if re.fullmatch(ERROR_WORD, text):
        return "a spreadsheet shows this where it could not compute or show a cell: take the value from the source"
    if re.fullmatch(_CAPITALS, text):
        remedy = f"write {text.lower()}" if _is_sound(known, text.lower()) else "take the cell from the source"
        return f"a spreadsheet writes truth values in capitals: {remedy}"
    if re.fullmatch(_EXPONENT, text):
        return "a spreadsheet shortens long numbers so, and may have rounded it: take the number from the source"
    if known.type == "date":
        return day_habit(text)
    if known.type in {"integer", "number"} and (words := _number_habit(text, whole=known.type == "integer")):
        return words
    return _text_habit(known, text)


def _is_sound(known: Field, text: str) -> bool:
    return bool(sound_cells(known, pa.array([text]))[0].as_py())


class Left(NamedTuple):
    """A cell that nothing can restore without a guess: the number of its row from 0, and what may have happened."""

    row: int
    field: str
    value: str
    habit: str


def left_cells(table: pa.Table, schema: TableSchema) -> list[Left]:
    """Return the cells of a table that a spreadsheet seems to have spoilt, by row."""
    left = []
    for known in schema.fields:
        if known.name in table.column_names:
            cells = table[known.name].combine_chunks()
            for row in pc.indices_nonzero(pc.invert(sound_cells(known, cells))).to_pylist():
                value = cells[row].as_py()
                if words := habit(known, value):
                    left.append(Left(row, known.name, value, words))
    return sorted(left)


def sound_cells(known: Field, cells: pa.Array) -> pa.Array:
    """Tell for each cell whether it is of its field's type, form and codes; the bounds of values are not looked at.

    An empty cell is sound. A number must also be in canonical form, and free text not be what only a spreadsheet
    writes.
    """
    tests = cell_tests(TableSchema("", "", (known,)), [known.name])
    sound = [test.sound(cells) for test in tests]
    if known.type == "number":
        sound.append(matches(cells, PLAIN_NUMBER))
    if known.prose:
        sound.append(pc.invert(matches(cells, SPOILT)))
    return pc.or_(pc.is_null(cells), reduce(pc.and_, sound, pa.repeat(True, len(cells))))


def _number_habit(text: str, *, whole: bool) -> str | None:
    """Name what marks between digits may stand for."""
    digits = re.sub(r"[.,'\u2019\s]", "", text)
    if _GROUPS.fullmatch(text):
        if not whole and text.count(",") == 1 and digits == text.replace(",", ""):
            return "the comma may separate thousands or decimals: take the number from the source"
        return f"the mark may separate thousands or decimals: write {digits} if the source has this whole number"
    if _DECIMAL.fullmatch(text):
        if whole:
            return "it has decimals, and counts and numbers of this field are whole: take the number from the source"
        return f"a spreadsheet has written a comma for the point: write {text.replace(',', '.')}"
    return None


def _text_habit(known: Field, text: str) -> str | None:
    pattern = known.constraints.get("pattern", "")
    if pattern and _is_clock(pattern):
        if re.fullmatch(_LONG_TIME, text):
            return (
                "a spreadsheet has added to this time: write the hours and minutes that the source has, such as 05:00"
            )
        if _PART_OF_A_DAY.fullmatch(text):
            minutes = round(float(text.replace(",", ".")) * 24 * 60) % (24 * 60)
            return f"a spreadsheet keeps a time as a part of the day: this is {_time(*divmod(minutes, 60), '')}"
    if pattern and (filled := _filled(known, pattern, text)):
        return f"if leading zeros or letters were lost, write {filled}"
    if re.fullmatch(_SHORT_DATE, text):
        return "a spreadsheet has taken it for a date: take it from the source"
    if re.fullmatch(_LONG_TIME, text):
        return "a spreadsheet has taken it for a time of day: take it from the source"
    return None


def _filled(known: Field, pattern: str, text: str) -> str | None:
    """Return a number with the zeros, and if it has none the letters, that make it match the pattern; or None."""
    own, example = _NUMBERED.fullmatch(text), _NUMBERED.fullmatch(str(known.example or ""))
    if own is None:
        return None
    for prefix in dict.fromkeys((own[1], own[1] or (example[1] if example else ""))):
        for width in range(len(own[2]), _WIDEST + 1):
            filled = f"{prefix}{own[2].zfill(width)}"
            if filled != text and _matches(filled, pattern):
                return filled
    return None
