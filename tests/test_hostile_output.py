"""No text of a package commands a terminal, a build server or a browser; no command ends in a traceback."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Files, lay, write
from fuzzing import fuzz
from hostile import (
    DESCRIPTOR,
    EVENTS,
    FILES,
    SCHEMA,
    SMALL,
    altered,
    commanding,
    ids,
    judged,
    with_path,
    with_schema,
)
from sumy2022.__main__ import main
from sumy2022.example import Edit
from sumy2022.exports import FORMATS

HOSTILE_TEXT = [
    "\x1b[2J\x1b]0;x\x07 a",
    "a\u009b31mb\u0085c\x7fd\u2028e\u2029f",
    "::error file=x::pwned",
    "a\n::error::pwned",
    "%0A::error::pwned%0D",
    "##[error]pwned",
    "<script>alert(1)</script>&amp;&#7;]]>",
    "a | b | c \\| d",
    "`code` **bold** [link](javascript:x) ![i](x) @all #1",
    "\u202eturned\u2066 around\u200b\ufeff",
    "\ufffe\uffff\ufdd0\U0010ffff",
    "{value} {field} %s %(x)s",
    "=cmd|' /C calc'!A0",
    "x" * 5000,
]


def everywhere(text: str) -> Files:
    """Return the miniature with a text in cells, in names, in titles and in constraints."""
    cells = {"event_type": text, "title": text, "date_start": text, "place_id": text, "summary": text}
    files = lay(FILES, [Edit("events", cells), Edit("sources", {"source_id": text, "url": text})])
    unknown = {text.replace(":", ""): text}
    descriptor: dict[str, Any] = json.loads(files[DESCRIPTOR]) | {"name": text, "version": text, "title": text}
    descriptor |= {"temporal": {"start": text}, "spatial": {"place_id": text}, **unknown}
    descriptor["resources"] = [{"name": text, "path": text}, *descriptor["resources"]]
    schema = json.loads(files["schemas/actors.json"])
    schema["fields"][1] |= {"type": text, **unknown}
    schema["fields"][2] |= {"constraints": {"enum": [text], "pattern": text}, "name": text}
    return files | {DESCRIPTOR: json.dumps(descriptor).encode(), "schemas/actors.json": json.dumps(schema).encode()}


@pytest.mark.parametrize("text", HOSTILE_TEXT, ids=range(len(HOSTILE_TEXT)))
def test_no_text_reaches_the_output_raw(text: str) -> None:
    assert {"TAB-101", "TAB-103", "PKG-002", "PKG-003"} <= ids(judged(everywhere(text)))


DESCRIBED = "=1+1 <script>x</script> [l](javascript:x) ![i](https://x) `c` | b\n::error::p\n\n[l]: x\x1b[2J\u202e ]]> &"
"""A text that each format of a page or an export takes for something else, if it is not escaped."""


def described(document: Any) -> Any:
    """Return a descriptor or schema with such a text for every title, description and label."""
    if isinstance(document, dict):
        words = {"title", "description", "label", "organization"}
        return {name: DESCRIBED if name in words else described(value) for name, value in document.items()}
    return [described(item) for item in document] if isinstance(document, list) else document


def test_no_description_takes_over_a_page_or_an_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = {
        path: json.dumps(described(json.loads(data))).encode()
        for path, data in FILES.items()
        if path == DESCRIPTOR or path.startswith("schemas/")
    }
    where, out = write(FILES | documents, tmp_path / "package"), tmp_path / "out"
    assert main(["docs", str(where)]) == 0
    for name in FORMATS:
        assert main(["export", name, str(where), "--output", str(out)]) == 0
    assert commanding(capsys.readouterr().out) == set()
    for page in (where / "docs").glob("*.md"):
        text = page.read_text()
        assert commanding(text) == set()
        assert not re.search(r"<script|(?<!\\)\]\((?:javascript:|https://x)|^ *::|^\[l\]:", text, re.MULTILINE)
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    for path in out.iterdir():
        if path.suffix == ".csv":
            file = io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
            cells = [cell for row in csv.reader(file) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
        elif path.suffix in {".json", ".geojson"}:
            json.loads(path.read_text())
        elif path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


# The command line ------------------------------------------------------------------------------------------------

COMMANDS = [["validate"], ["validate", "--format", "github"], ["info"], ["fmt", "--check"], ["docs", "--check"]]
BARE = [{"name": item["name"], "type": item["type"]} for item in json.loads(FILES[SCHEMA])["fields"]]
COMMANDING = json.loads(SMALL[DESCRIPTOR]) | {"title": "\x1b[31m\x9b", "spatial": {"place_id": "\x1b[2J\n::error::"}}
PACKAGES: dict[str, Files] = {
    "sound": FILES,
    "a descriptor that is a list": SMALL | {DESCRIPTOR: b"[]"},
    "a descriptor that is no JSON": SMALL | {DESCRIPTOR: b"\xff"},
    "a schema without fields": SMALL | {SCHEMA: b"{}"},
    "a schema of bare names": with_schema({"fields": BARE}),
    "a schema of odd fields": with_schema({"fields": [None, {}, {"name": 1}, {"name": "\x1b"}, *BARE]}),
    "a table of control characters": lay(SMALL, [Edit("events", {"title": "\x1b[31m\x9b"})]),
    "a table of bad bytes": SMALL | {EVENTS: b"\xff\0\n"},
    "titles of control characters": SMALL | {DESCRIPTOR: json.dumps(COMMANDING).encode()},
    "an unsafe path": with_path("../\x1b[31m"),
    "no descriptor": {EVENTS: SMALL[EVENTS]},
}


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("case", PACKAGES)
def test_a_command_ends_with_a_code_and_no_traceback(
    case: str, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([*arguments, str(write(PACKAGES[case], tmp_path))])
    out, err = capsys.readouterr()
    assert code in {0, 1, 2}
    assert "Traceback" not in out + err
    assert "fault of this program" not in err
    assert commanding(out + err) == set()
    assert "github" in arguments or not [line for line in out.splitlines() if line.startswith("::")]
    if case == "no descriptor":
        assert (code, out) == (2, "")


@fuzz(25)
@given(st.sampled_from([DESCRIPTOR, SCHEMA]).flatmap(lambda path: altered(SMALL[path]).map(lambda data: {path: data})))
def test_no_values_end_a_command_in_an_exception(change: Files) -> None:
    for arguments in (["info"], ["fmt", "--check"], ["docs", "--check"]):
        with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
            assert main([*arguments, str(write(SMALL | change, Path(folder)))]) in {0, 1, 2}
        assert commanding(out.getvalue()) == set()


@pytest.mark.parametrize("where", ["nowhere", "x" * 5_000, "a/b/c.zip", ""])
def test_a_package_that_is_not_there_is_a_usage_error(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["validate", where]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sumy2022: ")
    assert err.count("\n") == 1
