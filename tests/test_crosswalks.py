"""The exports in the layouts of other datasets: their rules hold in what is written, and nothing is lost in silence."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date
from itertools import product
from pathlib import Path

import duckdb
import hxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sumy2022
from conftest import ROOT, Files, lay, write
from exporting import export, hostile, rows, two_runs
from hostile import cut_down
from sumy2022.__main__ import main
from sumy2022.example import Add, Change, Edit, Swap
from sumy2022.exports.acled import shares
from sumy2022.exports.crosswalk import cell, constants, crosswalk, lookup
from sumy2022.exports.ged import date_prec, priogrid
from sumy2022.package import open_package
from sumy2022.views import flat_events, tables_of

Row = dict[str, str]

# As the codebooks have them, in order.
GED = """
id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name dyad_dset_id
dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b number_of_sources
source_article source_office source_date source_headline source_original where_prec where_coordinates
where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id region event_clarity
date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob
"""
WHOLE = """
id year active_year type_of_violence number_of_sources where_prec priogrid_gid country_id event_clarity date_prec
deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob
"""
ACLED = """
event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1
actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location latitude
longitude geo_precision source source_scale notes fatalities tags timestamp
"""
SUB_EVENTS = {
    "Battles": {"Government regains territory", "Non-state actor overtakes territory", "Armed clash"},
    "Protests": {"Excessive force against protesters", "Protest with intervention", "Peaceful protest"},
    "Riots": {"Violent demonstration", "Mob violence"},
    "Explosions/Remote violence": {"Chemical weapon", "Air/drone strike", "Suicide bomb", "Grenade",
                                   "Shelling/artillery/missile attack", "Remote explosive/landmine/IED"},
    "Violence against civilians": {"Sexual violence", "Attack", "Abduction/forced disappearance"},
    "Strategic developments": {"Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use",
                               "Headquarters or base established", "Looting/property destruction",
                               "Non-violent transfer of territory", "Other"},
}  # fmt: skip
INTER = ["State forces", "Rebel group", "Political militia", "Identity militia", "Rioters", "Protesters", "Civilians",
         "External/Other forces"]  # fmt: skip
DAY = r"(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})"
VALID = (
    ("#valid_tag", "#date", "#affected", "#geo+lat", "#geo+lon", "#event+code-parent"),
    ("#valid_datatype", "date", "number", "number", "number", ""),
    ("#valid_value_max", "", "", "90", "180", ""),
    ("#valid_required", "", "", "", "", "true"),
    ("#valid_unique", "", "", "", "", "true"),
)
"""What libhxl is asked of the hashtags: a schema, column by column."""
KILLED = {"outcome": "killed", "population": "civilian", "sex": "all", "age": "all", "side": "", "status": "standing",
          "superseded_by": "", "wording": "exact", "place_id": "", "date_start": "", "date_end": ""}  # fmt: skip


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Written:
    """What an export wrote of a package: its rows, its losses, and the package's own tables as text."""

    def __init__(self, name: str, where: Path, folder: Path) -> None:
        paths = export(name, where, folder)
        assert sorted(paths) == [f"{name}-losses.csv", f"{name}.csv"]
        self.path = paths[f"{name}.csv"]
        self.rows, self.losses = read(self.path), read(paths[f"{name}-losses.csv"])
        self.events = {row["event_id"]: row for row in rows(where, "events")}
        self.where = where

    def event(self, row: Row) -> Row:
        """Return the event that a row is about."""
        number = row["id"][1:] if "id" in row else row["event_id_cnty"].removeprefix(PREFIX)[:-3]
        return self.events[f"EVT-{int(number):04}"]

    def of(self, event_id: str) -> list[Row]:
        """Return the rows of an event."""
        return [row for row in self.rows if self.event(row)["event_id"] == event_id]

    def lost(self, event_id: str, column: str) -> list[str]:
        """Return the losses of an event in a column."""
        return [row["loss"] for row in self.losses if (row["event_id"], row["column"]) == (event_id, column)]


PREFIX = constants("acled")["id_prefix"]


def package(request: pytest.FixtureRequest, miniature: Files, folder: Path) -> Path:
    return ROOT if request.param == "real" else write(hostile(miniature), folder)


@pytest.fixture(params=["real", "hostile"])
def ged(request: pytest.FixtureRequest, miniature: Files, tmp_path: Path) -> Written:
    return Written("ged", package(request, miniature, tmp_path / "package"), tmp_path / "out")


@pytest.fixture(params=["real", "hostile"])
def acled(request: pytest.FixtureRequest, miniature: Files, tmp_path: Path) -> Written:
    return Written("acled", package(request, miniature, tmp_path / "package"), tmp_path / "out")


def written(name: str, files: Files, folder: Path, *changes: Change) -> Written:
    return Written(name, write(lay(files, changes), folder / "package"), folder / "out")


# The crosswalk tables ----------------------------------------------------------------------------------------------


def codes(table: str, field: str) -> list[str]:
    fields = json.loads((ROOT / "schemas" / f"{table}.json").read_bytes())["fields"]
    found: list[str] = next(known for known in fields if known["name"] == field)["constraints"]["enum"]
    return found


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("event_types", [("events", "event_type"), None]),
        ("actors", [("actors", "kind"), ("actors", "side")]),
        ("place_precision", [("events", "place_precision"), ("places", "kind")]),
        ("date_precision", [("events", "date_precision")]),
        ("source_kinds", [("sources", "kind")]),
        ("roles", [("event_actors", "role")]),
        ("populations", [("casualties", "population")]),
        ("place_kinds", [("places", "kind")]),
    ],
)
def test_a_crosswalk_covers_every_code_and_no_other(name: str, fields: list[tuple[str, str] | None]) -> None:
    lists = [codes(*field) if field else ["civilian", "force", "none"] for field in fields]
    assert [combination for combination in product(*lists) if not lookup(name, *combination)] == []
    keys = [tuple(row.values())[: len(lists)] for row in crosswalk(name)]
    assert len(set(keys)) == len(keys)
    for position, known in enumerate(lists):
        assert {key[position] for key in keys} <= {*known, ""}


def test_the_types_of_the_targets_are_closed_lists() -> None:
    for row in crosswalk("event_types"):
        assert row["ged_type"] in {"", "1", "3"}
        assert bool(row["ged_type"]) != bool(row["ged_reason"]), row
        if row["acled_event_type"]:
            assert row["acled_sub_event_type"] in SUB_EVENTS[row["acled_event_type"]]
            assert set(row["acled_by"].split(";")) <= {part["part"] for part in crosswalk("roles")}
            assert row["acled_days"] in {"each", "once"}
        else:
            assert row["acled_reason"]
    assert {row["acled_source_scale"] for row in crosswalk("source_kinds")} <= {
        row["scale"] for row in crosswalk("acled_scales")
    }
    assert [(row["inter"], row["code"]) for row in crosswalk("acled_inter")] == [
        (inter, str(code)) for code, inter in enumerate(INTER, 1)
    ]
    kinds = {row[name] for row in crosswalk("actors") for name in ("acled_actor_inter", "acled_victim_inter")}
    assert kinds <= {*INTER, ""}


def test_the_names_of_units_are_those_of_the_places_table() -> None:
    """The adjective is the romanised first word of the Ukrainian name; its stem is that of our name."""
    letters = dict(zip("кнптсрмйиоеу", "knptsrmiyoeu", strict=True)) | {"ь": "", "х": "kh", "ш": "sh"}
    raions = {
        row["ocha_pcode"]: row["name_uk"].split()[0].lower() for row in rows(ROOT, "places") if row["kind"] == "raion"
    }
    names = {row["ocha_pcode"]: row["name"] for row in crosswalk("acled_units")}
    assert raions.keys() == {code for code in names if len(code) == 6}
    for code, name in raions.items():
        assert "".join(letters.get(letter, letter) for letter in name).capitalize() == names[code]


# The event dataset of UCDP -----------------------------------------------------------------------------------------


def test_ged_has_its_columns_and_their_types(ged: Written) -> None:
    with ged.path.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == GED.split()
    assert ged.rows
    whole = [name for name in GED.split() if name in WHOLE.split() or name.endswith(("_dset_id", "_new_id"))]
    kinds = dict.fromkeys(whole, "BIGINT") | dict.fromkeys(("latitude", "longitude"), "DOUBLE")
    kinds |= dict.fromkeys(("date_start", "date_end"), "DATE")
    types = {name: kinds.get(name, "VARCHAR") for name in GED.split()}
    found = duckdb.read_csv(str(ged.path), header=True, columns=types, all_varchar=False)
    assert len(found.fetchall()) == len(ged.rows)


def test_ged_keeps_the_rules_of_its_codebook(ged: Written) -> None:
    assert len({row["id"] for row in ged.rows}) == len({row["relid"] for row in ged.rows}) == len(ged.rows)
    for row in ged.rows:
        deaths = [int(row[f"deaths_{part}"]) for part in ("a", "b", "civilians", "unknown")]
        low, best, high = (int(row[name]) for name in ("low", "best", "high"))
        assert min(deaths) >= 0
        assert sum(deaths) == best
        assert 0 <= low <= best <= high
        assert high >= 1
        assert re.fullmatch(r"[A-Z]{3}-\d{4}-[123]-X?\d+-[\d.]+", row["relid"])
        assert row["relid"].split("-")[2] == row["type_of_violence"]
        assert (row["type_of_violence"] == "3") == (row["side_b"] == "Civilians")
        assert row["type_of_violence"] == "1" or row["deaths_b"] == row["deaths_unknown"] == "0"
        assert 10**9 < int(row["id"]) < 2**31
        assert row["where_prec"] in set("1234567")
        apart = (date.fromisoformat(row["date_end"]) - date.fromisoformat(row["date_start"])).days
        least, most = {"1": (0, 0), "2": (1, 5), "3": (6, 6), "4": (7, 30), "5": (31, 99999)}[row["date_prec"]]
        assert least <= apart <= most
        assert row["year"] == row["date_start"][:4]


def test_ged_tells_of_sources_in_lists_of_one_length(ged: Written) -> None:
    titles = {row["source_id"]: row["title"] for row in rows(ged.where, "sources")}
    citations = rows(ged.where, "event_sources")
    for row in ged.rows:
        cited = sorted(
            link["source_id"]
            for link in citations
            if (link["event_id"], link["stance"]) == (ged.event(row)["event_id"], "supports")
        )
        assert int(row["number_of_sources"]) == len(cited)
        headlines, offices, days = (row[f"source_{name}"].split(";") for name in ("headline", "office", "date"))
        assert len(headlines) == len(offices) == len(days) == len(cited)
        assert headlines == [titles[source].replace(";", ",").replace('"', "'") for source in cited]
        articles = [article.split(",", 2) for article in re.findall(r'"([^"]*)"', row["source_article"])]
        assert articles == [list(parts) for parts in zip(offices, days, headlines, strict=True)]


def test_ged_says_where_as_the_places_table_does(ged: Written) -> None:
    places = {row["place_id"]: row for row in rows(ged.where, "places")}
    for row in ged.rows:
        place = places[ged.event(row)["place_id"]]
        assert row["where_coordinates"].startswith(place["name_en"].removesuffix(f" {place['kind'].capitalize()}"))
        if not place["latitude"]:
            assert row["latitude"] == row["longitude"] == row["geom_wkt"] == row["priogrid_gid"] == ""
            assert ged.lost(ged.event(row)["event_id"], "latitude")
            continue
        assert (float(row["latitude"]), float(row["longitude"])) == (
            float(place["latitude"]),
            float(place["longitude"]),
        )
        assert row["geom_wkt"] == f"POINT ({row['longitude']} {row['latitude']})"
        # The cell's corner, counted back from its number, is at most half a degree away.
        south, west = divmod(int(row["priogrid_gid"]) - 1, 720)
        assert 0 <= float(row["latitude"]) - (south / 2 - 90) < 0.5
        assert 0 <= float(row["longitude"]) - (west / 2 - 180) < 0.5


@given(st.integers(-90_000, 90_000), st.integers(-180_000, 180_000))
def test_a_grid_cell_holds_its_point(north: int, east: int) -> None:
    latitude, longitude = north / 1000, east / 1000
    number = priogrid(latitude, longitude)
    assert 1 <= number <= 360 * 720
    south, west = divmod(number - 1, 720)
    assert south / 2 - 90 <= latitude <= south / 2 - 89.5
    assert west / 2 - 180 <= longitude <= west / 2 - 179.5


def test_the_figures_are_those_that_the_package_derives(tmp_path: Path) -> None:
    found = Written("ged", ROOT, tmp_path)
    killed = sumy2022.estimates(ROOT).query("outcome == 'killed'").set_index("event_id")
    for row in found.rows:
        figure = killed.loc[found.event(row)["event_id"]]
        assert [int(row[name]) for name in ("low", "best", "high")] == [figure["low"], figure["best"], figure["high"]]
    left = {row["event_id"] for row in found.losses if row["column"] == "row"}
    deadly = set(killed[killed[["low", "best", "high"]].max(axis=1) > 0].index)
    assert deadly == (deadly & left) | {found.event(row)["event_id"] for row in found.rows}


def test_fire_is_of_the_war_and_a_killing_against_civilians(miniature: Files, tmp_path: Path) -> None:
    shelling = written("ged", miniature, tmp_path / "shelling").of("EVT-0001")[0]
    assert (shelling["type_of_violence"], shelling["deaths_civilians"], shelling["best"]) == ("1", "5", "5")
    assert shelling["conflict_new_id"] == "13243"
    killing = [Edit("events", {"event_type": "killing"}), Edit("event_actors", {"role": "perpetrator"})]
    found = written("ged", miniature, tmp_path / "killing", *killing)
    row = found.of("EVT-0001")[0]
    assert (row["type_of_violence"], row["side_b"], row["gwnob"], row["deaths_civilians"]) == (
        "3",
        "Civilians",
        "",
        "5",
    )
    assert row["conflict_new_id"] == row["dyad_new_id"] == ""
    assert found.lost("EVT-0001", "conflict_new_id")
    of_soldiers = Edit("event_actors", {"actor_id": "ACT-0001"}, 1)
    assert written("ged", miniature, tmp_path / "soldiers", *killing, of_soldiers).lost("EVT-0001", "row")


@pytest.mark.parametrize(
    ("counts", "expected", "default"),
    [
        ({"count_low": "4", "count_high": "4", "population": "military", "side": "ukraine"}, (0, 4, 0, 0), None),
        ({"count_low": "4", "count_high": "4", "population": "police", "side": "russia"}, (4, 0, 0, 0), None),
        ({"count_low": "4", "count_high": "4", "population": "military"}, (0, 0, 0, 4), "deaths_unknown"),
        ({"count_low": "4", "count_high": "4", "population": "mixed"}, (0, 0, 0, 4), "deaths_unknown"),
        ({"count_low": "4", "count_high": "4", "age": "child"}, (0, 0, 4, 0), "high"),
        ({"count_low": "", "count_high": "4", "wording": "up-to"}, (0, 0, 0, 0), "low"),
    ],
    ids=["side b", "side a", "no side", "mixed", "only a part known", "no lower bound"],
)
def test_deaths_by_side(
    counts: dict[str, str], expected: tuple[int, ...], default: str | None, miniature: Files, tmp_path: Path
) -> None:
    cells = KILLED | {"event_id": "EVT-0005"} | counts
    found = written("ged", miniature, tmp_path, *(Edit("casualties", cells, row) for row in range(1)),
                    *(Edit("casualties", {"outcome": "injured"}, row) for row in (1, 2)))  # fmt: skip
    (row,) = found.rows
    assert tuple(int(row[f"deaths_{part}"]) for part in ("a", "b", "civilians", "unknown")) == expected
    assert row["high"] == "4"
    if default is not None:
        assert found.lost("EVT-0005", default)


def test_a_whole_does_not_count_the_deaths_of_its_parts_again(miniature: Files, tmp_path: Path) -> None:
    whole = Add(
        "casualties", KILLED | {"casualty_id": "CAS-0005", "event_id": "EVT-0005", "count_low": "9", "count_high": "9"}
    )
    ged = written("ged", miniature, tmp_path / "ged", whole)
    assert (len(ged.of("EVT-0001")), len(ged.of("EVT-0005"))) == (1, 0)
    (loss,) = [row for row in ged.losses if (row["event_id"], row["column"]) == ("EVT-0005", "row")]
    assert loss["value"] == "low 9, best 9, high 9; parts: EVT-0001"
    acled = written("acled", miniature, tmp_path / "acled", whole)
    assert [row["fatalities"] for row in acled.of("EVT-0001")] == ["5"]
    assert {(row["fatalities"], row["tags"]) for row in acled.of("EVT-0005")} == {
        ("0", "x:fatalities in rows of parts")
    }


def test_counts_by_side_that_do_not_fit_go_to_the_unknown(miniature: Files, tmp_path: Path) -> None:
    counts = [{"population": "unknown", "count_low": "10", "count_high": "10"},
              {"population": "civilian", "count_low": "6", "count_high": "6"},
              {"population": "military", "side": "ukraine", "count_low": "6", "count_high": "6"}]  # fmt: skip
    cells = [KILLED | {"event_id": "EVT-0005"} | count for count in counts]
    found = written("ged", miniature, tmp_path, *(Edit("casualties", row, number) for number, row in enumerate(cells)))
    (row,) = found.rows
    assert (row["best"], row["deaths_unknown"]) == ("10", "10")
    assert "do not fit" in " ".join(found.lost("EVT-0005", "deaths_unknown"))


@pytest.mark.parametrize("name", ["ged", "acled"])
def test_what_happened_elsewhere_is_left_out(name: str, miniature: Files, tmp_path: Path) -> None:
    found = written(name, miniature, tmp_path, Edit("events", {"place_id": "PLC-0008"}))
    assert found.of("EVT-0001") == []
    assert found.lost("EVT-0001", "row") == ["it lies outside the area that the package is about"]


def test_no_two_events_have_one_id(miniature: Files, tmp_path: Path) -> None:
    count = KILLED | {"casualty_id": "CAS-0005", "event_id": "EVT-00001", "count_low": "1"}
    cells = {"events": {"event_id": "EVT-00001", "part_of": ""}, "event_actors": {"event_id": "EVT-00001"}}
    twin = [Add(table, row) for table, row in (cells | {"casualties": count}).items()]
    ged = written("ged", miniature, tmp_path / "ged", *twin)
    assert [row["id"] for row in ged.rows] == ["1000000001"]
    assert ged.lost("EVT-00001", "row") == ["its identifier has no number of its own that fits the range of ids"]
    acled = export("acled", ged.where, tmp_path / "acled")["acled.csv"]
    assert {f"{PREFIX}0001001", f"{PREFIX}00001001"} <= {row["event_id_cnty"] for row in read(acled)}


def test_wholes_in_a_circle_end(miniature: Files, tmp_path: Path) -> None:
    circle = Edit("events", {"part_of": "EVT-0001"}, 4)
    assert len(written("ged", miniature, tmp_path, circle).events) == 5


@pytest.mark.parametrize("apart", [0, 1, 5, 6, 7, 30, 31, 400])
def test_date_prec(apart: int) -> None:
    assert date_prec(apart) == {0: 1, 1: 2, 5: 2, 6: 3, 7: 4, 30: 4, 31: 5, 400: 5}[apart]


# The layout of ACLED -----------------------------------------------------------------------------------------------


INTERACTIONS = {
    frozenset(["State forces"]): "State forces only",
    frozenset(["External/Other forces"]): "External/Other forces only",
    frozenset(["Civilians"]): "Civilians only",
    frozenset(["Protesters"]): "Protesters only",
    frozenset(["State forces", "External/Other forces"]): "State forces-External/Other forces",
    frozenset(["State forces", "Civilians"]): "State forces-Civilians",
    frozenset(["External/Other forces", "Civilians"]): "External/Other forces-Civilians",
    frozenset(["External/Other forces", "Protesters"]): "Protesters-External/Other forces",
    frozenset(["State forces", "Protesters"]): "State forces-Protesters",
}
"""What ACLED writes for the kinds of two sides, of those that can meet here."""


def test_acled_has_its_columns_and_lists(acled: Written) -> None:
    with acled.path.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ACLED.split()
    assert acled.rows
    for row in acled.rows:
        assert row["sub_event_type"] in SUB_EVENTS[row["event_type"]]
        violent = row["event_type"] not in {"Protests", "Riots", "Strategic developments"}
        expected = {"Protests": "Demonstrations", "Strategic developments": "Strategic developments"}
        assert row["disorder_type"] == ("Political violence" if violent else expected[row["event_type"]])
        assert row["inter1"] in INTER
        assert row["inter2"] in {*INTER, ""}
        assert bool(row["actor2"]) == bool(row["inter2"])
        twice = row["inter1"] == row["inter2"]
        kinds = frozenset(filter(None, (row["inter1"], row["inter2"])))
        assert row["interaction"] == (f"{row['inter1']}-{row['inter2']}" if twice else INTERACTIONS[kinds])
        assert row["civilian_targeting"] in {"Civilians targeted", ""}
        if row["event_type"] == "Violence against civilians":
            assert (row["inter2"], row["civilian_targeting"]) == ("Civilians", "Civilians targeted")
        if row["event_type"] == "Battles":
            assert row["actor2"]
            assert row["inter2"] != "Civilians"
        assert row["time_precision"] in set("123")
        assert row["geo_precision"] in set("123")
        assert int(row["fatalities"]) >= 0
        assert len(row["source_scale"].split("-")) <= 2


def test_acled_has_a_row_a_day_and_place_and_event(acled: Written) -> None:
    keys = Counter((acled.event(row)["event_id"], row["event_date"], row["location"]) for row in acled.rows)
    assert set(keys.values()) == {1}
    assert len({row["event_id_cnty"] for row in acled.rows}) == len(acled.rows)
    for row in acled.rows:
        event = acled.event(row)
        assert re.fullmatch(r"[A-Z]+\d+", row["event_id_cnty"])
        assert not row["event_id_cnty"].startswith("UKR")
        assert event["date_start"] <= row["event_date"] <= event["date_end"]
        day, month, year = re.match(f"On {DAY}, ", row["notes"]).groups()  # type: ignore[union-attr]
        months = DAY.split("(")[2].split(")")[0].split("|")
        assert f"{year}-{months.index(month) + 1:02}-{int(day):02}" == row["event_date"]
        assert row["year"] == year
        assert cell(event["summary"]).lstrip("'") in row["notes"]


def test_acled_counts_the_lowest_number_of_those_killed(acled: Written) -> None:
    killed = sumy2022.estimates(acled.where).query("outcome == 'killed'").set_index("event_id")["low"]
    for event_id in {acled.event(row)["event_id"] for row in acled.rows}:
        found = acled.of(event_id)
        total = sum(int(row["fatalities"]) for row in found)
        if found[0]["tags"] == "":
            assert total == killed[event_id]
        else:
            assert total == 0
            unknown = found[0]["tags"] == "x:fatalities unknown"
            assert unknown == (event_id not in killed.index or killed.isna()[event_id])
            assert acled.lost(event_id, "fatalities")


def test_acled_divides_what_goes_on_over_its_days(miniature: Files, tmp_path: Path) -> None:
    cells = KILLED | {"event_id": "EVT-0005", "count_low": "7", "count_high": "7", "population": "mixed"}
    alone = [Edit("events", {"part_of": ""}), Edit("casualties", cells)]
    found = written("acled", miniature, tmp_path, *alone).of("EVT-0005")
    assert [row["event_date"] for row in found] == [f"2022-02-{day}" for day in range(24, 29)]
    assert [row["fatalities"] for row in found] == ["3", "1", "1", "1", "1"]
    assert {row["time_precision"] for row in found} == {"1"}
    assert all("7, is divided over 5 days" in row["notes"] for row in found)


@given(st.integers(0, 10**6), st.integers(1, 400))
def test_shares_add_up(total: int, days: int) -> None:
    found = shares(total, days)
    assert (sum(found), len(found)) == (total, days)
    assert found[0] - found[-1] < days
    assert len(set(found[1:])) <= 1


@pytest.mark.parametrize(
    ("end", "precision", "expected"),
    [
        ("2022-02-25", "day", "1"),
        ("2022-02-25", "about", "2"),
        ("2022-03-04", "day", "2"),
        ("2022-03-05", "day", "3"),
        ("2022-02-25", "month", "3"),
        ("2022-03-28", "week", "3"),
        ("2022-03-29", "week", None),
    ],
)
def test_acled_time_precision(end: str, precision: str, expected: str | None, miniature: Files, tmp_path: Path) -> None:
    found = written("acled", miniature, tmp_path, Edit("events", {"date_end": end, "date_precision": precision}))
    assert [row["time_precision"] for row in found.of("EVT-0001")] == ([expected] if expected else [])
    assert bool(found.lost("EVT-0001", "row")) == (expected is None)


def test_who_only_spoke_did_nothing(miniature: Files, tmp_path: Path) -> None:
    mayor = [
        Edit("events", {"event_type": "looting"}, 1),
        Edit("event_actors", {"actor_id": "ACT-0004", "role": "authority"}, 2),
    ]
    assert written("acled", miniature, tmp_path / "looting", *mayor).lost("EVT-0002", "row")
    alone = Edit("event_actors", {"event_id": "EVT-0003", "actor_id": "ACT-0003", "role": "speaker"}, 5)
    found = written("acled", miniature, tmp_path / "battle", alone)
    assert found.lost("EVT-0005", "row") == ["no event type: no armed opponent is recorded"]


def test_acled_takes_its_moment_from_the_package_or_the_variable(
    miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    created = Swap("datapackage.json", "2026-11-25T00:00:00Z", "2026-01-01T00:00:00Z")
    assert {row["timestamp"] for row in written("acled", miniature, tmp_path / "a", created).rows} == {"1767225600"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert {row["timestamp"] for row in written("acled", miniature, tmp_path / "b").rows} == {"1700000000"}


def with_code(files: Files, field: str, code: str) -> Files:
    """Return a package whose schema of events has another code."""
    schema = json.loads(files["schemas/events.json"])
    known = next(item for item in schema["fields"] if item["name"] == field)
    known["constraints"]["enum"].append(code)
    known["categories"].append({"value": code, "label": code, "description": code})
    return files | {"schemas/events.json": json.dumps(schema).encode()}


# Both, and HXL -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ged", "acled"])
def test_every_event_is_exported_or_lost_with_the_reason(name: str, miniature: Files, tmp_path: Path) -> None:
    for number, where in enumerate((ROOT, write(hostile(miniature), tmp_path / "package"))):
        found = Written(name, where, tmp_path / str(number))
        kept = {found.event(row)["event_id"] for row in found.rows}
        left = [row["event_id"] for row in found.losses if row["column"] == "row"]
        assert len(set(left)) == len(left)
        assert kept & set(left) == set()
        assert kept | set(left) == set(found.events)
        assert all(row["loss"] and row["column"] for row in found.losses)
        assert found.losses == sorted(found.losses, key=lambda row: tuple(row.values()))


@pytest.mark.parametrize("name", ["ged", "acled"])
def test_no_person_is_named_and_nothing_is_a_formula(name: str, miniature: Files, tmp_path: Path) -> None:
    found = Written(name, ROOT, tmp_path / "real")
    people = {row["name_en"] for row in rows(ROOT, "actors") if row["kind"] == "official"}
    actors = ("source_original", "actor1", "assoc_actor_1", "actor2", "assoc_actor_2")
    told = {part for row in found.rows for column in actors for part in re.split("; ?", row.get(column, ""))}
    assert told & people == set()
    where = write(hostile(miniature), tmp_path / "package")
    for path in export(name, where, tmp_path / "hostile").values():
        for row in read(path):
            texts = {
                value for column, value in row.items() if column not in {"latitude", "longitude", "number_of_sources"}
            }
            assert [text for text in texts if text.lstrip().startswith(("=", "+", "-", "@"))] == []
            assert [text for text in texts if not text.isprintable()] == []


def test_a_point_in_the_west_stays_a_number(miniature: Files, tmp_path: Path) -> None:
    where = write(hostile(miniature), tmp_path / "package")
    for name in ("ged", "acled"):
        found = Written(name, where, tmp_path / name)
        assert {row["longitude"] for row in found.of("EVT-0001")} == {"-0.5"}


@pytest.mark.parametrize("name", ["ged", "acled", "hxl"])
def test_two_runs_write_the_same_bytes(name: str, tmp_path: Path) -> None:
    first, second = two_runs(name, ROOT, tmp_path)
    assert first == second


@pytest.mark.parametrize("name", ["ged", "acled", "hxl"])
def test_a_package_without_the_tables_is_refused(
    name: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = write(cut_down(miniature, "places", "events", "outline"), tmp_path / "package")
    assert main(["export", name, str(where), "--output", str(tmp_path / "out")]) == 2
    assert "no table" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_codes_that_the_crosswalk_does_not_know_are_losses(miniature: Files, tmp_path: Path) -> None:
    files = with_code(with_code(miniature, "event_type", "bombardment"), "date_precision", "century")
    unknown = [Edit("events", {"event_type": "bombardment"}), Edit("events", {"date_precision": "century"}, 4)]
    for name in ("ged", "acled"):
        found = written(name, files, tmp_path / name, *unknown)
        assert "no such event type" in found.lost("EVT-0001", "row")[0]
    assert found.lost("EVT-0005", "row") == ["its day is known less precisely than to 31 days"]


def test_the_hashtags_are_those_of_the_columns() -> None:
    columns = list(flat_events(tables_of(open_package(ROOT))).columns)
    tags = {row["column"]: row["tag"] for row in crosswalk("hxl")}
    assert list(tags) == columns
    assert len(set(tags.values())) == len(tags)


@pytest.mark.parametrize("kind", ["real", "hostile"])
def test_libhxl_reads_the_table_and_finds_no_fault(kind: str, miniature: Files, tmp_path: Path) -> None:
    where = ROOT if kind == "real" else write(hostile(miniature), tmp_path / "package")
    path = export("hxl", where, tmp_path / "out")["hxl.csv"]
    with hxl.data(str(path), hxl.InputOptions(allow_local=True)) as source:
        found = [
            {column.header: value for column, value in zip(row.columns, row.values, strict=True)} for row in source
        ]
        tags = [column.display_tag for column in source.columns]
    events = rows(where, "events")
    assert [row["event_id"] for row in found] == [row["event_id"] for row in events]
    for row, event in zip(found, events, strict=True):
        assert all(row[name].lstrip("'") == event[name].lstrip("'") for name in event)
    assert all(re.fullmatch(r"#[a-z][a-z0-9_]*( ?\+[a-z][a-z0-9_]*)*", tag) for tag in tags)
    schema = hxl.schema([list(column) for column in zip(*VALID, strict=True)])
    faults: list[object] = []
    schema.callback = faults.append
    with hxl.data(str(path), hxl.InputOptions(allow_local=True)) as source:
        assert schema.validate(source), faults
