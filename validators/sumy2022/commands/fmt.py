"""Rewrite the CSV files in canonical form.

Restored are: byte order marks, line endings, quotes, the delimiter, the order of rows and columns, empty rows and
columns at the end, line breaks in cells, white space and invisible characters, letters in decomposed form, numbers with
needless zeros or signs, and times of day with needless seconds, a missing zero or AM and PM. No value is changed
otherwise.

What a spreadsheet has changed so that only a guess could undo it, such as the date 3/4/2022, is left as it is and
listed; `sumy2022 validate` explains it. To avoid it, import every column as text, with "detect special numbers" off.

A file that cannot be read without loss is left as it is, and so is every file if the command is interrupted while it
writes it. With --check nothing is written, and the command exits with 1 if a file is not in canonical form.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sumy2022.commands import add_package, emit, limits_of
from sumy2022.findings import UsageError

if TYPE_CHECKING:
    from sumy2022.spreadsheet import Left

WITHOUT = ("pandas",)
"""What the command does without, and Arrow would import."""
SHOWN = 20
"""How many of the cells that are left in one file are listed."""


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_package(parser)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something would change")


def run(args: argparse.Namespace) -> int:
    """Format every table; return 1 if --check finds a file to change, 2 if a file could not be read whole."""
    from sumy2022.canonical import read_restorable, tidy
    from sumy2022.package import open_package
    from sumy2022.reading import read_csv
    from sumy2022.spreadsheet import left_cells
    from sumy2022.storage import Folder

    package = open_package(args.package, limits_of(args))
    if not isinstance(package.source, Folder):
        raise UsageError(
            "Only a folder can be formatted; name one: a zip file has to be unpacked, a git revision checked out."
        )
    changed = unreadable = left = 0
    for name, schema in package.schemas.items():
        data = package.read(name)
        if data is None:
            continue
        reading = read_restorable(data, package.resource(name).path, schema)
        if reading.lost or len(set(reading.header)) < len(reading.header):
            fault = next(iter(reading.faults))
            emit(f"{reading.file}:{fault.line or 1}: not formatted, for it cannot be read whole ({fault.rule})\n")
            unreadable += 1
            continue
        if (wanted := tidy(reading, schema)) != data:
            changed += 1
            emit(f"{reading.file}: {'not in canonical form' if args.check else 'rewritten'}\n")
            if not args.check:
                _write(Path(package.source.root) / reading.file, wanted)
        if not args.check:
            table = reading.table if wanted == data else read_csv(wanted, reading.file).table
            left += _list(reading.file, left_cells(table, schema))
    if unreadable or left:
        emit(f"`sumy2022 validate` says what is wrong with the {_what(unreadable, left)} left as they are.\n")
    if unreadable:
        return 2
    return 1 if args.check and changed else 0


def _what(files: int, cells: int) -> str:
    return " and ".join(word for word, number in (("files", files), ("cells", cells)) if number)


def _write(path: Path, data: bytes) -> None:
    from sumy2022.canonical import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. It is as it was.") from error


def _list(file: str, cells: Iterable[Left]) -> int:
    """List the cells that are left in a file that is in canonical form, one record a line; return their number."""
    listed = list(cells)
    for cell in listed[:SHOWN]:
        emit(f"{file}:{cell.row + 2}: {cell.field} is left as {cell.value!r:.80}; {cell.habit}\n")
    if len(listed) > SHOWN:
        emit(f"{file}: {len(listed) - SHOWN} more cells like these are left\n")
    return len(listed)
