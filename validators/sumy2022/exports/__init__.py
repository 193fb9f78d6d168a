"""The formats that a package can be written in, a module each, with one function `write(package, folder)`.

It writes into an existing folder and returns the paths it wrote, whose names begin with the package's name and
version. The same package gives the same bytes, at any time and on any machine with the same versions of the libraries
that write. A package whose tables do not keep to their schemas raises `UsageError`; nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sumy2022.package import Package

    Writer = Callable[[Package, Path], list[Path]]

FORMATS = ("acled", "csv", "ged", "geojson", "hxl", "jsonl", "parquet", "site", "sqlite", "xlsx")
INTERNAL = ("site",)
"""What only programs of this repository read, and no release carries."""


def writer(name: str) -> Writer:
    """Return the function that writes a format."""
    found: Writer = import_module(f"{__name__}.{name}").write
    return found


def stem(package: Package) -> str:
    """Return what the names of all files of an export begin with: the package's name and version."""
    return f"{package.descriptor.name}-{package.descriptor.version}"
