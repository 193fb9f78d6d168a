"""The report as JUnit XML, which most CI systems show as tests: a test case a finding."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from sumy2022.findings import Finding, Report, Severity
from sumy2022.render import place, visible


def render(report: Report) -> str:
    """Return one suite: errors fail, milder findings pass with their words as output, what did not run is skipped."""
    cases = [_case(finding) for finding in report.findings]
    for item in report.not_run:
        case = ET.Element("testcase", classname=item.rule, name="not run")
        ET.SubElement(case, "skipped", message=visible(item.why, None))
        cases.append(case)
    if not cases:
        cases.append(ET.Element("testcase", classname=visible(report.name), name="no finding"))
    failures, skipped = report.count(Severity.ERROR), len(report.not_run)
    numbers = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    suites = ET.Element("testsuites", numbers)
    suite = ET.SubElement(suites, "testsuite", {"name": visible(f"{report.name} {report.version}"), **numbers})
    suite.extend(cases)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _case(finding: Finding) -> ET.Element:
    where, message = visible(place(finding), None), visible(finding.message, 400)
    words = f"{where}: {message}\n{visible(finding.fix, 400)}"
    case = ET.Element("testcase", classname=f"{finding.rule} {finding.slug}", name=where)
    if finding.severity is Severity.ERROR:
        ET.SubElement(case, "failure", type="error", message=message).text = words
    else:
        ET.SubElement(case, "system-out").text = f"{finding.severity.value}: {words}"
    return case
