"""The course of a validation on a cluster: three rounds, after each of which the faults come together here.

Each block is looked at by itself; then keys and references are followed; then, when it is known which cells are
faulty, the rules that need more than one row's own cells are run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from operator import itemgetter
from typing import TypeVar

from distributed import Client, Future, KilledWorker

from sumy2022.distributed.across import key_tasks, rule_tasks
from sumy2022.distributed.blocks import Block, cut, uncut
from sumy2022.distributed.columns import by_block, kept_columns
from sumy2022.distributed.exchange import Exchange, Graph, Task
from sumy2022.distributed.looking import Look, border_faults, kept_part, look, skeleton
from sumy2022.distributed.pieces import unpack
from sumy2022.files import Progress
from sumy2022.findings import Fault, UsageError
from sumy2022.frames import Table
from sumy2022.judging import Outcome, context_of, unread
from sumy2022.package import Package
from sumy2022.rule import Rule, Scope
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
        context = self._sent(known)

        progress("blocks")
        looks, looked = self._look(package, blocks, wanted, context)
        for name, seen in looks.items():
            package.source.meter.count_rows(name, files[name], sum(one.rows for one in seen))
        tables = {name: skeleton(package.schemas[name], files[name], found) for name, found in looks.items()}

        progress("keys and references")
        exchange = _exchange(tables, looks, looked)
        found = self.client.get(exchange.graph.tasks, key_tasks(exchange, self._sent(_slim(tables))))
        for name, groups in zip(tables, found, strict=True):
            tables[name].faults += (fault for group in groups for fault in group)

        progress("rules across rows")
        exchange = _exchange(tables, looks, looked)
        tasks, not_run = rule_tasks(exchange, package.schemas, wanted.values(), context, self._sent(_slim(tables)))
        waivers = [exchange.whole(WAIVERS, tuple(tables[WAIVERS].text.columns))] if WAIVERS in tables else []
        judged, rows = self.client.get(exchange.graph.tasks, [tasks, waivers])
        for pieces in rows:
            tables[WAIVERS] = tables[WAIVERS].with_rows(unpack(pieces))
        for name, seen in looks.items():
            faults += border_faults(package.schemas[name], files[name], seen)
            faults += (fault for one in seen for fault in (*one.form, *one.cells))
            faults += tables[name].faults
            faults += unexempted((fault for one in seen for fault in one.judged), tables[name], wanted)
            not_run += (item for one in seen for item in one.not_run)
        faults += (fault for more, _ in judged for fault in more)
        not_run += (item for _, left_out in judged for item in left_out)
        counts = {name: sum(one.rows for one in seen) for name, seen in looks.items()}
        return Outcome(tables, counts, faults, not_run + unread(package, tables, wanted))

    def _look(
        self, package: Package, blocks: Mapping[str, list[Block]], wanted: Mapping[str, Rule], context: Future
    ) -> tuple[dict[str, list[Look]], dict[str, list[Future]]]:
        """Look at each block; return by table what was seen, and on the workers that with the rows that are kept."""
        kept = kept_columns(wanted.values(), package.schemas)
        ids = [rule.id for rule in wanted.values() if rule.scope is Scope.CELL or by_block(rule)]

        def looked(some: Mapping[str, list[Block]]) -> tuple[dict[str, list[Look]], dict[str, list[Future]]]:
            graph = Graph()
            tasks = [
                [graph.add(partial(look, block, package.schemas[name], ids, kept[name]), context) for block in found]
                for name, found in some.items()
            ]
            pairs = self.client.get(graph.tasks, tasks, sync=False)
            graph = Graph()
            firsts = self.client.get(
                graph.tasks, [[graph.add(itemgetter(0), pair) for pair in found] for found in pairs]
            )
            return dict(zip(some, firsts, strict=True)), dict(zip(some, pairs, strict=True))

        looks, pairs = looked(blocks)
        broken = {name: [uncut(blocks[name])] for name, found in looks.items() if None in found}
        if broken:
            again, anew = looked(broken)
            looks, pairs = looks | again, pairs | anew
        return {name: _placed(found) for name, found in looks.items()}, pairs

    def _sent(self, value: object) -> Future:
        """Send a value to the workers once, and anew where a worker is lost that had it."""
        return self.client.submit(same, value, pure=False)


def _exchange(
    tables: Mapping[str, Table], looks: Mapping[str, list[Look]], looked: Mapping[str, list[Future]]
) -> Exchange:
    graph = Graph()
    parts: dict[str, list[Task]] = {}
    for name, futures in looked.items():
        lines = accumulate((one.rows for one in looks[name]), initial=0)
        parts[name] = [
            graph.add(partial(kept_part, before), future) for before, future in zip(lines, futures, strict=False)
        ]
    return Exchange(graph, tables, parts)


def _placed(looks: list[Look]) -> list[Look]:
    """Return looks with their lines as in the file."""
    lines = accumulate((one.rows for one in looks), initial=0)
    return [one.moved(before) for one, before in zip(looks, lines, strict=False)]


def _slim(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return tables with no more of their faults than which cells they spoil."""
    return {
        name: replace(table, faults=[Fault("", fault.file, fault.line, fault.field) for fault in table.faults])
        for name, table in tables.items()
    }


def same(value: Value) -> Value:
    """Return what is given."""
    return value


def unexempted(faults: Iterable[Fault], table: Table, rules: Mapping[str, Rule]) -> Iterator[Fault]:
    """Yield the faults for which no cell was read that is faulty in itself."""
    for fault in faults:
        if not any(fault.line in table.spoilt.get(name, ()) for name in rules[fault.rule].columns):
            yield fault
