"""The tasks that judge rows of several blocks together: keys, references, and the rules that look across rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from sumy2022.checks import Key, keys
from sumy2022.distributed.columns import Columns, by_block, columns_of, unsplittable
from sumy2022.distributed.exchange import Exchange, Rows, Task
from sumy2022.distributed.judging import judge_history, judge_key, judge_rows
from sumy2022.engine import obstacle
from sumy2022.findings import NotRun
from sumy2022.judging import identity
from sumy2022.rule import Rule, Scope
from sumy2022.schema import TableSchema

Others = list[tuple[str, Rows]]


def key_tasks(exchange: Exchange, tables: Task) -> list[list[Task]]:
    """Let the keys and references of each table be tested, on rows that share their values.

    `tables` are sent ones without rows.
    """
    whole = {name: list(table.text.columns) for name, table in exchange.tables.items() if table.whole}
    return [
        [
            exchange.graph.add(partial(judge_key, name, key), tables, rows, referred)
            for key in keys(table.schema, table.text.columns, whole)
            for rows, referred in _sharing(exchange, name, key)
        ]
        for name, table in exchange.tables.items()
    ]


def _sharing(exchange: Exchange, name: str, key: Key) -> Iterable[tuple[Rows, Rows | None]]:
    """Return rows that share values of a key, each time with the rows of the target among which they are sought."""
    names = exchange.present(name, {name: {*key.fields, *exchange.tables[name].schema.primary_key}})
    if key.reference is None:
        if exchange.is_small(name):
            return [(exchange.parts[name], None)]
        return [(rows, None) for rows in exchange.buckets(name, key.fields, names, empty=False)]
    target, ids = key.reference.target, key.reference.target_fields
    found = exchange.present(target, {target: set(ids)})
    if exchange.is_small(target):
        return [([part], exchange.parts[target]) for part in exchange.parts[name]]
    here = exchange.buckets(name, key.fields, names, empty=False)
    return zip(here, exchange.buckets(target, ids, found, empty=False), strict=True)


def rule_tasks(
    exchange: Exchange, schemas: Mapping[str, TableSchema], rules: Iterable[Rule], context: Task, tables: Task
) -> tuple[list[Task], list[NotRun]]:
    """Let the rules be run that look across rows or at the package; return also those that cannot be tried.

    `context` and `tables` are sent ones, the tables without rows.
    """
    rules = list(rules)
    batches, not_run = _batches(exchange, rules)
    tasks = []
    for batch in batches:
        name, ids = batch[0].table or "", [rule.id for rule in batch]
        columns = _united(columns_of(rule, schemas) for rule in batch)
        paths = [path for rule in batch for path in rule.columns]
        for rows, others in _rows(exchange, batch, columns):
            seen = [*others, *exchange.looked_up(rows, name, paths, columns)]
            seeing = {name: exchange.present(name, columns) for name in columns if name in exchange.tables}
            judge = partial(judge_rows, name, ids, seeing, [other for other, _ in seen])
            tasks.append(exchange.graph.add(judge, context, tables, rows, [further for _, further in seen]))
    finders = [rule.id for rule in rules if rule.finder is not None]
    if finders:
        columns_of_all = {name: tuple(identity(table)) for name, table in exchange.tables.items()}
        judge = partial(judge_history, list(schemas), finders, columns_of_all)
        rows = [exchange.whole(name, names) for name, names in columns_of_all.items()]
        tasks.append(exchange.graph.add(judge, context, tables, rows))
    return tasks, not_run


def _batches(exchange: Exchange, rules: Iterable[Rule]) -> tuple[list[list[Rule]], list[NotRun]]:
    """Return the rules that are to be run together, and those that cannot be tried."""
    not_run: list[NotRun] = []
    batches: dict[tuple[str, Scope, str], list[Rule]] = {}
    for rule in rules:
        if rule.table is None or rule.table not in exchange.tables or rule.predicate is None or by_block(rule):
            continue
        why = obstacle(rule, exchange.tables, {}) or unsplittable(rule)
        if why:
            not_run.append(NotRun(rule.id, why))
            continue
        kind = "" if rule.scope is Scope.ROW else rule.group or ""
        if _is_of_table(rule):  # of a long table each by itself, for its rows may be all that a worker can hold
            kind = "whole" if exchange.is_small(rule.table) else rule.id
        batches.setdefault((rule.table, rule.scope, kind), []).append(rule)
    return list(batches.values()), not_run


def _is_of_table(rule: Rule) -> bool:
    """Tell whether a rule wants all rows at once: of its table, or, where it judges single rows, of others."""
    return rule.scope is Scope.TABLE or (rule.scope is Scope.ROW and bool(rule.needs))


def _rows(exchange: Exchange, batch: Sequence[Rule], columns: Columns) -> Iterator[tuple[Rows, Others]]:
    """Yield rows that a batch of rules can judge by themselves, each time with the rows of other tables they need."""
    rule, name = batch[0], batch[0].table or ""
    needed = sorted({other for rule in batch for other in rule.needs})
    if rule.scope is Scope.GROUP and not all(map(exchange.is_small, (name, *needed))):
        key = (rule.group or "",)
        others = [_parted(exchange, other, key, columns) for other in needed]
        for number, rows in enumerate(_parted(exchange, name, key, columns, small=False)):
            yield rows, [(other, parts[number % len(parts)]) for other, parts in zip(needed, others, strict=True)]
    elif rule.scope is Scope.ROW and not _is_of_table(rule):
        for part in exchange.parts[name]:
            yield [part], []
    else:
        found = [(other, exchange.whole(other, exchange.present(other, columns))) for other in needed]
        yield exchange.whole(name, exchange.present(name, columns)), found


def _parted(exchange: Exchange, name: str, key: tuple[str, ...], columns: Columns, *, small: bool = True) -> list[Rows]:
    """Return a table's rows in buckets; `small`: in one, if they are few."""
    names = exchange.present(name, columns)
    if small and exchange.is_small(name):
        return [exchange.parts[name]]
    return exchange.buckets(name, key, names, empty=True)


def _united(found: Iterable[Columns]) -> Columns:
    united: Columns = {}
    for columns in found:
        for name, names in columns.items():
            united.setdefault(name, set()).update(names)
    return united
