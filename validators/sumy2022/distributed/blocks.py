"""Files cut at line ends into blocks that are read one by one.

Only a file in which every line is one record can be cut; whether it is, each block shows for itself. Any other file is
read whole.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sumy2022.canonical import form_faults
from sumy2022.findings import Fault, UsageError
from sumy2022.frames import Table
from sumy2022.package import Package, path_problem
from sumy2022.reading import HEADER_LIMIT, Reading, read_csv, read_sound
from sumy2022.schema import TableSchema
from sumy2022.storage import Folder
from sumy2022.tables import table_of


@dataclass(frozen=True)
class Stretch:
    """The bytes of a file from `start` up to `stop`; `stamp` tells whether it is still the file that was cut."""

    path: Path
    start: int
    stop: int
    stamp: tuple[int, int]

    def read(self) -> bytes:
        """Return the bytes.

        Raises `UsageError` where the file cannot be read here, or is another than it was.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                data = file.read(self.stop - self.start)
            if _stamp(self.path) != self.stamp:
                raise UsageError(f"{self.path} was changed while it was checked. Check it again.")
        except OSError as error:
            raise UsageError(
                f"A worker cannot read {self.path}: {error.strerror}. Put the package where all workers can read it "
                "by the same path, or name a zip file of it, which is sent to them."
            ) from error
        return data


@dataclass(frozen=True)
class Block:
    """A part of a table's file: where its bytes are, or they themselves.

    `file` is the path as findings name it. `header` is the first line where the block begins further down; `whole` says
    that the block is the file.
    """

    file: str
    content: Stretch | bytes
    header: bytes = b""
    whole: bool = True

    def read(self) -> bytes:
        """Return the bytes, the header first."""
        return self.header + (self.content if isinstance(self.content, bytes) else self.content.read())


def cut(package: Package, name: str, size: int) -> list[Block]:
    """Cut a table's file into blocks of about `size` bytes; none where it is not there or cannot be read.

    Files of a folder are left for the workers to read, those of any other source go with the block.
    """
    file = package.resource(name).path
    source = package.source
    if path_problem(file) or not source.has(file):
        return []
    if isinstance(source, Folder):
        path = (source.root / file).resolve()
        try:
            stamp = _stamp(path)
            source.meter.count(file, stamp[0])
            with path.open("rb") as opened:
                places = _places(opened, stamp[0], size)
                return _blocks(file, [Stretch(path, *place, stamp) for place in places], _header(opened))
        except OSError:
            pass  # reading it by the package tells what is wrong
    data = package.read(name)
    if data is None:
        return []
    held = io.BytesIO(data)
    return _blocks(file, [data[start:stop] for start, stop in _places(held, len(data), size)], _header(held))


def read_block(block: Block, schema: TableSchema) -> tuple[Table, Reading, list[Fault]] | None:
    """Read a block as a table, whose first row is on line 2, with the faults of its form.

    None where the block shows that its file cannot be cut.
    """
    data = block.read()
    reading = read_csv(data, block.file) if block.whole else read_sound(data, block.file)
    if reading is None:
        return None
    table = table_of(schema, reading)
    faults = list(form_faults(data, reading, schema))
    if block.header:  # what is wrong with the first line is told by the first block
        table.faults = [fault for fault in table.faults if fault.line != 1]
        faults = [fault for fault in faults if fault.line != 1]
    return table, reading, faults


def uncut(blocks: Sequence[Block]) -> Block:
    """Return the blocks of a file as one."""
    return Block(blocks[0].file, _whole([block.content for block in blocks]))


def _blocks(file: str, contents: Sequence[Stretch | bytes], header: bytes) -> list[Block]:
    if len(contents) == 1 or not header.endswith(b"\n"):  # a header without end would go with every block
        return [Block(file, _whole(contents))]
    return [Block(file, content, header if number else b"", whole=False) for number, content in enumerate(contents)]


def _whole(contents: Sequence[Stretch | bytes]) -> Stretch | bytes:
    last = contents[-1]
    return replace(last, start=0) if isinstance(last, Stretch) else b"".join(contents)  # type: ignore[arg-type]


def _places(file: BinaryIO, length: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where each block starts and stops: after the first line end that is `size` bytes on or more."""
    start = 0
    while True:
        file.seek(min(start + size, length))
        file.readline()
        stop = min(file.tell(), length)
        yield start, stop
        if stop == length:
            return
        start = stop


def _header(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.readline(HEADER_LIMIT + 1)


def _stamp(path: Path) -> tuple[int, int]:
    """Return the size of a file and the time of its last change."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
