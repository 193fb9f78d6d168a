"""Releases: what is refused, what is built, that it is built alike, and that it is whole or not there."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import posixpath
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import frictionless
import pytest

import sumy2022
from conftest import ROOT, Files, lay, write
from sumy2022.__main__ import main
from sumy2022.bundle import SUMS, verify
from sumy2022.example import Add, Drop, Edit, Swap, Write
from sumy2022.package import open_package
from sumy2022.releasing import plan
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all
from sumy2022.zipping import unlinked, zipped
from test_diff import git

load_all()
CHANGELOG = "# Changelog\n\n## 0.1.0 (2026-11-25)\n\nThere is nothing to do.\n"


@pytest.fixture
def repository(miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with the miniature, ready for its first release."""
    descriptor = json.loads(miniature["datapackage.json"]) | {"created": "2026-11-25T00:00:00Z"}
    miniature["datapackage.json"] = json.dumps(descriptor, indent=2).encode()
    folder = write(miniature | {"CHANGELOG.md": CHANGELOG.encode(), ".gitignore": b"dist/\n"}, tmp_path / "repository")
    git(folder, "init", "-q", "-b", "main")
    commit(folder)
    monkeypatch.chdir(folder)
    return folder


def commit(folder: Path, *changes: Any) -> None:
    """Make changes and commit them."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if is_ours(path, folder)}
    for path in files:
        (folder / path).unlink()
    write(lay(files, changes), folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "change")


def is_ours(path: Path, folder: Path) -> bool:
    return path.is_file() and path.relative_to(folder).parts[0] not in (".git", "dist")


def raised(version: str) -> tuple[Any, ...]:
    """The version and an entry for it, from 0.1.0."""
    return (
        Swap("datapackage.json", '"version": "0.1.0"', f'"version": "{version}"'),
        Swap("datapackage.json", '"created": "2026-11-25', '"created": "2026-11-26'),
        Write("CHANGELOG.md", CHANGELOG.replace("\n## 0.1.0", f"\n## {version} (2026-11-26)\n\nLook.\n\n## 0.1.0")),
    )


def obstacles(folder: Path) -> str:
    return "\n".join(plan(open_package(folder)).obstacles)


def release(folder: Path) -> Path:
    """Make a release of the last commit, as RELEASING.md says, and return its folder."""
    assert main(["release"]) == 0
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Release")
    version = open_package(folder).descriptor.version
    git(folder, "tag", f"v{version}")
    assert main(["release"]) == 0
    return folder / "dist" / f"miniature-{version}"


def test_a_sound_package_can_be_released(repository: Path) -> None:
    assert obstacles(repository) == ""
    assert main(["release", "--check"]) == 0
    assert not (repository / "releases").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (REGISTRY["EVT-101"].bad[0], "has 1 error"),
        (Write("CHANGELOG.md", "# Changelog\n"), "no heading `## 0.1.0`"),
        (
            Write("CHANGELOG.md", "## 0.1.0 (unreleased)\n\nThere is nothing to do.\n"),
            "heading `## 0.1.0 (2026-11-25)`",
        ),
        (
            Write("CHANGELOG.md", "## 0.1.0 (2026-11-24)\n\nThere is nothing to do.\n"),
            "heading `## 0.1.0 (2026-11-25)`",
        ),
        (Write("CHANGELOG.md", "## 0.1.0\n\n- a list\n"), "does not open version 0.1.0 with a sentence"),
        (Swap("datapackage.json", '"version": "0.1.0"', '"version": "1"'), "none that Semantic Versioning knows"),
    ],
)
def test_what_stands_in_the_way_is_told(repository: Path, change: Any, words: str) -> None:
    commit(repository, change)
    assert words in obstacles(repository)
    assert main(["release"]) == 1
    assert not (repository / "releases").exists()
    assert not (repository / "dist").exists()


def test_warnings_have_to_be_waived(repository: Path) -> None:
    commit(repository, *REGISTRY["EVT-110"].bad)
    assert "has 1 warning that no waiver accepts" in obstacles(repository)
    waiver = {"rule": "EVT-110", "key": "EVT-0006", "reason": "Nobody is named.", "until": "0.1.0"}
    commit(repository, Add("waivers", waiver))
    assert obstacles(repository) == ""


def test_the_tree_has_to_be_clean(repository: Path) -> None:
    (repository / "notes.txt").write_text("not committed")
    assert "not committed: notes.txt" in obstacles(repository)


def test_a_release_needs_a_repository(miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", str(write(miniature, tmp_path / "loose"))]) == 2
    assert "git repository" in capsys.readouterr().err


def test_the_next_version_is_computed_and_not_trusted(repository: Path) -> None:
    release(repository)
    commit(repository, Edit("events", {"title": "Shelling of the town Alpha"}))
    assert "this version was released already" in obstacles(repository)
    commit(repository, Swap("datapackage.json", '"version": "0.1.0"', '"version": "0.0.9"'))
    assert "the version 0.0.9 does not come after the last release, 0.1.0" in obstacles(repository)
    commit(repository, Swap("datapackage.json", '"version": "0.0.9"', '"version": "0.1.0"'))
    commit(repository, *raised("0.1.1"))
    assert obstacles(repository) == ""
    commit(repository, Swap("schemas/events.json", '"maxLength": 120', '"maxLength": 119'))
    assert re.search(r"must be 0\.2\.0 or higher: since 0\.1\.0, .*maxLength admits fewer", obstacles(repository))


def test_a_pre_release_is_not_what_the_next_release_is_compared_with(repository: Path) -> None:
    release(repository)
    commit(repository, *raised("0.1.1-rc.1"))
    release(repository)
    commit(
        repository,
        Swap("datapackage.json", '"version": "0.1.1-rc.1"', '"version": "0.1.1"'),
        Swap("CHANGELOG.md", "## 0.1.1-rc.1", "## 0.1.1"),
    )
    found = plan(open_package(repository))
    assert (found.last, found.obstacles) == ("0.1.0", ())


def test_an_id_that_is_gone_leaves_a_tombstone(repository: Path) -> None:
    release(repository)
    gone = (Drop("casualties", row=-1), *raised("0.1.1"))
    commit(repository, *gone)
    assert "error" in obstacles(repository)
    key = next(csv.reader(io.StringIO(git(repository, "show", "v0.1.0:data/casualties.csv").splitlines()[-1])))[0]
    commit(repository, Add("retired_ids", {"id": key, "retired_in": "0.1.1", "reason": "error"}))
    assert obstacles(repository) == ""


def test_a_tagged_version_is_not_made_again(repository: Path) -> None:
    """Not even where what changed is no table."""
    release(repository)
    commit(repository, Swap("data/outline.geojson", "{", "{ "))
    assert "the tag v0.1.0 is on another commit" in obstacles(repository)


def test_one_build_at_a_time(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = release(repository)
    shutil.rmtree(folder)
    (folder.parent / ".build-cache").mkdir()
    handle = os.open(folder.parent, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert main(["release"]) == 2
    assert "Another release is being built" in capsys.readouterr().err
    os.close(handle)
    assert main(["release"]) == 0
    assert (folder.parent / ".build-cache").is_dir()


def test_without_the_tag_of_the_last_release_nothing_is_computed(repository: Path) -> None:
    release(repository)
    commit(repository, *raised("0.1.1"))
    git(repository, "tag", "-d", "v0.1.0")
    assert "the tag v0.1.0 of the last release is not here" in obstacles(repository)


def test_the_manifest_tells_what_the_release_held(repository: Path) -> None:
    release(repository)
    manifest = json.loads((repository / "releases" / "0.1.0.json").read_text())
    events = manifest["tables"]["events"]
    assert events["rows"] == len(events["ids"]) == len(sumy2022.load("events", repository))
    assert "ids" not in manifest["tables"]["event_sources"]
    assert set(manifest["schemas"]) == set(manifest["tables"])
    assert sumy2022.validate(repository).findings == ()
    commit(repository, Edit("events", {"title": "Shelling of the town Alpha"}))
    assert "tells of other data" in obstacles(repository)


def test_the_folder_is_whole_and_stays_as_it_is(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = release(repository)
    assert verify(folder) == []
    assert main(["verify", str(folder)]) == 0
    assert main(["release"]) == 0
    (folder / "stray.txt").write_text("x")
    listed = next(path for path in folder.iterdir() if path.suffix == ".sqlite")
    listed.write_bytes(listed.read_bytes() + b"x")
    (folder / f"changes-{'0.1.0'}.csv").unlink()
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 1
    out = capsys.readouterr().out
    assert f"{listed.name} has another content" in out
    assert "stray.txt is not in SHA256SUMS" in out
    assert "changes-0.1.0.csv is missing" in out
    assert main(["release"]) == 2
    assert main(["verify", str(repository)]) == 2


def test_sha256sum_agrees(repository: Path) -> None:
    folder = release(repository)
    subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=folder, check=True)


def test_two_builds_of_one_commit_are_alike(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another clone, in another folder, in another time zone and language, at another time."""
    first = release(repository)
    git(tmp_path, "clone", "-q", str(repository), "other clone")
    other = tmp_path / "other clone"
    time.sleep(2.1)  # zip files tell times to two seconds
    environment = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "sumy2022", "release", "--output", "built"]
    subprocess.run(command, cwd=other, check=True, env=environment, capture_output=True)
    second = other / "built" / first.name
    assert (second / SUMS).read_text() == (first / SUMS).read_text()
    assert verify(second) == []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")  # the commit's own moment counts
    shutil.rmtree(first)
    assert main(["release"]) == 0
    assert (second / SUMS).read_text() == (first / SUMS).read_text()


def test_a_build_that_is_killed_leaves_nothing_half_made(repository: Path) -> None:
    first = release(repository)
    whole = (first / SUMS).read_text()
    shutil.rmtree(first)
    command = [sys.executable, "-m", "sumy2022", "release"]
    started = time.monotonic()
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    span = time.monotonic() - started
    shutil.rmtree(first)
    tries, finished = 20, 0
    for number in range(tries):
        process = subprocess.Popen(command, cwd=repository, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=span * (number + 1) / tries)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if first.exists():
            finished += 1
            assert (first / SUMS).read_text() == whole
            assert verify(first) == []
            shutil.rmtree(first)
    assert finished < tries, "no build was killed before it was done"
    assert main(["release"]) == 0
    assert [path.name for path in (repository / "dist").iterdir()] == [first.name]


def test_the_zip_is_a_data_package_of_its_own(repository: Path, tmp_path: Path) -> None:
    path = release(repository) / "miniature-0.1.0.zip"
    assert frictionless.Package(str(path)).validate().flatten(["name", "type", "note"]) == []
    assert sumy2022.validate(path).findings == ()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        descriptor = json.loads(archive.read("datapackage.json"))
        for resource in descriptor["resources"]:
            assert resource["bytes"] == len(archive.read(resource["path"]))
            assert resource["hash"].startswith("sha256:")
        assert names[0] == "datapackage.json"
        assert "croissant.json" in names
        assert "CHANGELOG.md" in names
        damaged = tmp_path / "damaged"
        archive.extractall(damaged)
    (damaged / "data" / "events.csv").write_bytes(b"event_id\n")
    assert "HASH" in str(sumy2022.validate(damaged).findings).upper()


def test_the_changes_since_the_last_release_are_listed_cell_by_cell(repository: Path) -> None:
    assert (release(repository) / "changes-0.1.0.csv").read_text().count("\n") == 1
    changed = Edit("events", {"title": "Shelling of the town Alpha"})
    actor = Add("actors", {"actor_id": "ACT-0900", "name_en": "Another Council", "name_uk": ""})
    part = Add("event_actors", {"event_id": "EVT-0005", "actor_id": "ACT-0900"}, like=-1)
    commit(repository, changed, actor, part, Drop("event_sources", row=2), *raised("0.1.1"))
    assert obstacles(repository) == ""
    text = (release(repository) / "changes-0.1.1.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["release"] for row in rows} == {"0.1.1"}
    assert {"table": "events", "id": "EVT-0001", "change": "changed", "field": "title", "old": "Shelling of Alpha",
            "new": "Shelling of the town Alpha", "release": "0.1.1"} in rows  # fmt: skip
    added = {row["field"]: row["new"] for row in rows if row["change"] == "added" and row["id"] == "ACT-0900"}
    assert added["name_en"] == "Another Council"
    assert "name_uk" not in added
    assert {row["change"] for row in rows if row["table"] == "event_actors"} == {"added"}
    gone = {row["field"]: row["old"] for row in rows if row["change"] == "removed"}
    assert (gone["event_id"], gone["stance"]) == ("EVT-0001", "contradicts")


TEXT = "[Here](a.md) [gone](b.md#x) ![pic](p.svg) [![pic](q.svg)](a.md) [web](https://example.org/b.md) [top](#x)"


def test_links_in_the_zip_lead_somewhere() -> None:
    assert unlinked(TEXT, "docs/c.md", {"docs/a.md", "docs/p.svg"}) == (
        "[Here](a.md) gone ![pic](p.svg) [](a.md) [web](https://example.org/b.md) [top](#x)"
    )
    with zipfile.ZipFile(io.BytesIO(zipped(open_package(ROOT)))) as archive:
        names = set(archive.namelist())
        for path in (name for name in names if name.endswith(".md")):
            for target in re.findall(r"\]\(([^)#\s]+)", archive.read(path).decode()):
                if "://" not in target:
                    assert posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in names, (path, target)
