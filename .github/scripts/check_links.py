"""Asks whether the addresses in a table of sources still answer.

Prints, as Markdown, those that a person should look at, and writes all of them as CSV. Exits with 0 if each address
answered, 1 if one did not, 2 if the table cannot be read. Needs nothing but Python, so the weekly job installs nothing.

Sites are asked with restraint: each host one address at a time with a pause after it, HEAD before GET, nothing of a
page is read, and the user agent says who asks. Many news sites turn every robot away; that is told apart from a page
that is gone. The whole takes no longer than it is given, and what there was no time for is listed as not asked.
"""

from __future__ import annotations

import argparse
import csv
import os
import queue
import random
import socket
import ssl
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

COLUMNS = ("source_id", "url", "archive_url")
WORKERS = 12
SHOWN = 50
"""The most addresses of one verdict that are shown; a job summary holds 1 MiB, and the CSV has the rest."""

ADVICE = {
    "gone": "Look for the document elsewhere; without an archived copy the row can no longer be checked.",
    "failed": "Try in a browser. If it fails again next week, treat it as gone.",
    "moved": "If the document is the same, put the new address into the row.",
    "refused": "The site turns robots away, which says nothing of the page. Look now and then.",
    "not asked": "There was no time left; the order changes every time, so each gets its turn.",
}
GONE = {404, 410}
REFUSED = {401, 403, 406, 429, 451, 503}


class Link(NamedTuple):
    """An address in one cell of the table."""

    source_id: str
    column: str
    url: str


class Answer(NamedTuple):
    """What became of an address: a verdict (`ok` or a key of `ADVICE`), the status or reason, and where it led."""

    verdict: str
    status: str
    final: str = ""


@dataclass(frozen=True)
class Manners:
    """How hosts are asked; all times are in seconds, `timeout` for a step of one answer and `budget` for the whole."""

    pause: float = 1.0
    timeout: float = 20.0
    budget: float = 2700.0


def read_links(path: Path) -> list[Link]:
    """Return the addresses of a table, row by row; `ValueError` says why there are none to be read."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"it has no column {', '.join(missing)}")
        name, *columns = COLUMNS
        return [Link(row[name] or "", column, row[column]) for row in reader for column in columns if row[column]]


def ask(url: str, manners: Manners) -> Answer:
    """Return what an address answers to HEAD or, whatever is wrong with that, to GET.

    Some servers know no HEAD, and a first failure may be chance.
    """
    answer = _ask("HEAD", url, manners.timeout)
    if answer.verdict in {"ok", "moved"}:
        return answer
    time.sleep(manners.pause)
    return _ask("GET", url, manners.timeout)


def _ask(method: str, url: str, timeout: float) -> Answer:
    if urlsplit(url).scheme not in {"http", "https"}:
        return Answer("failed", "not a web address")
    request = Request(url, method=method, headers={"User-Agent": _agent(), "Accept": "text/html,*/*"})  # noqa: S310
    opener = build_opener(HTTPCookieProcessor())  # without cookies some sites redirect for ever
    try:
        with opener.open(request, timeout=timeout) as response:
            return _arrived(url, response.url, response.status)
    except HTTPError as error:
        error.close()
        verdict = "gone" if error.code in GONE else "refused" if error.code in REFUSED else "failed"
        return Answer(verdict, str(error.code))
    except (OSError, HTTPException, ValueError) as error:  # ValueError: a redirect to what is no address
        return Answer("failed", _reason(error))


def _arrived(asked: str, final: str, status: int) -> Answer:
    old, new = urlsplit(asked), urlsplit(final)
    if (old.netloc, old.path.rstrip("/"), old.query) == (new.netloc, new.path.rstrip("/"), new.query):
        return Answer("ok", str(status), final)
    if old.path.strip("/") and not new.path.strip("/") and not new.query:
        return Answer("gone", "led to the front page", final)  # many sites say so instead of 404
    return Answer("moved", str(status), final)


def _reason(error: Exception) -> str:
    """Name a failure in words of our own: what a server sends is nothing to print."""
    cause = error.reason if isinstance(error, URLError) else error
    words = {
        TimeoutError: "no answer in time",
        socket.gaierror: "host not found",
        ConnectionRefusedError: "connection refused",
        ssl.SSLError: "no valid certificate",
    }
    return next((said for kind, said in words.items() if isinstance(cause, kind)), type(cause).__name__)


def _agent() -> str:
    """Return the user agent, with the address of the repository where that is known."""
    where = os.environ.get("GITHUB_REPOSITORY")
    return f"link-check (+{os.environ.get('GITHUB_SERVER_URL')}/{where})" if where else "link-check"


def ask_all(urls: Iterable[str], manners: Manners) -> dict[str, Answer]:
    """Return an answer for each address, hosts side by side, within the budget.

    The threads are daemons: one that hangs in a slow answer is left behind when the time is over.
    """
    urls = list(dict.fromkeys(urls))
    end = time.monotonic() + manners.budget
    waiting: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    for host in _by_host(urls):
        waiting.put(host)
    answers: dict[str, Answer] = {}

    def work() -> None:
        while True:
            try:
                host = waiting.get_nowait()
            except queue.Empty:
                return
            for url in host:
                if time.monotonic() >= end:
                    return
                answers[url] = ask(url, manners)
                time.sleep(manners.pause)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return {url: answers.get(url, Answer("not asked", "")) for url in urls}


def _by_host(urls: Sequence[str]) -> list[list[str]]:
    """Return the addresses of each host in random order, the longest list first, for it takes longest."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in random.sample(urls, len(urls)):
        hosts[urlsplit(url).netloc.lower()].append(url)
    return sorted(hosts.values(), key=len, reverse=True)


def table(links: Iterable[Link], answers: Mapping[str, Answer]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the CSV, the header first."""
    yield ("source_id", "column", "url", "verdict", "status", "final_url")
    for link in links:
        yield (*link, *answers[link.url])


def summary(links: Sequence[Link], answers: Mapping[str, Answer]) -> str:
    """Return the addresses that a person should look at, by verdict, as Markdown."""
    verdicts: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        verdicts[answers[link.url].verdict].append(link)
    counts = ", ".join(f"{len(verdicts[verdict])} {verdict}" for verdict in ("ok", *ADVICE))
    lines = ["# Links", "", f"{len(links)} addresses: {counts}."]
    kept = {link.source_id for link in verdicts["ok"] + verdicts["moved"] if link.column == "archive_url"}
    for verdict, advice in ADVICE.items():
        if mine := verdicts[verdict]:
            lines += ["", f"## {verdict}: {len(mine)}", "", advice, ""]
            lines += ["| source | column | address | answer | archived |", "| --- | --- | --- | --- | --- |"]
            lines += [_row(link, answers[link.url], link.source_id in kept) for link in mine[:SHOWN]]
            lines += ["", f"{len(mine) - SHOWN} more are in the CSV."] if len(mine) > SHOWN else []
    return "\n".join(lines) + "\n"


def _row(link: Link, answer: Answer, archived: bool) -> str:
    said = f"{answer.status} {_linked(answer.final)}" if answer.final else answer.status
    cells = (_plain(link.source_id), link.column, _linked(link.url), said, "yes" if archived else "no")
    return f"| {' | '.join(cells)} |"


def _linked(url: str) -> str:
    """Return an address as a link; what could end the cell or the link is percent-encoded."""
    return f"<{_plain(url)}>"


def _plain(text: str) -> str:
    return quote(text[:500], safe="%:/?#[]@!$&'()*+,;=~")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sources", type=Path, help=f"a CSV file with the columns {', '.join(COLUMNS)}")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="where the CSV is written")
    for name, what in (("pause", "after each address"), ("timeout", "for one answer"), ("budget", "for the whole")):
        default = getattr(Manners, name)
        parser.add_argument(f"--{name}", type=float, default=default, metavar="SECONDS", help=f"{what} ({default:g})")
    args = parser.parse_args(argv)
    try:
        links = read_links(args.sources)
    except (OSError, ValueError, csv.Error) as error:
        print(f"{args.sources} cannot be read: {error}.", file=sys.stderr)  # noqa: T201
        return 2
    answers = ask_all((link.url for link in links), Manners(args.pause, args.timeout, args.budget))
    with args.output.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table(links, answers))
    print(summary(links, answers), end="")  # noqa: T201
    return 0 if all(answer.verdict == "ok" for answer in answers.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
