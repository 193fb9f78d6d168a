"""One JSON object an event, a line each (JSON Lines), for programs and document stores: nothing has to be joined.

STEM-events.jsonl has in each line the event, its place, its actors, every citation, count of casualties and count of
evacuated people with its source, and the derived figures. Keys stand in one order, dates are text as `YYYY-MM-DD`, and
what is not known is `null`. The file is UTF-8 and no letter is escaped.
"""

from __future__ import annotations

import json
from pathlib import Path

from sumy2022.exports import stem
from sumy2022.exports.checked import EVENTS, checked
from sumy2022.package import Package
from sumy2022.views import records


def write(package: Package, folder: Path) -> list[Path]:
    """Write the events; raises `UsageError` as `checked` does."""
    tables = checked(package, EVENTS)
    path = folder / f"{stem(package)}-events.jsonl"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records(tables):
            file.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
    return [path]
