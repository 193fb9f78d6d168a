"""Write a package in another format: for databases, maps, spreadsheets, or in the layout of another dataset.

The files go into a folder, `dist` by default, and are named after the package and its version. A file that is there
already is replaced as a whole, or, if something fails, left as it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sumy2022.commands import add_package, emit, limits_of
from sumy2022.exports import FORMATS
from sumy2022.findings import UsageError


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("format", choices=FORMATS, metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    add_package(parser)
    parser.add_argument("--output", type=Path, default=Path("dist"), metavar="DIR", help="where to (default: dist)")
    parser.add_argument("--day", metavar="YYYY-MM-DD", help="geojson only: who controlled each place on one day")


def run(args: argparse.Namespace) -> int:
    """Write the format into a temporary folder beside the target, then move the files into place."""
    import tempfile
    from functools import partial

    from sumy2022.exports import writer
    from sumy2022.package import open_package

    write = writer(args.format)
    if args.day is not None:
        from sumy2022.exports import geojson

        if args.format != "geojson":
            raise UsageError(f"--day goes with the format geojson, not with {args.format}.")
        write = partial(geojson.write, day=args.day)
    package = open_package(args.package, limits_of(args))
    try:
        args.output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=args.output, prefix=".export-") as folder:
            for path in write(package, Path(folder)):
                target = args.output / path.name
                path.replace(target)
                emit(f"{target}\n")
    except OSError as error:
        raise UsageError(f"{args.output} cannot be written: {error.strerror}.") from error
    return 0
