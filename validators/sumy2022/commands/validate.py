"""Check a package against its schemas and the rules.

Prints the findings: what is wrong, where, and what to do. Exits with 1 if there is a finding at or above --level.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sumy2022.commands import add_package, limits_of, show
from sumy2022.extras import available
from sumy2022.findings import Severity
from sumy2022.render import FORMATS

if TYPE_CHECKING:
    from sumy2022.validation import Progress

COLOURS = {
    "error": r"^  error [A-Z]{3}-\d{3}",
    "warning": r"^  warning [A-Z]{3}-\d{3}",
    "info": r"^  info [A-Z]{3}-\d{3}",
    "file": r"^\S+\.(csv|json|geojson)$",
    "fix": r"^      fix:.*$",
}
STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan", "file": "bold", "fix": "green"}


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_package(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how the report is written (default: text)")
    parser.add_argument(
        "--level",
        choices=[severity.value for severity in Severity],
        default=Severity.ERROR.value,
        help="the mildest severity that makes the command exit with 1 (default: error); all findings are shown",
    )
    parser.add_argument("--only", action="append", default=[], metavar="RULE", help="try only this rule (repeatable)")
    parser.add_argument("--skip", action="append", default=[], metavar="RULE", help="leave this rule out (repeatable)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report to a file")


def run(args: argparse.Namespace) -> int:
    """Validate and print; return 1 if there are findings at the level or above."""
    from sumy2022.render import renderer
    from sumy2022.validation import validate

    level = Severity(args.level)
    with _progress() as progress:
        report = validate(args.package, only=args.only, skip=args.skip, progress=progress, limits=limits_of(args))
    show(renderer(args.format)(report), args.output, (COLOURS, STYLES) if args.format == "text" else None)
    return 1 if report.at_least(level) else 0


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show the step at hand on a terminal, where it takes long enough to be seen."""
    if not (sys.stderr.isatty() and available("rich")):
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("opening") as status:
        yield status.update
