"""What fuzzing feeds with bytes: each target takes any bytes and fails where a reader breaks one of its promises.

`make fuzz` looks for such bytes; `test_corpus` feeds the targets with those in tests/corpus. That nothing ends in an
exception is the least of it: what two readers make of a file has to agree, and a report has to be safe in every format.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

from conftest import Files
from hostile import DESCRIPTOR, SCHEMA, SMALL, STRUCTURE, check_output, commanding
from sumy2022 import reading as reader
from sumy2022.canonical import form_faults, read_restorable, tidy, to_bytes
from sumy2022.comparison import diff as compare
from sumy2022.descriptor import PROFILE
from sumy2022.findings import UsageError
from sumy2022.package import Package, open_package, read_package
from sumy2022.render import FORMATS, renderer
from sumy2022.render.changes import FORMATS as CHANGES
from sumy2022.render.changes import renderer as changes_renderer
from sumy2022.storage import Folder, Overlay
from sumy2022.validation import validate

NOWHERE = Folder(Path("/nonexistent"))
SEPARATOR = b"\n--\n"
"""What parts the two tables of one input to `diff`."""
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "string", "constraints": {"required": True}},
    {"name": "day", "type": "date"},
    {"name": "number", "type": "number"},
    {"name": "text", "type": "string", "constraints": {"enum": ["a", "b"]}},
]
TINY: Files = {
    DESCRIPTOR: json.dumps(
        {
            "$schema": PROFILE,
            "name": "tiny",
            "version": "0.1.0",
            "resources": [{"name": "t", "path": "t.csv", "type": "table", "schema": "t.json"}],
        }
    ).encode(),
    "t.json": json.dumps({"fields": FIELDS, "primaryKey": ["id"]}).encode(),
}
"""A package of one table, whose file is made up."""


def held(files: Files) -> Package:
    """Open a package that lies nowhere but in memory."""
    return read_package(Overlay(NOWHERE, files))


def judge(package: Package, data: bytes, rarely: bool) -> None:
    """Validate a package by the rules of structure, and look at the report in every format.

    That takes many times as long as reading, so that `rarely` does it for few inputs, always the same ones.
    """
    if rarely and crc32(data) % 16:
        return
    report = validate(package, only=STRUCTURE)
    for name in FORMATS:
        check_output(name, renderer(name)(report))


def descriptor(data: bytes, rarely: bool) -> None:
    """Any bytes as datapackage.json."""
    judge(held(SMALL | {DESCRIPTOR: data}), data, rarely)


def schema(data: bytes, rarely: bool) -> None:
    """Any bytes as the schema of a table."""
    judge(held(SMALL | {SCHEMA: data}), data, rarely)


def csv(data: bytes, rarely: bool) -> None:
    """Any bytes as a table: the fast reader reads what the slow one does, and what was tidied is tidy."""
    package = held(TINY | {"t.csv": data})
    found = reader.read_csv(data, "t.csv")
    list(form_faults(data, found, package.schemas["t"]))
    slow = reader.Reading("t.csv")
    reader._read_records(data, slow)
    if found.header and len(set(found.header)) == len(found.header):
        assert (found.header, found.lines.tolist(), found.faults) == (slow.header, slow.lines.tolist(), slow.faults)
        assert found.table.to_pylist() == slow.table.to_pylist()
    restored = read_restorable(data, "t.csv", package.schemas["t"])
    if not restored.lost and len(set(restored.header)) == len(restored.header):
        tidied = tidy(restored, package.schemas["t"])
        again = reader.read_csv(tidied, "t.csv")
        assert not again.lost
        assert tidy(again, package.schemas["t"]) == tidied
        assert reader.read_csv(to_bytes(again.table), "t.csv").table.to_pylist() == again.table.to_pylist()
    judge(package, data, rarely)


def archive(data: bytes, rarely: bool) -> None:
    """Any bytes as a zip file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(data)
        judge(open_package(path), data, rarely)


def diff(data: bytes, rarely: bool) -> None:  # noqa: ARG001 - it makes no report
    """Any bytes as two tables: nothing differs from itself, and what is added from here is removed from there."""
    base, _, head = data.partition(SEPARATOR)
    old, new = (held(TINY | {"t.csv": side}) for side in (base, head))
    assert not compare(old, old)
    assert not compare(new, new)
    there, back = compare(old, new), compare(new, old)
    for one, other in paired(there.tables, back.tables):
        assert one.added.to_pylist() == other.removed.to_pylist()
        assert one.removed.to_pylist() == other.added.to_pylist()
        assert one.changed == other.changed
        assert one.after - one.before == one.added.num_rows - one.removed.num_rows
    for name in CHANGES:
        assert commanding(changes_renderer(name)(there)) == set()


def paired(one: tuple[Any, ...], other: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """Pair the tables of two comparisons, which have to be the same tables."""
    assert [item.name for item in one] == [item.name for item in other]
    return [(item, other[index]) for index, item in enumerate(one)]


TARGETS: dict[str, Callable[[bytes, bool], None]] = {
    "descriptor": descriptor, "schema": schema, "csv": csv, "zip": archive, "diff": diff
}  # fmt: skip


def feed(name: str, data: bytes, rarely: bool = False) -> None:
    """Feed a target; a usage error is an answer too."""
    try:
        TARGETS[name](data, rarely)
    except UsageError:
        return
