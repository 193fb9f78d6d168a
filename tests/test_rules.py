"""Every rule, by its own examples: the bad one gives exactly it at exactly its place, the good one nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Files, lay, write
from fuzzing import fuzz
from sumy2022.context import Context
from sumy2022.example import Add, Change, Edit
from sumy2022.rule import REGISTRY, Rule, Scope
from sumy2022.rules import load_all
from sumy2022.rules.sources import _normal, _respelt
from sumy2022.text import contains
from sumy2022.validation import validate

load_all()
SUSPICIOUS = [
    text
    for rule in REGISTRY.values()
    if rule.suspect
    for change in rule.bad
    if isinstance(change, Edit)
    for text in change.cells.values()
]
"""The cells of the bad examples of the rules that judge suspects alone."""
RULES = [pytest.param(rule, id=rule.id) for rule in REGISTRY.values() if not rule.retired]


def found(files: Files, folder: Path) -> list[tuple[str, str, int | None]]:
    report = validate(write(files, folder))
    return [(finding.rule, finding.file, finding.line) for finding in report.findings]


def expected_place(rule: Rule, files: Files) -> tuple[str, int | None]:
    """Where the bad example is to be found: as the rule says, or the first row that it edits or adds."""
    if rule.place is not None:
        return rule.place
    first: Change = rule.bad[0]
    assert isinstance(first, Edit | Add), f"{rule.id}: say in `place` where the bad example is found"
    path = f"data/{first.table}.csv"
    line = first.row + 2 if isinstance(first, Edit) else files[path].count(b"\n") + 1
    return path, line


def test_the_untouched_miniature_is_sound(miniature: Files, tmp_path: Path) -> None:
    assert found(miniature, tmp_path) == []


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_gives_its_rule_at_its_place(rule: Rule, miniature: Files, tmp_path: Path) -> None:
    file, line = expected_place(rule, miniature)
    assert found(lay(miniature, rule.bad), tmp_path) == [(rule.id, file, line)]


@pytest.mark.parametrize("rule", [param for param in RULES if param.values[0].good])
def test_the_good_example_gives_nothing(rule: Rule, miniature: Files, tmp_path: Path) -> None:
    assert found(lay(miniature, rule.good), tmp_path) == []


def test_a_faulty_cell_is_reported_once(miniature: Files, tmp_path: Path) -> None:
    """What reads the cell of another row, such as a count's successor, does not judge it while it is faulty."""
    changes = [Edit("casualties", {"outcome": "dead"}, row=1)]
    assert found(lay(miniature, changes), tmp_path) == [("TAB-103", "data/casualties.csv", 3)]


def test_a_denied_capture_of_a_contested_place_needs_no_change_of_control(miniature: Files, tmp_path: Path) -> None:
    capture = {"event_type": "capture", "title": "Capture of Alpha"}
    denial = {"event_id": "EVT-0003", "source_id": "SRC-0003", "stance": "contradicts", "note": "Says it was held."}
    contested = (Edit("control", {"controller": "contested"}), Edit("control_sources", {"note": "Both."}))
    changes = [Edit("events", capture, row=2), Add("event_sources", denial), *contested]
    line = ("EVT-115", "data/events.csv", 4)
    assert line not in found(lay(miniature, changes), tmp_path / "denied")
    assert line in found(lay(miniature, [changes[0], *contested]), tmp_path / "undisputed")
    assert line in found(lay(miniature, changes[:2]), tmp_path / "held")


@fuzz(60)
@given(st.lists(st.text(max_size=30) | st.sampled_from(SUSPICIOUS), min_size=1, max_size=20))
def test_a_cell_that_is_refused_is_a_suspect(texts: list[str]) -> None:
    cells = pd.Series(texts, dtype="str")
    for rule in REGISTRY.values():
        if rule.suspect:
            assert rule.predicate is not None
            judged = cells if rule.scope is Scope.CELL else cells.to_frame(rule.fields[0])
            refused = ~rule.predicate(judged, Context())
            assert not (refused & ~contains(cells, rule.suspect)).any(), rule.id


ADDRESSES = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS", "h2"]),
    st.sampled_from(["example.org", "www.example.org", "WWW.example.org", "www.EXAMPLE.org:80", "п.org", "u@a.b", ""]),
    st.lists(st.sampled_from(["/", "/a", "/amp", "/amp/", "/www.", "/ampere", "/#!/x", "/A b"]), max_size=3).map(
        "".join
    ),
    st.sampled_from(["", "?", "?a=1", "/?a=/", "/amp?b"]),
    st.sampled_from(["", "#", "#top", "#!page", "#/page"]),
)


@fuzz(300)
@given(st.lists(ADDRESSES | st.none() | st.text(max_size=12), min_size=1, max_size=10))
def test_ordinary_addresses_are_respelt_as_the_others_are(urls: list[str | None]) -> None:
    cells = pd.Series(urls, dtype="str")
    both = pd.DataFrame({"quickly": _normal(cells), "taken apart": _respelt(cells)})
    assert both["quickly"].equals(both["taken apart"]), both.to_dict("records")
