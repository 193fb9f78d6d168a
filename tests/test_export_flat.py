"""The flat CSV and the JSON Lines as DuckDB, pandas, Polars, jq and LibreOffice read them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import sumy2022
from conftest import ROOT, Files, _miniature, lay, write
from exporting import TEXTS, export, hostile, rows, two_runs
from hostile import cut_down
from sumy2022.canonical import to_bytes
from sumy2022.example import Change, Edit, Swap
from sumy2022.exports import checked
from sumy2022.exports.csv import as_text
from sumy2022.findings import UsageError
from tools import need, output

Written = tuple[Path, Path]
DERIVED = (
    "place", "place_uk", "place_kind", "hromada", "raion", "oblast", "latitude", "longitude", "katottg", "actors",
    "corroboration", "independent_sources", "contradicting_sources", "sources", "contradicting"
)  # fmt: skip
OUTCOMES = ("killed", "injured", "missing", "detained", "captured")


def made(name: str, end: str, request: pytest.FixtureRequest, folder: Path) -> Written:
    where = ROOT if request.param == "real" else write(hostile(dict(_miniature())), folder / "package")
    return where, export(name, where, folder / "out")[end]


@pytest.fixture(params=["real", "hostile"], scope="module")
def flat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The real package and the hostile one: where it is, and its flat table."""
    return made("csv", "flat.csv", request, tmp_path_factory.mktemp("flat"))


@pytest.fixture(params=["real", "hostile"], scope="module")
def lines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The same, and the events as JSON Lines."""
    return made("jsonl", "events.jsonl", request, tmp_path_factory.mktemp("lines"))


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def guarded(text: str) -> str:
    """A text of the CSVs as it stands in the flat table."""
    return f"'{text}" if text.lstrip()[:1] in {*"=+-@"} and text else text


def test_the_columns_of_the_events_are_as_in_the_csv(flat: Written) -> None:
    where, path = flat
    wanted = rows(where, "events")
    found = cells(path)
    assert list(found[0]) == [
        *wanted[0], *DERIVED, *(f"{outcome}_{bound}" for outcome in OUTCOMES for bound in ("low", "best", "high"))
    ]  # fmt: skip
    assert [{name: row[name] for name in wanted[0]} for row in found] == [
        {name: guarded(cell) for name, cell in row.items()} for row in wanted
    ]


JOINED = """
    WITH cited AS (
        SELECT event_id, string_agg(url, '; ' ORDER BY source_id) FILTER (stance = 'supports') AS sources,
               string_agg(url, '; ' ORDER BY source_id) FILTER (stance = 'contradicts') AS contradicting
        FROM event_sources JOIN sources USING (source_id) GROUP BY event_id
    ), acted AS (
        SELECT event_id, string_agg(name_en || ' (' || role || ', ' || certainty || ')', '; ' ORDER BY actor_id, role)
               AS actors
        FROM event_actors JOIN actors USING (actor_id) GROUP BY event_id
    )
    SELECT name_en, name_uk, kind, latitude, longitude, katottg, actors, sources, contradicting
    FROM events LEFT JOIN places USING (place_id) LEFT JOIN cited USING (event_id) LEFT JOIN acted USING (event_id)
    ORDER BY event_id
"""


def test_what_is_joined_is_what_duckdb_joins(flat: Written) -> None:
    where, path = flat
    database = duckdb.connect()
    for table in ("events", "places", "actors", "sources", "event_actors", "event_sources"):
        file = where / "data" / f"{table}.csv"
        database.execute(f"CREATE VIEW {table} AS FROM read_csv('{file}', all_varchar = true, header = true, "
                         "delim = ',', quote = '\"', escape = '\"')")  # fmt: skip
    wanted = database.execute(JOINED).fetchall()
    names = ("place", "place_uk", "place_kind", "latitude", "longitude", "katottg", "actors", "sources",
             "contradicting")  # fmt: skip
    for mine, theirs in zip(cells(path), wanted, strict=True):
        for name, cell in zip(names, theirs, strict=True):
            if name in {"latitude", "longitude"} and cell:
                assert float(mine[name]) == float(cell)
            else:
                assert mine[name] == guarded(cell or ""), mine["event_id"]


def test_the_figures_are_those_that_are_derived(flat: Written) -> None:
    where, path = flat
    by_event = {row["event_id"]: row for row in cells(path)}
    wanted = {
        (row.event_id, f"{row.outcome}_{bound}"): getattr(row, bound)
        for row in sumy2022.estimates(where).itertuples()
        for bound in ("low", "best", "high")
    }
    found = {
        (event, name): int(row[name])
        for event, row in by_event.items()
        for name in row
        if name.endswith(("_low", "_best", "_high")) and row[name]
    }
    assert found == {key: int(value) for key, value in wanted.items() if not pd.isna(value)}
    for row in sumy2022.corroboration(where).itertuples():
        mine = by_event[row.event_id]
        assert mine["corroboration"] == row.corroboration
        assert mine["independent_sources"] == str(row.independent)
        assert mine["contradicting_sources"] == str(row.contradicting)


def test_the_places_around_are_those_above_in_the_tree(flat: Written) -> None:
    where, path = flat
    places = {row["place_id"]: row for row in rows(where, "places")}
    for row in cells(path):
        above: dict[str, str] = {}
        place = row["place_id"]
        while place:
            above.setdefault(places[place]["kind"], places[place]["name_en"])
            place = places[place]["parent_id"]
        assert {kind: row[kind] for kind in ("hromada", "raion", "oblast")} == {
            kind: guarded(above.get(kind, "")) for kind in ("hromada", "raion", "oblast")
        }


def test_readers_of_csv_skip_the_mark(flat: Written) -> None:
    where, path = flat
    assert path.read_bytes().startswith(b"\xef\xbb\xbfevent_id,")
    count, first = len(rows(where, "events")), rows(where, "events")[0]["event_id"]
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert (len(table), table["event_id"][0]) == (count, first)
    frame = pl.read_csv(path, infer_schema=False)
    assert (frame.height, frame["event_id"][0]) == (count, first)
    assert duckdb.sql(f"SELECT count(*), min(event_id) FROM read_csv('{path}', all_varchar = true)").fetchall() == [
        (count, first)
    ]


def test_a_spreadsheet_reads_cyrillic_and_runs_nothing(flat: Written, tmp_path: Path) -> None:
    _, path = flat
    # As someone does who chooses UTF-8 when asked: without a window LibreOffice does not look at the mark.
    output(need("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
           "--infilter=CSV:44,34,76,1", "--convert-to", "xlsx", "--outdir", tmp_path, path)  # fmt: skip
    header, *found = openpyxl.load_workbook(tmp_path / f"{path.stem}.xlsx").active.iter_rows()
    names = [cell.value for cell in header]
    assert names[0] == "event_id"
    for mine, row in zip(cells(path), found, strict=True):
        for name, cell in zip(names, row, strict=True):
            assert cell.data_type != "f"
            if name == "place_uk":
                assert (cell.value or "") == mine[name]
    assert any(row["place_uk"] for row in cells(path))


def test_formulas_are_guarded_and_numbers_are_not(miniature: Files, tmp_path: Path) -> None:
    path = export("csv", write(hostile(miniature), tmp_path / "package"), tmp_path)["flat.csv"]
    text = path.read_text(encoding="utf-8-sig")
    found = {cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row}
    assert {"'=1+1", "'@SUM(A1)", "'+380 54", "'-1", "' =1+1", "'0012", "0012", "1-2", "-0.5"} <= found
    assert not {text for text in TEXTS if text.lstrip()[0] in "=+-@"} & found


@given(st.lists(st.sampled_from(["=", "＝1", "\t@", "-", "+", "'", "a", "", None]) | st.text(max_size=5), max_size=5))
@example(["\u00a0=1"])
def test_a_guarded_text_is_whole_and_never_begins_like_a_formula(texts: list[str | None]) -> None:
    found = as_text(pd.Series(texts, dtype="str")).to_pylist()
    for text, mine in zip(texts, found, strict=True):
        assert mine in {text, f"'{text}"}
        if mine:
            assert mine.lstrip(" \t\r\n\f\v")[:1] not in {*"=+-@＝＋－＠"}
            assert (mine == text) == (not re.match(r"[ \t\r\n\f\v]*[-=+@＝＋－＠]", text or ""))


def test_the_flat_table_is_canonical_but_for_the_mark(flat: Written) -> None:
    data = flat[1].read_bytes().removeprefix(b"\xef\xbb\xbf")
    reader = csv.reader(io.StringIO(data.decode(), newline=""))
    header = next(reader)
    import pyarrow as pa

    columns = zip(*reader, strict=True)
    assert data == to_bytes(pa.table({name: list(column) for name, column in zip(header, columns, strict=True)}))


def test_every_column_is_documented(flat: Written) -> None:
    where, path = flat
    page = (ROOT / "docs/exports.md").read_text()
    own = set(rows(where, "events")[0])
    for name in cells(path)[0].keys() - own:
        assert f"`{re.sub('_(low|best|high)$', '_low', name)}`" in page


# JSON Lines ------------------------------------------------------------------------------------------------------


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_an_event_is_a_line_with_all_that_belongs_to_it(lines: Written) -> None:
    where, path = lines
    found = records(path)
    assert [record["event_id"] for record in found] == [row["event_id"] for row in rows(where, "events")]
    assert {tuple(record) for record in found} == {tuple(found[0])}
    own = {
        "actors": ("event_actors", ("actor_id", "role", "certainty")),
        "citations": ("event_sources", ("source_id", "stance", "claimed_by", "note")),
        "casualties": ("casualties", tuple(rows(where, "casualties")[0])),
        "evacuations": ("evacuations", tuple(rows(where, "evacuations")[0])),
    }
    for member, (table, columns) in own.items():
        wanted: dict[str, list[list[str]]] = {}
        for row in rows(where, table):
            wanted.setdefault(row["event_id"], []).append([row[name] for name in columns])
        for record in found:
            mine = [["" if item[name] is None else str(item[name]) for name in columns] for item in record[member]]
            assert mine == wanted.get(record["event_id"], [])


def test_what_is_referred_to_is_there(lines: Written) -> None:
    where, path = lines
    by_id = {table: {next(iter(row.values())): row for row in rows(where, table)}
             for table in ("places", "actors", "sources")}  # fmt: skip

    def same(mine: dict[str, Any], theirs: dict[str, str]) -> bool:
        numbers = {"latitude", "longitude"}
        return all(
            float(cell) == mine[name] if name in numbers and cell else cell == str(mine[name] or "")
            for name, cell in theirs.items()
        )

    for record in records(path):
        assert same(record["place"], by_id["places"][record["place_id"]])
        for actor in record["actors"]:
            assert same(actor, by_id["actors"][actor["actor_id"]])
        for item in (*record["citations"], *record["casualties"], *record["evacuations"]):
            assert same(item["source"], by_id["sources"][item["source_id"]])
            assert item["claimant"] == (by_id["actors"][item["claimed_by"]]["name_en"] if item["claimed_by"] else None)


def test_pandas_and_duckdb_and_jq_read_the_lines(lines: Written) -> None:
    where, path = lines
    count = len(rows(where, "events"))
    table = pd.read_json(path, lines=True, dtype=False)
    assert list(table["title"]) == [row["title"] for row in rows(where, "events")]
    cited = len(rows(where, "event_sources"))
    assert duckdb.sql(f"SELECT count(*), sum(len(citations)) FROM read_json('{path}', format = 'newline_delimited', "
                      "maximum_object_size = 99999999)").fetchall() == [(count, cited)]  # fmt: skip
    counts = [row for row in rows(where, "casualties") if row["event_id"]]
    program = need("jq")
    assert output(program, "-s", "map(.casualties | length) | add", path).strip() == str(len(counts))
    low = sum(int(row["count_low"] or 0) for row in counts)
    assert output(program, "-s", "[.[].casualties[].count_low // 0] | add", path).strip() == str(low)


def test_the_figures_of_the_lines_are_those_that_are_derived(lines: Written) -> None:
    where, path = lines
    wanted = sumy2022.estimates(where).astype(object).where(lambda frame: frame.notna(), None)
    found = [{"event_id": record["event_id"], **figure} for record in records(path) for figure in record["figures"]]
    assert found == wanted.to_dict("records")
    assert [{"event_id": record["event_id"], **record["corroboration"]} for record in records(path)] == (
        sumy2022.corroboration(where).to_dict("records")
    )


def test_letters_are_not_escaped(lines: Written) -> None:
    text = lines[1].read_text(encoding="utf-8")
    assert not re.search(r"\\u04[0-9a-f]{2}", text)
    assert re.search("[а-яіїє]", text)


# Both ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_two_runs_give_the_same_bytes(name: str, miniature: Files, tmp_path: Path) -> None:
    one, other = two_runs(name, write(hostile(miniature), tmp_path / "package"), tmp_path / "out")
    assert one == other
    assert len(one) == 1


OTHER_KEY = Swap("schemas/actors.json", '"primaryKey": [\n    "actor_id"', '"primaryKey": [\n    "name_en"')


@pytest.mark.parametrize("name", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([Edit("event_actors", {"actor_id": "ACT-0999"})], r"does not keep to its schemas \(TAB-203 at data/event_ac"),
        ([Edit("events", {"date_start": "soon"})], r"does not keep to its schemas \(TAB-101 at data/events.csv:2"),
        ([OTHER_KEY], r"the primary key of actors is not actor_id"),
    ],
    ids=["dangling reference", "no date", "another key"],
)
def test_what_is_unsound_is_refused(
    name: str, changes: list[Change], message: str, miniature: Files, tmp_path: Path
) -> None:
    where = write(lay(miniature, changes), tmp_path / "package")
    with pytest.raises(UsageError, match=message):
        export(name, where, tmp_path)


def test_without_the_library_that_checks_a_table_is_read_as_load_reads_it(
    miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = write(miniature, tmp_path / "package")
    before = export("csv", where, tmp_path / "before")["flat.csv"].read_bytes()
    monkeypatch.setattr(checked, "available", lambda _: False)
    monkeypatch.setattr(checked, "read_tables", None)
    assert export("csv", where, tmp_path / "after")["flat.csv"].read_bytes() == before


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_a_package_without_counts_is_refused(name: str, miniature: Files, tmp_path: Path) -> None:
    names = {item["name"] for item in json.loads(miniature["datapackage.json"])["resources"]} - {"casualties"}
    where = write(cut_down(miniature, *names), tmp_path / "package")
    with pytest.raises(UsageError, match=r"has no table casualties"):
        export(name, where, tmp_path)


def test_a_column_that_bears_the_name_of_a_derived_one_is_refused(miniature: Files, tmp_path: Path) -> None:
    files = lay(miniature, [Swap("schemas/events.json", '"name": "place_detail"', '"name": "actors"'),
                            Swap("data/events.csv", "place_detail", "actors")])  # fmt: skip
    with pytest.raises(UsageError, match=r"the column actors of events has the name of a derived one"):
        export("csv", write(files, tmp_path / "package"), tmp_path)
