"""Rules of the waivers, by which warnings are accepted; `sumy2022.waivers` sees their breaches."""

from __future__ import annotations

from sumy2022.example import Add
from sumy2022.findings import Severity
from sumy2022.rule import declare

SINCE = "1.0.0"


def _waiver(rule: str, until: str) -> tuple[Add, ...]:
    return (Add("waivers", {"rule": rule, "key": "EVT-0001", "reason": "The sources agree on it.", "until": until}),)


NOT_NEEDED = declare(
    "WVR-101",
    "waiver-not-needed",
    Severity.WARNING,
    since=SINCE,
    table="waivers",
    fields=("key",),
    reason="A waiver accepts a warning that there is.\n\n"
    "What waives nothing would later hide a new fault of the same row.",
    message="{rule} does not warn of {value}",
    fix="Remove the row; or correct the key, if it was to be another row's.",
    bad=_waiver("EVT-110", "0.1.0"),
    place=("data/waivers.csv", 2),
)
EXPIRED = declare(
    "WVR-102",
    "waiver-expired",
    Severity.WARNING,
    since=SINCE,
    table="waivers",
    fields=("until",),
    reason="A waiver holds up to the version that it names; then somebody looks at the row again.",
    message="the waiver of {rule} for {key} ended with version {value}, and this is {version}",
    fix="Look at the row again: remove the waiver, or raise `until` if the warning is still right to accept.",
    bad=_waiver("EVT-110", "0.0.9"),
    place=("data/waivers.csv", 2),
)
OF_AN_ERROR = declare(
    "WVR-103",
    "waiver-of-an-error",
    Severity.ERROR,
    since=SINCE,
    table="waivers",
    fields=("rule",),
    reason="Only a warning can be waived; an error contradicts the documentation of the package and is mended.",
    message="{value} is an error, which cannot be waived",
    fix="Remove the row and mend the data. If the rule is wrong, propose a change of the rule.",
    bad=_waiver("EVT-101", "0.1.0"),
    place=("data/waivers.csv", 2),
)
OF_NO_RULE = declare(
    "WVR-104",
    "waiver-of-no-rule",
    Severity.ERROR,
    since=SINCE,
    table="waivers",
    fields=("rule",),
    reason="A waiver names a rule that there is.",
    message="there is no rule {value}{hint}",
    fix="Correct the identifier; `sumy2022 rules` lists all. If the rule was retired, remove the row.",
    bad=_waiver("EVT-999", "0.1.0"),
    place=("data/waivers.csv", 2),
)
