"""Rewrite the CSV files in canonical form.

Byte order marks, line endings, needless quotes, the order of rows and columns and stray white space are put right;
no value is changed otherwise. A file that cannot be read without loss is left as it is. With --check nothing is
written, and the command exits with 1 if a file is not in canonical form.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sumy2022.commands import add_package, emit
from sumy2022.findings import UsageError


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_package(parser)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something would change")


def run(args: argparse.Namespace) -> int:
    """Format every table; return 1 if --check finds a file to change, 2 if a file could not be read whole."""
    from sumy2022.canonical import tidy, write_atomically
    from sumy2022.package import open_package
    from sumy2022.reading import read_csv
    from sumy2022.storage import Folder

    package = open_package(args.package)
    if not isinstance(package.source, Folder):
        raise UsageError("Only a folder can be formatted; unpack the zip file first.")
    changed = unreadable = 0
    for name, schema in package.schemas.items():
        data = package.read(name)
        if data is None:
            continue
        reading = read_csv(data, package.resource(name).path)
        if reading.lost or len(set(reading.header)) < len(reading.header):
            fault = next(iter(reading.faults))
            emit(f"{reading.file}:{fault.line or 1}: not formatted, for it cannot be read whole ({fault.rule})\n")
            unreadable += 1
        elif (wanted := tidy(reading, schema)) != data:
            changed += 1
            emit(f"{reading.file}: {'not in canonical form' if args.check else 'rewritten'}\n")
            if not args.check:
                write_atomically(Path(package.source.root) / reading.file, wanted)
    if unreadable:
        emit("`sumy2022 validate` says what is wrong with the files that were left as they are.\n")
        return 2
    return 1 if args.check and changed else 0
