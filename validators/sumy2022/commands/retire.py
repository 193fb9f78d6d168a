"""Take a row out, and enter its identifier in retired_ids if a release held it.

The entry names the package's version, the reason, what replaces the identifier, and a note. What still refers to the
identifier is listed and has to be mended: the command then exits with 1. Calling it again is safe, and completes what
was interrupted. An identifier that no release held needs no entry, for nobody can have cited it.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from sumy2022.commands import add_package, emit, limits_of, show
from sumy2022.commands.validate import COLOURS, STYLES

if TYPE_CHECKING:
    from sumy2022.retirement import Retirement


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help="the identifier of the row, such as EVT-0012")
    add_package(parser)
    parser.add_argument("--reason", required=True, metavar="REASON", help="a code of retired_ids.reason, such as error")
    parser.add_argument("--replaced-by", metavar="ID", help="the row to use instead")
    parser.add_argument("--note", metavar="TEXT", help="what a user of the retired identifier should know")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how the answer is written (default: text)"
    )


def run(args: argparse.Namespace) -> int:
    """Retire the id; return 1 if something still refers to it, or if its entry would be faulty and nothing was done."""
    from sumy2022.editing import open_folder, write
    from sumy2022.retirement import retire

    package = open_folder(args.package, limits_of(args))
    done = retire(package, args.id, reason=args.reason, replaced_by=args.replaced_by, note=args.note)
    if not done.faults:
        for rewrite in done.rewrites:
            write(package, rewrite)
    if args.format == "json":
        emit(_json(done))
    else:
        show(_text(done), None, (COLOURS, STYLES))
    return 1 if done.faults or done.references else 0


def _text(done: Retirement) -> str:
    """Return the answer for a person."""
    from sumy2022.render import renderer, visible

    shown = done.faults or done.todo
    listed = renderer("text")(replace(done.report, findings=shown)) if done.report and shown else ""
    if done.faults:
        return f"Nothing is written. The entry in retired_ids would have these faults:\n\n{listed}"
    lines = [_outcome(done)]
    if done.references:
        lines += [f"\nStill referring to {visible(done.id)}, to be mended:\n"]
        lines += [f"  {file}:{line} {field}" for file, line, field in done.references]
    if listed:
        lines += [f"\nStill to do:\n\n{listed.rstrip()}"]
    return "\n".join(lines) + "\n"


def _outcome(done: Retirement) -> str:
    from sumy2022.render import visible

    key, version = visible(done.id), visible(done.retired_in or "")
    entry = f"{done.entry[0]}:{done.entry[1]}" if done.entry else ""
    if done.row is None:
        return f"{key} is retired already, since {version} ({entry}), and its row is gone."
    gone = f"its row, line {done.row[1]} of {done.row[0]}, is removed"
    if done.entry is None:
        return f"{key} was in no release: {gone}, and retired_ids needs no entry."
    return f"{key} is retired in {version} ({entry}); {gone}."


def _json(done: Retirement) -> str:
    """Return the answer for a program; `file` and `line` are those of the entry in retired_ids, or null."""
    from sumy2022.render.json import finding_document, json_text

    file, line = done.entry if done.entry and not done.faults else (None, None)
    document = {
        "id": done.id,
        "retired_in": done.retired_in,
        "file": file,
        "line": line,
        "references": [reference._asdict() for reference in done.references],
        "findings": [finding_document(finding) for finding in done.faults or done.todo],
    }
    return json_text(document)
