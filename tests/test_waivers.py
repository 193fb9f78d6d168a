"""Waivers: what they take out of the findings, what they cannot, and when they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sumy2022
from conftest import Files, lay, write
from sumy2022.__main__ import main
from sumy2022.example import Add
from sumy2022.rule import REGISTRY
from sumy2022.rules import load_all

load_all()
WARNING = REGISTRY["EVT-110"]


def waiver(rule: str = "EVT-110", key: str = "EVT-0006", until: str = "0.1.0") -> Add:
    return Add("waivers", {"rule": rule, "key": key, "reason": "The sources agree on it.", "until": until})


@pytest.fixture
def checked(miniature: Files, tmp_path: Path) -> Any:
    """Validate the miniature with some changes."""

    def check(*changes: Any, **options: Any) -> sumy2022.Report:
        return sumy2022.validate(write(lay(miniature, changes), tmp_path), **options)

    return check


def rules(findings: Any) -> list[str]:
    return [finding.rule for finding in findings]


def test_a_waived_warning_is_no_finding(checked: Any) -> None:
    report = checked(*WARNING.bad, waiver())
    assert rules(report.findings) == []
    assert rules(report.waived) == ["EVT-110"]


def test_a_waiver_is_for_one_row(checked: Any) -> None:
    report = checked(*WARNING.bad, waiver(key="EVT-0002"))
    assert rules(report.findings) == ["EVT-110", "WVR-101"]
    assert report.waived == ()


def test_a_waiver_ends_with_its_version(checked: Any) -> None:
    report = checked(*WARNING.bad, waiver(until="0.0.9"))
    assert rules(report.findings) == ["EVT-110", "WVR-102"]
    assert rules(checked(*WARNING.bad, waiver(until="0.10.0")).findings) == []


def test_errors_are_not_waived(checked: Any) -> None:
    error = REGISTRY["EVT-101"]
    assert rules(checked(*error.bad, waiver("EVT-101")).findings) == ["EVT-101", "WVR-103"]


def test_the_key_of_several_columns_is_written_with_spaces(checked: Any, miniature: Files) -> None:
    linked = next(
        rule
        for rule in REGISTRY.values()
        if rule.table in ("event_sources", "event_actors") and rule.severity.value == "warning" and rule.bad
    )
    (finding,) = checked(*linked.bad).findings
    key = " ".join(finding.key.values())
    assert len(finding.key) > 1
    report = checked(*linked.bad, waiver(linked.id, key))
    assert rules(report.findings) == []
    assert miniature["data/waivers.csv"].count(b"\n") == 1


def test_what_was_not_tried_says_nothing_of_its_waiver(checked: Any) -> None:
    assert rules(checked(waiver(), skip=["EVT-110"]).findings) == []
    assert rules(checked(waiver()).findings) == ["WVR-101"]
    assert rules(checked(waiver(), only=["EVT-101"]).findings) == []


def test_the_command_tells_how_many_are_waived(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(write(lay(miniature, [*WARNING.bad, waiver()]), tmp_path))
    assert main(["validate", folder, "--level", "warning"]) == 0
    assert capsys.readouterr().out.endswith("0 errors, 1 waived\n")
    main(["validate", folder, "--format", "json"])
    (waived,) = json.loads(capsys.readouterr().out)["waived"]
    assert (waived["rule"], waived["key"]) == ("EVT-110", {"event_id": "EVT-0006"})
