"""Write the generated pages: docs/codebook.md, docs/rules/, and docs/overview.md with its pictures.

With --check nothing is written, and the command exits with 1 if a page is not what would be generated.
"""

from __future__ import annotations

import argparse

from sumy2022.commands import add_package, emit, limits_of
from sumy2022.findings import UsageError


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_package(parser)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page differs")


def run(args: argparse.Namespace) -> int:
    """Write or compare every page; return 1 if --check finds a difference."""
    from sumy2022.canonical import write_atomically
    from sumy2022.package import open_package
    from sumy2022.pages import pages
    from sumy2022.storage import Folder

    package = open_package(args.package, limits_of(args))
    if not isinstance(package.source, Folder):
        raise UsageError(
            "Pages are written into a folder; name one: a zip file has to be unpacked, a git revision checked out."
        )
    if package.faults:
        raise UsageError("The descriptor or a schema has faults; `sumy2022 validate` tells which.")
    root, wanted = package.source.root, pages(package)
    stale = [path for path, text in wanted.items() if package.source.read(path) != text.encode()]
    left_over = [path for path in package.source.names("docs/rules") if path not in wanted]
    for path in (*stale, *left_over):
        if args.check:
            emit(f"{path}: differs from what is generated\n")
            continue
        try:
            if path in wanted:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                write_atomically(root / path, wanted[path].encode())
            else:
                (root / path).unlink()
        except OSError as error:
            raise UsageError(f"{root / path} cannot be written: {error.strerror}.") from error
        emit(f"{path}: {'written' if path in wanted else 'removed'}\n")
    return 1 if args.check and (stale or left_over) else 0
