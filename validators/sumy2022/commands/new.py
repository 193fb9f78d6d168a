"""Add a row to a table, with the next free identifier.

Fields are given with --set; in a terminal those that a row must have and that are not given are asked for. The row is
checked before anything is written: a fault of its own is shown as by `validate`, the file stays as it is, and the
command exits with 1. What other rows are still to bring, such as the citation of a new event, is listed after writing.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from sumy2022.commands import add_package, emit, limits_of, show
from sumy2022.commands.validate import COLOURS, STYLES
from sumy2022.findings import Severity, UsageError

if TYPE_CHECKING:
    from sumy2022.addition import Addition, Answers
    from sumy2022.package import Package
    from sumy2022.schema import Field, TableSchema


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("table", metavar="TABLE", help="the table, such as events")
    add_package(parser)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="FIELD=VALUE",
        help="the value of a field (repeatable)",
    )
    parser.add_argument(
        "--level",
        choices=[severity.value for severity in Severity],
        default=Severity.WARNING.value,
        help="the mildest severity of a fault for which the row is refused (default: warning)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how the answer is written (default: text); json never asks",
    )


def _assignment(word: str) -> tuple[str, str]:
    field, equals, value = word.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{word!r} is not FIELD=VALUE")
    return field, value


def run(args: argparse.Namespace) -> int:
    """Build the row, judge it, write it; return 1 if it has faults of its own and was not written."""
    from sumy2022.addition import add_row, cells_of, missing
    from sumy2022.editing import open_folder, table_schema, write

    package = open_folder(args.package, limits_of(args))
    schema = table_schema(package, args.table)
    cells = cells_of(schema, args.set)
    lacking = missing(schema, cells)
    if lacking and (args.format == "json" or not (sys.stdin.isatty() and sys.stdout.isatty())):
        raise UsageError(_lacking(package, schema, lacking))
    if lacking:
        cells |= _ask(package, schema, lacking)
    addition = add_row(package, args.table, cells, Severity(args.level))
    if not addition.faults:
        write(package, addition.rewrite)
    if args.format == "json":
        emit(_json(addition))
    else:
        show(_text(addition), None, (COLOURS, STYLES))
    return 1 if addition.faults else 0


def _lacking(package: Package, schema: TableSchema, lacking: list[Field]) -> str:
    """Return what to say of fields that must be set, with the codes of those that have any."""
    from sumy2022.editing import words
    from sumy2022.render import visible

    lines = [f"A row of {schema.name} needs these fields too; give each with --set FIELD=VALUE."]
    for field in lacking:
        codes = ", ".join(visible(code) for code in words(package, schema, field).codes)
        example = f"such as {visible(str(field.example))}" if field.example is not None else "any text"
        lines.append(f"  {field.name}: {f'one of {codes}' if codes else example}")
    return "\n".join(lines)


def _ask(package: Package, schema: TableSchema, lacking: list[Field]) -> dict[str, str | None]:
    """Ask for each field at the terminal, with its description and codes, until the answer can stand in its cell."""
    from sumy2022.addition import Answers
    from sumy2022.editing import read_table, words
    from sumy2022.render import visible

    read_table(package, schema.name).check_form()  # before anybody has typed anything
    answers = Answers(package, schema.name)
    cells = {}
    for field in lacking:
        description, codes = words(package, schema, field)
        emit(f"\n{field.name}: {visible(description, None)}\n")
        width = max(map(len, codes), default=0)
        for code, label in codes.items():
            emit(f"  {visible(code):<{width}}  {visible(label)}".rstrip() + "\n")
        cells[field.name] = _answer(answers, field.name)
    return cells


def _answer(answers: Answers, field: str) -> str | None:
    from sumy2022.editing import text
    from sumy2022.render import visible

    while True:
        try:
            value = text(field, input(f"{field}> "))
        except EOFError as error:
            raise UsageError("The input ended before the row was complete. Nothing is written.") from error
        except (UnicodeDecodeError, UsageError) as error:
            emit(f"  {visible(str(error), None)}\n")
            continue
        faults = answers.faults(field, value)
        if not faults:
            return value
        for fault in faults:
            emit(f"  what: {visible(fault.message, None)}\n  fix: {visible(fault.fix, None)}\n")


def _text(addition: Addition) -> str:
    """Return the answer for a person: what stands where, or why nothing was written; and what is still to do."""
    from sumy2022.render import renderer, visible

    place = f"{addition.rewrite.file}:{addition.rewrite.line}"
    if addition.faults:
        # What could not be tried because of these faults will be when they are mended.
        listed = renderer("text")(replace(addition.report, findings=addition.faults, not_run=()))
        refused = f"Nothing is written. The row would stand at {place} and have these faults:\n\n{listed}"
        errors = any(fault.severity is Severity.ERROR for fault in addition.faults)
        return (
            refused
            if errors
            else f"{refused}\nIf the row is right all the same, add it with --level error and waive the warning.\n"
        )
    rest = replace(addition.report, findings=addition.todo)
    more = f"\nStill to do:\n\n{renderer('text')(rest)}" if rest.findings or rest.not_run else ""
    return f"{visible(addition.id)}  {place}\n{more}"


def _json(addition: Addition) -> str:
    """Return the answer for a program; `id` and `line` are null where the row was refused."""
    from sumy2022.render.json import finding_document, json_text

    written = not addition.faults
    document = {
        "id": addition.id if written else None,
        "file": addition.rewrite.file,
        "line": addition.rewrite.line if written else None,
        "findings": [finding_document(finding) for finding in addition.faults or addition.todo],
        "not_run": [{"rule": item.rule, "why": item.why} for item in addition.report.not_run],
    }
    return json_text(document)
