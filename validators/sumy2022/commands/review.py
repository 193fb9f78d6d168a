"""Show what a reviewer of a change needs to know, on one page.

Findings that are new or mended, the version that the change calls for and whether it has it, what the changelog
lacks, identifiers that are gone, what changed rules would newly find in the data before, and the changes themselves.
BASE and HEAD are as for `sumy2022 diff`. Where BASE is a commit, the rules that came with it are run: name only a base
that you trust. Exits with 1 if something must be mended before the change is merged.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sumy2022.commands import limits_of, show
from sumy2022.commands.diff import add_sides


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_sides(parser)
    parser.add_argument(
        "--format", choices=("markdown", "json"), default="markdown", help="how it is written (default: markdown)"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it to a file")


def run(args: argparse.Namespace) -> int:
    """Review and print; return 1 if something must be mended."""
    from sumy2022.render import review as render
    from sumy2022.reviewing import review

    found = review(args.base, args.head, limits=limits_of(args))
    show(render.json(found) if args.format == "json" else render.markdown(found), args.output)
    return 1 if found.must_be_mended else 0
