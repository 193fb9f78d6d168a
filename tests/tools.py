"""Programs that are not ours and that tests call."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def need(program: str) -> str:
    """Return the path of a program; a test without it is skipped, but fails where CI should have installed it."""
    found = shutil.which(program)
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{program} is not installed")
    return found


def output(*command: str | Path) -> str:
    """Return what a command prints; one that fails, fails the test with its words."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
