"""Free text that only a spreadsheet would write.

In fields of a type, a pattern or codes the schema finds such cells, and the message names the habit. Free text has no
form that they could break: these rules look for it. `sumy2022.spreadsheet` tells what is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sumy2022.context import Context
from sumy2022.example import Edit
from sumy2022.findings import Severity
from sumy2022.rule import Scope, rule
from sumy2022.spreadsheet import ERROR_WORD, REWRITTEN
from sumy2022.text import contains

if TYPE_CHECKING:
    import pandas as pd

SINCE = "1.0.0"
WHOLE_ERROR, WHOLE_REWRITTEN = (f"^(?:{pattern})$" for pattern in (ERROR_WORD, REWRITTEN))


@rule(
    "CSV-117",
    "spreadsheet-error-in-text",
    Severity.ERROR,
    since=SINCE,
    scope=Scope.CELL,
    free_text=True,
    suspect=WHOLE_ERROR,
    message="{field} is {value}, which a spreadsheet writes where it could not compute or show a cell",
    fix="Take the text from the source or from an earlier version, and let it begin with a letter or digit: a "
    "spreadsheet runs what begins with =, + or - as a formula.",
    bad=(Edit("events", {"title": "#NAME?"}),),
    good=(Edit("events", {"title": "The name of Alpha"}),),
)
def no_error_words(cells: pd.Series, _: Context) -> pd.Series:
    """A text is not the word for an error that a spreadsheet shows in place of a cell, such as `#NAME?` or `#REF!`."""
    return ~contains(cells, WHOLE_ERROR)


@rule(
    "CSV-118",
    "text-rewritten-by-a-spreadsheet",
    Severity.WARNING,
    since=SINCE,
    scope=Scope.CELL,
    free_text=True,
    suspect=WHOLE_REWRITTEN,
    message="{field} is {value}, as a spreadsheet writes a date, a time, a large number or a truth value",
    fix="Take the text from the source or from an earlier version. When you open the file in a spreadsheet, import "
    'every column as text, with "detect special numbers" off.',
    bad=(Edit("events", {"title": "30:00.00"}),),
    good=(Edit("events", {"title": "Shelling at 04:30"}),),
)
def no_rewritten_text(cells: pd.Series, _: Context) -> pd.Series:
    """A text is not merely a date, time, number or truth value in the form that spreadsheets give them.

    They take a note such as `04:30.` for one, and write it back as `30:00.00`; what was there is lost.
    """
    return ~contains(cells, WHOLE_REWRITTEN)
