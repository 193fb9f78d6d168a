"""What each renderer makes of a report: folding, limits, escapes, and the same counts everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from unittest import mock
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzz
from sumy2022.findings import Finding, NotRun, Report, Severity
from sumy2022.render import FORMATS, renderer, visible
from sumy2022.render import json as as_json

TEXTS = st.text(max_size=5) | st.sampled_from(['}, "", {', "}, ", "\x7f", "\u2028", ""])
OBJECTS = st.dictionaries(TEXTS, TEXTS | st.none() | st.lists(st.dictionaries(TEXTS, TEXTS)), max_size=3)


def finding(number: int, severity: Severity = Severity.ERROR, rule: str = "EVT-101") -> Finding:
    return Finding(
        rule=rule,
        slug="event-ends-before-it-starts",
        severity=severity,
        file="data/events.csv",
        line=number + 2,
        field="date_end",
        key={"event_id": f"EVT-{number:04}"},
        value="2022-02-25",
        message="the event ends on 2022-02-25, before it starts, 100 % sure",
        fix="Exchange the two dates.",
    )


def report(*findings: Finding) -> Report:
    stopped = (
        NotRun("CTL-103", "control could not be read whole"),
        NotRun("CTL-104", "control could not be read whole"),
    )
    return Report("package", "1.0.0", {"events": 20, "places": 5}, findings, stopped, rules_run=100)


def test_json_is_as_documented() -> None:
    document = json.loads(renderer("json")(report(finding(1), finding(2, Severity.WARNING))))
    assert list(document) == ["report_version", "package", "summary", "findings", "waived", "not_run"]
    assert document["report_version"] == 1
    assert document["package"] == {"name": "package", "version": "1.0.0"}
    assert document["summary"] == {
        "errors": 1,
        "warnings": 1,
        "infos": 0,
        "tables": {"events": {"rows": 20}, "places": {"rows": 5}},
    }
    assert document["findings"][0] == {
        "rule": "EVT-101",
        "slug": "event-ends-before-it-starts",
        "severity": "error",
        "file": "data/events.csv",
        "line": 3,
        "field": "date_end",
        "key": {"event_id": "EVT-0001"},
        "value": "2022-02-25",
        "message": "the event ends on 2022-02-25, before it starts, 100 % sure",
        "fix": "Exchange the two dates.",
    }
    assert document["not_run"][0] == {"rule": "CTL-103", "why": "control could not be read whole"}


def test_text_folds_what_repeats_and_keeps_the_count() -> None:
    text = renderer("text")(report(*map(finding, range(25))))
    assert text.count("error EVT-101") == 10
    assert "... and 15 more of EVT-101" in text
    assert "25 errors" in text
    assert "CTL-103, CTL-104: control could not be read whole" in text
    assert text.endswith("`sumy2022 rules EVT-101` explains that rule, with an example.\n")


def test_text_of_a_sound_package_is_short() -> None:
    sound = Report("package", "1.0.0", {"events": 20}, rules_run=100)
    assert renderer("text")(sound) == "package 1.0.0: 20 rows in 1 tables, 100 rules run\n0 errors\n"


@pytest.mark.parametrize(("number", "shown", "rest"), [(10, 10, None), (11, 9, 2), (500, 9, 491)])
def test_github_keeps_within_its_limit_and_counts_the_rest(number: int, shown: int, rest: int | None) -> None:
    lines = renderer("github")(report(*map(finding, range(number)))).splitlines()
    assert sum(line.startswith("::error file=data/events.csv,line=") for line in lines) == shown
    assert sum(line.startswith("::") for line in lines) <= 10
    assert ([f"{rest} more" in line for line in lines].count(True) == 1) is (rest is not None)
    assert "100 %25 sure" in lines[0]


def test_a_file_for_github_has_no_property_of_its_own() -> None:
    odd = replace(finding(1), file="data/a, 100%,title=b::c.csv")
    (line, *_) = renderer("github")(report(odd)).splitlines()
    assert line.startswith("::error file=data/a%2C 100%25%2Ctitle=b%3A%3Ac.csv,line=3,title=EVT-101 ")


def test_github_names_severities_its_own_way() -> None:
    lines = renderer("github")(report(finding(1, Severity.INFO), finding(2, Severity.WARNING))).splitlines()
    assert [line.split(" ")[0] for line in lines[:2]] == ["::warning", "::notice"]


def test_junit_fails_for_errors_alone_and_skips_what_did_not_run() -> None:
    suites = ET.fromstring(renderer("junit")(report(finding(1), finding(2, Severity.WARNING))))
    assert suites.attrib == {"tests": "4", "failures": "1", "errors": "0", "skipped": "2"}
    assert [case.tag for case in suites[0]] == ["testcase"] * 4
    assert [child.tag for case in suites[0] for child in case] == ["failure", "system-out", "skipped", "skipped"]
    sound = ET.fromstring(renderer("junit")(Report("package", "1.0.0", {})))
    assert (sound.attrib["tests"], sound.attrib["failures"]) == ("1", "0")


def test_sarif_fingerprints_outlive_a_change_of_line() -> None:
    first, second = (json.loads(renderer("sarif")(report(item))) for item in (finding(1), finding(1)))
    moved = json.loads(renderer("sarif")(report(Finding(**{**vars(finding(1)), "line": 99}))))
    prints = [run["runs"][0]["results"][0]["partialFingerprints"] for run in (first, second, moved)]
    assert prints[0] == prints[1] == prints[2]
    assert moved["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 99}
    assert first["runs"][0]["tool"]["driver"]["rules"][0]["id"] == "EVT-101"
    notes = first["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [note["associatedRule"]["id"] for note in notes] == ["CTL-103", "CTL-104"]


def test_markdown_lists_fifty_and_counts_the_rest() -> None:
    text = renderer("markdown")(report(*map(finding, range(60))))
    assert text.startswith("## package 1.0.0: 60 errors\n")
    assert text.count("| error EVT-101 |") == 50
    assert "... and 10 more in this file." in text


@pytest.mark.parametrize("name", FORMATS)
def test_two_renderings_give_the_same_bytes(name: str) -> None:
    twice = [renderer(name)(report(finding(1), finding(2, Severity.WARNING))) for _ in range(2)]
    assert twice[0] == twice[1]
    assert twice[0].endswith("\n")


def test_what_does_not_print_is_spelt_out() -> None:
    assert visible("a\x1b[31m\nb\u202e") == "a\\u001b[31m\\u000ab\\u202e"
    assert visible("x" * 200, 10) == "xxxxxxx..."


@fuzz(200)
@given(st.lists(OBJECTS, max_size=7), OBJECTS)
def test_rows_of_json_are_one_a_line(rows: list[dict[str, object]], other: dict[str, object]) -> None:
    document = {"other": other, "nested": {"rows": rows}, "none": []}
    with mock.patch.object(as_json, "ROWS", 3):
        text = as_json.json_rows(document)
    assert json.loads(text) == document
    assert not set(text) & {chr(code) for code in range(0x7F, 0xA0)}
    lines = [line.strip().removesuffix(",") for line in text.split("\n")]
    at = lines.index('"rows": [') + 1 if rows else 0
    assert [json.loads(line) for line in lines[at : at + len(rows)]] == rows
