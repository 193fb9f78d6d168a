"""The subcommands, a module each. They print; the library they call returns values."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from sumy2022.extras import available
from sumy2022.findings import UsageError
from sumy2022.limits import Limits, stop_timer

Colours = tuple[Mapping[str, str], Mapping[str, str]]
"""What to colour on a terminal: a pattern a name, and a style a name."""


def add_package(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names the package."""
    parser.add_argument(
        "package",
        nargs="?",
        metavar="PACKAGE",
        help="a folder, a datapackage.json, a zip file or a git revision; by default the package around the working "
        "directory",
    )
    add_limits(parser)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how much of a package is read, and how long the command may take."""
    group = parser.add_argument_group("limits", "The command ends with 2 and no result where a package reaches one.")
    for name, words in (
        ("bytes", "the most bytes of all files that are read, together and unpacked"),
        ("rows", "the most rows of all tables together"),
        ("seconds", "the longest that it may take"),
    ):
        most = getattr(Limits, name)
        group.add_argument(
            f"--max-{name}", type=_number, default=most, metavar="N", help=f"{words} (default: {most:,})"
        )


def limits_of(args: argparse.Namespace) -> Limits:
    """Return the limits that were asked for."""
    return Limits(args.max_bytes, args.max_rows, args.max_seconds)


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", text) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up, such as 4000000000")
    return int(text)


def emit(text: str) -> None:
    """Write text to standard output; a character that the terminal's encoding lacks is spelt out, not fatal.

    Raises `UsageError` where standard output is closed.
    """
    if sys.stdout is None:
        raise UsageError("There is nowhere to write to: standard output is closed.")
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def show(text: str, output: Path | None, colours: Colours | None = None) -> None:
    """Write text to a file, or to standard output, in colours where that is a terminal."""
    stop_timer()
    if output is not None:
        _write(output, text)
    elif colours is not None and sys.stdout is not None and sys.stdout.isatty() and available("rich"):
        _print_in_colour(text, *colours)
    else:
        emit(text)


def _write(path: Path, text: str) -> None:
    from sumy2022.canonical import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _print_in_colour(text: str, patterns: Mapping[str, str], styles: Mapping[str, str]) -> None:
    from rich.console import Console
    from rich.highlighter import RegexHighlighter
    from rich.theme import Theme

    class Words(RegexHighlighter):
        base_style = "report."
        highlights = [f"(?P<{name}>{pattern})" for name, pattern in patterns.items()]  # noqa: RUF012 - the library's form

    console = Console(theme=Theme({f"report.{name}": style for name, style in styles.items()}), highlight=False)
    words = Words()
    for line in text.splitlines():
        console.print(words(line), soft_wrap=True, markup=False, emoji=False)
