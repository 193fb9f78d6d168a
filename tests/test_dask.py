"""The same report from a cluster as from one process: on every rule's fault, on damaged files, after lost workers.

Blocks are so small here that tables of a few rows come in several parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client

from conftest import Files, lay, write
from sumy2022.distributed.cluster import connected
from sumy2022.distributed.engine import Cluster
from sumy2022.example import Add, Change, Edit
from sumy2022.findings import Report
from sumy2022.rule import REGISTRY, Rule
from sumy2022.rules import load_all
from sumy2022.validation import validate

load_all()
RULES = [rule for rule in REGISTRY.values() if not rule.retired]
FEW = 500
"""The bytes of a block in the miniature package: its larger tables come in two to four parts."""
SHIPPED = 100_000
"""The same in the shipped one."""
TOGETHER = 12
"""How many rules' examples are laid over one package at most."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected(workers=2) as found:
        yield found


def alike(client: Client, where: Path, block: int = FEW) -> Report:
    """Validate here and on the cluster, and return the one report of both."""
    expected = validate(where)
    found = validate(where, engine=Cluster(client, block))
    assert found.findings == expected.findings
    assert found == expected
    return expected


def places(changes: tuple[Change, ...]) -> set[tuple[str, object]]:
    """What an example changes: rows of tables, or whole files."""
    return {
        (f"data/{change.table}.csv", change.row)
        if isinstance(change, Edit)
        else (f"data/{change.table}.csv", "more")
        if isinstance(change, Add)
        else (getattr(change, "path", "") or f"data/{change.table}.csv", "all")  # type: ignore[union-attr]
        for change in changes
    }


def apart(some: set[tuple[str, object]], other: set[tuple[str, object]]) -> bool:
    """Tell whether two examples change nothing in common."""
    files = {file for file, what in some if what == "all"} | {file for file, what in other if what == "all"}
    return not some & other and not {file for file, _ in some} & {file for file, _ in other} & files


def batches() -> Iterator[list[Rule]]:
    """Yield rules whose bad examples can be laid over one package."""
    waiting = list(RULES)
    while waiting:
        batch: list[Rule] = []
        for rule in waiting:
            if len(batch) < TOGETHER and all(apart(places(rule.bad), places(other.bad)) for other in batch):
                batch.append(rule)
        waiting = [rule for rule in waiting if rule not in batch]
        yield batch


@pytest.mark.slow
def test_every_rule_is_found_alike(client: Client, miniature: Files, tmp_path: Path) -> None:
    """An example that others of its batch hide is tried once more by itself."""
    pending, count = list(batches()), 0
    for batch in pending:
        folder = tmp_path / str(count)
        files = miniature
        for rule in batch:
            files = lay(files, rule.bad)
        found = {finding.rule for finding in alike(client, write(files, folder)).findings}
        hidden = [rule for rule in batch if rule.id not in found]
        assert not hidden or len(batch) > 1, hidden[0].id
        pending += [[rule] for rule in hidden]
        count += 1
    assert count < len(RULES) / 3, "the examples are hardly ever laid over one package, which takes too long"
