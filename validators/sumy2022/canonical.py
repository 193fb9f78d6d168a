"""The one way a table is written: what `fmt` writes and what validation compares with.

UTF-8 without BOM, LF, RFC 4180 with minimal quoting, columns in the schema's order, rows sorted by primary key,
text in Unicode NFC without stray white space or invisible characters, numbers as their shortest plain decimal.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sumy2022.findings import Fault
from sumy2022.reading import BOM, CELL_LIMIT, OTHER_DELIMITERS, Reading, first_line, read_csv, read_export
from sumy2022.rules import canonical as form
from sumy2022.schema import LEXICAL, Field, TableSchema
from sumy2022.spreadsheet import PLAIN_NUMBER, restored, restored_already
from sumy2022.text import matches

_INVISIBLE = re.compile(form.INVISIBLE)
_SURE = f"[{form.SURE}](?: ?[{form.SURE}])*"
ROWS = 1 << 16
"""How many rows are written at a time."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def to_bytes(table: pa.Table) -> bytes:
    """Write a table of text as canonical CSV; nulls are empty cells.

    In a table of one column they are written `""`, for an empty line is no record.
    """
    names = pa.array(table.column_names, type=pa.string())
    header = ",".join(_quoted(names).to_pylist()) or '""'
    written = io.BytesIO()
    written.write(f"{header}\n".encode())
    for start in range(0, table.num_rows, ROWS):
        written.write(_records(table.slice(start, ROWS)))
    return written.getvalue()


def _records(table: pa.Table) -> bytes:
    """Write the rows of a table that has some."""
    cells = [_quoted(pc.fill_null(column.combine_chunks(), "")) for column in table.columns]
    lines = pc.binary_join_element_wise(*cells, ",") if len(cells) > 1 else cells[0]
    lines = pc.if_else(pc.equal(lines, ""), '""', lines)
    body = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines), "\n")
    return bytes(body[0].as_buffer()) + b"\n"


def _quoted(cells: pa.Array) -> pa.Array:
    """Put in quotes the cells that need them."""
    needy = pc.match_substring_regex(cells, '[",\r\n]')
    if not pc.any(needy).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(needy, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


def ordered(table: pa.Table, schema: TableSchema) -> pa.Table:
    """Return a table with its columns in the schema's order and its rows sorted by primary key, empty ones first."""
    columns = [name for name in schema.names if name in table.column_names]
    columns += [name for name in table.column_names if name not in columns]
    table = table.select(columns)
    keys = pa.table({name: pc.fill_null(table[name], "") for name in schema.primary_key if name in columns})
    if not keys.num_columns:
        return table
    joined = pc.binary_join_element_wise(*(column.combine_chunks() for column in keys.columns), "\0")
    if pc.all(pc.less_equal(joined[:-1], joined[1:]), min_count=0).as_py():
        return table  # to sort what is sorted takes longer than all else
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))


def clean(text: str) -> str:
    """Return a cell's text in canonical form: NFC, visible characters, single spaces, none at the ends."""
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    # Composed last: what was taken out may have stood between a letter and its accent.
    return " ".join(unicodedata.normalize("NFC", text).split())


def read_restorable(data: bytes, file: str, schema: TableSchema) -> Reading:
    """Read a file for `tidy`: as it is, or else as a spreadsheet may have saved the table of the schema.

    Another delimiter is taken only if the header has exactly the schema's columns by it, and has not by a comma.
    """
    reading = read_csv(data, file)
    if not reading.lost and sorted(reading.header) == sorted(schema.names):
        return reading
    header = first_line(data)[1]
    fitting = (mark for mark in (",", *OTHER_DELIMITERS) if _columns(header, mark) == sorted(schema.names))
    delimiter = next(fitting, None)
    return reading if delimiter is None else read_export(data, file, delimiter)


def _columns(header: bytes, delimiter: str) -> list[str]:
    """Return the sorted names in a header, less the empty ones."""
    line = header.decode("utf-8", "replace")
    cells = next(csv.reader([line], delimiter=delimiter), []) if len(line) <= CELL_LIMIT else []
    return sorted(filter(None, map(clean, cells)))


def tidy(reading: Reading, schema: TableSchema) -> bytes:
    """Return the canonical bytes of a file that was read whole."""
    names = [clean(name) for name in reading.table.column_names]
    if len(set(names)) < len(names):
        names = reading.table.column_names  # two columns would become one
    fields = {known.name: known for known in schema.fields}
    columns = [
        pa.chunked_array([_canonical_cells(chunk, fields.get(name)) for chunk in column.chunks], pa.string())
        for name, column in zip(names, reading.table.columns, strict=True)
    ]
    table = pa.Table.from_arrays(columns, names=names)
    return to_bytes(ordered(_without_empty_rows(table, schema), schema))


def _canonical_cells(cells: pa.StringArray, known: Field | None) -> pa.StringArray:
    """Return a column's cells as `canonical_cell` does, looking one by one only at those that may not stay as they are.

    Empty cells are null.
    """
    stays = matches(cells, _SURE)
    if known is not None:
        stays = pc.and_(stays, restored_already(known, cells))
    doubtful = pc.invert(stays)
    mended = [canonical_cell(cell, known) or None for cell in cells.filter(doubtful).to_pylist()]
    return pc.replace_with_mask(cells, doubtful, pa.array(mended, pa.string())) if mended else cells


def canonical_cell(text: str, known: Field | None) -> str:
    """Return a cell in canonical form, with what spreadsheets do to values of its field undone."""
    text = clean(text)
    return restored(known, text) if known is not None else text


def _without_empty_rows(table: pa.Table, schema: TableSchema) -> pa.Table:
    """Leave out the rows without any filled cell, if the schema wants one filled in each row."""
    if not table.num_columns or not (schema.primary_key or any(known.required for known in schema.fields)):
        return table
    filled = reduce(pc.or_, (pc.is_valid(column) for column in table.columns))
    return table if pc.all(filled, min_count=0).as_py() else table.filter(filled)


def form_faults(data: bytes, reading: Reading, schema: TableSchema) -> Iterator[Fault]:
    """Yield where a file's bytes, columns, rows or numbers are not in canonical form; cell rules judge its texts."""
    yield from order_faults(reading, schema)
    yield from byte_faults(data, reading)


def order_faults(reading: Reading, schema: TableSchema) -> Iterator[Fault]:
    """Yield where a file's columns, rows or numbers are not in canonical form."""
    if reading.header:
        yield from _column_faults(reading, schema)
        yield from row_order_faults(reading, schema)
        yield from _number_faults(reading, schema)


def byte_faults(data: bytes, reading: Reading) -> Iterator[Fault]:
    """Yield where a file's bytes are not the canonical form of what was read from them."""
    if reading.minimal or (not reading.lost and data == to_bytes(reading.table)):
        return
    if data.startswith(BOM):
        yield Fault(form.BYTE_ORDER_MARK, reading.file, 1)
    returns = data.count(b"\r")
    if returns:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        yield Fault(form.LINE_ENDING, reading.file, line, facts={"count": str(returns)})
    if data and not data.endswith((b"\n", b"\r")):
        yield Fault(form.FINAL_NEWLINE, reading.file, data.count(b"\n") + 1)
    yield from _quoting_faults(data, reading)


def _column_faults(reading: Reading, schema: TableSchema) -> Iterator[Fault]:
    expected = [name for name in schema.names if name in reading.header]
    found = [name for name in dict.fromkeys(reading.header) if name in expected]
    if found != expected:
        first = next(name for name, other in zip(found, expected, strict=True) if name != other)
        yield Fault(form.COLUMN_ORDER, reading.file, 1, value=first, facts={"expected": ", ".join(schema.names)})


def row_order_faults(reading: Reading, schema: TableSchema) -> Iterator[Fault]:
    """Yield the lines whose primary key is lower than that of the row before."""
    keys = [name for name in schema.primary_key if name in reading.table.column_names]
    if not keys or len(keys) < len(schema.primary_key) or reading.table.num_rows < 2:
        return
    cells = [pc.fill_null(reading.table[name].combine_chunks(), "") for name in keys]
    joined = pc.binary_join_element_wise(*cells, "\0") if len(cells) > 1 else cells[0]
    back = pc.less(joined[1:], joined[:-1])
    for index in pc.indices_nonzero(back).to_pylist():
        line, before = int(reading.lines[index + 1]), joined[index].as_py().replace("\0", ", ")
        value = joined[index + 1].as_py().replace("\0", ", ")
        yield Fault(form.ROW_ORDER, reading.file, line, ", ".join(keys), value, {"other": before})


def _number_faults(reading: Reading, schema: TableSchema) -> Iterator[Fault]:
    """Yield the numbers that are sound but not written in their shortest form."""
    for known in schema.fields:
        if known.type == "number" and known.name in reading.table.column_names:
            cells = reading.table[known.name].combine_chunks()
            sound = matches(cells, LEXICAL["number"] or "")
            for index in pc.indices_nonzero(pc.and_not(sound, matches(cells, PLAIN_NUMBER))).to_pylist():
                line, value = int(reading.lines[index]), cells[index].as_py()
                yield Fault(form.NUMBER, reading.file, line, known.name, value)


def _quoting_faults(data: bytes, reading: Reading) -> Iterator[Fault]:
    """Yield the lines whose record is written otherwise than with minimal quoting."""
    lines = data.removeprefix(BOM).splitlines()
    records = to_bytes(reading.table).split(b"\n")
    if not reading.header:
        return
    if pc.any(pc.match_substring(_joined(reading.table), "\n")).as_py() or len(set(reading.header)) < len(
        reading.header
    ):
        return  # a cell that holds a line break has its own finding, and the lines below do not compare
    header = next(number for number, line in enumerate(lines, 1) if line)
    for line, record in zip([header, *reading.lines.tolist()], records, strict=False):
        if lines[line - 1] != record:
            yield Fault(form.QUOTING, reading.file, line, value=_shown(lines[line - 1]))


def _joined(table: pa.Table) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for column in table.columns for chunk in column.chunks], type=pa.string())


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return text if len(text) <= 60 else text[:57] + "..."


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content in one step: whatever happens, it is the old one or the new one, whole.

    A link stays a link, and the file that it leads to is replaced. Raises `OSError` where that cannot be done.
    """
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with aside.open("xb") as file:  # inside the block, for an interruption may come as soon as the file is there
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            aside.chmod(mode)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)  # it is gone where the interruption came after the replacement
        raise
