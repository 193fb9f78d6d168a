"""The weekly look at the addresses of the sources, against servers on this machine that behave as sites do."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import ROOT

SCRIPT = ROOT / ".github/scripts/check_links.py"
PAUSE = 0.1


class Call(NamedTuple):
    begun: float
    ended: float
    method: str
    path: str
    agent: str


class Site(ThreadingHTTPServer):
    """A server that remembers when it was asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[Call] = []
        self.at = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def answer(self) -> None:
        begun = time.monotonic()
        try:
            PAGES.get(self.path.split("?")[0].strip("/"), Handler.ok)(self)
        except OSError:
            self.close_connection = True  # the script has gone, as it should where an answer does not end
        agent = self.headers["User-Agent"]
        self.server.calls.append(Call(begun, time.monotonic(), self.command, self.path, agent))

    do_GET = do_HEAD = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass

    def say(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def ok(self) -> None:
        self.say(200)

    def knows_no_head(self) -> None:
        self.say(405 if self.command == "HEAD" else 200)

    def slow(self) -> None:
        time.sleep(2)
        self.say(200)

    def wants_a_cookie(self) -> None:
        self.say(200) if "seen" in self.headers.get("Cookie", "") else self.say(
            302, Location=self.path, Set_Cookie="seen=1"
        )

    def with_slash(self) -> None:
        self.say(200) if self.path.endswith("/") else self.say(301, Location=f"{self.path}/")

    def endless(self) -> None:
        """Answer to GET with a page that never ends."""
        if self.command == "HEAD":
            self.say(405)
            return
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 100_000)

    def drip(self) -> None:
        """Send a header that never ends, always just in time."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while True:
            self.wfile.write(b"x")
            time.sleep(0.1)


def status(code: int) -> Callable[[Handler], None]:
    return lambda handler: handler.say(code)


def to(location: str, code: int = 301) -> Callable[[Handler], None]:
    return lambda handler: handler.say(code, Location=location)


PAGES: dict[str, Callable[[Handler], None]] = {
    "no-head": Handler.knows_no_head,
    "cookie": Handler.wants_a_cookie,
    "slash": Handler.with_slash,
    "endless": Handler.endless,
    "slow": Handler.slow,
    "drip": Handler.drip,
    "404": status(404),
    "410": status(410),
    "403": status(403),
    "429": status(429),
    "500": status(500),
    "moved": to("/ok"),
    "hostile": to("/ok?a=|%3C<b>`|[x](http://x.example)"),
    "front": to("/", 302),
    "loop": to("/loop", 302),
    "file": to("file:///etc/passwd", 302),
    "nonsense": to("http://[", 302),
}

EXPECTED = {
    "ok": ("ok", "200"),
    "no-head": ("ok", "200"),
    "cookie": ("ok", "200"),
    "slash": ("ok", "200"),
    "endless": ("ok", "200"),
    "404": ("gone", "404"),
    "410": ("gone", "410"),
    "front": ("gone", "led to the front page"),
    "moved": ("moved", "200"),
    "hostile": ("moved", "200"),
    "403": ("refused", "403"),
    "429": ("refused", "429"),
    "500": ("failed", "500"),
    "loop": ("failed", "302"),
    "file": ("failed", "302"),
    "nonsense": ("failed", "ValueError"),
    "slow": ("failed", "no answer in time"),
}


@contextmanager
def site() -> Iterator[Site]:
    with Site() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def write_table(path: Path, *rows: tuple[str, str, str]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("source_id", "title", "url", "archive_url"), *((r[0], "", *r[1:]) for r in rows)])
    return path


def check(table: Path, **options: float) -> tuple[int, str, list[dict[str, str]]]:
    """Run the script; return its exit code, its Markdown and the rows of its CSV."""
    output = table.with_name("links.csv")
    settings = {"pause": PAUSE, "timeout": 1.0, "budget": 60.0} | options
    words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "owner/name"}
    command = [sys.executable, str(SCRIPT), str(table), "--output", str(output), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)
    assert "Traceback" not in done.stderr
    rows = list(csv.DictReader(output.read_text().splitlines())) if output.exists() else []
    return done.returncode, done.stdout + done.stderr, rows


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, dict[str, dict[str, str]]]:
    """One run over every behaviour, each page cited as a source of its own; `404` has a sound archived copy."""
    with site() as news, site() as archive:
        rows = [(page, f"{news.at}/{page}", f"{archive.at}/ok" if page == "404" else "") for page in EXPECTED]
        code, words, found = check(write_table(tmp_path_factory.mktemp("links") / "sources.csv", *rows))
        return code, words, {row["source_id"]: row for row in found if row["column"] == "url"}


@pytest.mark.parametrize("page", EXPECTED)
def test_what_a_site_does_gets_its_verdict(page: str, everything: tuple[int, str, dict[str, dict[str, str]]]) -> None:
    row = everything[2][page]
    assert (row["verdict"], row["status"]) == EXPECTED[page]


def test_the_summary_lists_what_a_person_should_look_at(everything: tuple[int, str, object]) -> None:
    code, words, _ = everything
    assert code == 1
    assert f"{len(EXPECTED) + 1} addresses: 6 ok, 3 gone, 5 failed, 2 moved, 2 refused, 0 not asked." in words
    lines = {line.split(" | ")[0].strip("| "): line for line in words.splitlines() if line.startswith("| ")}
    assert "ok" not in lines
    assert lines["404"].endswith("| 404 | yes |")
    assert lines["410"].endswith("| 410 | no |")
    assert lines["hostile"].count("|") == 6, "an address from outside has broken the table"
    assert "<b>" not in words


def test_a_host_is_asked_one_address_at_a_time(tmp_path: Path) -> None:
    with site() as news, site() as other:
        pages = ("ok", "404", "no-head", "403", "410")
        rows = [(page, f"{news.at}/{page}", f"{other.at}/{page}") for page in pages]
        check(write_table(tmp_path / "sources.csv", *rows))
    for server in (news, other):
        assert {call.agent for call in server.calls} == {"link-check (+https://github.example/owner/name)"}
        assert Counter(call.method for call in server.calls) == {"HEAD": 5, "GET": 4}
        for before, after in pairwise(sorted(server.calls)):
            assert after.begun - before.ended >= PAUSE * 0.9, (before, after)
    begun = [min(call.begun for call in server.calls) for server in (news, other)]
    assert abs(begun[0] - begun[1]) < PAUSE * 5, "hosts are asked side by side"


def test_nobody_there_is_a_failure(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    rows = [("A", f"http://127.0.0.1:{port}/", ""), ("B", "http://nowhere.invalid/", ""), ("C", "ftp://x.example/", "")]
    code, _, found = check(write_table(tmp_path / "sources.csv", *rows))
    assert code == 1
    assert [row["status"] for row in found] == ["connection refused", "host not found", "not a web address"]
    assert {row["verdict"] for row in found} == {"failed"}


def test_a_long_list_is_cut_in_the_summary_and_whole_in_the_file(tmp_path: Path) -> None:
    rows = [(f"SRC-{number:04}", f"ftp://x.example/{'long' * 400}/{number}", "") for number in range(60)]
    _, words, found = check(write_table(tmp_path / "sources.csv", *rows), pause=0)
    assert (len(found), words.count("\n| SRC-")) == (60, 50)
    assert "10 more are in the CSV." in words
    assert len(words) * 5 < 2**20, "a list for each verdict has to go into one job summary"


def test_it_ends_in_time_even_if_an_answer_does_not(tmp_path: Path) -> None:
    with site() as news, site() as other:
        rows = [("A", f"{news.at}/drip", ""), ("B", f"{other.at}/ok", "")]
        begun = time.monotonic()
        code, words, found = check(write_table(tmp_path / "sources.csv", *rows), budget=2)
    assert time.monotonic() - begun < 10
    assert code == 1
    assert [row["verdict"] for row in found] == ["not asked", "ok"]
    assert "not asked: 1" in words


def test_all_well_gives_zero_and_an_address_is_asked_once(tmp_path: Path) -> None:
    with site() as news:
        table = write_table(tmp_path / "sources.csv", ("A", f"{news.at}/ok", ""), ("B", f"{news.at}/ok", ""))
        code, _, found = check(table)
        assert (code, len(found), [call.method for call in news.calls]) == (0, 2, ["HEAD"])


@pytest.mark.parametrize("text", [None, "", "source_id,url\nA,http://x.example/\n", "\udcff"], ids=repr)
def test_a_table_that_cannot_be_read_gives_two(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    code, words, found = check(path)
    assert (code, found) == (2, [])
    assert "sources.csv cannot be read: " in words
