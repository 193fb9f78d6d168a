"""What the tests of exports share: packages to export, their cells as the CSVs have them, and two runs of a command."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

from conftest import Files, lay
from sumy2022.example import Edit
from sumy2022.exports import writer
from sumy2022.package import open_package

TEXTS = (
    "=1+1",
    "@SUM(A1)",
    "+380 54",
    "-1",
    "0012",
    "1-2",
    "1e5",
    "TRUE",
    "=HYPERLINK(A1)",
    " =1+1",
    "'0012",
    "https://example.org/",
    "mailto:a@example.org",
    "<r><t>&</r>",
    "</t></si> & ]]> <!-- \"',",
    "_x0041_",
    "#N/A",
    "bell \x07",
    "Суми, Тростянець \U0001f33b",
    "line\u2028separator \ufffd",
)
"""Texts that a spreadsheet would run or read otherwise, or that would break a file that does not escape them."""
FIELDS = ("title", "place_detail", "summary")


def hostile(files: Files) -> Files:
    """Return the miniature with such texts in the events, and a place west of Greenwich."""
    cells = {(row, name): "plain" for row in range(5) for name in FIELDS}
    cells |= dict(zip(cells, TEXTS[:15], strict=True))
    edits = [Edit("events", {name: cells[row, name] for name in FIELDS}, row) for row in range(5)]
    more = [Edit("actors", {"name_en": text, "name_uk": text}, row) for row, text in enumerate(TEXTS[15:])]
    return lay(files, [*edits, *more, Edit("places", {"longitude": "-0.5"}, 4)])


def export(name: str, where: Path, folder: Path) -> dict[str, Path]:
    """Write a format and return the files by the ends of their names, such as `events.geojson`."""
    folder.mkdir(parents=True, exist_ok=True)
    package = open_package(where)
    begins = f"{package.descriptor.name}-{package.descriptor.version}"
    paths = writer(name)(package, folder)
    assert all(path.name.startswith(begins) and path.parent == folder for path in paths)
    return {path.name.removeprefix(begins).lstrip("-."): path for path in paths}


def rows(where: Path, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as the CSV has them, every cell as text."""
    with (where / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def two_runs(name: str, where: Path, folder: Path) -> list[dict[str, bytes]]:
    """Export twice by the command, as if on two machines, and return what each run wrote."""
    found = []
    for number, zone in enumerate(("UTC", "Asia/Tokyo")):
        target = folder / str(number)
        settings = {"TZ": zone, "PYTHONHASHSEED": str(number + 1), "LC_ALL": "C.UTF-8" if number else "C"}
        command = [sys.executable, "-m", "sumy2022", "export", name, str(where), "--output", str(target)]
        subprocess.run(command, env=os.environ | settings, check=True, capture_output=True)
        found.append({path.name: path.read_bytes() for path in target.iterdir()})
    return found
