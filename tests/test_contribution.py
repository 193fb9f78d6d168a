"""A whole contribution, from a branch to a merge, by the commands that CONTRIBUTING.md names."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from sumy2022.__main__ import main
from test_diff import git

RELEASED, BEGUN, CALLED_FOR = "7.0.0", "7.0.1", "7.1.0"
"""The release, a version that is too low for what comes, and the one that it calls for."""
ENTRY = "\n## {version}\n\nThere is nothing to do: rows were added.\n"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the repository on `main`, just after a release."""
    folder = tmp_path / "clone"
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("datapackage.json", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    monkeypatch.chdir(folder)
    assert main(["fmt"]) == 0
    (folder / "releases").mkdir()
    (folder / "releases" / f"{RELEASED}.json").write_text(json.dumps(manifest(folder)))
    raise_version(folder, RELEASED)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Release")
    return folder


def manifest(folder: Path) -> dict[str, object]:
    """What the release held, as its manifest tells it."""
    tables = {}
    for path in sorted((folder / "data").glob("*.csv")):
        rows = list(csv.DictReader(path.read_text().splitlines()))
        key = next(iter(rows[0]), "") if rows else ""
        ids = {"ids": [row[key] for row in rows]} if key == f"{path.stem[:-1]}_id" or key == "casualty_id" else {}
        tables[path.stem] = {"rows": len(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **ids}
    return {"version": RELEASED, "tables": tables, "schemas": {}}


def raise_version(folder: Path, version: str) -> None:
    """Write a version into the descriptor, and an entry for it on top of the changelog."""
    descriptor = folder / "datapackage.json"
    descriptor.write_text(re.sub(r'"version": "[^"]+"', f'"version": "{version}"', descriptor.read_text(), count=1))
    changelog = folder / "CHANGELOG.md"
    before, heading, after = changelog.read_text().partition("\n## ")
    changelog.write_text(f"{before}{ENTRY.format(version=version)}{heading}{after}")


def new(capsys: pytest.CaptureFixture[str], table: str, **cells: str) -> str:
    """Add a row as a contributor does, and return its identifier."""
    capsys.readouterr()
    assert main(["new", table, "--format", "json", *(f"--set={name}={value}" for name, value in cells.items())]) == 0
    return str(json.loads(capsys.readouterr().out)["id"])


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def findings(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The rules that `validate` annotates on the lines of a pull request."""
    capsys.readouterr()
    main(["validate", "--format", "github"])
    return re.findall(r"^::(?:error|warning) .*title=([A-Z]{3}-\d{3})", capsys.readouterr().out, flags=re.MULTILINE)


def review(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, list[str]], list[str]]:
    """The exit code of `review`, its findings by kind, and what it says must be mended."""
    capsys.readouterr()
    code = main(["review", "main", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    kinds = {kind: [item["rule"] for item in items] for kind, items in document["findings"].items()}
    return code, kinds, document["must_be_mended"]


def test_a_contribution_from_branch_to_merge(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(clone, "switch", "-q", "-c", "article")
    source = new(
        capsys,
        "sources",
        title="Shelling of the outskirts of Konotop",
        publisher="Example Post",
        kind="local-media",
        language="en",
        published="2022-03-09",
        url="https://example.org/news/konotop",
        accessed="2026-11-25",
    )
    event = new(
        capsys,
        "events",
        event_type="shelling",
        title="Houses shelled on the outskirts of Konotop",
        date_start="2022-03-08",
        date_end="2022-03-08",
        date_precision="day",
        place_id="PLC-0029",
        place_precision="settlement",
        summary="A local outlet reported that shells had hit houses at the edge of the city and hurt three residents.",
    )
    new(capsys, "event_sources", event_id=event, source_id=source, stance="supports")
    new(capsys, "event_actors", event_id=event, actor_id="ACT-0016", role="victim", certainty="stated")
    count = new(
        capsys,
        "casualties",
        event_id=event,
        place_id="PLC-0029",
        date_start="2022-03-08",
        date_end="2022-03-08",
        as_of="2022-03-09",
        outcome="injured",
        population="civilian",
        sex="all",
        age="all",
        count_low="3",
        count_high="3",
        wording="exact",
        source_id=source,
        status="standing",
    )
    assert set(findings(capsys)) == {"HIS-103"}, "released data was changed, and the version says nothing of it"
    raise_version(clone, BEGUN)
    assert findings(capsys) == []
    git(clone, "commit", "-q", "-a", "-m", "Add an event from an article")

    events, casualties = clone / "data/events.csv", clone / "data/casualties.csv"
    swap(events, "Konotop,2022-03-08,2022-03-08,day", "Konotop,2022-03-08,2022-03-07,day")
    swap(events, "that shells had hit houses", "that the occupiers had shelled houses")
    swap(casualties, f"{event},PLC-0029,2022-03-08,2022-03-08,2022-03-09,injured,civilian,all,all,,3,3,",
         f"{event},PLC-0029,2022-03-08,2022-03-08,2022-03-09,injured,civilian,all,all,,3,2,")  # fmt: skip
    broken = sorted(findings(capsys))
    assert broken == ["CAS-101", "EVT-101", "EVT-117"]
    code, kinds, must = review(capsys)
    assert code == 1
    assert sorted(kinds["new"]) == broken
    assert kinds["newly_rejected_in_base"] == kinds["unchanged"] == kinds["fixed"] == []
    assert f"the version must be {CALLED_FOR} or higher" in must

    git(clone, "checkout", "-q", "--", "data")
    assert findings(capsys) == []
    code, kinds, must = review(capsys)
    assert (code, kinds["new"], must) == (1, [], [f"the version must be {CALLED_FOR} or higher"])

    raise_version(clone, CALLED_FOR)
    code, kinds, must = review(capsys)
    assert (code, kinds["new"], must) == (0, [], [])
    git(clone, "commit", "-q", "-a", "-m", f"Raise the version to {CALLED_FOR}")
    git(clone, "switch", "-q", "main")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge an event from an article", "article")
    assert findings(capsys) == []
    assert {event, count, source} <= set(re.findall(r"[A-Z]{3}-\d{4}", git(clone, "show", "HEAD^1...HEAD")))
