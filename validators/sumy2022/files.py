"""The files of a package's tables, read but not yet judged: all that Arrow does without pandas.

So a command can read while the libraries are imported that judge, which takes as long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from sumy2022.canonical import byte_faults
from sumy2022.findings import Fault
from sumy2022.package import Package
from sumy2022.reading import Reading, read_csv

Progress = Callable[[str], None]


class File(NamedTuple):
    """What was read from a table's file, and where its bytes are not in canonical form."""

    reading: Reading
    form: list[Fault]


def read_files(package: Package, *, only: Collection[str] = (), progress: Progress = lambda _: None) -> dict[str, File]:
    """Read the files of all tables, or of some; those that cannot be read at all are left out."""
    files: dict[str, File] = {}
    for name in package.schemas:
        if only and name not in only:
            continue
        progress(f"reading {name}")
        data = package.read(name)
        if data is not None:
            reading = read_csv(data, package.resource(name).path)
            files[name] = File(reading, list(byte_faults(data, reading)))
    return files
