"""Every input that fuzzing starts from, or that once broke a reader, breaks none."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz import CORPUS, TARGETS
from targets import TARGETS as FUNCTIONS
from targets import feed

INPUTS = sorted(path for path in CORPUS.rglob("*") if path.is_file())


def test_there_are_inputs_for_every_target() -> None:
    assert {path.parent.name for path in INPUTS} == set(TARGETS) == set(FUNCTIONS)
    assert all(path.stat().st_size < 20_000 for path in INPUTS)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_an_input_breaks_nothing(path: Path) -> None:
    feed(path.parent.name, path.read_bytes())
