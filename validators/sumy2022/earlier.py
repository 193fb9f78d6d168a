"""What an earlier version of a package says of itself: the findings of the rules that it came with."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from sumy2022.findings import Finding, Severity
from sumy2022.package import Package
from sumy2022.repository import Commit
from sumy2022.validation import validate

CODE = "validators"
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT", "PYTHONDONTWRITEBYTECODE")
"""What of the environment that code is given: no token of a CI job."""
SECONDS = 600
"""How long the earlier rules may take."""


def findings_of_its_own(package: Package) -> tuple[tuple[Finding, ...], list[str]]:
    """Return what a package's own rules find in it, and what could not be tried.

    The rules come with the package in a commit; they are run in a process of their own, from a temporary copy. That is
    code: name only a commit that you trust, such as one of your own main branch. For a folder or a zip file, and where
    that does not work, the rules of this program are used instead.
    """
    if not isinstance(package.source, Commit) or not package.source.has(f"{CODE}/sumy2022/__main__.py"):
        return validate(package).findings, []
    report = None
    with tempfile.TemporaryDirectory() as folder:
        if _unpack(package.source, folder):
            report = _run(Path(folder))
    if report is None:
        return validate(package).findings, [
            f"The rules of {package.source.name} could not be run as they were; today's were used in their place."
        ]
    return tuple(map(_finding, report["findings"])), []


def _unpack(commit: Commit, folder: str) -> bool:
    """Unpack a commit and tell whether it went: links out of it are refused, and Python before 3.11.4 has no filter."""
    try:
        with tarfile.open(fileobj=io.BytesIO(commit.archive() or b"")) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, TypeError):
        return False
    return True


def _run(folder: Path) -> Any:
    """Return the JSON report of a package by the code that lies in it; None where there is none to be had."""
    command = [sys.executable, "-m", "sumy2022", "validate", str(folder), "--format", "json"]
    try:
        done = subprocess.run(  # noqa: S603 - the code is that of the project's own earlier commit
            command,
            env={name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONPATH": str(folder / CODE)},
            cwd=folder,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        report = json.loads(done.stdout) if done.returncode in (0, 1) else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return report if isinstance(report, dict) and report.get("report_version") == 1 else None


def _finding(item: dict[str, Any]) -> Finding:
    """Return a finding of a report, which may tell more than is known here."""
    known = {field.name: item[field.name] for field in fields(Finding)}
    return Finding(**{**known, "severity": Severity(item["severity"])})
