"""Files compared line by line and read only where they differ: the answer is that of reading them whole."""

from __future__ import annotations

import csv
import io
import json
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sumy2022
from conftest import ROOT
from fuzzing import fuzz
from sumy2022 import lines, plain, sides
from sumy2022.findings import UsageError
from sumy2022.lines import read_lines, unlike
from sumy2022.package import Package, read_package
from sumy2022.render.changes.json import render
from sumy2022.storage import Folder, Overlay

NAMES = ("id", "part", "a", "b")
CELLS = st.text(st.sampled_from('ab ",\u00e9\u0456'), max_size=3)
ROWS = st.dictionaries(
    st.tuples(st.sampled_from("12345678"), st.sampled_from(["x", "x,", "y"])), st.tuples(CELLS, CELLS)
)
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


@fuzz(300)
@given(old=ROWS, new=ROWS, worse=st.tuples(SPOILT, SPOILT), both=SPOILT)
def test_the_answer_is_that_of_reading_both_whole(
    old: dict[tuple[str, str], tuple[str, str]],
    new: dict[tuple[str, str], tuple[str, str]],
    worse: tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]],
    both: list[tuple[int, bytes]],
) -> None:
    files = (spoil(to_csv(rows), both) for rows in (old, new))
    pair = [package(spoil(data, mine), ("id", "part")) for data, mine in zip(files, worse, strict=True)]
    with mock.patch.object(lines, "ROWS", 3), mock.patch.object(plain, "CHUNK", 16):
        found = answer(*pair)
    with mock.patch.object(sides, "read_lines", return_value=None):
        assert found == answer(*pair)


@fuzz(100)
@given(old=ROWS, new=ROWS)
def test_sound_files_are_compared_by_lines(
    old: dict[tuple[str, str], tuple[str, str]], new: dict[tuple[str, str], tuple[str, str]]
) -> None:
    """And only the lines that differ are read."""
    read = [read_lines(to_csv(rows), NAMES[:2], 100) for rows in (old, new)]
    assert None not in read
    with mock.patch.object(lines, "ROWS", 2):
        left = unlike(*read)  # type: ignore[arg-type]
    for data, mine, other in zip(left, (old, new), (new, old), strict=True):
        assert data == to_csv({key: cells for key, cells in mine.items() if other.get(key) != cells})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,part,a,b",
        b"id,part,a,b\n2,x,,\n1,x,,\n",
        b"id,part,a,b\n1,x,,\n1,x,,\n",
        b"id,part,a,b\n1,,,\n",
        b"id,part,a,b\n1,x,,\n2,x\n",
        b"id,part,a,b\n1,x,\xff,\n",
        b'id,part,a,b\n1,x,"a\n",\n',
        b'id,part,a,b\n1,x,a"a,"\n',
        b"id,a,b\n1,x,\n",
        b"id,id,part,a\n1,x,,\n",
        b"id,part,a,b\n1,x," + b"a" * 100 + b",\n",
    ],
)
def test_what_only_reading_whole_can_tell_is_left_to_it(data: bytes) -> None:
    assert read_lines(data, NAMES[:2], 100) is None


def test_the_last_line_may_lack_its_end() -> None:
    data = to_csv({("1", "x"): ("a", ""), ("2", "x"): ("b", "")})
    assert not sumy2022.diff(package(data, ("id",)), package(data.removesuffix(b"\n"), ("id",)))
