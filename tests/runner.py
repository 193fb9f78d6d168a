"""Runs the steps of a workflow as the runner of the code host does, as far as our workflows go.

A step that `uses` an action is noted and not run. Conditions are the few forms that we use; another one is an error,
so that a workflow cannot outgrow this in silence.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from conftest import ROOT

WORKFLOWS = ROOT / ".github/workflows"
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c"]}


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow; its triggers are under the key `on`, which YAML takes for a boolean."""
    document: dict[Any, Any] = yaml.safe_load((WORKFLOWS / name).read_text())
    return {("on" if key is True else key): value for key, value in document.items()}


def title(step: Mapping[str, Any]) -> str:
    """Return what a step is called."""
    return str(step.get("name") or step["uses"].split("@")[0])


@dataclass
class Job:
    """One run of a job in `folder`; `temporary` takes the summary and what is uploaded."""

    folder: Path
    temporary: Path
    event: str = "pull_request"
    base: str = "main"
    head: str = "contribution"
    outcomes: dict[str, str] = field(default_factory=dict)
    """What became of each step, by its name: success, failure or skipped."""
    output: dict[str, str] = field(default_factory=dict)
    """What each step printed, both streams together."""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Tell whether the job as a whole has failed."""
        return "failure" in self.outcomes.values()

    @property
    def summary(self) -> str:
        """Return what was written to the summary of the job."""
        path = self.temporary / "summary.md"
        return path.read_text() if path.exists() else ""

    def run(self, document: Mapping[str, Any], job: str, instead: Mapping[str, str]) -> Job:
        """Run a job's steps in order; `instead` has other scripts for the steps that would reach the network."""
        (self.temporary / "event.json").write_text("{}")
        shell = SHELLS[document["defaults"]["run"]["shell"]]
        for step in document["jobs"][job]["steps"]:
            name = title(step)
            if not self._wanted(str(step.get("if", "success()"))):
                outcome = "skipped"
            elif "uses" in step:
                outcome = "success"
            else:
                assert set(step) <= {"name", "id", "if", "run"}, f"{name}: not foreseen here"
                outcome = self._run(name, [*shell, instead.get(name, step["run"])])
            self.outcomes[name] = outcome
            if "id" in step:
                self.ids[step["id"]] = outcome
        return self

    def _run(self, name: str, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output[name] = done.stdout
        return "success" if done.returncode == 0 else "failure"

    def _environment(self) -> dict[str, str]:
        python = self.temporary / "bin" / "python"
        if not python.exists():
            python.parent.mkdir()
            python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
            python.chmod(0o755)
        return {
            "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temporary),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_EVENT_PATH": str(self.temporary / "event.json"),
            "GITHUB_BASE_REF": self.base if self.event == "pull_request" else "",
            "GITHUB_HEAD_REF": self.head if self.event == "pull_request" else "",
            "GITHUB_OUTPUT": str(self.temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary.md"),
            "GITHUB_WORKSPACE": str(self.folder),
            "RUNNER_TEMP": str(self.temporary),
        }

    def _wanted(self, condition: str) -> bool:
        words = condition.strip().removeprefix("${{").removesuffix("}}").strip()
        if "()" not in words:
            words = f"success() && {words}"  # as the code host does where no function asks for the state of the job
        for pattern, value in (
            (r"!cancelled\(\)", "True"),
            (r"success\(\)", str(not self.failed)),
            (r"steps\.(\w+)\.outcome", lambda match: repr(self.ids[match[1]])),
            (r"github\.event_name", repr(self.event)),
            (r"&&", "and"),
        ):
            words = re.sub(pattern, value, words)
        terms = words.split(" and ")
        for term in terms:
            assert re.fullmatch(r" *(True|False|'\w+' == '\w+') *", term), f"a condition not foreseen here: {condition}"
        return all(eval(term.strip()) for term in terms)
