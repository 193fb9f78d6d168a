"""Builds the explorer of a package and opens it in a browser: what the tests of the site share."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from sumy2022.exports.site import write
from sumy2022.package import open_package
from tools import need, output

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SITE = ROOT / "site"
Part = dict[str, Any]


def export(package: Path, folder: Path) -> dict[str, Path]:
    """Write the data of a package's explorer and return the files by the name of the part."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = write(open_package(package), folder)
    return {path.stem.rsplit("-", 1)[1]: path for path in paths}


def build(package: Path, data: Path, out: Path) -> Path:
    """Build the site of a package from its exported data."""
    node = need("node")
    if not (SITE / "node_modules" / ".package-lock.json").exists():
        output(need("npm"), "ci", "--prefix", SITE)
    places = {"SITE_PACKAGE": str(package), "SITE_DATA": str(data), "SITE_OUT": str(out)}
    done = subprocess.run([node, "build.mjs"], cwd=SITE, env=os.environ | places, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@contextmanager
def browser() -> Iterator[Browser]:
    """Lend Debian's Chromium."""
    program = need("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("playwright is not installed")
    with sync_playwright() as playwright:
        lent = playwright.chromium.launch(executable_path=program)
        yield lent
        lent.close()


@contextmanager
def page(lent: Browser, address: str, width: int = 1280, height: int = 900, **more: Any) -> Iterator[Page]:
    """Open a page of the site, wait for all its data, and let nothing go wrong on it in silence."""
    context = lent.new_context(viewport={"width": width, "height": height}, **more)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    home = address.split("?")[0].split("#")[0].rsplit("/", 1)[0]
    own = (home, "data:", "blob:")
    opened.on("request", lambda request: request.url.startswith(own) or troubles.append(f"asks for {request.url}"))
    opened.on("requestfailed", lambda request: troubles.append(f"has no {request.url}"))
    opened.goto(address)
    if re.search(r"/(index|figures|tables|search|rules)\.html", address):
        opened.wait_for_selector("html[data-ready]", state="attached")
    yield opened
    context.close()
    assert troubles == [], troubles


def part(path: Path) -> Part:
    """Read an exported part."""
    found: Part = json.loads(path.read_text())
    return found
