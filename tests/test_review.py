"""The review of a change: what is new, what version it calls for, and what has to be mended before it is merged."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

import sumy2022
from conftest import ROOT, Files, lay, write
from sumy2022.__main__ import main
from sumy2022.earlier import findings_of_its_own
from sumy2022.example import Add, Drop, Edit, Remove, Swap, Write
from sumy2022.package import open_package
from sumy2022.render.review import LIMIT, markdown
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all
from sumy2022.rules.manifests import manifest_of
from sumy2022.versioning import Level
from test_diff import git

load_all()
CHANGELOG = Write("CHANGELOG.md", "# Changelog\n\n## 0.1.0\n\nThere is nothing to do.\n")
RELEASED = manifest_of("0.1.0", events=[f"EVT-000{n}" for n in range(1, 6)], actors=["ACT-0001"])
RAISED = (
    Swap("datapackage.json", '"version": "0.1.0"', '"version": "0.1.1"'),
    Write("CHANGELOG.md", "# Changelog\n\n## 0.1.1\n\nFigures change.\n\n- EVT-0001: title\n\n## 0.1.0\n\nNothing.\n"),
)


@pytest.fixture
def reviewed(miniature: Files, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Review the miniature against itself with some changes; `before` are made on both sides."""

    def compare(*changes: Any, before: tuple[Any, ...] = (CHANGELOG,)) -> sumy2022.Review:
        base = lay(miniature, before)
        folder = tmp_path_factory.mktemp("sides")
        return sumy2022.review(write(base, folder / "base"), write(lay(base, changes), folder / "head"))

    return compare


def rules(findings: Any) -> list[str]:
    return [finding.rule for finding in findings]


def test_an_unchanged_package_has_nothing_to_mend(reviewed: Any) -> None:
    found = reviewed()
    assert found.must_be_mended == ()
    assert found.version.level is Level.NONE


def test_findings_are_new_mended_or_as_before(reviewed: Any) -> None:
    one, two, three = (REGISTRY[name].bad for name in ("EVT-101", "EVT-110", "ACT-101"))
    found = reviewed(*three, before=(CHANGELOG, *two))
    assert (rules(found.new), rules(found.fixed), rules(found.unchanged)) == (["ACT-101"], [], ["EVT-110"])
    assert sumy2022.review(open_package(found.changes.head), open_package(found.changes.base)).fixed == found.new
    assert reviewed(*one).must_be_mended == ("1 new error",)


def test_a_finding_is_matched_by_row_and_not_by_line(reviewed: Any) -> None:
    blank = Swap("data/events.csv", "\nEVT-0002", "\n\nEVT-0002")
    found = reviewed(Swap(blank.path, blank.new, blank.old), before=(CHANGELOG, *REGISTRY["EVT-110"].bad, blank))
    lines = {finding.rule: finding.line or 0 for finding in sumy2022.validate(found.changes.base).findings}
    assert [(finding.rule, finding.line) for finding in found.unchanged] == [("EVT-110", lines["EVT-110"] - 1)]
    assert rules(found.fixed) == ["CSV-100"]
    assert found.new == ()


def test_a_released_version_has_to_be_raised(reviewed: Any) -> None:
    found = reviewed(Edit("events", {"title": "Shelling of the town Alpha"}), before=(CHANGELOG, RELEASED))
    assert (found.version.last, found.version.lowest, found.version.enough) == ("0.1.0", "0.1.1", False)
    assert "the version must be 0.1.1 or higher" in found.must_be_mended


def test_a_raised_version_with_its_entry_is_enough(reviewed: Any) -> None:
    title = Edit("events", {"title": "Shelling of the town Alpha"})
    found = reviewed(title, *RAISED, before=(CHANGELOG, RELEASED))
    assert found.must_be_mended == ()
    assert found.version.enough
    other = reviewed(
        title, Edit("events", {"title": "Statement on Alpha"}, row=2), *RAISED, before=(CHANGELOG, RELEASED)
    )
    assert other.unlisted == ("EVT-0003",)
    assert reviewed(title, RAISED[0], before=(CHANGELOG, RELEASED)).changelog == (
        "CHANGELOG.md has no heading `## 0.1.1`",
    )


def test_the_changelog_opens_with_a_sentence(reviewed: Any) -> None:
    assert reviewed(before=(Write("CHANGELOG.md", "## 0.1.0\n\n- a list\n"),)).changelog
    assert reviewed(before=()).changelog == ("there is no CHANGELOG.md",)


def test_a_released_row_leaves_a_tombstone(reviewed: Any) -> None:
    gone = (Drop("events", row=4), Drop("event_sources", row=6), *RAISED)
    assert ("events", "EVT-0005") in reviewed(*gone, before=(CHANGELOG, RELEASED)).gone
    tombstone = Add("retired_ids", {"id": "EVT-0005", "retired_in": "0.1.1", "reason": "error"})
    assert reviewed(*gone, tombstone, before=(CHANGELOG, RELEASED)).gone == ()
    assert reviewed(*gone).gone == ()


def test_a_manifest_is_never_edited(reviewed: Any) -> None:
    edited = reviewed(Swap("releases/0.1.0.json", "EVT-0005", "EVT-0055"), before=(CHANGELOG, RELEASED))
    removed = reviewed(Remove("releases/0.1.0.json"), before=(CHANGELOG, RELEASED))
    for found in (edited, removed):
        assert found.edited == ("releases/0.1.0.json",)
        assert any("never edited" in words for words in found.must_be_mended)


def test_a_zip_file_is_a_release(miniature: Files, tmp_path: Path) -> None:
    files = lay(miniature, [CHANGELOG])
    with zipfile.ZipFile(tmp_path / "0.1.0.zip", "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    gone = write(lay(files, [Drop("casualties", row=-1), *RAISED]), tmp_path / "head")
    found = sumy2022.review(tmp_path / "0.1.0.zip", gone)
    assert found.version.last == "0.1.0"
    assert [table for table, _ in found.gone] == ["casualties"]
    assert found.edited == ()


def test_a_new_column_is_no_correction_of_every_row(miniature: Files, tmp_path: Path) -> None:
    files = lay(miniature, [CHANGELOG, RELEASED])
    document = json.loads(files["schemas/actors.json"])
    document["fields"].append({"name": "colour", "type": "string", "format": "default", "description": "A colour."})
    header, *rows = files["data/actors.csv"].decode().splitlines()
    wider = "\n".join([f"{header},colour", *(f"{row},red" for row in rows), ""])
    head = lay(files, RAISED) | {
        "schemas/actors.json": json.dumps(document).encode(),
        "data/actors.csv": wider.encode(),
    }
    assert sumy2022.review(write(files, tmp_path / "base"), write(head, tmp_path / "head")).unlisted == ()


def test_a_row_that_is_mostly_another_is_asked_about(reviewed: Any) -> None:
    cells = {"event_type": "looting", "title": "Shop emptied in Alpha", "summary": "A shop was emptied."}
    cells |= {"date_start": "2022-03-05", "date_end": "2022-03-06", "date_precision": "about", "time_start": ""}
    assert reviewed(Edit("events", cells)).rewritten == (("events", "EVT-0001"),)
    assert reviewed(Edit("events", {"title": "Shop emptied in Alpha"})).rewritten == ()


def test_a_stricter_schema_shows_what_it_rejects_in_the_data_before(reviewed: Any) -> None:
    """Also where the change mends the data itself, so that no finding of its own is left."""
    strict = Swap("schemas/events.json", '"maxLength": 120', '"maxLength": 21')
    titles = {0: "Alpha shelled", 2: "Statement", 3: "Evacuation"}
    found = reviewed(strict, *(Edit("events", {"title": title}, row=row) for row, title in titles.items()))
    assert {finding.field for finding in found.rejected} == {"title"}
    assert found.new == ()
    assert found.version.level is Level.MAJOR


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with this package and its rules, committed as `main`."""
    folder = tmp_path / "repository"
    for name in ("datapackage.json", "CHANGELOG.md"):
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder)
    for name in ("data", "schemas", "validators"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    monkeypatch.chdir(folder)
    return folder


def test_the_rules_of_a_commit_are_those_that_came_with_it(repository: Path) -> None:
    """A rule that the commit lacked, and one that it had in its own way, are told by running the commit's own code."""
    module = repository / "validators/sumy2022/rules/events.py"
    text = module.read_text()
    assert '"event-without-actor"' in text
    module.write_text(text.replace("no actor of {event_id} is recorded", "NOBODY of {event_id} is recorded"))
    actors = repository / "data/event_actors.csv"
    lines = actors.read_text().splitlines(keepends=True)
    first = lines[1].split(",")[0]
    actors.write_text("".join(line for line in lines if not line.startswith(first)))
    git(repository, "commit", "-q", "-a", "-m", "other words, and an event without actor")
    findings, notes = findings_of_its_own(open_package("HEAD"))
    assert notes == []
    assert sumy2022.review("HEAD").changes.head == "the working tree"
    assert [finding.message for finding in findings if finding.rule == "EVT-110"] == [
        f"NOBODY of {first} is recorded in event_actors"
    ]


def test_a_package_in_a_folder_of_its_repository_is_judged_by_its_own_rules(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = repository.parent / "top"
    top.mkdir()
    shutil.copytree(repository, top / "package", ignore=shutil.ignore_patterns(".git"))
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "first")
    monkeypatch.chdir(top / "package")
    assert findings_of_its_own(open_package("HEAD")) == ((), [])


def test_a_link_out_of_the_commit_is_no_traceback(repository: Path) -> None:
    (repository / "abs").symlink_to("/etc/hostname")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "link")
    findings, notes = findings_of_its_own(open_package("HEAD"))
    assert (findings, len(notes)) == ((), 1)


def test_code_that_does_not_run_is_told_and_todays_is_used(repository: Path) -> None:
    (repository / "validators/sumy2022/validation.py").write_text("raise RuntimeError\n")
    git(repository, "commit", "-q", "-a", "-m", "broken")
    findings, notes = findings_of_its_own(open_package("HEAD"))
    assert findings == sumy2022.validate(repository).findings
    assert "could not be run" in notes[0]


def test_the_command_prints_and_decides(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = lay(miniature, [CHANGELOG])
    sides = [str(write(base, tmp_path / "base")), str(write(lay(base, REGISTRY["EVT-101"].bad), tmp_path / "head"))]
    assert main(["review", *sides]) == 1
    page = capsys.readouterr().out
    assert "Before this can be merged" in page
    assert "EVT-101" in page
    assert main(["review", *sides, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in document["findings"]["new"]] == ["EVT-101"]
    assert document["must_be_mended"] == ["1 new error"]
    assert main(["review", sides[0], sides[0]]) == 0
    assert main(["review", sides[0], str(tmp_path / "nowhere")]) == 2


def test_the_page_fits_a_comment(reviewed: Any, miniature: Files) -> None:
    text = miniature["data/events.csv"].decode()
    row = text.splitlines()[1].replace("Shelling", "shelling  ")
    many = [row.replace("EVT-0001", f"EVT-{number}") for number in range(10_000, 11_000)]
    review = reviewed(Write("data/events.csv", "\n".join([text.rstrip(), *many, ""])))
    page = markdown(review)
    assert len(page.encode()) <= LIMIT
    assert f"## New findings: {len(review.new)}" in page
    assert f"and {len(review.new) - 30} more" in page
    assert page.count("<details>") == page.count("</details>") > 0
