"""Show what changed between two versions of a package: rows, cells, columns, descriptor and schemas.

BASE and HEAD are each a folder, a zip file or a git revision such as `main` or `v1.0.0`; without HEAD, BASE is
compared with the package around the working directory. Exits with 1 if there is a difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sumy2022.commands import add_limits, limits_of, show
from sumy2022.render.changes import FORMATS

WITHOUT = ("pandas",)
"""What the command does without, and Arrow would import."""
COLOURS = {
    "added": r"^  \+ .*$",
    "removed": r"^  - .*$",
    "changed": r"^  ~ .*$",
    "file": r"^\S+\.(csv|json|geojson): .*$",
}
STYLES = {"added": "green", "removed": "red", "changed": "yellow", "file": "bold"}


def add_sides(parser: argparse.ArgumentParser) -> None:
    """Declare the two packages that are compared."""
    parser.add_argument("base", metavar="BASE", help="a folder, a zip file or a git revision")
    parser.add_argument(
        "head", nargs="?", metavar="HEAD", help="the same; by default the package around the working directory"
    )
    add_limits(parser)


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_sides(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how it is written (default: text)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it to a file")


def run(args: argparse.Namespace) -> int:
    """Compare and print; return 1 if there is a difference."""
    from sumy2022.comparison import diff
    from sumy2022.render.changes import renderer

    changes = diff(args.base, args.head, limits=limits_of(args))
    show(renderer(args.format)(changes), args.output, (COLOURS, STYLES) if args.format == "text" else None)
    return 1 if changes else 0
