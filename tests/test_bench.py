"""The packages that are measured are sound, or have the faults that were planted, and each contestant sees the same."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import ROOT
from sumy2022.validation import validate

EVENTS = 600
"""Enough for every kind of fault."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a script of the folder bench, whose modules import each other by name."""
    monkeypatch.syspath_prepend(ROOT / "bench")

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load
    for name in {path.stem for path in (ROOT / "bench").glob("*.py")}:
        sys.modules.pop(name, None)


def test_a_synthetic_package_has_no_finding_under_any_rule(bench: Any, tmp_path: Path) -> None:
    assert bench("synthetic").write(tmp_path / "package", EVENTS) == []
    report = validate(tmp_path / "package")
    assert report.findings == ()
    assert report.not_run == ()
    assert report.rows["events"] == EVENTS
    assert report.rows["event_sources"] == EVENTS * 1.5


def test_every_planted_fault_is_found_where_it_is(bench: Any, tmp_path: Path) -> None:
    planted = bench("synthetic").write(tmp_path / "package", EVENTS, faults=True)
    kinds = bench("run").KINDS
    found = {
        (kinds.get(finding.rule, finding.rule), Path(finding.file).stem, finding.line)
        for finding in validate(tmp_path / "package").findings
    }
    expected = {(fault.kind, fault.table, fault.line) for fault in planted}
    assert len(expected) == len(planted) > 200
    assert expected <= found


def test_the_contestants_agree(bench: Any, tmp_path: Path) -> None:
    assert bench("run").verdicts(tmp_path / "package", EVENTS) == []


def test_the_page_tells_what_was_measured(bench: Any, tmp_path: Path) -> None:
    taken = bench("measuring").Taken
    results = {
        name: {1_000: taken(2.0 * number, 10**8, number, 0), 10_000: taken(8.0 * number, 10**9, number, 3 * 10**9)}
        for number, name in enumerate(bench("reporting").LOOKS, 1)
    }
    results["frictionless validate"][10_000] = None
    about = bench("reporting").About("a machine", "2022-04-08", 900, "600")
    bench("reporting").write(tmp_path, results, about, {"The shipped data": "imports alone 1 s"})
    page = (tmp_path / "performance.md").read_text()
    assert "| frictionless validate | 10.00 | - |" in page
    assert "| sumy2022 validate | 100 | 3,000 |" in page
    assert "| growth of ours | - | 4.0 |" in page
    assert "## The shipped data\n\n```text\nimports alone 1 s\n```" in page
    assert (tmp_path / "performance.svg").read_text().count("frictionless validate") == 1
