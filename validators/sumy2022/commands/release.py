"""Make a release: its manifest first, then, when that is committed, its files.

Refuses what is not fit to be released: an unclean tree, an error, a warning that no waiver accepts, a version that is
too low or has no entry in the changelog, an identifier that is gone without a tombstone. The first call writes
releases/VERSION.json, which is to be committed; the next one builds the files of that commit into a folder of their
own. Two builds of one commit give the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sumy2022.commands import add_package, emit, limits_of
from sumy2022.findings import UsageError


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_package(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if something stands in the way"
    )
    parser.add_argument("--output", type=Path, default=Path("dist"), metavar="DIR", help="where to (default: dist)")


def run(args: argparse.Namespace) -> int:
    """Check; then write the manifest or build; return 1 if something stands in the way."""
    from sumy2022.bundle import build, verify
    from sumy2022.canonical import write_atomically
    from sumy2022.package import open_package
    from sumy2022.releasing import plan

    found = plan(open_package(args.package, limits_of(args)))
    if found.obstacles:
        emit("".join(f"in the way: {words}\n" for words in found.obstacles))
        return 1
    after = f"after {found.last}" if found.last else "the first"
    if args.check:
        emit(f"{found.version}, {after}: nothing stands in the way\n")
        return 0
    if not found.written:
        manifest = found.root / found.path
        try:
            manifest.parent.mkdir(exist_ok=True)
            write_atomically(manifest, found.manifest)
        except OSError as error:
            raise UsageError(f"{manifest} cannot be written: {error.strerror}.") from error
        emit(f"{found.path}: written. Commit it, then call `sumy2022 release` again to build the files.\n")
        return 0
    folder = build(found, args.output)
    emit(f"{folder}: {len(list(folder.iterdir()))} files, version {found.version}, {after}\n")
    return 1 if verify(folder) else 0
