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

from sumy2022.commands import add_package, emit
from sumy2022.findings import Severity, UsageError
from sumy2022.render import FORMATS

if TYPE_CHECKING:
    from sumy2022.validation import Progress


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
        report = validate(args.package, only=args.only, skip=args.skip, progress=progress)
    text = renderer(args.format)(report)
    if args.output:
        _write(args.output, text)
    elif args.format == "text" and sys.stdout.isatty():
        _print_in_colour(text)
    else:
        emit(text)
    return 1 if report.at_least(level) else 0


def _write(path: Path, text: str) -> None:
    from sumy2022.canonical import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show the step at hand on a terminal, where it takes long enough to be seen."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("opening") as status:
        yield status.update


def _print_in_colour(text: str) -> None:
    from rich.console import Console
    from rich.highlighter import RegexHighlighter
    from rich.theme import Theme

    class Words(RegexHighlighter):
        base_style = "report."
        highlights = [  # noqa: RUF012 - the library's own form
            r"^  (?P<error>error [A-Z]{3}-\d{3})",
            r"^  (?P<warning>warning [A-Z]{3}-\d{3})",
            r"^  (?P<info>info [A-Z]{3}-\d{3})",
            r"^(?P<file>\S+\.(csv|json|geojson))$",
            r"^      (?P<fix>fix:.*)$",
        ]

    styles = {"error": "bold red", "warning": "yellow", "info": "cyan", "file": "bold", "fix": "green"}
    console = Console(theme=Theme({f"report.{name}": style for name, style in styles.items()}), highlight=False)
    words = Words()
    for line in text.splitlines():
        console.print(words(line), soft_wrap=True, markup=False, emoji=False)
