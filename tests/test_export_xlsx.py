"""The workbook as openpyxl and LibreOffice read it: the cells of the CSVs, none of them reinterpreted."""

from __future__ import annotations

import csv
import re
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from conftest import ROOT, Files, _miniature, lay, write
from exporting import TEXTS, export, hostile, rows, two_runs
from hostile import cut_down
from sumy2022.__main__ import main
from sumy2022.example import Edit, Swap
from sumy2022.exports import xlsx
from sumy2022.findings import UsageError
from sumy2022.package import open_package
from sumy2022.schema import Field
from tools import need, output

Opened = tuple[Path, Workbook, Path]
OPTIONS = "44,34,76,1,,0,false,true,false,false,false,-1"
"""LibreOffice's filter: comma, quote, UTF-8, from line 1, cells as they are shown, every sheet into a file."""


@pytest.fixture(params=["real", "hostile"], scope="module")
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The real package and the hostile one: where it is, its workbook as openpyxl has it, and the file."""
    folder = tmp_path_factory.mktemp("xlsx")
    where = ROOT if request.param == "real" else write(hostile(dict(_miniature())), folder / "package")
    path = export("xlsx", where, folder / "out")["xlsx"]
    return where, openpyxl.load_workbook(path), path


def value(known: Field, text: str) -> Any:
    """What a cell of the workbook holds for a cell of the CSV."""
    if text == "":
        return None
    match known.type:
        case "date":
            return datetime.fromisoformat(text)
        case "number":
            return float(text)
        case "integer" if not known.name.endswith("_id"):
            return int(text)
    return text.replace("\x07", "_x0007_")  # the escape of Office Open XML, which openpyxl leaves as it is


def test_every_cell_is_there_with_its_type(opened: Opened) -> None:
    where, book, _ = opened
    for name, schema in open_package(where).schemas.items():
        header, *found = book[name].iter_rows()
        assert tuple(cell.value for cell in header) == schema.names
        wanted = [[value(known, row[known.name]) for known in schema.fields] for row in rows(where, name)]
        assert [[cell.value for cell in row] for row in found] == wanted
        kinds = {type(None): "n", str: "s", int: "n", float: "n", datetime: "d"}
        for row in found:
            for known, cell in zip(schema.fields, row, strict=True):
                assert cell.data_type == kinds[type(cell.value)], cell.coordinate
                shown = {"date": "yyyy-mm-dd", "number": "General", "integer": "0"}.get(known.type, "@")
                if cell.value is not None:
                    assert cell.number_format == ("@" if known.name.endswith("_id") else shown)


def test_libreoffice_reads_the_same_cells(opened: Opened, tmp_path: Path) -> None:
    where, book, path = opened
    program = need("soffice")
    profile, sheets = f"-env:UserInstallation=file://{tmp_path}/profile", tmp_path / "sheets"
    output(program, profile, "--headless", "--convert-to", f"csv:Text - txt - csv (StarCalc):{OPTIONS}",
           "--outdir", sheets, path)  # fmt: skip
    numbers = {"latitude", "longitude"}
    for name, schema in open_package(where).schemas.items():
        with (sheets / f"{path.stem}-{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *found = list(csv.reader(file))
        assert header == list(schema.names)
        wanted = [list(row.values()) for row in rows(where, name)]
        for mine, theirs in zip(wanted, found, strict=True):
            for column, one, other in zip(header, mine, theirs, strict=True):
                # The CSV may have zeros at the end of a decimal, which a number has not.
                assert (float(one) == float(other)) if column in numbers and one else one == other, mine
    assert len(list(sheets.iterdir())) == len(book.sheetnames)


def test_nothing_is_a_formula_or_a_link(opened: Opened) -> None:
    with zipfile.ZipFile(opened[2]) as archive:
        for name in archive.namelist():
            tree = ET.fromstring(archive.read(name))
            tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
            assert not tags & {"f", "hyperlink", "hyperlinks"}, name
            assert b"hyperlink" not in archive.read(name) or name.startswith("xl/styles"), name


def test_a_text_like_a_formula_is_marked_as_text(miniature: Files, tmp_path: Path) -> None:
    where = write(hostile(miniature), tmp_path / "package")
    sheet = openpyxl.load_workbook(export("xlsx", where, tmp_path)["xlsx"])["events"]
    marked = {cell.value for row in sheet.iter_rows() for cell in row if cell.quotePrefix}
    assert marked == {"=1+1", "@SUM(A1)", "+380 54", "-1", "=HYPERLINK(A1)", " =1+1", "'0012"} <= set(TEXTS)


def test_the_sheets_can_be_worked_with(opened: Opened) -> None:
    where, book, _ = opened
    schemas = open_package(where).schemas
    assert book.sheetnames == ["Read me", *schemas, "Codebook", "Codes"]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["Codes"]
    for name, schema in schemas.items():
        sheet = book[name]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(max(sheet.max_row, 2), len(schema.fields)).coordinate}"
        offered = {}
        for item in sheet.data_validations.dataValidation:
            assert item.type == "list"
            column, last = re.fullmatch(r"([A-Z]+)2:\1([0-9]+)", str(item.sqref)).groups()  # type: ignore[union-attr]
            assert last == "1048576"
            span = re.fullmatch(r"Codes!(.*)", item.formula1)[1].replace("$", "")  # type: ignore[index]
            cells = book["Codes"][span]
            offered[sheet[f"{column}1"].value] = [row[0].value for row in (cells if isinstance(cells, tuple) else ())]
        enums = {known.name: known.constraints["enum"] for known in schema.fields if "enum" in known.constraints}
        assert offered == enums


def test_the_codebook_explains_every_field_and_code(opened: Opened) -> None:
    where, book, _ = opened
    header, *found = book["Codebook"].iter_rows(values_only=True)
    assert header == ("table", "field", "title", "type", "required", "description", "code", "label", "definition")
    schemas = open_package(where).schemas
    fields = {(row[0], row[1]): row for row in found if row[6] is None}
    assert list(fields) == [(name, known.name) for name, schema in schemas.items() for known in schema.fields]
    assert all(row[2] and row[5] for row in fields.values())
    assert fields["events", "title"][3:5] == ("string", "yes")
    assert fields["events", "part_of"][3:5] == ("string", "no")
    codes = [(row[0], row[1], row[6]) for row in found if row[6] is not None]
    assert codes == [
        (name, known.name, code)
        for name, schema in schemas.items()
        for known in schema.fields
        for code in known.constraints.get("enum", ())
    ]
    assert all(row[7] and row[8] for row in found if row[6] is not None)


def test_a_key_is_required_though_the_schema_does_not_say_so(miniature: Files, tmp_path: Path) -> None:
    where = write(lay(miniature, [Swap("schemas/actors.json", '"required": true', '"required": false')]), tmp_path)
    book = openpyxl.load_workbook(export("xlsx", where, tmp_path)["xlsx"])
    required = {row[:2]: row[4] for row in book["Codebook"].iter_rows(values_only=True) if row[6] is None}
    assert required["actors", "actor_id"] == "yes"


def test_the_title_page_says_what_it_is(opened: Opened) -> None:
    where, book, _ = opened
    descriptor = open_package(where).descriptor
    said = {row[0]: str(row[1]) for row in book["Read me"].iter_rows(values_only=True)}
    assert said["Title"] == descriptor.title
    assert said["Version"] == descriptor.version
    assert "CC-BY-4.0" in said["Licence"]
    assert descriptor.title in said["How to cite"]
    assert f"Version {descriptor.version}" in said["How to cite"]
    assert "never means zero" in said["Empty cells"]
    assert "considerably higher" in said["What is missing"]
    assert said["Sheet events"] == f"{len(rows(where, 'events')):,} rows"


def test_two_runs_give_the_same_bytes(miniature: Files, tmp_path: Path) -> None:
    one, other = two_runs("xlsx", write(hostile(miniature), tmp_path / "package"), tmp_path / "out")
    assert one == other
    (path,) = (tmp_path / "out" / "0").iterdir()
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    created = openpyxl.load_workbook(path).properties.created
    assert created.date() == date.fromisoformat(open_package(ROOT).descriptor.document["created"][:10])


def unlimited(files: Files) -> Files:
    """The miniature without the limits of lengths."""
    return lay(files, [Swap("schemas/events.json", '"maxLength": 600', '"maxLength": 100000')])


@pytest.mark.parametrize("letter", ["x", "\U0001f33b"])
def test_a_cell_is_never_cut(letter: str, miniature: Files, tmp_path: Path) -> None:
    most = 32_767 // (len(letter.encode("utf-16-le")) // 2)
    where = write(lay(unlimited(miniature), [Edit("events", {"summary": letter * most})]), tmp_path / "fits")
    book = openpyxl.load_workbook(export("xlsx", where, tmp_path)["xlsx"])
    assert book["events"]["K2"].value == letter * most
    where = write(lay(unlimited(miniature), [Edit("events", {"summary": letter * (most + 1)})]), tmp_path / "long")
    with pytest.raises(UsageError, match=r"Row 2 of the sheet events has a cell of .* at most 32,767"):
        export("xlsx", where, tmp_path)


def test_a_table_is_never_cut(miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = write(miniature, tmp_path / "package")
    monkeypatch.setattr(xlsx, "MOST_ROWS", 9)
    export("xlsx", where, tmp_path)
    monkeypatch.setattr(xlsx, "MOST_ROWS", 8)
    with pytest.raises(UsageError, match=r"places has 8 rows .* holds at most 7"):
        export("xlsx", where, tmp_path)


def test_a_day_that_excel_counts_otherwise_is_text(miniature: Files, tmp_path: Path) -> None:
    days = ("1900-02-28", "1900-03-01", "0024-01-01", "9999-12-31")
    edits = [Edit("events", {"date_start": day}, row) for row, day in enumerate(days)]
    where = write(lay(miniature, edits), tmp_path / "package")
    sheet = openpyxl.load_workbook(export("xlsx", where, tmp_path)["xlsx"])["events"]
    first, *others = (sheet[f"D{row}"].value for row in range(2, 6))
    assert (first, others[1]) == (days[0], days[2])
    assert [others[0], others[2]] == [datetime.fromisoformat(days[1]), datetime.fromisoformat(days[3])]


@given(st.lists(st.sampled_from(["Read me", "codebook", "CODES", "history", "events"]) | st.text("aAb~2", max_size=40),
                unique_by=str.lower))  # fmt: skip
def test_names_of_sheets_are_what_excel_takes(tables: list[str]) -> None:
    names = xlsx.sheet_names(tables)
    assert list(names) == tables
    taken = [name.lower() for name in names.values()]
    assert len(set(taken)) == len(taken)
    assert not set(taken) & {"read me", "codebook", "codes", "history"}
    assert all(len(name) <= 31 for name in taken)
    assert all(names[name] == name for name in tables if name in {"events"})


def test_without_the_library_the_command_says_what_to_install(
    miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    where = write(miniature, tmp_path / "package")
    assert main(["export", "xlsx", str(where), "--output", str(tmp_path / "out")]) == 2
    assert "pip install 'sumy-2022[exports]'" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_any_package_has_a_workbook(miniature: Files, tmp_path: Path) -> None:
    where = write(cut_down(miniature, "places", "retired_ids"), tmp_path / "package")
    book = openpyxl.load_workbook(export("xlsx", where, tmp_path)["xlsx"])
    assert book.sheetnames == ["Read me", "places", "retired_ids", "Codebook", "Codes"]
