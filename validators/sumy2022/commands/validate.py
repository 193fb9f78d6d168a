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
from sumy2022.extras import available, need
from sumy2022.findings import Severity, UsageError
from sumy2022.render import FORMATS

if TYPE_CHECKING:
    from sumy2022.validation import Engine, Progress

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
    parser.add_argument(
        "--engine",
        choices=("pandas", "dask"),
        default="pandas",
        help="what the rules run on: this process and its memory (default: pandas), or the workers of a cluster",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --engine dask: the cluster to use, such as tcp://10.0.0.5:8786 (default: processes of this machine)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="with --engine dask and no --scheduler: how many processes (default: one a processor)",
    )


def run(args: argparse.Namespace) -> int:
    """Validate and print; return 1 if there are findings at the level or above."""
    from sumy2022.render import renderer
    from sumy2022.validation import validate

    level = Severity(args.level)
    limits = limits_of(args)
    with _progress() as progress, _engine(args) as engine:
        report = validate(args.package, only=args.only, skip=args.skip, progress=progress, engine=engine, limits=limits)
    show(renderer(args.format)(report), args.output, (COLOURS, STYLES) if args.format == "text" else None)
    return 1 if report.at_least(level) else 0


@contextmanager
def _engine(args: argparse.Namespace) -> Iterator[Engine | None]:
    """Give what the options ask the rules to be run on; None is this process."""
    if args.engine != "dask":
        if args.scheduler is not None or args.workers is not None:
            raise UsageError("--scheduler and --workers are options of --engine dask.")
        yield None
        return
    if args.scheduler is not None and args.workers is not None:
        raise UsageError("--workers are processes of this machine, and --scheduler has its own. Give one of the two.")
    if args.workers is not None and args.workers < 1:
        raise UsageError(f"--workers is {args.workers}, and at least one process is needed.")
    need("--engine dask", "dask", "distributed", "pandera", "shapely")
    from sumy2022.distributed.cluster import connected
    from sumy2022.distributed.engine import Cluster

    with connected(args.scheduler, args.workers) as client:
        yield Cluster(client)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show the step at hand on a terminal, where it takes long enough to be seen."""
    if sys.stderr is None or not (sys.stderr.isatty() and available("rich")):
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("opening") as status:
        yield status.update
