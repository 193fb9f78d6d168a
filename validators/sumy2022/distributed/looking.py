"""What a worker does with one block: all that can be judged by it alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pandas as pd
import pyarrow as pa

from sumy2022 import rules as catalogue
from sumy2022.canonical import row_order_faults
from sumy2022.cells import run_cell_rules
from sumy2022.context import Context
from sumy2022.distributed.blocks import Block, read_block
from sumy2022.distributed.columns import by_block
from sumy2022.distributed.pieces import Piece, pack
from sumy2022.engine import run_table_rules
from sumy2022.findings import Fault, NotRun
from sumy2022.frames import Table, keyed
from sumy2022.reading import Reading
from sumy2022.rule import REGISTRY, Rule
from sumy2022.rules import canonical as form
from sumy2022.schema import TableSchema
from sumy2022.structure import broken_in_cells, cell_faults
from sumy2022.tables import table_of
from sumy2022.values import labels


@dataclass(frozen=True)
class Look:
    """What one block showed; its lines are counted as if it began the file.

    `spoiling` are the faults of structure, which exempt cells from rules; `judged` are those of the rules of rows, some
    of which may be exempt by what other blocks show. `ends` are the keys of the first and the last row.
    """

    columns: tuple[str, ...]
    rows: int
    whole: bool
    ends: pa.Table
    form: list[Fault] = field(default_factory=list)
    spoiling: list[Fault] = field(default_factory=list)
    cells: list[Fault] = field(default_factory=list)
    judged: list[Fault] = field(default_factory=list)
    not_run: list[NotRun] = field(default_factory=list)

    def moved(self, lines: int) -> Look:
        """Return the look with its lines as they are in the file, where so many rows stand before the block."""
        if not lines:
            return self
        return replace(
            self,
            form=_moved(self.form, lines),
            spoiling=_moved(self.spoiling, lines),
            cells=_moved(self.cells, lines),
            judged=_moved(self.judged, lines),
        )


def rules_of(ids: Collection[str]) -> list[Rule]:
    """Return the rules with these ids, wherever this runs."""
    catalogue.load_all()
    return [REGISTRY[name] for name in ids]


def look(
    block: Block, schema: TableSchema, ids: Collection[str], kept: Collection[str], context: Context
) -> tuple[Look | None, Piece | None]:
    """Judge the cells and rows of a block, and return what is needed of it across rows, by line of the block.

    Nothing is seen where the file cannot be cut.
    """
    read = read_block(block, schema)
    if read is None:
        return None, None
    table, reading, found = read
    rules = rules_of(ids)
    table.faults += cell_faults(table, broken_in_cells(table))
    mine = [rule for rule in rules if by_block(rule)]
    judged, not_run = run_table_rules(schema.name, {schema.name: table}, mine, context)
    seen = Look(
        columns=tuple(table.text.columns),
        rows=len(table.text),
        whole=table.whole,
        ends=_ends(reading, schema),
        form=list(keyed(found, [table])),
        spoiling=list(keyed(table.faults, [table])),
        cells=list(keyed(run_cell_rules([table], rules, context), [table])),
        judged=list(keyed(judged, [table])),
        not_run=not_run,
    )
    narrow = [name for number, name in enumerate(table.text.columns) if name in kept or number == 0]
    return seen, pack(table.text[labels(narrow)])


def kept_part(before: int, looked: tuple[Look, Piece]) -> Piece:
    """Return what is kept of a block, by line of the file, where so many rows stand before the block."""
    return looked[1]._replace(before=before)


def skeleton(schema: TableSchema, file: str, looks: list[Look]) -> Table:
    """Return a table without rows that stands for the blocks in questions about columns and lines."""
    columns = looks[0].columns
    text = pd.DataFrame({name: pd.Series([], dtype="str") for name in columns}, columns=labels(columns))
    faults = [fault for seen in looks for fault in seen.spoiling]
    return Table(schema, file, text, whole=all(seen.whole for seen in looks), faults=faults)


def border_faults(schema: TableSchema, file: str, looks: list[Look]) -> list[Fault]:
    """Return where the first row of a block has a lower key than the last row before it."""
    found: list[Fault] = []
    line, before = 2, None
    for seen in looks:
        if seen.rows and before is not None:
            pair = pa.concat_tables([before[1:], seen.ends[:1]])
            reading = Reading(file, pair.column_names, pair, pd.Index([line - 1, line]).to_numpy())
            faults = (fault for fault in row_order_faults(reading, schema) if fault.rule == form.ROW_ORDER)
            found += keyed(faults, [table_of(schema, reading)])
        line += seen.rows
        before = seen.ends if seen.rows else before
    return found


def _ends(reading: Reading, schema: TableSchema) -> pa.Table:
    keys = reading.table.select([name for name in schema.primary_key if name in reading.table.column_names])
    return keys.take([0, len(keys) - 1]) if keys.num_columns and len(reading.lines) else keys.slice(0, 0)


def _moved(faults: list[Fault], lines: int) -> list[Fault]:
    return [replace(fault, line=fault.line + lines) if fault.line else fault for fault in faults]
