"""The subcommands, a module each. They print; the library they call returns values."""

from __future__ import annotations

import argparse
import sys


def add_package(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names the package."""
    parser.add_argument(
        "package",
        nargs="?",
        metavar="PACKAGE",
        help="a folder, a datapackage.json or a zip file; by default the package around the working directory",
    )


def emit(text: str) -> None:
    """Write text to standard output; a character that the terminal's encoding lacks is spelt out, not fatal."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
