"""Patterns put as GLOB: SQLite takes exactly the texts that the pattern matches."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import ROOT
from fuzzing import fuzz
from sumy2022.exports.globs import glob_check

ATOMS = ["a", "b", "1", "-", "é", ".", "]", r"\.", r"\*", r"\[", r"\^", r"\?", "[ab]", "[a-c1]", "[^a]", "[-a]", "[a-]"]
QUANTIFIERS = ["*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}"]
PATTERNS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(QUANTIFIERS)).map(lambda parts: f"(?:{parts[0]}){parts[1]}"),
    ),
    max_leaves=6,
)  # fmt: skip


@fuzz(400)
@given(PATTERNS, st.lists(st.text("ab1-é.*[]^?\n", max_size=6), max_size=8))
@example("(?:EVT-[0-9]{4,})", ["EVT-0001", "EVT-00012", "EVT-001", "EVT-0001x", "xEVT-0001", "EVT-0001\n"])
@example("(?:(?:a|bc)?[^a-]*)", ["", "a", "bc", "bcbc", "aa", "a-", "ab"])
@example("(?:\\*[*?]{1,2})", ["**", "*?", "*?*", "xx"])
@example("(?:-*)", ["", "--", "-a"])
def test_a_check_takes_what_the_pattern_matches(pattern: str, texts: list[str]) -> None:
    check = glob_check(":text", f"(?:{pattern})")
    if check is None:
        return
    with closing(sqlite3.connect(":memory:")) as database:
        for text in [*texts, *(text * 2 for text in texts)]:
            (taken,) = database.execute(f"SELECT {check}", {"text": text}).fetchone()
            assert bool(taken) == bool(re.fullmatch(pattern, text)), (pattern, check, text)


def test_all_patterns_of_ours_but_versions_are_checked() -> None:
    patterns = {
        (path.stem, field["name"]): field["constraints"]["pattern"]
        for path in (ROOT / "schemas").glob("*.json")
        for field in json.loads(path.read_bytes())["fields"]
        if "pattern" in field["constraints"]
    }
    unchecked = {name for name, pattern in patterns.items() if glob_check("x", pattern) is None}
    assert unchecked == {("retired_ids", "retired_in"), ("waivers", "until")}


LEFT = ["(?:(?:a*b)*)", "(?:(?:[ab]{1,99}){1,99})", "(?:a|b", "(?:a)b)", "(?:a??)", "(?:\\d)", "(?:a^)"]


@pytest.mark.parametrize("pattern", LEFT)
def test_a_pattern_that_cannot_be_put_so_is_left(pattern: str) -> None:
    assert glob_check("x", pattern) is None
