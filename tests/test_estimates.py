"""The derived figures, case by case, as docs/methodology.md explains them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plainly
import sumy2022
from conftest import ROOT
from fuzzing import fuzz
from sumy2022.estimation import PLACES, SOURCE_PLACES, derive_corroboration, derive_estimates, origin, rank

ACTORS = pd.DataFrame(
    [
        ("ACT-UN", "international-organisation", "international"),
        ("ACT-UA", "official", "ukraine"),
        ("ACT-RU", "state", "russia"),
        ("ACT-TV", "medium", "none"),
    ],
    columns=["actor_id", "kind", "side"],
)
EVENTS = pd.DataFrame([("EVT-1", "PLC-TOWN")], columns=["event_id", "place_id"])
SOURCES = pd.DataFrame(
    [("SRC-NEWS", "news", None), ("SRC-WIKI", "encyclopedia", None), ("SRC-COPY", "news", "SRC-NEWS")],
    columns=["source_id", "kind", "derived_from"],
)


def claim(low: int | None, high: int | None, **cells: Any) -> dict[str, Any]:
    return {
        "event_id": "EVT-1",
        "place_id": "PLC-TOWN",
        "outcome": "killed",
        "population": "civilian",
        "sex": "all",
        "age": "all",
        "side": None,
        "count_low": low,
        "count_high": high,
        "as_of": pd.Timestamp("2022-03-01"),
        "claimed_by": None,
        "source_id": "SRC-NEWS",
        "status": "standing",
        **cells,
    }


def frame(*claims: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(claims)
    table["casualty_id"] = [f"CAS-{number}" for number in range(len(table))]
    return table.astype({"count_low": "Int64", "count_high": "Int64"})


def figures(*claims: dict[str, Any]) -> tuple[Any, ...]:
    found = derive_estimates(frame(*claims), EVENTS, ACTORS, SOURCES)
    assert len(found) == 1
    row = found.iloc[0]
    return tuple(None if pd.isna(row[name]) else row[name] for name in ("low", "best", "high", "basis"))


def test_what_is_too_many_for_a_part_is_a_rival() -> None:
    unknown, civilians = claim(9, 9, population="unknown"), claim(22, 22, as_of=pd.Timestamp("2022-03-09"))
    assert figures(unknown, civilians)[:3] == (9, 22, 22)
    assert figures(unknown, claim(9, 9))[:3] == (9, 9, 9)
    assert figures(claim(9, None, population="unknown"), claim(5, None))[:3] == (9, 9, 9)


def test_a_kind_of_source_that_nobody_ranked_comes_after_reporters() -> None:
    sources = pd.concat([SOURCES, pd.DataFrame([("SRC-NEW", "pamphlet", None)], columns=SOURCES.columns)])
    claims = frame(claim(3, 3, source_id="SRC-NEW"), claim(2, 2))
    assert list(rank(claims, ACTORS, sources)) == [PLACES.index("secondary"), PLACES.index("reporter")]


def test_one_exact_claim_is_all_three() -> None:
    assert figures(claim(3, 3)) == (3, 3, 3, "whole")


def test_the_range_spans_all_standing_claims_and_the_best_placed_is_best() -> None:
    wiki = claim(2, 2, source_id="SRC-WIKI")
    official = claim(5, 5, claimed_by="ACT-UA")
    news = claim(9, 9)
    assert figures(wiki, official, news) == (2, 5, 9, "whole")


def test_the_latest_of_equally_placed_claims_is_best() -> None:
    early, late = claim(4, 4), claim(6, 6, as_of=pd.Timestamp("2022-03-09"))
    assert figures(late, early) == (4, 6, 6, "whole")
    assert figures(claim(8, 8, as_of=pd.NaT), early) == (4, 4, 8, "whole")


def test_superseded_disputed_and_withdrawn_claims_do_not_count() -> None:
    others = [claim(99, 99, status=status) for status in ("superseded", "disputed", "withdrawn")]
    assert figures(claim(3, 3), *others) == (3, 3, 3, "whole")


def test_a_claim_without_ceiling_counts_with_its_floor() -> None:
    assert figures(claim(10, None), claim(7, 7, claimed_by="ACT-UN")) == (7, 7, 10, "whole")


def test_a_claim_without_floor_is_never_best() -> None:
    assert figures(claim(None, 20)) == (None, None, 20, "whole")


def test_what_a_party_says_of_its_enemy_comes_last() -> None:
    enemy = claim(500, 500, side="russia", population="military", claimed_by="ACT-UA")
    news = claim(50, 50, side="russia", population="military")
    assert figures(enemy, news) == (50, 50, 500, "whole")


def test_children_are_part_of_the_total() -> None:
    assert figures(claim(5, 5), claim(2, 2, age="child")) == (5, 5, 5, "whole")


def test_parts_alone_give_a_floor_and_no_ceiling() -> None:
    assert figures(claim(2, 2, age="child"), claim(1, 1, sex="female")) == (2, 2, None, "part")


def test_people_of_different_populations_are_added() -> None:
    assert figures(claim(3, 4), claim(10, 10, population="military")) == (13, 13, 14, "sum")


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    assert figures(claim(3, 3), claim(None, 9, population="military")) == (None, None, 12, "sum")


def test_a_claim_about_everybody_covers_those_about_groups() -> None:
    assert figures(claim(3, 3), claim(10, 12, population="mixed")) == (10, 10, 12, "whole")


def test_mixed_and_unknown_populations_are_both_everybody() -> None:
    assert figures(claim(5, 5, population="mixed"), claim(3, 3, population="unknown")) == (3, 3, 5, "whole")


def test_a_count_of_one_building_is_part_of_the_event() -> None:
    assert figures(claim(6, 6), claim(1, 1, place_id="PLC-HOUSE")) == (6, 6, 6, "whole")
    assert figures(claim(1, 1, place_id="PLC-HOUSE")) == (1, 1, None, "part")
    assert figures(claim(2, 2), claim(6, 6, place_id=None)) == (2, 6, 6, "whole")


def test_groups_that_overlap_are_not_added() -> None:
    assert figures(claim(3, 3), claim(10, 10, population="mixed", side="ukraine")) == (10, 10, None, "part")


def test_outcomes_stand_apart_and_nothing_known_gives_no_row() -> None:
    found = derive_estimates(frame(claim(1, 1), claim(4, 4, outcome="injured")), EVENTS, ACTORS, SOURCES)
    assert list(found["outcome"]) == ["injured", "killed"]
    assert derive_estimates(frame(claim(1, 1, status="withdrawn")), EVENTS, ACTORS, SOURCES).empty
    assert derive_estimates(frame(claim(1, 1, event_id=None)), EVENTS, ACTORS, SOURCES).empty


@fuzz(50)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50) | st.none(), st.sampled_from(list(ACTORS["actor_id"]))),
        min_size=1,
    )
)
def test_low_best_and_high_are_in_order(drawn: list[tuple[int, int | None, str]]) -> None:
    claims = [claim(low, None if more is None else low + more, claimed_by=actor) for low, more, actor in drawn]
    low, best, high, _ = figures(*claims)
    assert low <= best <= high
    assert figures(*reversed(claims))[0::2] == (low, high)


NUMBERS = st.none() | st.integers(0, 5)
CLAIMS = st.lists(
    st.builds(
        claim,
        NUMBERS,
        NUMBERS,
        event_id=st.sampled_from([f"EVT-{number}" for number in range(6)]),
        outcome=st.sampled_from(["killed", "killed", "injured"]),
        population=st.sampled_from(["mixed", "unknown", "civilian", "military"]),
        side=st.sampled_from([None, "ukraine", "russia"]),
        age=st.sampled_from(["all", "all", "all", "child"]),
        as_of=st.sampled_from([pd.NaT, pd.Timestamp("2022-03-01"), pd.Timestamp("2022-03-02")]),
        claimed_by=st.sampled_from([None, "ACT-UN", "ACT-UA"]),
        status=st.sampled_from(["standing", "standing", "standing", "disputed"]),
    ),
    min_size=1,
    max_size=60,
)


@fuzz(80)
@given(CLAIMS)
def test_all_events_at_once_give_what_each_gives(drawn: list[dict[str, Any]]) -> None:
    claims = frame(*drawn).astype({"as_of": "datetime64[s]"})
    events = pd.DataFrame([(f"EVT-{number}", "PLC-TOWN") for number in range(6)], columns=EVENTS.columns)
    found = derive_estimates(claims, events, ACTORS, SOURCES)
    claims["side"] = claims["side"].fillna("")
    claims["population"] = claims["population"].replace({"mixed": "", "unknown": ""})
    claims = claims.assign(rank=rank(claims, ACTORS, SOURCES), whole=claims["age"] == "all")
    expected = []
    for key, group in claims[claims["status"] == "standing"].groupby(["event_id", "outcome"]):
        rows = [
            {name: None if pd.isna(cell) else cell for name, cell in row.items()} for row in group.to_dict("records")
        ]
        *figures, basis = plainly.estimate(rows)
        expected.append([*key, *figures, len(rows), basis])
    assert [[None if pd.isna(cell) else cell for cell in row] for row in found.to_numpy(object).tolist()] == expected
    assert list(found.dtypes) == ["str", "str", *["Int64"] * 4, "str"]


def test_a_part_without_a_floor_is_no_rival() -> None:
    """It once was a fault of this program."""
    assert figures(claim(None, 5), claim(10, 10, population="mixed")) == (10, 10, 10, "whole")
    assert figures(claim(5, 5), claim(None, None, population="mixed")) == (None, None, None, "whole")


def test_every_kind_of_source_has_its_place() -> None:
    kinds = sumy2022.open_package(ROOT).schemas["sources"].field("kind").constraints["enum"]
    assert set(SOURCE_PLACES) == set(kinds)
    assert set(SOURCE_PLACES.values()) < set(PLACES)


def test_the_claimant_decides_before_the_source() -> None:
    claims = frame(
        claim(1, 1), claim(1, 1, claimed_by="ACT-UN"), claim(1, 1, claimed_by="ACT-TV", source_id="SRC-WIKI")
    )
    assert list(rank(claims, ACTORS, SOURCES)) == [2, 0, 2]


def citation(source: str, claimant: str | None = None, stance: str = "supports") -> dict[str, str | None]:
    return {"event_id": "EVT-1", "source_id": source, "claimed_by": claimant, "stance": stance}


@pytest.mark.parametrize(
    ("citations", "independent", "verdict"),
    [
        ([citation("SRC-NEWS")], 1, "single-source"),
        ([citation("SRC-NEWS"), citation("SRC-WIKI")], 2, "corroborated"),
        ([citation("SRC-NEWS"), citation("SRC-COPY")], 1, "single-source"),
        ([citation("SRC-NEWS", "ACT-UA"), citation("SRC-WIKI", "ACT-UA")], 1, "single-source"),
        ([citation("SRC-NEWS", "ACT-UA"), citation("SRC-COPY"), citation("SRC-WIKI", "ACT-UA")], 1, "single-source"),
        ([citation("SRC-NEWS"), citation("SRC-WIKI", stance="contradicts")], 1, "contested"),
        ([citation("SRC-WIKI", stance="contradicts")], 0, "contested"),
    ],
)
def test_corroboration(citations: list[dict[str, str | None]], independent: int, verdict: str) -> None:
    row = derive_corroboration(pd.DataFrame(citations), SOURCES).iloc[0]
    assert (row["independent"], row["corroboration"]) == (independent, verdict)


CITATIONS = st.lists(
    st.builds(
        citation,
        st.sampled_from(["SRC-NEWS", "SRC-WIKI", "SRC-COPY", "SRC-LOST", "SRC-5", "SRC-6"]),
        st.none() | st.sampled_from(["ACT-1", "ACT-2", "ACT-3"]),
        st.sampled_from(["supports", "supports", "supports", "contradicts"]),
    ).flatmap(lambda one: st.sampled_from(["EVT-1", "EVT-2", "EVT-3"]).map(lambda event: one | {"event_id": event})),
    min_size=1,
    max_size=24,
)


@fuzz(80)
@given(CITATIONS)
def test_voices_are_counted_as_one_by_one(drawn: list[dict[str, str | None]]) -> None:
    citations = pd.DataFrame(drawn).astype("str")
    found = derive_corroboration(citations, SOURCES).set_index("event_id")["independent"]
    supports = citations[citations["stance"] == "supports"]
    expected = {event: plainly.voices(group, dict(origin(SOURCES))) for event, group in supports.groupby("event_id")}
    assert {event: number for event, number in found.items() if number} == expected


@pytest.mark.parametrize("step", [1, -1, 37])
def test_a_long_chain_is_one_voice(step: int) -> None:
    """Each source shares its claimant with the next one."""
    length = 5_000
    order = [number * step % length for number in range(length)]
    links = [(f"SRC-{number}", f"ACT-{number + more}") for number in order for more in (0, 1)]
    found = derive_corroboration(pd.DataFrame([citation(*link) for link in links]), SOURCES)
    assert list(found["independent"]) == [1]


def test_the_shipped_data_has_figures_in_order() -> None:
    found = sumy2022.estimates(ROOT)
    known = found.dropna(subset=["low", "best", "high"])
    assert ((known["low"] <= known["best"]) & (known["best"] <= known["high"])).all()
    assert set(sumy2022.corroboration(ROOT)["event_id"]) == set(sumy2022.load("events", ROOT)["event_id"])
