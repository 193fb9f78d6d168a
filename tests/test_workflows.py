"""The workflows: their own steps are run over small repositories, and what they promise of themselves is held."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from conftest import ROOT, Files, lay, write
from runner import WORKFLOWS, Job, workflow
from sumy2022.example import Change, Edit, Remove, Swap
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all

load_all()
BIN = Path(sys.executable).parent
FORMS = ".github/ISSUE_TEMPLATE"
WRAPPER = f'#!/bin/sh\nPYTHONPATH="{ROOT / "validators"}" exec "{sys.executable}" -m sumy2022 "$@"\n'
INSTALL = f"""
mkdir -p .venv/bin
printf '%s' {shlex.quote(WRAPPER)} > .venv/bin/sumy2022
chmod +x .venv/bin/sumy2022
touch .venv/pyvenv.cfg .venv/.validate
"""
"""What stands in for `make .venv/.validate`, which would reach the network: the same command, from this checkout."""
TITLE = Edit("events", {"title": "Shelling of the outskirts of Alpha"})
BROKEN = REGISTRY["EVT-101"].bad
IDENTITY = {f"GIT_{who}_{what}": f"{who}@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *arguments: str) -> str:
    environment = os.environ | IDENTITY | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-C", folder, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, files: Files, message: str) -> None:
    for path in git(folder, "ls-files").splitlines():
        if path not in files:
            (folder / path).unlink()
    write(files, folder)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def checkout(
    files: Files, changes: Iterable[Change], folder: Path, *, base: str = "main", meanwhile: Iterable[Change] = ()
) -> Path:
    """Return what a runner checks out for a contribution: its merge into the base, which may have gone on since."""
    files = files | {name: (ROOT / name).read_bytes() for name in ("Makefile", ".gitignore")}
    files |= dict.fromkeys(("pyproject.toml", "requirements/validate.txt"), b"")
    files |= {"CHANGELOG.md": b"# Changelog\n\n## 0.1.0 (unreleased)\n\nThere is nothing to do.\n"}
    origin, clone = folder / "origin", folder / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch", base)
    commit(origin, files, "base")
    git(origin, "switch", "--quiet", "--create", "contribution")
    commit(origin, lay(files, changes), "contribution")
    git(origin, "switch", "--quiet", "--detach", base)
    git(origin, "merge", "--quiet", "--no-ff", "--message", "merge", "contribution")
    merged = git(origin, "rev-parse", "HEAD")
    if meanwhile:
        git(origin, "switch", "--quiet", base)
        commit(origin, lay(files, meanwhile), "meanwhile")
    git(folder, "clone", "--quiet", "--no-checkout", str(origin), str(clone))
    git(clone, "fetch", "--quiet", "origin", merged)
    git(clone, "checkout", "--quiet", merged)
    return clone


def check(clone: Path, folder: Path, *, event: str = "pull_request", base: str = "main", install: str = INSTALL) -> Job:
    """Run the job that checks the data; the head has the base's name, for both are somebody's choice."""
    temporary = folder / "runner"
    temporary.mkdir()
    return Job(clone, temporary, event, base, head=base).run(workflow("validate.yml"), "data", {"Install": install})


def test_a_sound_contribution_passes_and_is_reviewed(miniature: Files, tmp_path: Path) -> None:
    job = check(checkout(miniature, [TITLE], tmp_path), tmp_path)
    assert set(job.outcomes.values()) == {"success"}, job.output
    assert job.output["Check the data"].endswith("0 errors\n")
    assert "Shelling of the outskirts of Alpha" in job.summary
    reports = job.temporary / "reports"
    assert sorted(path.name for path in reports.iterdir()) == ["junit.xml", "review.md", "validate.sarif"]
    assert (reports / "review.md").read_text() == job.summary


def test_errors_fail_the_job_and_everything_is_shown_all_the_same(miniature: Files, tmp_path: Path) -> None:
    job = check(checkout(miniature, BROKEN, tmp_path), tmp_path)
    assert job.failed
    failed = [name for name, outcome in job.outcomes.items() if outcome != "success"]
    assert failed == ["Check the data", "Review the changes"]
    assert "error EVT-101 event-ends-before-it-starts" in job.output["Check the data"]
    annotations = job.output["Show the findings beside the lines"].splitlines()
    assert re.match(r"::error file=data/events\.csv,line=\d+,title=EVT-101 ", annotations[0])
    assert "EVT-101" in job.summary.replace("\\", "")
    reports = job.temporary / "reports"
    assert ElementTree.parse(reports / "junit.xml").getroot().get("failures") == "1"
    sarif = json.loads((reports / "validate.sarif").read_text())
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["EVT-101"]


def test_a_command_that_cannot_do_its_work_fails_in_its_own_step(miniature: Files, tmp_path: Path) -> None:
    job = check(checkout(miniature, [Remove("datapackage.json")], tmp_path), tmp_path)
    steps = ["Check the data", "Show the findings beside the lines", "Write the reports", "Review the changes"]
    assert [job.outcomes[name] for name in steps] == ["failure"] * 4
    assert "There is no datapackage.json" in job.output["Show the findings beside the lines"]


def test_without_an_installation_nothing_else_is_tried(miniature: Files, tmp_path: Path) -> None:
    job = check(checkout(miniature, [TITLE], tmp_path), tmp_path, install="exit 1")
    outcomes = list(job.outcomes.values())
    assert outcomes == ["success", "success", "failure", *["skipped"] * (len(outcomes) - 3)]


def test_what_was_merged_meanwhile_does_not_look_undone(miniature: Files, tmp_path: Path) -> None:
    meanwhile = [Edit("actors", {"name_en": "Another name"})]
    name = "$(touch${IFS}pwned);touch${IFS}pwned;`touch${IFS}pwned`"
    clone = checkout(miniature, [TITLE], tmp_path, base=name, meanwhile=meanwhile)
    assert "Another name" in git(clone, "show", f"origin/{name}:data/actors.csv")
    job = check(clone, tmp_path, base=name)
    assert not job.failed, job.output
    assert "Shelling of the outskirts of Alpha" in job.summary
    assert "Another name" not in job.summary
    assert not (clone / "pwned").exists(), "the name of a branch was run"


def test_a_push_is_checked_and_has_nothing_to_review(miniature: Files, tmp_path: Path) -> None:
    job = check(checkout(miniature, [TITLE], tmp_path), tmp_path, event="push")
    assert {name for name, outcome in job.outcomes.items() if outcome == "skipped"} == {"Review the changes"}
    assert not job.failed
    assert job.summary == ""


def test_the_weekly_list_is_written_and_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "runner").mkdir()
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    table = tmp_path / "data/sources.csv"
    table.write_text("source_id,url,archive_url\nSRC-0001,ftp://x.example/,\n")
    job = Job(tmp_path, tmp_path / "runner", event="schedule").run(workflow("links.yml"), "links", {})
    assert not job.failed, job.output
    assert "| SRC-0001 | url | <ftp://x.example/> | not a web address | no |" in job.summary
    assert "SRC-0001,url,ftp://x.example/,failed" in (job.temporary / "links/links.csv").read_text()
    table.unlink()
    (tmp_path / "again").mkdir()
    assert Job(tmp_path, tmp_path / "again", event="schedule").run(workflow("links.yml"), "links", {}).failed


@pytest.mark.parametrize("path", sorted(WORKFLOWS.iterdir()), ids=lambda path: path.name)
def test_a_workflow_is_given_nothing_that_it_does_not_need(path: Path) -> None:
    document, text = workflow(path.name), path.read_text()
    assert document["permissions"] == {}
    assert document["concurrency"]["group"]
    assert set(document["on"]) <= {"pull_request", "push", "schedule", "workflow_dispatch", "release"}
    pinned = re.findall(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.MULTILINE)
    assert len(pinned) == text.count("uses: ")
    assert "secrets." not in text
    for job in document["jobs"].values():
        assert job["permissions"] == {"contents": "read"} or publishes(job, document)
        assert 0 < job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "what is put into a script this way is run"
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def publishes(job: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a job that may write runs nothing of the repository, and never for a contribution."""
    used = [step.get("uses", "") for step in job["steps"]]
    runs_ours = any(name.startswith("actions/checkout@") for name in used) or ".venv" in str(job["steps"])
    for_all = "pull_request" in document["on"] and job.get("if") != "github.event_name == 'release'"
    return not runs_ours and not for_all and "build" in job["needs"]


def test_contributions_never_wait_for_the_weekly_list() -> None:
    assert set(workflow("links.yml")["on"]) == {"schedule", "workflow_dispatch"}
    assert set(workflow("validate.yml")["on"]) == {"pull_request", "push"}


def linters() -> list[str]:
    """The commands of `make lint` that look at the files of this module."""
    recipe = (ROOT / "Makefile").read_text().split("\nlint:")[1].split("\n\n")[0]
    tools = ("zizmor", "check-jsonschema", "pre-commit")
    return [
        line.strip() for line in recipe.splitlines() if line.strip().startswith(tuple(f"$(BIN)/{t} " for t in tools))
    ]


def objects(linter: str, folder: Path) -> bool:
    """Run a linter over a copy of the repository and tell whether it objects."""
    environment = os.environ | {"HOME": str(folder)}
    command = ["bash", "-c", linter.replace("$(BIN)", str(BIN))]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True).returncode != 0


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    for name in (".pre-commit-config.yaml", ".pre-commit-hooks.yaml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_linters_have_nothing_to_say(copy: Path) -> None:
    assert len(linters()) == 8
    assert [linter for linter in linters() if objects(linter, copy)] == []


VALIDATE, LINKS = ".github/workflows/validate.yml", ".github/workflows/links.yml"


@pytest.mark.parametrize(
    ("path", "old", "new", "linter"),
    [
        (VALIDATE, "run: make validate", "run: make validate ${{ github.head_ref }}", "."),
        (VALIDATE, "@9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0", "@v7", "."),
        (VALIDATE, "permissions:\n      contents: read", "permissions: write-all", "."),
        (VALIDATE, "          persist-credentials: false", "", "."),
        (VALIDATE, "  pull_request:", "  pull_request_target:", "."),
        (VALIDATE, "timeout-minutes: 15", "timeout-minuets: 15", ".github/workflows/*.yml"),
        (LINKS, "runs-on: ubuntu-24.04", "", ".github/workflows/*.yml"),
        (".github/dependabot.yml", "monthly", "seldom", ".github/dependabot.yml"),
        (f"{FORMS}/config.yml", "    url:", "    link:", f"{FORMS}/config.yml"),
        (f"{FORMS}/correct-a-row.yml", "type: checkboxes", "type: tickbox", f"{FORMS}/*-*.yml"),
        ("CITATION.cff", "cff-version", "version-cff", "CITATION.cff"),
        (".pre-commit-config.yaml", "repo: local", "repo: ", ".pre-commit-config.yaml"),
        (".pre-commit-hooks.yaml", "language: python", "language: english", ".pre-commit-hooks.yaml"),
    ],
)  # fmt: skip
def test_the_linters_refuse_a_broken_copy(path: str, old: str, new: str, linter: str, copy: Path) -> None:
    text = (copy / path).read_text()
    assert old in text
    (copy / path).write_text(text.replace(old, new, 1))
    (command,) = [command for command in linters() if command.endswith(f" {linter}")]
    assert objects(command, copy)


def test_every_form_is_linted_and_asks_that_nobody_be_named() -> None:
    forms = sorted((ROOT / FORMS).glob("*-*.yml"))
    assert [path.name for path in sorted((ROOT / FORMS).iterdir())] == sorted(
        [*(form.name for form in forms), "config.yml"]
    )
    for form in forms:
        *_, last = yaml.safe_load(form.read_text())["body"]
        (option,) = last["attributes"]["options"]
        assert (last["type"], option["required"]) == ("checkboxes", True), form.name
        assert re.search("no private person is named|no name", option["label"], re.IGNORECASE), form.name
        assert "../security/advisories/new" in form.read_text(), f"{form.name} does not tell the private way"


def test_a_request_for_removal_asks_for_no_detail() -> None:
    form: dict[str, Any] = yaml.safe_load((ROOT / FORMS / "ask-for-removal.yml").read_text())
    assert [part["type"] for part in form["body"]] == ["markdown", "input", "checkboxes"]
    assert form["title"] == "A private channel is needed"


def test_the_template_of_a_pull_request_goes_with_the_list_of_the_reviewers() -> None:
    template = (ROOT / ".github/PULL_REQUEST_TEMPLATE.md").read_text()
    (heading,) = re.findall(r'CONTRIBUTING\.md, "([^"]+)"', template)
    reviewers = (ROOT / "CONTRIBUTING.md").read_text().split(f"\n## {heading}\n")[1]
    assert template.count("- [ ]") == reviewers.count("- [ ]"), "an item was added to one of the two lists only"
    assert set(re.findall("`[^`]+`", template)) <= set(re.findall("`[^`]+`", reviewers))


def test_a_commit_is_formatted_and_checked_before_it_is_made(miniature: Files, tmp_path: Path) -> None:
    files = miniature | {".pre-commit-config.yaml": (ROOT / ".pre-commit-config.yaml").read_bytes()}
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, lay(files, [Swap("data/events.csv", "", "\ufeff")]), "base")
    subprocess.run(["bash", "-e", "-c", INSTALL], cwd=tmp_path, check=True)

    def hooks() -> dict[str, str]:
        environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home"), "PRE_COMMIT_COLOR": "never"}
        command = [str(BIN / "pre-commit"), "run", "--all-files"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return dict(re.findall(r"^(sumy2022 \w+)\.+(Passed|Failed)$", done.stdout, re.MULTILINE))

    assert hooks() == {"sumy2022 fmt": "Failed", "sumy2022 validate": "Passed"}
    assert (tmp_path / "data/events.csv").read_bytes() == miniature["data/events.csv"]
    git(tmp_path, "add", "data")
    assert hooks() == {"sumy2022 fmt": "Passed", "sumy2022 validate": "Passed"}
    write(lay(miniature, BROKEN), tmp_path)
    assert hooks()["sumy2022 validate"] == "Failed"


def test_hooks_for_others_are_commands_that_exist() -> None:
    from sumy2022.__main__ import COMMANDS

    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        program, command = hook["entry"].split()
        assert (program, hook["id"]) == ("sumy2022", command)
        assert command in COMMANDS


def test_an_editor_that_writes_crlf_leaves_no_trace(miniature: Files, tmp_path: Path) -> None:
    files = miniature | {".gitattributes": (ROOT / ".gitattributes").read_bytes()}
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, {path: data.replace(b"\n", b"\r\n") for path, data in files.items()}, "base")
    committed = subprocess.check_output(["git", "-C", tmp_path, "show", "HEAD:data/events.csv"])
    assert committed == miniature["data/events.csv"]


def test_what_is_generated_is_marked_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    git(tmp_path, "init", "--quiet")
    generated = ["docs/codebook.md", "docs/overview.md", "docs/overview/events.svg", "docs/rules/README.md"]
    generated += ["requirements/dev.txt", "requirements/validate.txt"]
    paths = [*generated, "docs/methodology.md", "requirements/dev.in", "data/events.csv"]
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    listed = git(tmp_path, "check-attr", "linguist-generated", "--", *paths).splitlines()
    assert [line.split(": ")[0] for line in listed if line.endswith(": set")] == generated
