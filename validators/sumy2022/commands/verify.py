"""Check the files of a release against their hashes.

DIR is a folder with SHA256SUMS. Exits with 1 if a file was changed, is missing, or is not listed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sumy2022.commands import emit


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of a release")


def run(args: argparse.Namespace) -> int:
    """Print what is wrong; return 1 if anything is."""
    from sumy2022.bundle import SUMS, verify

    problems = verify(args.folder)
    emit("".join(f"{words}\n" for words in problems) or f"every file is as {SUMS} has it\n")
    return 1 if problems else 0
