"""Rows of a table as they lie with the workers and go between them: columns of Arrow, compressed.

They take a fraction of the memory that frames take, and a task opens only the columns that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from sumy2022.values import labels

Names = tuple[str, ...]
LINE = "\n"
"""The name of the column of lines, which no column of a table has."""


class Piece(NamedTuple):
    """Some rows of a table; `before` is to be added to their lines."""

    data: bytes
    before: int = 0


def pack(text: pd.DataFrame) -> Piece:
    """Pack a frame of text whose index is the line."""
    names = [str(name) for name in text.columns]
    columns = [pa.array(text[name], type=pa.string(), from_pandas=True) for name in names]
    table = pa.table([pa.array(text.index, type=pa.int64()), *columns], names=[LINE, *names])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
        file.write_table(table)
    return Piece(sink.getvalue().to_pybytes())


def unpack(pieces: Sequence[Piece], names: Names | None = None) -> pd.DataFrame:
    """Return rows as a frame of text in the order of their lines, each line once; of the columns, those named."""
    table = pa.concat_tables([_read(piece, names) for piece in pieces])
    lines = pd.Index(table[LINE].to_numpy(), name="line")
    kept = [name for name in table.column_names if name != LINE]
    text = pd.DataFrame({name: table[name].to_pandas().set_axis(lines) for name in kept}, lines, labels(kept))
    if not lines.is_monotonic_increasing:
        text = text.sort_index()
    return text.loc[~text.index.duplicated()] if text.index.has_duplicates else text


def _read(piece: Piece, names: Names | None) -> pa.Table:
    found = pa.ipc.open_file(piece.data).schema.names
    wanted = [number for number, name in enumerate(found) if name == LINE or names is None or name in names]
    table = pa.ipc.open_file(piece.data, options=pa.ipc.IpcReadOptions(included_fields=wanted)).read_all()
    return table.set_column(0, LINE, pa.compute.add(table[LINE], piece.before)) if piece.before else table
