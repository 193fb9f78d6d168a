"""`new` and `retire`: what they write, what they refuse, and that nothing in between leaves a file in pieces."""

from __future__ import annotations

import errno
import io
import json
import os
import pty
import re
import select
import string
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Files, _miniature, lay, write
from fuzzing import fuzz
from hostile import DESCRIPTOR, FILES, SCHEMA, SMALL, altered, commanding, cut_down, damaged
from sumy2022 import canonical
from sumy2022.__main__ import main
from sumy2022.example import Add, Edit, Remove, Swap, Write
from sumy2022.findings import UsageError
from sumy2022.package import open_package
from sumy2022.rule import REGISTRY, Scope
from sumy2022.rules.manifests import manifest_of
from sumy2022.storage import Folder, Overlay
from sumy2022.validation import validate

EVENTS, SOURCES, CITATIONS = "data/events.csv", "data/sources.csv", "data/event_sources.csv"
RETIRED = "data/retired_ids.csv"
EVENT = {
    "event_type": "shelling",
    "title": "Shelling of Beta",
    "date_start": "2022-03-02",
    "date_end": "2022-03-02",
    "date_precision": "day",
    "place_id": "PLC-0006",
    "place_precision": "settlement",
    "summary": "A news outlet reported that shells fell on Beta.",
}
SOURCE = {
    "title": "Fifth report",
    "publisher": "Example News",
    "kind": "news",
    "language": "en",
    "url": "https://example.org/fifth",
    "accessed": "2022-11-01",
}
CITATION = {"event_id": "EVT-0002", "source_id": "SRC-0004", "stance": "supports"}
ROWS = {"events": EVENT, "sources": SOURCE, "event_sources": CITATION}
RETIRE = ["--reason", "merged", "--replaced-by", "EVT-0001"]
RELEASE_FILE = "releases/0.0.9.json"
RELEASE = manifest_of(
    "0.0.9",
    events=[f"EVT-000{number}" for number in range(1, 6)],
    sources=[f"SRC-000{number}" for number in range(1, 5)],
)


def sets(cells: dict[str, str]) -> list[str]:
    return [word for name, value in cells.items() for word in ("--set", f"{name}={value}")]


def new(folder: Path, table: str, cells: dict[str, str], *more: str) -> int:
    return main(["new", table, str(folder), *sets(cells), *more])


def contents(folder: Path) -> Files:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lines(folder: Path, file: str) -> list[str]:
    return (folder / file).read_text().splitlines()


def rules_of(document: dict[str, Any]) -> list[str]:
    return [finding["rule"] for finding in document["findings"]]


@pytest.fixture
def folder(miniature: Files, tmp_path: Path) -> Path:
    return write(miniature, tmp_path)


@pytest.fixture
def released(miniature: Files, tmp_path: Path) -> Path:
    """The miniature after the release 0.0.9 of its events and sources."""
    return write(lay(miniature, [RELEASE]), tmp_path)


# A new row ----------------------------------------------------------------------------------------------------------


def test_a_new_row_gets_the_next_id_and_nothing_else_changes(
    folder: Path, miniature: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(folder, "events", EVENT) == 0
    row = (
        "EVT-0006,shelling,Shelling of Beta,2022-03-02,2022-03-02,day,,PLC-0006,settlement,,"
        "A news outlet reported that shells fell on Beta.,\n"
    )
    assert contents(folder) == miniature | {EVENTS: miniature[EVENTS] + row.encode()}
    out = capsys.readouterr().out
    assert out.startswith(f"EVT-0006  {EVENTS}:7\n\nStill to do:\n")
    assert set(re.findall(r"[A-Z]{3}-[0-9]{3}(?= [a-z])", out)) == {"EVT-109", "EVT-110"}
    assert main(["fmt", "--check", str(folder)]) == 0


def test_the_answer_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(folder, "events", EVENT, "--format", "json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["id"], answer["file"], answer["line"]) == ("EVT-0006", EVENTS, 7)
    assert rules_of(answer) == ["EVT-109", "EVT-110"]
    assert new(folder, "events", EVENT | {"event_type": "bombing"}, "--format", "json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["id"], answer["file"], answer["line"]) == (None, EVENTS, None)
    assert rules_of(answer) == ["TAB-103"]


def test_a_row_of_a_table_with_a_key_of_several_fields(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(folder, "event_sources", CITATION) == 0
    assert capsys.readouterr().out == f"EVT-0002, SRC-0004  {CITATIONS}:6\n"
    assert lines(folder, CITATIONS)[5] == "EVT-0002,SRC-0004,supports,,"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], "SRC-0005"),
        ([manifest_of("0.0.9", sources=["SRC-0041"])], "SRC-0042"),
        ([manifest_of("0.0.8", sources=["SRC-0041"]), manifest_of("0.0.9", sources=["SRC-0001"])], "SRC-0042"),
        ([manifest_of("0.0.9", retired_ids=["SRC-0041"])], "SRC-0042"),
        ([Add("retired_ids", {"id": "SRC-0041", "retired_in": "0.0.9", "reason": "error"})], "SRC-0042"),
        ([Add("retired_ids", {"id": "EVT-0041", "retired_in": "0.0.9", "reason": "error"})], "SRC-0005"),
        ([manifest_of("0.0.9", sources=["SRC-9999"])], "SRC-10000"),
        ([manifest_of("0.0.9", sources=["SRC-000041"])], "SRC-000042"),
        ([manifest_of("0.0.9", sources=["SRC-4x", "", "src-0077", "SRC-0041\n", "XSRC-0077"])], "SRC-0005"),
    ],
    ids=["rows", "release", "older release", "retired then", "retired", "other table", "five", "six", "no ids"],
)
def test_the_next_id_follows_all_that_ever_were(
    changes: list[Add | Write], expected: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(lay(miniature, changes), tmp_path)
    assert new(folder, "sources", SOURCE, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["id"] == expected


def test_the_first_row_of_a_table_has_the_number_one(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = miniature["data/evacuations.csv"].splitlines(keepends=True)[0]
    folder = write(miniature | {"data/evacuations.csv": header}, tmp_path)
    assert new(folder, "evacuations", {"wording": "at-least", "count_low": "5", "source_id": "SRC-0004"}) == 0
    assert capsys.readouterr().out.startswith("EVA-0001  data/evacuations.csv:2\n")


def test_an_id_is_not_used_again_after_its_retirement(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for released_id in ("SRC-0004", "EVT-0005"):
        main(["retire", released_id, str(released), "--reason", "error"])
    capsys.readouterr()
    for table, cells, expected in (("sources", SOURCE, "SRC-0005"), ("events", EVENT, "EVT-0006")):
        assert new(released, table, cells, "--format", "json") == 0
        assert json.loads(capsys.readouterr().out)["id"] == expected


def test_an_id_of_too_many_digits_is_no_crash(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(lay(miniature, [manifest_of("0.0.9", sources=["SRC-" + "9" * 5000])]), tmp_path)
    assert new(folder, "sources", SOURCE) == 2
    assert "5000 digits" in capsys.readouterr().err


def test_a_warning_that_is_left_can_be_waived(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = {"key": "EVT-0006", "reason": "Nobody knows who fired.", "until": "0.1.0"}
    assert new(folder, "waivers", waiver | {"rule": "EVT-110"}) == 1
    assert "WVR-101 waiver-not-needed" in capsys.readouterr().out
    assert new(folder, "events", EVENT) == 0
    assert new(folder, "waivers", waiver | {"rule": "EVT-109"}) == 1
    assert "WVR-103 waiver-of-an-error" in capsys.readouterr().out
    assert new(folder, "waivers", waiver | {"rule": "EVT-110"}) == 0
    assert capsys.readouterr().out == "EVT-110, EVT-0006  data/waivers.csv:2\n"
    assert main(["retire", "EVT-0006", str(folder), "--reason", "error", "--format", "json"]) == 0
    assert rules_of(json.loads(capsys.readouterr().out)) == ["WVR-101"]


# What is no row -----------------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_told_at_once(
    folder: Path, miniature: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(folder, "events", {"title": "Shelling of Beta", "summary": " \u200b"}) == 2
    out, err = capsys.readouterr()
    assert out == ""
    named = [line.split(":")[0].strip() for line in err.splitlines()[1:]]
    assert named == [name for name in EVENT if name != "title"]
    assert "  date_precision: one of day, about, week, month\n" in err
    assert "  place_id: such as PLC-" in err
    assert contents(folder) == miniature


@pytest.mark.parametrize(
    ("table", "cells", "words"),
    [
        ("evnts", {}, "did you mean events?"),
        ("outline", {}, "There is no table 'outline'"),
        ("retired_ids", {"id": "EVT-0001"}, "sumy2022 retire"),
        ("events", EVENT | {"titel": "x", "plce_id": "y"}, "'titel'; did you mean title?, nor 'plce_id'"),
        ("events", EVENT | {"event_id": "EVT-0077"}, "event_id cannot be set"),
        ("events", EVENT | {"title": "\udcff"}, "not text in UTF-8"),
        ("events", EVENT | {"\udcff": "x"}, "has no field '\\udcff'"),
        ("events", EVENT | {"title": "x" * 100_001}, "100,001 characters"),
        ("sources", {name: value for name, value in SOURCE.items() if name != "accessed"}, "accessed: such as"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    table: str, cells: dict[str, str], words: str, folder: Path, miniature: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(folder, table, cells) == 2
    assert words in capsys.readouterr().err
    assert contents(folder) == miniature


def test_a_field_is_set_once_and_with_a_value(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(folder, "events", EVENT, "--set", "title=Again") == 2
    assert "title is set twice" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["new", "events", str(folder), "--set", "title"])
    assert "'title' is not FIELD=VALUE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "cells", "rules"),
    [
        ("events", {"title": "=cmd|' /C calc'!A0"}, ["CSV-115"]),
        ("events", {"summary": "Write to someone@example.org about it."}, ["PRV-101"]),
        ("events", {"event_type": "bombing", "date_end": "2.3.2022"}, ["TAB-101", "TAB-103"]),
        ("events", {"date_start": "2022-02-30"}, ["TAB-101"]),
        ("events", {"date_end": "2022-03-01"}, ["EVT-101"]),
        ("events", {"place_id": "EVT-0001"}, ["TAB-104", "TAB-203"]),
        ("events", {"place_id": "PLC-0099"}, ["TAB-203"]),
        ("events", {"title": "x" * 200}, ["TAB-106"]),
        ("events", {"title": "Massacre of Beta"}, ["EVT-116"]),
        ("sources", {"url": "https://example.org/first"}, ["TAB-202"]),
        ("sources", {"url": "https://example.org/fifth?utm_source=x"}, ["SRC-102"]),
        ("sources", {"url": "javascript:alert(1)"}, ["TAB-104", "TAB-107"]),
        ("event_sources", {"source_id": "SRC-0002"}, ["TAB-201"]),
        ("event_sources", {"event_id": "SRC-0001"}, ["TAB-104", "TAB-203"]),
        ("event_sources", {"stance": "contradicts"}, ["LNK-101"]),
    ],
)
def test_a_row_with_faults_of_its_own_is_refused(
    table: str,
    cells: dict[str, str],
    rules: list[str],
    folder: Path,
    miniature: Files,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert new(folder, table, ROWS[table] | cells, "--format", "json") == 1
    assert rules_of(json.loads(capsys.readouterr().out)) == rules
    assert contents(folder) == miniature


def test_a_row_with_warnings_only_is_written_on_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doubtful = EVENT | {"title": "Massacre of Beta"}
    assert new(folder, "events", doubtful) == 1
    out = capsys.readouterr().out
    assert out.startswith(f"Nothing is written. The row would stand at {EVENTS}:7 and have these faults:\n")
    assert "  warning EVT-116 loaded-word-in-title-of-events  line 7  EVT-0006  title\n" in out
    assert "--level error" in out
    assert new(folder, "events", doubtful, "--level", "error") == 0
    assert "warning EVT-116" in capsys.readouterr().out
    assert new(folder, "events", doubtful | {"place_id": "PLC-0099"}, "--level", "error") == 1
    assert "--level error" not in capsys.readouterr().out


def test_a_repeated_value_is_the_new_rows_fault_wherever_it_stands(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SRC-10000 stands before SRC-9999, so that the older of the two rows bears the finding."""
    changes = [Swap(file, "SRC-0004", "SRC-9999") for file in (SOURCES, CITATIONS, "data/evacuations.csv")]
    folder = write(lay(miniature, changes), tmp_path)
    repeated = SOURCE | {"url": "https://example.org/fourth"}
    assert new(folder, "sources", repeated, "--format", "json") == 1
    finding, *more = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["rule"], finding["key"], more) == ("TAB-202", {"source_id": "SRC-9999"}, [])
    assert new(folder, "sources", SOURCE, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["line"] == 5


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("Shelling  of\tBeta ", "Shelling of Beta"),
        ("Shelling\r\nof Beta\n", "Shelling of Beta"),
        ("Shelling\x00\x1b of\u200b Be\u202eta", "Shelling of Beta"),
        ("Shelling of Leo\u0301n", "Shelling of Le\u00f3n"),
        ('Shelling of "Beta", again', '"Shelling of ""Beta"", again"'),
        ("Shelling = of Beta", "Shelling = of Beta"),
        ("'; DROP TABLE events; --", "'; DROP TABLE events; --"),
        ("NA", "NA"),
    ],
)
def test_values_are_cleaned_as_by_fmt(given: str, stored: str, folder: Path) -> None:
    assert new(folder, "events", EVENT | {"title": given}) == 0
    assert lines(folder, EVENTS)[6].startswith(f"EVT-0006,shelling,{stored},2022-03-02,")
    assert main(["fmt", "--check", str(folder)]) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            [Swap(EVENTS, "Shelling of Alpha", '"Shelling of Alpha"')],
            f"{EVENTS} is not in canonical form. Run `sumy2022 fmt`",
        ),
        ([Swap(EVENTS, "Shelling of Alpha", "Shelling  of Alpha")], "is not in canonical form"),
        ([Swap(EVENTS, "Shelling of Alpha", '"Shelling of Alpha')], "`sumy2022 validate` says why"),
        ([Swap(EVENTS, "part_of\n", "part\n")], "`sumy2022 validate` says why"),
        ([Swap(RETIRED, "id,", "id,id,")], f"{RETIRED} cannot be read whole"),
        ([Write(EVENTS, "\n")], "`sumy2022 validate` says why"),
        ([Remove(EVENTS)], "The descriptor or a schema has faults"),
        ([Write("releases/0.0.9.json", "{}")], "releases/0.0.9.json cannot be used"),
        ([Write("releases/0.0.9.json", "{")], "releases/0.0.9.json cannot be used"),
        ([manifest_of("0.0.8"), Write("releases/0.0.9.json", '{"version": "0.0.8", "tables": {}}')], "cannot be used"),
    ],
)
def test_a_damaged_package_is_left_alone(
    changes: list[Any], words: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = lay(miniature, changes)
    folder = write(damaged, tmp_path)
    assert new(folder, "events", EVENT) == 2
    assert words in capsys.readouterr().err
    assert contents(folder) == damaged


def test_only_a_folder_is_changed(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ZipFile(tmp_path / "package.zip", "w") as archive:
        for path, data in miniature.items():
            archive.writestr(path, data)
    assert new(tmp_path / "package.zip", "events", EVENT) == 2
    assert main(["retire", "EVT-0001", str(tmp_path / "package.zip"), "--reason", "error"]) == 2
    assert capsys.readouterr().err.count("Only a folder can be changed") == 2


def test_older_faults_are_not_the_new_rows(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row goes in the middle, so that the lines of older faults below it move."""
    faults = [Edit("event_sources", {"stance": "suports"}, row=6), Edit("event_sources", {"stance": "none"}, row=0)]
    folder = write(lay(miniature, faults), tmp_path)
    before = [finding.rule for finding in validate(folder).findings]
    assert before == ["TAB-103", "TAB-103"]
    assert new(folder, "event_sources", CITATION, "--format", "json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["line"], answer["findings"]) == (6, [])
    assert {item["rule"] for item in answer["not_run"]} == {"EVT-109", "EVT-115"}
    assert [finding.line for finding in validate(folder).findings] == [2, 9]


def test_a_released_version_has_to_be_raised(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(lay(miniature, [manifest_of("0.1.0", sources=[f"SRC-000{n}" for n in range(1, 5)])]), tmp_path)
    path = folder / "releases/0.1.0.json"
    manifest = json.loads(path.read_text())
    manifest["tables"]["sources"]["sha256"] = sha256(miniature[SOURCES]).hexdigest()
    path.write_text(json.dumps(manifest))
    assert validate(folder).findings == ()
    assert new(folder, "sources", SOURCE, "--format", "json") == 0
    assert rules_of(json.loads(capsys.readouterr().out)) == ["HIS-103", "SRC-109"]


def test_a_change_by_another_program_is_not_overwritten(
    folder: Path, miniature: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sumy2022 import editing

    other = miniature[EVENTS] + b"EVT-0006,other\n"

    def validate_slowly(package: Any) -> Any:
        (folder / EVENTS).write_bytes(other)
        return validate(package)

    monkeypatch.setattr(editing, "validate", validate_slowly)
    assert new(folder, "events", EVENT) == 2
    assert "was changed by another program" in capsys.readouterr().err
    assert (folder / EVENTS).read_bytes() == other


def test_an_overlay_shows_changes_without_writing_them(folder: Path, miniature: Files) -> None:
    overlay = Overlay(Folder(folder), {EVENTS: b"new", "releases/0.2.0.json": b"{}"})
    assert overlay.name == str(folder)
    assert (overlay.read(EVENTS), overlay.read(SOURCES)) == (b"new", miniature[SOURCES])
    assert overlay.read("releases/0.3.0.json") is None
    assert overlay.has("releases/0.2.0.json")
    assert not overlay.has("releases/0.3.0.json")
    assert overlay.names("releases") == ["releases/0.2.0.json"]
    assert overlay.names("data") == Folder(folder).names("data")
    assert contents(folder) == miniature


# Any sound row ------------------------------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from(string.ascii_letters + string.digits + " ,\"'.;:()éї"), max_size=60).map(
    lambda text: f"Text {text}"
)
STUDY = st.dates(min_value=date(2022, 2, 24), max_value=date(2022, 4, 8))


@st.composite
def sound_rows(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A table, and values that its schema and rules allow."""
    match draw(st.sampled_from(["events", "sources", "actors"])):
        case "events":
            day = draw(STUDY).isoformat()
            kinds = st.sampled_from(["shelling", "battle", "airstrike", "looting", "protest", "other"])
            more = {"event_type": draw(kinds), "title": draw(WORDS), "date_start": day, "date_end": day}
            return "events", EVENT | more | {"summary": draw(WORDS)}
        case "sources":
            path = draw(st.text(st.sampled_from(string.ascii_lowercase), min_size=8, max_size=12))
            more = {"title": draw(WORDS), "publisher": draw(WORDS), "url": f"https://example.org/new/{path}"}
            return "sources", SOURCE | more | {"note": draw(WORDS | st.just(""))}
        case _:
            return "actors", {"name_en": draw(WORDS.filter(str.isascii)), "kind": "ngo", "side": "none"}


@fuzz(8)
@given(sound_rows())
def test_a_sound_row_leaves_only_what_is_to_be_done(row: tuple[str, dict[str, str]]) -> None:
    table, cells = row
    with TemporaryDirectory() as name:
        folder = write(dict(_miniature()), Path(name))
        before = contents(folder)
        assert new(folder, table, cells) == 0
        after = contents(folder)
        assert {path for path in before if after[path] != before[path]} == {f"data/{table}.csv"}
        assert after[f"data/{table}.csv"].startswith(before[f"data/{table}.csv"])
        scopes = {REGISTRY[finding.rule].scope for finding in validate(folder).findings}
        assert scopes <= {Scope.GROUP, Scope.TABLE, Scope.HISTORY}
        assert main(["fmt", "--check", str(folder)]) == 0


@fuzz(8)
@given(st.dictionaries(st.sampled_from(list(EVENT)), st.text(max_size=20) | st.sampled_from(["EVT-0001", "=1", "\n"])))
def test_any_values_are_written_soundly_or_refused(cells: dict[str, str]) -> None:
    with TemporaryDirectory() as name:
        files = dict(_miniature())
        folder = write(files, Path(name))
        code = new(folder, "events", EVENT | cells)
        if code:
            assert contents(folder) == files
        else:
            own = {REGISTRY[item.rule].scope for item in validate(folder).findings if item.line == 7}
            assert own <= {Scope.GROUP, Scope.TABLE}
            assert main(["fmt", "--check", str(folder)]) == 0


@fuzz(25)
@given(st.data())
def test_a_damaged_package_is_no_crash(data: st.DataObject) -> None:
    files = SMALL | {RETIRED: FILES[RETIRED], RELEASE_FILE: str(RELEASE.text).encode()}
    files |= {DESCRIPTOR: cut_down(FILES, "places", "events", "outline", "retired_ids")[DESCRIPTOR]}
    files |= {"schemas/retired_ids.json": FILES["schemas/retired_ids.json"]}
    path = data.draw(st.sampled_from([EVENTS, RETIRED, RELEASE_FILE, SCHEMA, "schemas/retired_ids.json"]))
    files |= {path: data.draw(altered(files[path]) if path.endswith(".json") else damaged(files[path]))}
    with TemporaryDirectory() as name:
        folder = write(files, Path(name))
        for call in (["new", "events", str(folder), *sets(EVENT)], ["retire", "EVT-0005", str(folder), *RETIRE]):
            before = contents(folder)
            with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
                code = main(call)
            assert code in {0, 1, 2}
            assert commanding(out.getvalue() + err.getvalue()) == set()
            assert "a fault of this program" not in err.getvalue()
            if code == 2:
                assert contents(folder) == before


# At a terminal ------------------------------------------------------------------------------------------------------


ATTACHED = """
import fcntl, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches the command
signal.signal(signal.SIGINT, signal.default_int_handler)  # which who runs the tests may have ignored
from sumy2022.__main__ import script
sys.exit(script())
"""


INTERRUPT = "\x03"
"""Ctrl-C. Python loses it where it comes after the prompt and before `input` reads, as on a busy machine it may."""


def converse(arguments: list[str], folder: Path, answers: Iterable[tuple[str, str]]) -> tuple[int, str]:
    """Call the command at a terminal, answer each prompt, and return its exit code and all that it showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ATTACHED, *arguments],
        stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    shown, seen, answer = b"", 0, ""
    try:
        for prompt, answer in answers:
            while prompt.encode() not in shown[seen:]:
                chunk = _chunk(master)
                assert chunk, f"no {prompt!r} in {shown[seen:].decode()}"
                shown += chunk
            seen = len(shown)
            os.write(master, answer.encode())
        again = iter([INTERRUPT.encode()] * 5 if answer == INTERRUPT else [])
        while chunk := _chunk(master, again):
            shown += chunk
        return process.wait(timeout=60), shown.decode()
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _chunk(master: int, again: Iterator[bytes] | None = None) -> bytes:
    """Read from a terminal; nothing when it is closed. While nothing comes, the keys that are given are pressed."""
    while not select.select([master], [], [], 5)[0]:
        keys = next(again or iter(()), None)
        if keys is None:
            assert select.select([master], [], [], 60)[0], "the command says nothing more"
            break
        os.write(master, keys)
    try:
        return os.read(master, 65536)
    except OSError as error:  # Linux says so when the other side has gone
        if error.errno == errno.EIO:
            return b""
        raise


def test_a_terminal_is_asked_until_the_answers_are_sound(folder: Path, miniature: Files) -> None:
    answers = [
        ("title> ", "Shelling  of Beta\n"),
        ("date_start> ", "2.3.2022\n"),
        ("date_start> ", "2022-03-02\n"),
        ("date_precision> ", "\n"),
        ("date_precision> ", "dya\n"),
        ("date_precision> ", "day\n"),
        ("place_id> ", "EVT-0001\n"),
        ("place_id> ", "PLC-0099\n"),
        ("place_id> ", "PLC-0006\n"),
        ("summary> ", "=cmd\n"),
        ("summary> ", "Write to someone@example.org about it.\n"),
        ("summary> ", "A news outlet reported that shells fell on Beta.\n"),
    ]
    given = {name: EVENT[name] for name in ("event_type", "date_end", "place_precision")}
    code, shown = converse(["new", "events", *sets(given)], folder, answers)
    assert code == 0, shown
    assert contents(folder) != miniature
    assert lines(folder, EVENTS)[6].startswith(
        "EVT-0006,shelling,Shelling of Beta,2022-03-02,2022-03-02,day,,PLC-0006,"
    )
    for words in (
        "a calendar date written YYYY-MM-DD",
        "did you mean day?",
        "places has no such row",
        "like a formula",
    ):
        assert words in shown
    assert re.search(r"^  about +\S", shown, re.MULTILINE), "codes are shown with their labels"
    assert "event_id>" not in shown


def test_a_unique_value_is_asked_for_again(folder: Path) -> None:
    given = {name: value for name, value in SOURCE.items() if name != "url"}
    answers = [("url> ", "https://example.org/first\n"), ("url> ", "https://example.org/fifth\n")]
    code, shown = converse(["new", "sources", *sets(given)], folder, answers)
    assert code == 0, shown
    assert "stands on line 2 too" in shown
    assert "https://example.org/fifth" in lines(folder, SOURCES)[5]


@pytest.mark.parametrize("end", ["\x04", INTERRUPT], ids=["end of input", "interrupt"])
def test_a_conversation_that_ends_writes_nothing(end: str, folder: Path, miniature: Files) -> None:
    code, shown = converse(["new", "events"], folder, [("event_type> ", "shelling\n"), ("title> ", end)])
    assert code == 2, shown
    assert "Traceback" not in shown
    assert contents(folder) == miniature


def test_nobody_is_asked_where_a_program_listens(folder: Path) -> None:
    code, shown = converse(["new", "events", "--format", "json"], folder, [])
    assert code == 2
    assert "needs these fields too" in shown


def test_a_table_that_is_not_canonical_is_refused_before_anything_is_asked(miniature: Files, tmp_path: Path) -> None:
    folder = write(lay(miniature, [Swap(EVENTS, "Shelling of Alpha", "Shelling  of Alpha")]), tmp_path)
    code, shown = converse(["new", "events"], folder, [])
    assert code == 2
    assert "is not in canonical form" in shown


# The end of a row ---------------------------------------------------------------------------------------------------


def test_a_released_id_is_retired_and_its_references_are_told(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(released)
    note = "The two rows described the same fighting."
    call = ["retire", "EVT-0005", str(released), "--reason", "merged", "--replaced-by", "EVT-0001", "--note", note]
    assert main(call) == 1
    out = capsys.readouterr().out
    assert f"EVT-0005 is retired in 0.1.0 ({RETIRED}:2); its row, line 6 of {EVENTS}, is removed." in out
    told = re.findall(r"^  (data/\S+ \w+)$", out, re.MULTILINE)
    assert told == [
        f"{EVENTS}:2 part_of",
        "data/event_actors.csv:7 event_id",
        "data/event_actors.csv:8 event_id",
        f"{CITATIONS}:8 event_id",
    ]
    after = contents(released)
    assert {path for path in before if after[path] != before[path]} == {EVENTS, RETIRED}
    assert after[RETIRED] == before[RETIRED] + f"EVT-0005,0.1.0,merged,EVT-0001,{note}\n".encode()
    assert after[EVENTS] == b"".join(before[EVENTS].splitlines(keepends=True)[:5])
    assert {finding.rule for finding in validate(released).findings} == {"TAB-203"}


def test_a_row_that_nothing_refers_to_is_retired_cleanly(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (CITATIONS, "data/event_actors.csv"):
        kept = [line for line in lines(released, file) if not line.startswith("EVT-0002")]
        (released / file).write_text("\n".join(kept) + "\n")
    assert main(["retire", "EVT-0002", str(released), "--reason", "error"]) == 0
    assert "referring" not in capsys.readouterr().out
    assert [finding.rule for finding in validate(released).at_least(REGISTRY["HIS-113"].severity)] == []


def test_what_the_removal_breaks_otherwise_is_told(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retire", "CTL-0002", str(released), "--reason", "error", "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["retired_in"] is None
    assert answer["references"] == [{"file": "data/control_sources.csv", "line": 4, "field": "control_id"}]
    assert rules_of(answer) == ["CTL-105"]


def test_a_retired_successor_is_told(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["retire", "EVT-0005", str(released), "--reason", "merged", "--replaced-by", "EVT-0002"])
    capsys.readouterr()
    assert main(["retire", "EVT-0002", str(released), "--reason", "error", "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert {"file": RETIRED, "line": 3, "field": "replaced_by"} in answer["references"]
    assert (answer["file"], answer["line"], answer["retired_in"]) == (RETIRED, 2, "0.1.0")


@pytest.mark.parametrize("manifests", [[], [RELEASE]], ids=["nothing released", "not in the release"])
def test_an_id_that_no_release_held_needs_no_entry(
    manifests: list[Write], miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = lay(miniature, manifests)
    folder = write(files, tmp_path)
    assert new(folder, "sources", SOURCE) == 0
    assert main(["retire", "SRC-0005", str(folder), "--reason", "error"]) == 0
    assert "SRC-0005 was in no release" in capsys.readouterr().out
    assert contents(folder) == files


def test_retiring_again_changes_nothing_and_says_so(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["retire", "EVT-0005", str(released), "--reason", "merged", "--replaced-by", "EVT-0001"]
    assert main(call) == 1
    first, after = capsys.readouterr().out, contents(released)
    assert main(call) == 1
    again = capsys.readouterr().out
    assert again.startswith(f"EVT-0005 is retired already, since 0.1.0 ({RETIRED}:2), and its row is gone.")
    assert again.splitlines()[1:] == first.splitlines()[1:]
    assert main(["retire", "EVT-0005", str(released), "--reason", "split"]) == 2
    assert "its reason is 'merged', not 'split'" in capsys.readouterr().err
    assert contents(released) == after


@pytest.mark.parametrize(
    ("key", "more", "words"),
    [
        ("EVT-0066", [], "There is no row 'EVT-0066'; did you mean EVT-0005"),
        ("events", [], "There is no row 'events'. Give the identifier of a row"),
        ("\udcff", [], "not text in UTF-8"),
        ("", [], "There is no row ''"),
        ("EVT-0001,SRC-0001", [], "There is no row"),
        ("EVT-0005", ["--reason", "eror"], "did you mean error?"),
        ("EVT-0005", ["--reason", ""], "There is no reason ''"),
        ("EVT-0005", ["--replaced-by", "EVT-0005"], "cannot be replaced by itself"),
        ("EVT-0005", ["--replaced-by", " EVT-0005 "], "cannot be replaced by itself"),
        ("EVT-0005", ["--replaced-by", "EVT-0066"], "There is no row 'EVT-0066' to replace EVT-0005; did you mean"),
        ("EVT-0005", ["--replaced-by", "EVT-0009"], "EVT-0009 is retired itself"),
        ("EVT-0005", ["--note", "\udcff"], "not text in UTF-8"),
    ],
)
def test_what_cannot_be_retired_is_said_and_nothing_is_written(
    key: str, more: list[str], words: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    retired = Add("retired_ids", {"id": "EVT-0009", "retired_in": "0.0.9", "reason": "error"})
    files = lay(miniature, [RELEASE, retired])
    folder = write(files, tmp_path)
    assert main(["retire", key, str(folder), *(more if "--reason" in more else ["--reason", "error", *more])]) == 2
    assert words in capsys.readouterr().err
    assert contents(folder) == files


@pytest.mark.parametrize(
    ("note", "rule"),
    [("x" * 601, "TAB-106"), ("=cmd", "CSV-115"), ("Ask someone@example.org.", "PRV-101")],
)
def test_a_faulty_entry_is_refused(note: str, rule: str, released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(released)
    call = ["retire", "EVT-0005", str(released), "--reason", "error", "--note", note]
    assert main([*call, "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (rules_of(answer), answer["file"]) == ([rule], None)
    assert main(call) == 1
    assert capsys.readouterr().out.startswith("Nothing is written.")
    assert contents(released) == before


@pytest.mark.parametrize("version", ["0.1.0", "0.1.1", "1.0.0"])
def test_a_version_that_is_out_is_raised_first(
    version: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = lay(miniature, [manifest_of(version, events=["EVT-0005"])])
    folder = write(files, tmp_path)
    assert main(["retire", "EVT-0005", str(folder), "--reason", "error"]) == 2
    assert f"Version {version} has been released" in capsys.readouterr().err
    assert main(["retire", "SRC-0001", str(folder), "--reason", "error"]) == 2
    assert contents(folder) == files


def test_an_id_of_two_rows_is_not_guessed(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(lay(miniature, [RELEASE, Add("sources", {"source_id": "SRC-0001"})]), tmp_path)
    assert main(["fmt", str(folder)]) == 0
    assert main(["retire", "SRC-0001", str(folder), "--reason", "error"]) == 2
    assert f"{SOURCES}:2, {SOURCES}:3" in capsys.readouterr().err


# Interruptions ------------------------------------------------------------------------------------------------------


def moments(function: Callable[..., Any], stop: int) -> Callable[..., Any]:
    """Return a function that is interrupted at its call number `stop`, from 1."""
    calls = iter(range(1, 1000))

    def interrupted(*arguments: Any, **options: Any) -> Any:
        if next(calls) == stop:
            raise KeyboardInterrupt
        return function(*arguments, **options)

    return interrupted


@pytest.mark.parametrize("stop", [1, 2])
@pytest.mark.parametrize("name", ["fsync", "chmod", "replace"])
def test_an_interruption_leaves_what_validation_explains_and_the_same_call_completes(
    name: str, stop: int, released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(released)
    with monkeypatch.context() as patched:
        patched.setattr(canonical.os, name, moments(getattr(os, name), stop))
        assert main(["retire", "EVT-0005", str(released), *RETIRE]) == 2
    between = contents(released)
    assert between.keys() == before.keys(), "nothing is left lying about"
    assert {path for path in before if between[path] != before[path]} == ({RETIRED} if stop == 2 else set())
    assert [finding.rule for finding in validate(released).findings] == (["HIS-113"] if stop == 2 else [])
    assert main(["retire", "EVT-0005", str(released), *RETIRE]) == 1
    assert {finding.rule for finding in validate(released).findings} == {"TAB-203"}
    assert lines(released, RETIRED)[1] == "EVT-0005,0.1.0,merged,EVT-0001,"
    capsys.readouterr()


def test_a_full_disk_is_said_and_nothing_is_lost(
    folder: Path, miniature: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(canonical.os, "fsync", full)
    assert new(folder, "events", EVENT) == 2
    assert f"{EVENTS} cannot be written: No space left on device." in capsys.readouterr().err
    assert contents(folder) == miniature


def retirements(folder: Path) -> list[list[str]]:
    """Return the commands that retire two ids in a folder."""
    return [["retire", key, str(folder), "--reason", "error"] for key in ("EVT-0005", "EVT-0004")]


def test_a_killed_process_leaves_every_file_old_or_new(
    killed: Callable[..., int], miniature: Files, tmp_path: Path
) -> None:
    files = lay(miniature, [RELEASE])
    whole = write(files, tmp_path / "whole")
    last = killed(*retirements(whole))
    goal = contents(whole)
    events = files[EVENTS].splitlines(keepends=True)
    retired = goal[RETIRED].splitlines(keepends=True)
    steps = {  # file -> its content after each write to it
        EVENTS: [b"".join(events), b"".join(events[:5]), b"".join(events[:4])],
        RETIRED: [retired[0], retired[0] + retired[2], b"".join(retired)],
    }
    others = {path: data for path, data in files.items() if path not in steps}
    met = []
    for step in range(1, last + 1):
        folder = write(files, tmp_path / str(step))
        assert killed(*retirements(folder), step=step) == 0
        # A killed process may leave a half-written file of its own behind, which is no file of the package.
        found = {path: data for path, data in contents(folder).items() if not Path(path).name.startswith(".")}
        at = tuple(contents_of.index(found.pop(path)) for path, contents_of in steps.items())
        assert found == others
        if at not in met:
            met.append(at)
            for command in retirements(folder):
                main(command)
            assert {path: (folder / path).read_bytes() for path in goal} == goal
    assert met == [(0, 0), (0, 1), (1, 1), (1, 2)], "the entry comes before the row goes"


# The library --------------------------------------------------------------------------------------------------------


def test_a_row_without_content_is_no_row(folder: Path) -> None:
    from sumy2022.addition import add_row

    with pytest.raises(UsageError, match="at least one cell"):
        add_row(open_package(folder), "event_sources", {})
