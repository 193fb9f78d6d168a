"""The comparison of two packages: what it finds, what it refuses, and how it is shown."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sumy2022
from conftest import ROOT, Files, _miniature, lay, write
from fuzzing import fuzz
from hostile import commanding
from sumy2022.__main__ import main
from sumy2022.comparison import Changes
from sumy2022.example import Add, Drop, Edit, Remove, Swap
from sumy2022.findings import UsageError
from sumy2022.render.changes import FORMATS, excerpt, renderer
from sumy2022.render.changes.markdown import LIMIT
from sumy2022.render.changes.markdown import render as markdown

EVENTS = "data/events.csv"


@pytest.fixture
def sides(miniature: Files, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Compare the miniature with itself after some changes."""

    def compare(*changes: Any, before: tuple[Any, ...] = ()) -> Changes:
        old, new = (
            write(lay(miniature, side), tmp_path_factory.mktemp(name))
            for name, side in (("old", before), ("new", changes))
        )
        return sumy2022.diff(old, new)

    return compare


def test_nothing_changed(sides: Any) -> None:
    changes = sides()
    assert not changes
    assert changes.tables == changes.properties == changes.files == ()


def test_rows_are_told_apart_by_key(sides: Any) -> None:
    changes = sides(Edit("events", {"title": "Other"}), Add("actors", {"actor_id": "ACT-0900"}), Drop("evacuations"))
    tables = {table.name: table for table in changes.tables}
    assert set(tables) == {"events", "actors", "evacuations"}
    (row,) = tables["events"].rows_changed()
    assert (row.key, [(cell.field, cell.new) for cell in row.cells]) == (("EVT-0001",), [("title", "Other")])
    assert [row["actor_id"] for row in tables["actors"].rows_added()] == ["ACT-0900"]
    assert tables["evacuations"].after == tables["evacuations"].before - 1
    assert len(list(tables["evacuations"].rows_removed())) == 1


def test_the_order_of_rows_and_needless_quotes_are_no_change(sides: Any) -> None:
    rows = _miniature()[EVENTS].decode().splitlines()
    assert not sides(Swap(EVENTS, "\n".join(rows[1:3]), "\n".join(rows[2:0:-1])))


def test_a_key_of_several_columns(sides: Any) -> None:
    (table,) = sides(Edit("event_sources", {"note": "Other"})).tables
    (row,) = table.rows_changed()
    assert table.key == ("event_id", "source_id")
    assert len(row.key) == 2


def test_an_emptied_cell_is_a_change(sides: Any) -> None:
    (table,) = sides(Edit("events", {"summary": ""})).tables
    ((_, ((field, old, new),)),) = table.rows_changed()
    assert (field, new) == ("summary", None)
    assert old


def test_columns_come_go_and_move(miniature: Files, tmp_path: Path) -> None:
    old = write(miniature, tmp_path / "old")
    files = dict(miniature)
    header, *rows = list(csv.reader(io.StringIO(files["data/actors.csv"].decode())))
    out = io.StringIO()
    keep = [1, 0, *range(2, len(header) - 1)]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(header[n] for n in keep), "colour"])
    writer.writerows([*(row[n] for n in keep), "red" if number == 0 else ""] for number, row in enumerate(rows))
    files["data/actors.csv"] = out.getvalue().encode()
    (table,) = sumy2022.diff(old, write(files, tmp_path / "new")).tables
    assert (table.columns_added, table.columns_removed, table.reordered) == (("colour",), (header[-1],), True)
    assert [cell for row in table.rows_changed() for cell in row.cells if cell.field == "colour"] == [
        ("colour", None, "red")
    ]


def test_properties_are_compared_by_name_and_not_by_place(sides: Any) -> None:
    changes = sides(Swap("schemas/events.json", '"maxLength": 120', '"maxLength": 130'))
    assert [(p.file, p.pointer, p.old, p.new) for p in changes.properties] == [
        ("schemas/events.json", "/fields/title/constraints/maxLength", "120", "130")
    ]
    assert not changes.tables


def test_a_table_that_one_side_lacks(miniature: Files, tmp_path: Path) -> None:
    old = write(miniature, tmp_path / "old")
    descriptor = json.loads(miniature["datapackage.json"])
    descriptor["resources"] = [item for item in descriptor["resources"] if item["name"] != "retired_ids"]
    new = write(miniature | {"datapackage.json": json.dumps(descriptor).encode()}, tmp_path / "new")
    assert sumy2022.diff(old, new).tables_removed == ("retired_ids",)
    assert sumy2022.diff(new, old).tables_added == ("retired_ids",)


def test_other_files_of_the_package_are_compared(sides: Any) -> None:
    assert sides(Swap("data/outline.geojson", "{", "{ ")).files == ("data/outline.geojson",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Swap(EVENTS, "EVT-0002", "EVT-0001"), r"has the key EVT-0001 on lines 2, 3\. Give"),
        (Swap(EVENTS, "\nEVT-0002", "\nEVT-0002,more"), r"CSV-\d+ at data/events.csv:3.*validate"),
        (Swap(EVENTS, "\nEVT-0002", "\n"), r"events\.csv:3 has an empty event_id"),
        (Swap(EVENTS, "event_id", "id"), "lacks event_id of its primary key"),
        (Remove(EVENTS), r"cannot be compared before it is mended: PKG-\d+"),
        (Swap("schemas/events.json", '"primaryKey"', '"primarykey"'), "cannot be compared before it is mended"),
        (Swap(EVENTS, "EVT-0001", "\xff", raw=True), r"CSV-\d+ at data/events.csv:2"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    sides: Any, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Any, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        sides(change)
    with pytest.raises(UsageError, match=words):
        sides(before=(change,))
    old, new = write(miniature, tmp_path / "old"), write(lay(miniature, [change]), tmp_path / "new")
    assert main(["diff", str(old), str(new)]) == 2
    assert re.search(words, capsys.readouterr().err)


CELLS = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1, max_size=5))
TABLE = st.dictionaries(st.from_regex("SRC-[0-9]{4}", fullmatch=True), st.tuples(CELLS, CELLS), max_size=8)


def as_csv(rows: dict[str, tuple[str | None, str | None]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([["id", "a", "b"], *([key, a or "", b or ""] for key, (a, b) in rows.items())])
    return out.getvalue().encode()


def package(rows: dict[str, tuple[str | None, str | None]], folder: Path) -> Path:
    fields = [{"name": name, "type": "string"} for name in ("id", "a", "b")]
    descriptor = json.loads((ROOT / "datapackage.json").read_bytes())
    resource = descriptor["resources"][0] | {"name": "t", "path": "t.csv", "schema": "t.json"}
    files = {
        "datapackage.json": json.dumps(descriptor | {"resources": [resource]}).encode(),
        "t.json": json.dumps(json.loads((ROOT / "schemas/actors.json").read_bytes()) | {
            "name": "t", "fields": fields, "primaryKey": ["id"], "foreignKeys": [], "uniqueKeys": []}).encode(),
        "t.csv": as_csv(rows),
    }  # fmt: skip
    return write(files, folder)


@fuzz(100)
@given(before=TABLE, after=TABLE)
def test_the_changes_turn_the_one_into_the_other(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, Any], after: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("pair")
    changes = sumy2022.diff(package(before, folder / "old"), package(after, folder / "new"))
    patched = {key: list(cells) for key, cells in before.items()}
    for table in changes.tables:
        for row in table.rows_removed():
            del patched[str(row["id"])]
        for row in table.rows_added():
            patched[str(row["id"])] = [row["a"], row["b"]]
        for changed in table.rows_changed():
            for field, old, new in changed.cells:
                place = "ab".index(field)
                assert patched[changed.key[0]][place] == old
                patched[changed.key[0]][place] = new
    assert patched == {key: list(cells) for key, cells in after.items()}
    assert bool(changes) == (before != after)


@pytest.fixture
def repository(miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with the miniature in a folder of it, committed once as `v1`, and changed since."""
    folder = write(miniature, tmp_path / "repository" / "package")
    git(folder.parent, "init", "-q", "-b", "main")
    git(folder.parent, "add", "-A")
    git(folder.parent, "commit", "-q", "-m", "first")
    git(folder.parent, "tag", "v1")
    write(lay(miniature, [Edit("events", {"title": "Other"})]), folder)
    monkeypatch.chdir(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.usefixtures("repository")
def test_a_git_revision_is_a_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "v1"]) == 1
    assert "title: Shelling of Alpha -> Other" in capsys.readouterr().out
    assert main(["diff", "HEAD", "v1"]) == 0
    assert main(["validate", "v1"]) == 0
    changes = sumy2022.diff("v1")
    assert changes.base.startswith("v1 (")
    assert [table.name for table in changes.tables] == ["events"]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("revision", ["v2", "--help", "-q", "v1:package", "v1\0", "HEAD^{tree}", "a b", "@{-1}"])
def test_what_is_no_revision_is_a_usage_error(revision: str) -> None:
    with pytest.raises(UsageError):
        sumy2022.diff(revision, "v1")


def test_outside_a_repository_a_revision_is_none(
    miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(miniature, tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="There is no main"):
        sumy2022.diff("main")


def test_what_is_a_path_and_a_revision_is_refused(repository: Path) -> None:
    """Or a contribution could bring a folder named like the branch that it is compared with."""
    (repository / "v1").mkdir()
    with pytest.raises(UsageError, match=r"v1 is a path and a git revision\. Write v1/datapackage\.json, or refs"):
        sumy2022.diff("v1")


def test_a_key_does_not_command_the_terminal(
    miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = [Edit("actors", {"actor_id": "\x1b[2J"}, row=0), Edit("actors", {"actor_id": "\x1b[2J"}, row=1)]
    sides = [str(write(lay(miniature, change), tmp_path / str(len(change)))) for change in ([], twice)]
    assert main(["diff", *sides]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_a_link_in_a_commit_is_not_followed(repository: Path) -> None:
    (repository / EVENTS).unlink()
    (repository / EVENTS).symlink_to("/etc/hostname")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "link")
    with pytest.raises(UsageError, match="cannot be compared"):
        sumy2022.diff("v1", "HEAD")


HOSTILE = "<script>alert(1)</script> | `x` \x1b[31m ::error::y \u202e"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_what_changed(sides: Any, name: str) -> None:
    changes = sides(
        Edit("events", {"title": HOSTILE}),
        Add("actors", {"actor_id": "ACT-0900"}),
        Drop("evacuations"),
        Swap("schemas/events.json", '"maxLength": 120', '"maxLength": 130'),
    )
    text = renderer(name)(changes)
    for word in ("EVT", "0001", "ACT", "0900", "maxLength", "120", "130"):
        assert word in text
    assert "\x1b" not in text
    assert not any(line.startswith("::") for line in text.splitlines())
    if name in ("markdown", "html"):
        assert "<script>" not in text
    if name != "json":
        assert "\u202e" not in text


def test_the_json_is_whole(sides: Any) -> None:
    changes = sides(Edit("events", {"title": HOSTILE, "summary": ""}))
    document = json.loads(renderer("json")(changes))
    (row,) = document["tables"]["events"]["changed"]
    assert row["key"] == {"event_id": "EVT-0001"}
    assert {cell["field"]: cell["new"] for cell in row["cells"]} == {"title": HOSTILE, "summary": None}
    rows = len(_miniature()[EVENTS].splitlines()) - 1
    assert document["tables"]["events"]["rows"] == {"before": rows, "after": rows}


def test_markdown_fits_a_comment_and_keeps_the_true_counts(miniature: Files, tmp_path: Path) -> None:
    header, row, *_ = miniature["data/actors.csv"].decode().splitlines()
    many = [row.replace("ACT-0001", f"ACT-{number:05}") for number in range(10_000, 13_000)]
    files = miniature | {"data/actors.csv": "\n".join([header, row, *many]).encode() + b"\n"}
    changes = sumy2022.diff(write(miniature, tmp_path / "old"), write(files, tmp_path / "new"))
    text = markdown(changes)
    assert LIMIT * 0.9 < len(text.encode()) <= LIMIT
    assert "| 3000 |" in text
    removed = sum(table.removed.num_rows for table in changes.tables)
    left = 3000 + removed - text.count("- added **") - text.count("- removed **")
    assert f"and {left} more" in text
    assert text.count("<details>") == text.count("</details>")


class Outline(HTMLParser):
    """Checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _: Any) -> None:
        if tag not in ("meta", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_is_sound(sides: Any) -> None:
    page = Outline()
    page.feed(renderer("html")(sides(Edit("events", {"title": HOSTILE}), Drop("evacuations"))))
    page.close()
    assert page.open == []


@pytest.mark.parametrize("name", FORMATS)
def test_no_name_takes_over_a_comparison(name: str, miniature: Files, tmp_path: Path) -> None:
    """Of a file, a column or a property: they come from the package as its cells do."""
    path, odd = "data/<img> | `x`, ::error::y.csv", "<img> | `x` \x1b[31m ::error::y \u202e"

    def side(number: int) -> Path:
        document = json.loads(miniature["datapackage.json"])
        next(item for item in document["resources"] if item["name"] == "actors")["path"] = path
        document["resources"].append({"name": "notes", "path": f"{path}.txt"})
        header, *rows = csv.reader(io.StringIO(miniature["data/actors.csv"].decode()))
        out = io.StringIO()
        extra = [odd] * (number - 1)
        csv.writer(out).writerows([[*header, *extra], *([*row, *("red" for _ in extra)] for row in rows)])
        descriptor = json.dumps(document | {f"\n{odd}": number}).encode()
        files = {"datapackage.json": descriptor, path: out.getvalue().encode(), f"{path}.txt": b"%d" % number}
        return write(miniature | files, tmp_path / str(number))

    text = renderer(name)(sumy2022.diff(side(1), side(2)))
    assert len(re.findall(r"error.*y", text)) >= 4, "the file, the column, the property and the other file"
    assert commanding(text) == set()
    assert not any(line.startswith("::") for line in text.splitlines())
    if name in ("markdown", "html"):
        assert "<img" not in text


def test_long_cells_show_the_part_that_differs() -> None:
    from sumy2022.comparison import CellChange

    text = "word " * 100
    old, new = excerpt(CellChange("summary", f"{text}five{text}", f"{text}six{text}"), 80)
    assert "five" in old
    assert "six" in new
    assert max(len(old), len(new)) <= 80
    assert excerpt(CellChange("summary", "aaa" * 50, "aaa" * 60), 80)[1] != ""
    assert excerpt(CellChange("summary", None, "x"), 80) == ("(empty)", "x")
