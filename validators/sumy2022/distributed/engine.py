"""The course of a validation on a cluster: three rounds, after each of which the faults come together here.

Each block is looked at by itself; then keys and references are followed; then, when it is known which cells are
faulty, the rules that need more than one row's own cells are run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import getitem
from typing import TypeVar

from distributed import Client, Future, KilledWorker

from sumy2022.distributed.across import key_tasks, rule_tasks
from sumy2022.distributed.blocks import Block, cut, uncut
from sumy2022.distributed.columns import kept_columns
from sumy2022.distributed.exchange import Exchange, moved
from sumy2022.distributed.looking import Look, border_faults, look, skeleton
from sumy2022.findings import Fault, UsageError
from sumy2022.frames import Table
from sumy2022.package import Package
from sumy2022.rule import Rule
from sumy2022.tables import Progress
from sumy2022.validation import Outcome, context_of, unread
from sumy2022.waivers import WAIVERS

BLOCK = 32_000_000
"""The bytes of a file that a worker looks at in one piece."""
Value = TypeVar("Value")


@dataclass(frozen=True)
class Cluster:
    """An engine for `validate`: the workers of a Dask client, and the size of a block in bytes."""

    client: Client
    block: int = BLOCK

    def __call__(self, package: Package, wanted: Mapping[str, Rule], progress: Progress) -> Outcome:
        """Judge a package's tables on the workers.

        Raises `UsageError` where workers cannot read the package or are lost again and again.
        """
        try:
            return self._judge(package, wanted, progress)
        except KilledWorker as error:
            raise UsageError(
                f"Workers were lost over one task again and again ({error.task}), as happens when they have too little "
                "memory. Give each worker more, or let fewer of them share a machine."
            ) from error

    def _judge(self, package: Package, wanted: Mapping[str, Rule], progress: Progress) -> Outcome:
        progress("cutting files")
        blocks = {name: found for name in package.schemas if (found := cut(package, name, self.block))}
        files = {name: found[0].file for name, found in blocks.items()}
        known, faults = context_of(package, files)
        context = self.client.submit(same, known, pure=False)

        progress("blocks")
        looks, parts = self._look(package, blocks, wanted, context)
        tables = {name: skeleton(package.schemas[name], files[name], found) for name, found in looks.items()}

        progress("keys and references")
        exchange = Exchange(self.client, tables, parts)
        found = self.client.gather(key_tasks(exchange, self._sent(tables)))
        for name, groups in found.items():
            tables[name].faults += (fault for group in groups for fault in group)

        progress("rules across rows")
        exchange = Exchange(self.client, tables, parts)
        tasks, not_run = rule_tasks(exchange, package.schemas, wanted.values(), context, self._sent(tables))
        judged = self.client.gather(tasks)
        if WAIVERS in tables:
            waivers = self.client.gather(exchange.whole(WAIVERS, tuple(tables[WAIVERS].text.columns)))
            tables[WAIVERS] = tables[WAIVERS].with_rows(waivers)
        for name, seen in looks.items():
            faults += border_faults(package.schemas[name], files[name], seen)
            faults += (fault for one in seen for fault in (*one.form, *one.cells))
            faults += tables[name].faults
            faults += unexempted((fault for one in seen for fault in one.judged), tables[name], wanted)
            not_run += (item for one in seen for item in one.not_run)
        faults += (fault for more, _ in judged for fault in more)
        not_run += (item for _, left_out in judged for item in left_out)
        rows = {name: sum(one.rows for one in seen) for name, seen in looks.items()}
        return Outcome(tables, rows, faults, not_run + unread(package, tables, wanted))

    def _look(
        self, package: Package, blocks: Mapping[str, list[Block]], wanted: Mapping[str, Rule], context: Future
    ) -> tuple[dict[str, list[Look]], dict[str, list[Future]]]:
        """Look at each block; return by table what was seen, and on the workers the rows that are kept."""
        kept = kept_columns(wanted.values(), package.schemas)

        def submit(name: str, block: Block) -> Future:
            return self.client.submit(
                look, block, package.schemas[name], tuple(wanted), context, kept[name], pure=False
            )

        pairs = {name: [submit(name, block) for block in found] for name, found in blocks.items()}
        seen = self._first(pairs)
        broken = {name: [submit(name, uncut(package, blocks[name]))] for name, found in seen.items() if None in found}
        if broken:
            pairs |= broken
            seen |= self._first(broken)
        looks: dict[str, list[Look]] = {}
        parts: dict[str, list[Future]] = {}
        for name, found in seen.items():
            lines = 0
            for one, pair in zip(found, pairs[name], strict=True):
                part = self.client.submit(getitem, pair, 1, pure=False)
                part = self.client.submit(moved, part, lines, pure=False) if lines else part
                parts.setdefault(name, []).append(part)
                looks.setdefault(name, []).append(one.moved(lines))
                lines += one.rows
        return looks, parts

    def _first(self, pairs: Mapping[str, list[Future]]) -> dict[str, list[Look]]:
        """Fetch the first of each pair."""
        firsts = {name: [self.client.submit(getitem, pair, 0, pure=False) for pair in found]
                  for name, found in pairs.items()}  # fmt: skip
        fetched: dict[str, list[Look]] = self.client.gather(firsts)
        return fetched

    def _sent(self, tables: Mapping[str, Table]) -> Future:
        """Send the tables to the workers, without rows, and with no more of their faults than which cells they spoil."""
        slim = {
            name: replace(table, faults=[Fault("", fault.file, fault.line, fault.field) for fault in table.faults])
            for name, table in tables.items()
        }
        return self.client.submit(same, slim, pure=False)


def same(value: Value) -> Value:
    """Return what is given: so it is sent once, and anew where a worker is lost that had it."""
    return value


def unexempted(faults: Iterable[Fault], table: Table, rules: Mapping[str, Rule]) -> Iterator[Fault]:
    """Yield the faults for which no cell was read that is faulty in itself."""
    for fault in faults:
        if not any(fault.line in table.spoilt.get(name, ()) for name in rules[fault.rule].columns):
            yield fault
