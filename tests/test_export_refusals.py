"""What cannot be exported is refused in one line, in whichever format, and nothing is left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import ROOT, Files, lay, write
from sumy2022.__main__ import main
from sumy2022.example import Edit, Swap, Write

NO_KEY = json.loads((ROOT / "schemas/control.json").read_bytes())
NO_KEY["foreignKeys"][0]["reference"]["fields"] = ["name_en"]
UNFIT = {
    "a faulty package": [Swap("datapackage.json", '"version": "0.1.0"', '"version": "one"')],
    "a cell of no type": [Edit("events", {"date_start": "soon"})],
    "a required cell that is empty": [Edit("events", {"title": ""})],
}
UNFIT_FOR_SQLITE = {
    "a reference to nothing": [Edit("control", {"place_id": "PLC-9999"})],
    "a foreign key to no key": [Write("schemas/control.json", json.dumps(NO_KEY))],
    "a table that is derived": [Swap("datapackage.json", '"name": "waivers"', '"name": "Estimates"')],
    "a name that SQLite keeps": [Swap("datapackage.json", '"name": "waivers"', '"name": "sqlite_waivers"')],
    "a column that is derived": [Swap("schemas/events.json", '"name": "place_detail"', '"name": "Hromada"'),
                                 Swap("data/events.csv", "place_detail", "Hromada")],
    "a column that is gone": [Swap("schemas/events.json", '"name": "summary"', '"name": "abstract"'),
                              Swap("data/events.csv", "summary", "abstract")],
    "a table that is gone": [Swap("datapackage.json", '"name": "casualties"', '"name": "losses"')],
    "a code with a zero byte": [Swap("schemas/waivers.json", '"maxLength": 200', '"enum": ["a\\u0000b"]')],
}  # fmt: skip
"""Where tables have to be joined, and what SQLite cannot hold."""
CASES = [
    *((name, case) for name in ("parquet", "sqlite") for case in UNFIT),
    *(("sqlite", case) for case in UNFIT_FOR_SQLITE),
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_what_is_unfit_is_refused_in_one_line(
    name: str, case: str, miniature: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = write(lay(miniature, (UNFIT | UNFIT_FOR_SQLITE)[case]), tmp_path / "package")
    assert main(["export", name, str(package), "--output", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err[:10]) == ("", 1, "sumy2022: ")
    assert list((tmp_path / "out").iterdir()) == []
