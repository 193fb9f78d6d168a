"""Generated pages are what would be generated, and the README's snippets run."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import sumy2022
from conftest import ROOT
from sumy2022.package import open_package
from sumy2022.pages import pages


def test_the_pages_are_up_to_date() -> None:
    wanted = pages(open_package(ROOT))
    stale = [path for path, text in wanted.items() if (ROOT / path).read_text() != text]
    assert stale == [], "run `make docs`"
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "rules").iterdir()}
    assert kept == {path for path in wanted if path.startswith("docs/rules/")}


SNIPPETS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_snippets_of_the_readme_run(snippet: str) -> None:
    done = subprocess.run([sys.executable, "-c", snippet], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_readme_is_true() -> None:
    text = " ".join((ROOT / "README.md").read_text().split())
    found = re.search(r"`(EVT-[0-9]+)` is .*? for those killed low ([0-9]+), best ([0-9]+), high ([0-9]+)", text)
    assert found
    figures = sumy2022.estimates(ROOT).set_index(["event_id", "outcome"]).loc[(found[1], "killed")]
    assert tuple(map(int, found.groups()[1:])) == tuple(figures[["low", "best", "high"]])
    counts = sumy2022.load("casualties", ROOT)
    standing = counts[(counts["event_id"] == found[1]) & (counts["outcome"] == "killed") & (counts["age"] == "all")]
    standing = standing[standing["status"] == "standing"]
    assert set(standing["casualty_id"]) == set(re.findall(r"`(CAS-[0-9]+)`", text))


DOCUMENTS = (
    "README.md", "CONTRIBUTING.md", "RELEASING.md", "docs/methodology.md", "docs/overview.md", "docs/report.md",
    "docs/versioning.md", "docs/exports.md", "docs/crosswalks.md", "docs/site.md",
    "docs/scaling.md",
)  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text()
    folder = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (folder / target).exists(), f"{document} links to {target}"
