"""Files compared line by line and read only where they differ: the answer is that of reading them whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sumy2022
from conftest import ROOT
from fuzzing import fuzz
from sumy2022 import lines, plain, sides
from sumy2022.findings import UsageError
from sumy2022.lines import unlike
from sumy2022.package import Package, read_package
from sumy2022.render.changes.json import render
from sumy2022.storage import Folder, Overlay

NAMES = ("id", "part", "a", "b")
CELLS = st.text(st.sampled_from('ab ",\u00e9\u0456'), max_size=3)
ROWS = st.dictionaries(
    st.tuples(st.sampled_from("12345678"), st.sampled_from(["x", "x,", "y"])), st.tuples(CELLS, CELLS)
)
BOUNDS = {"longest": 100, "most": 10_000}
PLAIN_ROWS = st.dictionaries(st.tuples(st.sampled_from("12345678"), st.sampled_from("xy")), st.tuples(CELLS, CELLS))
"""Rows whose keys need no quotes, so that their lines are in order as bytes, too."""
SPOILT = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from([b"", b"\n", b'"', b",", b"1", b"\r", b"\xff", b"\0"]))
)


def to_csv(rows: dict[tuple[str, str], tuple[str, str]], names: tuple[str, ...] = NAMES) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([names, *((*key, *rows[key]) for key in sorted(rows))])
    return out.getvalue().encode()


def spoil(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    """Put other bytes in the place of single ones."""
    for place, other in changes:
        at = place % (len(data) + 1)
        data = data[:at] + other + data[at + 1 :]
    return data


def package(data: bytes, key: tuple[str, ...]) -> Package:
    descriptor = json.loads((ROOT / "datapackage.json").read_bytes())
    resource = descriptor["resources"][0] | {"name": "t", "path": "t.csv", "schema": "t.json"}
    schema = json.loads((ROOT / "schemas/actors.json").read_bytes()) | {
        "name": "t",
        "fields": [{"name": name, "type": "string"} for name in NAMES],
        "primaryKey": list(key),
        "foreignKeys": [],
        "uniqueKeys": [],
    }
    files = {"datapackage.json": descriptor | {"resources": [resource]}, "t.json": schema}
    return read_package(
        Overlay(Folder(ROOT), {path: json.dumps(it).encode() for path, it in files.items()} | {"t.csv": data})
    )


def answer(old: Package, new: Package) -> str:
    try:
        return render(sumy2022.diff(old, new))
    except UsageError as error:
        return str(error)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    """Yield bytes in pieces of one size."""
    return (data[start : start + size] for start in range(0, len(data), size))


@fuzz(300)
@given(old=ROWS, new=ROWS, worse=st.tuples(SPOILT, SPOILT), both=SPOILT, size=st.integers(1, 40), few=st.integers(0, 9))
def test_the_answer_is_that_of_reading_both_whole(
    old: dict[tuple[str, str], tuple[str, str]],
    new: dict[tuple[str, str], tuple[str, str]],
    worse: tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]],
    both: list[tuple[int, bytes]],
    size: int,
    few: int,
) -> None:
    files = (spoil(to_csv(rows), both) for rows in (old, new))
    pair = [package(spoil(data, mine), ("id", "part")) for data, mine in zip(files, worse, strict=True)]
    with (
        mock.patch.object(Package, "pieces", lambda self, name: cut(self.read(name) or b"", size)),
        mock.patch.multiple(lines, WINDOW=5, AHEAD=1, FEW=few),
        mock.patch.object(plain, "CHUNK", 16),
    ):
        found = answer(*pair)
    with mock.patch.object(sides, "unlike", return_value=None):
        assert found == answer(*pair)


@fuzz(100)
@given(old=PLAIN_ROWS, new=PLAIN_ROWS, size=st.integers(1, 40))
def test_sound_files_are_compared_by_lines(
    old: dict[tuple[str, str], tuple[str, str]], new: dict[tuple[str, str], tuple[str, str]], size: int
) -> None:
    """And only the lines that differ are read."""
    with mock.patch.object(lines, "WINDOW", 5):
        parts = unlike(*(cut(to_csv(rows), size) for rows in (old, new)), NAMES[:2], **BOUNDS)
    assert parts is not None
    for part, mine, other in zip(parts, (old, new), (new, old), strict=True):
        assert part.data == to_csv({key: cells for key, cells in mine.items() if other.get(key) != cells})
        assert part.rows == len(mine)


SOUND = b"id,part,a,b\n1,x,,\n3,x,,\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,part,a,b\n3,x,,\n2,x,,\n1,x,,\n",
        b"id,part,a,b\n1,x,,\n1,x,,\n",
        b"id,part,a,b\n1,,,\n",
        b"id,part,a,b\n1,x,,\n2,x\n",
        b"id,part,a,b\n1,x,,\n\n",
        b"id,part,a,b\n1,x,\xff,\n",
        b"id,part,a,b\n1,x,\0,\n",
        b"id,part,a,b\r\n1,x,,\r\n",
        b'id,part,a,b\n1,x,"a\n",\n',
        b'id,part,a,b\n1,x,a"a,"\n',
        b"id,a,b\n1,x,\n",
        b"id,id,part,a\n1,x,,\n",
        b"id,part,a,b\n1,x," + b"a" * 100 + b",\n",
    ],
)
@pytest.mark.parametrize("size", [7, 1000])
def test_what_only_reading_whole_can_tell_is_left_to_it(data: bytes, size: int) -> None:
    for old, new in ((data, SOUND), (SOUND, data)):
        assert unlike(cut(old, size), cut(new, size), NAMES[:2], **BOUNDS) is None


def test_a_key_that_one_file_has_twice_is_found_where_one_of_the_lines_is_skipped() -> None:
    twice = SOUND.replace(b"3,x,,\n", b"3,x,,\n3,x,a,\n")
    assert unlike(cut(twice, 9), cut(SOUND, 9), NAMES[:2], **BOUNDS) is None
    assert "has the key 3, x on lines 3, 4" in answer(package(twice, NAMES[:2]), package(SOUND, NAMES[:2]))


def test_files_of_which_much_differs_are_read_whole() -> None:
    old, new = ({(f"{number:04}", "x"): (cell, "") for number in range(1_000)} for cell in ("a", "b"))
    files = to_csv(old), to_csv(new)
    assert unlike(*(cut(data, 100) for data in files), NAMES[:2], **BOUNDS) is not None
    with mock.patch.object(lines, "FEW", 100):
        assert unlike(*(cut(data, 100) for data in files), NAMES[:2], **BOUNDS) is None


def test_files_of_too_many_rows_are_left_before_all_keys_are_held() -> None:
    data = to_csv({(f"{number:04}", "x"): ("", "") for number in range(1_000)})
    with mock.patch.object(lines, "AHEAD", 1):
        assert unlike(cut(data, 100), cut(data, 100), NAMES[:2], longest=100, most=900) is None
        assert unlike(cut(data, 100), cut(data, 100), NAMES[:2], longest=100, most=1_000) is not None


def test_the_last_line_may_lack_its_end() -> None:
    data = to_csv({("1", "x"): ("a", ""), ("2", "x"): ("b", "")})
    assert not sumy2022.diff(package(data, ("id",)), package(data.removesuffix(b"\n"), ("id",)))
