"""The explorer in a real browser: what it shows agrees with the tables, and it works for everyone, from disk too."""

from __future__ import annotations

import csv
import gzip
import json
import re
import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import sumy2022
from conftest import ROOT, _miniature, lay, write
from explorer import SITE, browser, build, export, page, part
from sumy2022.__main__ import main
from sumy2022.example import Edit, Swap

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = ("figures", "tables", "search", "codebook", "rules", "methodology", "overview", "changelog", "downloads")
FIRST_VIEW = ("index.html", "assets/explorer.js", "assets/explorer.css", "data/index.js")
HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as lent:
        yield lent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the package as it is shipped."""
    folder = tmp_path_factory.mktemp("site")
    export(ROOT, folder / "data")
    return build(ROOT, folder / "data", folder / "out")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the miniature, in which every kind of text tries to be markup, and one address a script."""
    folder = tmp_path_factory.mktemp("hostile")
    changes = [
        Edit("events", {"title": HOSTILE, "summary": HOSTILE, "place_detail": HOSTILE}),
        Edit("events", {"place_precision": "raion"}, row=1),
        Edit("sources", {"title": HOSTILE, "publisher": HOSTILE}),
        Edit("places", {"name_en": HOSTILE, "name_uk": HOSTILE}, row=4),
        Edit("actors", {"name_en": HOSTILE, "name_uk": HOSTILE}),
        Edit("event_sources", {"note": HOSTILE}),
        Swap("datapackage.json", '"title": "Miniature"', f'"title": {json.dumps(HOSTILE)}'),
    ]
    package = write(lay(dict(_miniature()), changes), folder / "package")
    paths = export(package, folder / "data")
    details = part(paths["details"])
    details["sources"]["SRC-0002"]["url"] = "javascript:window.pwned=1"  # no schema lets it through; the page neither
    paths["details"].write_text(json.dumps(details))
    return build(package, folder / "data", folder / "out")


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The address of the site below a path of a web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/{site.name}/"
    server.shutdown()
    server.server_close()


def address(site: Path, name: str) -> str:
    return f"{site.as_uri()}/{name}"


def rows(table: str, package: Path = ROOT) -> list[dict[str, str]]:
    with (package / "data" / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def listed(opened: Page) -> int:
    """The number of events in the list, all of them brought into it."""
    while opened.locator("#list .more").count():
        opened.locator("#list .more").click()
    return opened.locator("#list ol.events > li").count()


def first_number(text: str | None) -> int:
    found = re.search(r"\d+", text or "")
    assert found, text
    return int(found[0])


# What is exported


def test_the_export_gives_the_same_bytes_and_all_rows(tmp_path: Path) -> None:
    one, two = export(ROOT, tmp_path / "one"), export(ROOT, tmp_path / "two")
    assert [path.read_bytes() for path in one.values()] == [path.read_bytes() for path in two.values()]
    index, details = part(one["index"]), part(one["details"])
    assert {event["event_id"] for event in index["events"]} == {row["event_id"] for row in rows("events")}
    counts = [count for event in details["events"].values() for count in event["casualties"]]
    ids = {count["casualty_id"] for count in [*counts, *details["casualties"]]}
    assert ids == {row["casualty_id"] for row in rows("casualties")}
    cited = sum(len(event["citations"]) for event in details["events"].values())
    assert cited == len(rows("event_sources"))
    assert set(details["sources"]) == {row["source_id"] for row in rows("sources")}


def test_the_exported_figures_are_those_of_the_package(tmp_path: Path) -> None:
    paths = export(ROOT, tmp_path)
    events = {event["event_id"]: event for event in part(paths["index"])["events"]}
    for row in sumy2022.estimates(ROOT).itertuples():
        if row.outcome in ("killed", "injured"):
            bounds = [None if pd.isna(bound) else bound for bound in (row.low, row.best, row.high)]
            assert events[row.event_id][row.outcome] == bounds
    types = part(paths["figures"])["types"]
    assert sum(map(sum, types.values())) == len(events)


def test_what_is_unknown_is_left_out_and_zero_is_not(miniature: dict[str, bytes], tmp_path: Path) -> None:
    zero = Edit("casualties", {"count_low": "0", "count_high": "0"}, row=1)
    paths = export(write(lay(miniature, [zero]), tmp_path / "package"), tmp_path / "data")
    details = part(paths["details"])
    counts = {count["casualty_id"]: count for count in details["events"]["EVT-0001"]["casualties"]}
    assert (counts["CAS-0002"]["count_low"], counts["CAS-0002"]["count_high"]) == (0, 0)
    [total] = details["casualties"]
    assert total["count_low"] == 10
    assert "count_high" not in total


def test_a_package_without_a_period_is_refused(
    miniature: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(
        lay(miniature, [Swap("datapackage.json", '"start": "2022-02-24"', '"start": "2023-02-24"')]), tmp_path
    )
    assert main(["export", "site", str(folder), "--output", str(tmp_path / "out")]) == 2
    assert "no study period" in capsys.readouterr().err


# What is built


def test_the_first_view_is_light(site: Path) -> None:
    weights = {name: len(gzip.compress((site / name).read_bytes(), mtime=0)) for name in FIRST_VIEW}
    html = (site / "index.html").read_text()
    assert set(re.findall(r'(?:src|href)="((?:assets|data)/[^"]+)"', html)) == set(FIRST_VIEW) - {"index.html"}
    assert sum(weights.values()) < 300_000, weights


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in site.glob("*.html"):
        text = path.read_text()
        assert "Content-Security-Policy" in text, path.name
        assert "unsafe" not in text.split("Content-Security-Policy")[1].split(">")[0]
        loaded = re.findall(r"<(?:script|link|img)\b[^>]*(?:src|href)=\"([^\"]+)\"", text)
        assert [one for one in loaded if re.match(r"(?:https?:)?//", one)] == [], path.name


def test_the_tables_are_those_of_the_package(site: Path) -> None:
    for path in (ROOT / "data").glob("*.csv"):
        assert (site / "data" / path.name).read_bytes() == path.read_bytes()


def test_the_lock_has_hashes_and_no_addresses() -> None:
    text = (SITE / "package-lock.json").read_text()
    lock = json.loads(text)
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("integrity" in entry for entry in packages.values())
    assert "://" not in text, "npm wrote addresses: delete the keys `resolved` and `funding` of the packages"


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    texts = {path.name: path.read_text() for path in site.glob("*.html")}
    anchors = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in texts.items()}
    broken = []
    for name, text in texts.items():
        for href in re.findall(r'<a [^>]*href="([^"]+)"', text):
            if re.match(r"https?:|\?", href):
                continue
            path, _, anchor = href.partition("#")
            target = path or name
            if not (site / target).exists() or (anchor and anchor not in anchors[target]):
                broken.append(f"{name}: {href}")
    assert broken == []


# The page in a browser


@pytest.mark.parametrize("name", ["index", *PAGES])
@pytest.mark.parametrize("language", ["", "?lang=uk"])
def test_a_page_opens_from_disk_without_a_word_on_the_console(
    name: str, language: str, site: Path, chromium: Browser
) -> None:
    with page(chromium, address(site, f"{name}.html{language}")) as opened:
        assert opened.locator("#trouble").is_hidden()
        assert opened.locator("h1").count() == 1
        assert opened.evaluate("document.documentElement.lang") == ("uk" if language else "en")


def test_it_opens_below_a_path_of_a_web_server(served: str, chromium: Browser) -> None:
    with page(chromium, f"{served}index.html#EVT-0059") as opened:
        assert opened.locator("#record h2").inner_text() != ""
    with page(chromium, f"{served}figures.html") as opened:
        assert opened.locator(".figure svg").count() >= 4


def test_the_slider_changes_the_control_of_places(site: Path, chromium: Browser) -> None:
    intervals = [row for row in rows("control") if row["place_id"] == "PLC-0030"]
    assert len({row["controller"] for row in intervals}) > 2
    name = next(row["name_en"] for row in rows("places") if row["place_id"] == "PLC-0030")
    with page(chromium, address(site, "index.html")) as opened:
        slider = opened.locator("#timeline input[type=range]")
        for row in intervals:
            days = (date.fromisoformat(row["date_start"]) - date(2022, 2, 24)).days
            slider.evaluate(
                "(slider, days) => { slider.value = days; slider.dispatchEvent(new Event('input')); }", days
            )
            marker = opened.locator(f".spot[aria-label^='{name}']")
            assert marker.get_attribute("data-control") == row["controller"]
            assert opened.locator("#day").get_attribute("data-day") == row["date_start"]
            assert f"day={row['date_start']}" in opened.url


QUERIES = (
    "day=2022-03-07",
    "day=all",
    "type=shelling&day=2022-03-07",
    "place=PLC-0030&day=2022-03-01",
    "text=hospital",
)


def test_list_map_and_timeline_agree(site: Path, chromium: Browser) -> None:
    for query in (
        "day=2022-03-07",
        "day=all",
        "type=shelling&day=2022-03-07",
        "place=PLC-0030&day=2022-03-01",
        "text=hospital",
    ):
        with page(chromium, address(site, f"index.html#?{query}")) as opened:
            shown = listed(opened)
            assert shown > 0, query
            assert first_number(opened.locator("#count").inner_text()) == shown
            labels = opened.locator(".spot[aria-label]").evaluate_all("all => all.map((one) => one.ariaLabel)")
            on_map = sum(first_number(label.rsplit(" · ", 1)[1]) for label in labels)
            link = opened.locator("#off-map a")
            off_map = first_number(link.inner_text().rsplit("(", 1)[1]) if link.count() else 0
            assert on_map + off_map == shown, query
            if "day=2" in query:
                told = opened.locator("#timeline input").get_attribute("aria-valuetext") or ""
                assert first_number(told.rsplit(": ", 1)[1]) == shown


def test_a_day_has_the_events_that_may_have_happened_on_it(site: Path, chromium: Browser) -> None:
    for day in ("2022-02-24", "2022-03-16", "2022-04-08"):
        wanted = {row["event_id"] for row in rows("events") if row["date_start"] <= day <= row["date_end"]}
        with page(chromium, address(site, f"index.html#?day={day}")) as opened:
            listed(opened)
            links = opened.locator("#list a").evaluate_all("all => all.map((one) => one.hash)")
            assert {link[1:9] for link in links} == wanted


def test_filters_choose_what_the_table_holds(site: Path, chromium: Browser) -> None:
    wanted = [row for row in rows("events") if row["event_type"] == "airstrike"]
    with page(chromium, address(site, "index.html")) as opened:
        opened.select_option("#f-type", "airstrike")
        assert listed(opened) == len(wanted)
        opened.select_option("#f-corroboration", "contested")
        voices = sumy2022.corroboration(ROOT).set_index("event_id")["corroboration"]
        assert listed(opened) == sum(voices[row["event_id"]] == "contested" for row in wanted)
        opened.locator(".reset").click()
        opened.fill("#f-text", "Охтирка")
        assert listed(opened) > 0


def test_an_address_opens_its_record_with_all_that_is_behind_it(site: Path, chromium: Browser) -> None:
    event = next(row for row in rows("events") if row["event_id"] == "EVT-0059")
    with page(chromium, address(site, "index.html#EVT-0059")) as opened:
        record = opened.locator("#record")
        assert record.locator("h2").inner_text() == event["title"]
        text = record.inner_text()
        assert event["summary"] in text
        counts = [row["casualty_id"] for row in rows("casualties") if row["event_id"] == "EVT-0059"]
        assert set(re.findall(r"CAS-\d+", text)) >= set(counts)
        for stance in ("supports", "contradicts"):
            cited = [row for row in rows("event_sources") if (row["event_id"], row["stance"]) == ("EVT-0059", stance)]
            assert record.locator(f".sides .{stance} li").count() == len(cited)
        urls = {row["source_id"]: row["url"] for row in rows("sources")}
        links = record.locator(".sides a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        assert {urls[row["source_id"]] for row in rows("event_sources") if row["event_id"] == "EVT-0059"} <= set(links)
        assert "EVT-0059" in (record.locator("textarea").first.input_value())
        assert opened.evaluate("document.activeElement.tagName") in ("BODY", "H2")


def test_a_record_that_is_not_there_is_told(site: Path, chromium: Browser) -> None:
    with page(chromium, address(site, "index.html#EVT-9999")) as opened:
        assert "EVT-9999" in opened.locator("#record").inner_text()


def test_the_way_back_and_forth_by_keyboard(site: Path, chromium: Browser) -> None:
    with page(chromium, address(site, "index.html")) as opened:
        opened.keyboard.press("Tab")
        assert opened.evaluate("document.activeElement.className") == "skip"
        opened.keyboard.press("Enter")
        assert opened.evaluate("document.activeElement.id") == "content"
        opened.keyboard.press("Tab")
        opened.keyboard.press("Enter")
        assert opened.evaluate("document.activeElement.id") == "timeline"
        assert "#" not in opened.url
        link = opened.locator("#list ol.events a").nth(1)
        title = link.inner_text()
        link.focus()
        opened.keyboard.press("Enter")
        opened.wait_for_selector("#record h2")
        assert opened.locator("#record h2").inner_text() == title
        assert opened.evaluate("document.activeElement.tagName") == "H2"
        opened.locator("#record .steps a").first.focus()
        opened.keyboard.press("Enter")
        opened.wait_for_selector("#list ol.events")
        assert opened.evaluate("document.activeElement.textContent") == title
        opened.locator("#timeline input").focus()
        opened.keyboard.press("ArrowRight")
        assert opened.locator("#day").get_attribute("data-day") == "2022-02-25"
        spot = opened.locator(".spot.city[aria-label]").first
        name = (spot.get_attribute("aria-label") or "").split(" · ")[0]
        spot.focus()
        opened.keyboard.press("Enter")
        assert opened.locator("#record h2").inner_text() == name


def test_play_goes_on_by_itself_and_pause_stops_it(site: Path, chromium: Browser) -> None:
    with page(chromium, address(site, "index.html#?day=2022-04-06")) as opened:
        opened.locator(".play").click()
        opened.wait_for_selector("#day[data-day='2022-04-08']")
        assert opened.locator(".play").inner_text().endswith("Pause")
        opened.locator(".play").click()
        assert opened.locator(".play").inner_text().endswith("Play")


def test_the_language_is_in_the_address_and_goes_along(site: Path, chromium: Browser) -> None:
    with page(chromium, address(site, "index.html#?type=shelling")) as opened:
        opened.locator("#language").click()
        opened.wait_for_selector("html[lang=uk][data-ready]", state="attached")
        assert opened.url.endswith("index.html?lang=uk#?type=shelling")
        assert "Обстріл" in opened.locator("#list").inner_text()
        opened.locator("header nav a", has_text="Графіки").click()
        opened.wait_for_selector("html[lang=uk][data-ready]", state="attached")
        assert "figures.html?lang=uk" in opened.url
        opened.locator("#language").click()
        opened.wait_for_selector("html[lang=en][data-ready]", state="attached")


AXE = (
    "index.html", "index.html#?day=all", "index.html?lang=uk", "index.html#EVT-0059", "index.html#PLC-0030",
    "figures.html", "tables.html#casualties", "search.html?q=Trostianets",
    "codebook.html", "methodology.html", "downloads.html",
)  # fmt: skip


@pytest.mark.parametrize("name", AXE)
def test_axe_finds_no_violation(name: str, site: Path, chromium: Browser) -> None:
    with page(chromium, address(site, name)) as opened:
        opened.evaluate((SITE / "node_modules" / "axe-core" / "axe.min.js").read_text())
        for width in (1280, 360):
            opened.set_viewport_size({"width": width, "height": 900})
            # No preload: the policy of the page forbids to fetch its style sheets once more.
            found = opened.evaluate("axe.run({preload: false})")
            assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], width
            assert len(found["passes"]) > 10


@pytest.mark.parametrize("name", ["index.html", "index.html#EVT-0059", *(f"{name}.html" for name in PAGES)])
def test_no_page_is_wider_than_the_window(name: str, site: Path, chromium: Browser) -> None:
    for width in (360, 800, 1440):
        with page(chromium, address(site, name), width) as opened:
            assert opened.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ["index.html", "index.html#EVT-0001", "index.html#PLC-0005", "tables.html#events",
                                  "tables.html#sources", "search.html?q=onerror", "figures.html"])  # fmt: skip
def test_hostile_text_stays_text(name: str, hostile: Path, chromium: Browser) -> None:
    with page(chromium, address(hostile, name)) as opened:
        assert opened.evaluate("window.pwned") is None
        assert opened.locator("img[onerror]").count() == 0
        assert HOSTILE in opened.locator(".brand").inner_text()
        assert opened.title().endswith(HOSTILE)
        if "figures" not in name:
            assert HOSTILE in opened.locator("main").inner_text()
        assert opened.locator("a[href^='javascript']").count() == 0


def test_the_figures_have_their_numbers_and_can_be_taken_along(site: Path, chromium: Browser, tmp_path: Path) -> None:
    with page(chromium, address(site, "figures.html")) as opened:
        for figure in opened.locator(".figure").all():
            assert "likely considerably higher" in figure.locator(".undercount").inner_text()
            assert figure.locator("tbody tr").count() > 0
        with opened.expect_download() as taken:
            opened.locator("#sources .save a").first.click()
        taken.value.save_as(tmp_path / "sources.csv")
        with (tmp_path / "sources.csv").open(newline="") as file:
            numbers = list(csv.reader(file))[1:]
        assert sum(int(row[2]) for row in numbers) == len(rows("events"))
        with opened.expect_download() as taken:
            opened.locator("#control .save a").nth(1).click()
        taken.value.save_as(tmp_path / "control.svg")
        assert (tmp_path / "control.svg").read_text().startswith("<svg")


def test_a_table_is_searched_and_sorted(site: Path, chromium: Browser) -> None:
    with page(chromium, address(site, "tables.html#places")) as opened:
        opened.fill("#table-words", "Тростянець")
        shown = opened.locator("#table-view tbody tr")
        assert shown.count() == sum("тростянець" in " ".join(row.values()).lower() for row in rows("places"))
        opened.fill("#table-words", "")
        opened.locator("th button", has_text="name_en").click()
        opened.locator("th button", has_text="name_en").click()
        last = max((row["name_en"] for row in rows("places")), key=str.lower)
        assert last in opened.locator("#table-view tbody tr").first.inner_text()


def test_events_known_only_for_a_wide_area_are_not_on_the_map(site: Path, chromium: Browser) -> None:
    wide = {"raion", "oblast", "country"}
    with page(chromium, address(site, "index.html#?day=all&where=off")) as opened:
        listed(opened)
        links = opened.locator("#list a").evaluate_all("all => all.map((one) => one.hash)")
        off = {found[0] for link in links if (found := re.search(r"EVT-\d+", link))}
        assert {row["event_id"] for row in rows("events") if row["place_precision"] in wide} <= off
        labels = opened.locator(".spot[aria-label]").evaluate_all("all => all.map((one) => one.ariaLabel)")
        assert {first_number(label.rsplit(" · ", 1)[1]) for label in labels} == {0}


def test_the_point_of_a_place_is_not_taken_for_that_of_an_event_somewhere_around(
    hostile: Path, chromium: Browser
) -> None:
    with page(chromium, address(hostile, "index.html#?day=2022-03-01&type=capture")) as opened:
        assert listed(opened) == 1
        assert opened.locator(".spot[aria-label^=Beta]").get_attribute("aria-label").endswith("0 events")
        assert opened.locator("#off-map").inner_text().endswith("(1)")


def test_an_error_is_reported_where_the_package_has_its_home(tmp_path: Path, chromium: Browser) -> None:
    home = '"name": "miniature",\n  "homepage": "https://github.com/example/example",'
    package = write(
        lay(dict(_miniature()), [Swap("datapackage.json", '"name": "miniature",', home)]), tmp_path / "package"
    )
    export(package, tmp_path / "data")
    site = build(package, tmp_path / "data", tmp_path / "out")
    with page(chromium, address(site, "index.html#EVT-0001")) as opened:
        opened.locator(".foot summary").nth(1).click()
        link = opened.locator(".foot a").get_attribute("href") or ""
        assert link.startswith("https://github.com/example/example/issues/new?template=correct-a-row.yml")
        assert "EVT-0001" in link
