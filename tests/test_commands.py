"""The commands as they are called: what they print, what they write, and their exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from conftest import ROOT, Files, lay, write
from sumy2022 import canonical
from sumy2022.__main__ import COMMANDS, main
from sumy2022.example import Swap, Write
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all

EVENTS = "data/events.csv"


def test_a_sound_package_gives_zero(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(write(miniature, tmp_path))]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("0 errors\n")
    assert err == ""


def test_findings_give_one_and_the_level_decides(miniature: Files, tmp_path: Path) -> None:
    folder = str(write(lay(miniature, REGISTRY["EVT-110"].bad), tmp_path))
    assert REGISTRY["EVT-110"].severity.value == "warning"
    assert main(["validate", folder]) == 0
    assert main(["validate", folder, "--level", "warning"]) == 1
    assert main(["validate", folder, "--level", "info"]) == 1


def test_only_and_skip_choose_the_rules(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write(lay(miniature, REGISTRY["EVT-101"].bad), tmp_path))
    assert main(["validate", folder, "--only", "EVT-101"]) == 1
    assert main(["validate", folder, "--only", "event-ends-before-it-starts"]) == 1
    assert main(["validate", folder, "--only", "EVT-102"]) == 0
    assert main(["validate", folder, "--skip", "EVT-101"]) == 0
    assert "EVT-101: left out on request" in capsys.readouterr().out
    assert main(["validate", folder, "--only", "EVT-999"]) == 2
    assert "did you mean EVT-" in capsys.readouterr().err


def test_the_report_goes_to_a_file(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, target = write(miniature, tmp_path / "package"), tmp_path / "report.json"
    assert main(["validate", str(folder), "--format", "json", "--output", str(target)]) == 0
    assert json.loads(target.read_text())["package"]["name"] == "miniature"
    assert capsys.readouterr().out == ""
    assert main(["validate", str(folder), "--output", str(tmp_path / "nowhere" / "report")]) == 2


def test_the_package_is_found_around_the_working_directory(
    miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(miniature, tmp_path) / "data")
    assert main(["validate"]) == 0
    monkeypatch.chdir("/")
    assert main(["validate"]) == 2


@pytest.mark.parametrize(
    "changes",
    [
        [Swap(EVENTS, "", "\ufeff")],
        [Swap(EVENTS, "\nEVT-0002", "\r\nEVT-0002")],
        [Swap(EVENTS, "Shelling of Alpha", '"Shelling of Alpha"')],
        [Swap(EVENTS, "Shelling of Alpha", "  Shelling\u00a0 of\u200b Alpha")],
        [Swap(EVENTS, "Shelling of Alpha", '"Shelling\nof Alpha"')],
        [Swap(EVENTS, "\nEVT-0002", "\n\nEVT-0002")],
        [Swap("data/retired_ids.csv", "reason,replaced_by", "replaced_by,reason")],
        [Swap("data/retired_ids.csv", "note\n", "note")],
    ],
    ids=["BOM", "CRLF", "quotes", "spaces", "line break", "blank line", "columns", "final newline"],
)
def test_fmt_restores_the_form_and_nothing_else(changes: list[Swap], miniature: Files, tmp_path: Path) -> None:
    folder = write(lay(miniature, changes), tmp_path)
    assert main(["fmt", "--check", str(folder)]) == 1
    assert main(["fmt", str(folder)]) == 0
    assert {path: (folder / path).read_bytes() for path in miniature} == miniature
    assert main(["fmt", "--check", str(folder)]) == 0
    assert sorted(path.name for path in (folder / "data").iterdir()) == sorted(
        path.removeprefix("data/") for path in miniature if path.startswith("data/")
    )


def test_fmt_sorts_rows(miniature: Files, tmp_path: Path) -> None:
    header, *rows = miniature[EVENTS].splitlines(keepends=True)
    folder = write(miniature | {EVENTS: b"".join([header, *reversed(rows)])}, tmp_path)
    assert main(["fmt", str(folder)]) == 0
    assert (folder / EVENTS).read_bytes() == miniature[EVENTS]


def test_fmt_leaves_a_file_that_it_cannot_read_whole(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = lay(miniature, [Swap(EVENTS, "Shelling of Alpha", '"Shelling of Alpha')])
    folder = write(damaged, tmp_path)
    assert main(["fmt", str(folder)]) == 2
    assert (folder / EVENTS).read_bytes() == damaged[EVENTS]
    assert f"{EVENTS}:2: not formatted" in capsys.readouterr().out


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        canonical.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_rules_lists_and_explains(capsys: pytest.CaptureFixture[str]) -> None:
    load_all()
    assert main(["rules"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(REGISTRY)
    assert main(["rules", "evt-101"]) == 0
    assert capsys.readouterr().out == (ROOT / "docs/rules/EVT-101.md").read_text().split("-->\n\n", 1)[1]
    assert main(["rules", "event-ends-before-it-begins"]) == 2
    assert "did you mean event-ends-before-it-starts" in capsys.readouterr().err


def test_info_tells_tables_and_rows(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(write(miniature, tmp_path))]) == 0
    out = capsys.readouterr().out
    assert "miniature 0.1.0" in out
    assert "period 2022-02-24 to 2022-04-08, area PLC-0001" in out
    rows = {line.split()[0]: line.split()[1] for line in out.splitlines() if line[:1].islower()}
    assert (rows["events"], rows["retired_ids"]) == ("5", "0")


def test_docs_checks_and_writes(miniature: Files, tmp_path: Path) -> None:
    folder = write(miniature | {"docs/rules/OLD-001.md": b"no longer a rule"}, tmp_path)
    assert main(["docs", "--check", str(folder)]) == 1
    assert main(["docs", str(folder)]) == 0
    assert main(["docs", "--check", str(folder)]) == 0
    assert not (folder / "docs/rules/OLD-001.md").exists()
    assert "### <a id=" in (folder / "docs/codebook.md").read_text()


def test_a_crash_of_a_rule_is_our_fault_and_gives_two(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    load_all()
    broken = replace(REGISTRY["EVT-101"], predicate=lambda events, _: events["date_end"])
    monkeypatch.setitem(REGISTRY, "EVT-101", broken)
    assert main(["validate", str(write(miniature, tmp_path))]) == 2
    assert "a fault of this program, not of your data: EVT-101" in capsys.readouterr().err


def test_the_environment_cannot_switch_checks_off(miniature: Files, tmp_path: Path) -> None:
    folder = str(write(lay(miniature, REGISTRY["EVT-101"].bad), tmp_path))
    command = [sys.executable, "-m", "sumy2022", "validate", folder]
    done = subprocess.run(command, env=os.environ | {"PANDERA_VALIDATION_ENABLED": "False"}, capture_output=True)
    assert done.returncode == 1


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    done = subprocess.run(
        f"{sys.executable} -m sumy2022 rules | head -n 1", shell=True, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_an_empty_package_says_what_could_not_be_tried(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(lay(miniature, [Write(EVENTS, "\n")]), tmp_path)
    assert main(["validate", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "CSV-001" in out
    assert "Not run:" in out


def test_the_version_of_what_is_not_installed_is_unknown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, "sumy2022 unknown\n")


def run_python(code: str, *arguments: str) -> str:
    """Run code in a process of its own, and return what it printed last."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("command", ["diff", "fmt"])
def test_a_command_that_needs_no_pandas_does_not_wait_for_it(command: str, miniature: Files, tmp_path: Path) -> None:
    """Arrow imports it wherever it makes an array of a list, unless it seems not to be there."""
    sides = [write(miniature, tmp_path / "old"), write(lay(miniature, REGISTRY["EVT-110"].bad), tmp_path / "new")]
    code = (
        "import sys; from sumy2022.__main__ import main; code = main(sys.argv[1:], alone=True);"
        "import pyarrow; pyarrow.array(['a']); print(code, 'pandas' in sys.modules)"
    )
    expected = "1 False" if command == "diff" else "0 False"
    assert run_python(code, command, *map(str, sides[: 2 if command == "diff" else 1])) == expected


def test_files_are_read_without_pandas(miniature: Files, tmp_path: Path) -> None:
    """Which is imported meanwhile."""
    code = (
        "import sys; from sumy2022.files import read_files; from sumy2022.package import open_package;"
        "files = read_files(open_package(sys.argv[1])); print(len(files), 'pandas' in sys.modules)"
    )
    assert run_python(code, str(write(miniature, tmp_path))) == "12 False"


def test_a_word_that_is_no_rule_is_told_before_anything_is_read(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(miniature | {EVENTS: b"event_id\n"}, tmp_path)
    assert main(["validate", str(folder), "--max-bytes", "1", "--only", "EVT-999"]) == 2
    assert "There is no rule 'EVT-999'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["nonsense"], []])
def test_all_commands_are_named_where_none_is_asked_for(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(words)
    said = "".join(capsys.readouterr())
    assert "COMMAND" in said
    assert all(name in said for name in COMMANDS) or not words
