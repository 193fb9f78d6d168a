"""No path, link or archive leads out of a package, and none gives more than a finding or a usage error."""

from __future__ import annotations

import io
import json
import re
import stat
import struct
import tracemalloc
import warnings
import zipfile
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from conftest import Files, write
from fuzzing import fuzz
from hostile import DESCRIPTOR, EVENTS, OUTLINE, SCHEMA, SMALL, STRUCTURE, damaged, ids, judged, outcome, with_path
from sumy2022 import Limits, validate
from sumy2022.findings import Report, UsageError
from sumy2022.rules import structure as rules

SECRET = "secret-8151"

# Paths -----------------------------------------------------------------------------------------------------------

UNSAFE = ["/etc/passwd", "file:///etc/passwd", "https://example.org/x.csv", "C:/x.csv", "../x.csv", "data/../../x.csv",
          "data/..", "data\\events.csv", ".git/config", "data/.hidden.csv", "./data/events.csv", ".", "..",
          "~/x.csv", "data//events.csv", "data/", "\0", "data/\x1b[31m.csv", "data/ev\u202eents.csv"]  # fmt: skip
ABSENT = ["data", "data/nowhere.csv", "data/events.csv/x", "x" * 5_000, "data/Events.csv", "con", "data/*.csv"]


@pytest.mark.parametrize("name", ["path", "schema"])
@pytest.mark.parametrize(
    ("rule", "path"), [(rules.UNSAFE_PATH, path) for path in UNSAFE] + [(rules.MISSING_FILE, path) for path in ABSENT]
)
def test_a_path_stays_inside_the_package(rule: str, path: str, name: str) -> None:
    assert ids(judged(with_path(path, name), [rules.UNSAFE_PATH, rules.MISSING_FILE])) == {rule}


@pytest.mark.parametrize("path", [[EVENTS], None, 1, {"a": 1}, ""])
def test_a_path_that_is_no_path_is_a_finding(path: object) -> None:
    assert rules.BAD_PROPERTY in ids(judged(with_path(path), STRUCTURE))


@pytest.mark.parametrize("path", [DESCRIPTOR, SCHEMA, OUTLINE, "data/places.csv"])
def test_any_file_of_the_package_can_be_named_as_a_table(path: str) -> None:
    assert {"TAB-001", "CSV-005"} & ids(judged(with_path(path), STRUCTURE))


@pytest.mark.parametrize("path", [EVENTS, OUTLINE, DESCRIPTOR])
def test_any_file_of_the_package_can_be_named_as_a_schema(path: str) -> None:
    assert {rules.BAD_JSON, rules.UNKNOWN_PROPERTY} & ids(judged(with_path(path, "schema"), STRUCTURE))


@pytest.mark.parametrize(
    ("path", "name"),
    [("data/Places.csv", "path"), ("DATA/places.csv", "path"), ("Schemas/places.json", "schema"),
     ("schemas/PLACES.json", "path"), ("dataPackage.json", "schema"), ("data/\uff30laces.csv", None)],
)  # fmt: skip
def test_paths_that_differ_by_case_alone_are_one_on_some_file_systems(path: str, name: str | None) -> None:
    found = ids(judged(with_path(path, name or "path"), [rules.NAME_TWICE, rules.MISSING_FILE]))
    assert found == ({rules.NAME_TWICE, rules.MISSING_FILE} if name else {rules.MISSING_FILE})


def test_two_tables_of_one_file_are_both_checked() -> None:
    report = judged(with_path("data/places.csv"))
    assert isinstance(report, Report)
    assert report.rows["places"] == report.rows["events"] > 0


# Links -----------------------------------------------------------------------------------------------------------


def linked(folder: Path, path: str, target: Path) -> Path:
    """Put a link in the place of a file or folder of a package."""
    place = folder / path
    if place.exists():
        place.unlink()
    place.symlink_to(target)
    return folder


@pytest.mark.parametrize("path", [EVENTS, SCHEMA, OUTLINE])
def test_a_link_out_of_the_package_is_not_followed(path: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    folder = write(SMALL, tmp_path / "package")
    report = outcome(linked(folder, path, tmp_path / "secret"))
    assert rules.MISSING_FILE in ids(report)
    assert SECRET not in repr(report)


def test_a_descriptor_that_leads_out_of_the_package_is_none(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(SMALL[DESCRIPTOR])
    folder = write(SMALL, tmp_path / "package")
    assert isinstance(outcome(linked(folder, DESCRIPTOR, tmp_path / "secret")), UsageError)


def test_a_folder_of_releases_that_leads_out_of_the_package_is_not_listed(tmp_path: Path) -> None:
    write({f"{SECRET}.json": b"["}, tmp_path / "elsewhere")
    folder = write(SMALL, tmp_path / "package")
    report = outcome(linked(folder, "releases", tmp_path / "elsewhere"), STRUCTURE)
    assert ids(report) == set()


@pytest.mark.parametrize("path", [EVENTS, "releases"])
def test_a_link_to_itself_is_no_file(path: str, tmp_path: Path) -> None:
    folder = write(SMALL, tmp_path / "package")
    report = outcome(linked(folder, path, folder / path), STRUCTURE)
    assert ids(report) == ({rules.MISSING_FILE} if path == EVENTS else set())


def test_a_link_inside_the_package_is_followed(tmp_path: Path) -> None:
    folder = write(SMALL | {"data/other.csv": SMALL[EVENTS]}, tmp_path)
    assert ids(outcome(linked(folder, EVENTS, folder / "data/other.csv"), STRUCTURE)) == set()


def test_a_release_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    folder = write(SMALL | {"releases/x.json": b"["}, tmp_path)
    (folder / "releases/x.json").rename(folder / "releases/\udcff.json")
    assert ids(outcome(folder, STRUCTURE)) == {rules.BAD_JSON}


# Zip files -------------------------------------------------------------------------------------------------------


def zipped(files: Files, prefix: str = "", method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(prefix + path, data)
    return out.getvalue()


def claimed(size: int, files: Files = SMALL, **more: int) -> bytes:
    """Return a zip file whose directory states another size, or something else, of the table of events."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        for name, value in {"file_size": size, **more}.items():
            setattr(archive.getinfo(EVENTS), name, value)
    return out.getvalue()


def shared() -> bytes:
    """Return a zip file in which two names stand for the bytes of one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in SMALL.items():
            archive.writestr(path, data)
        other = copy(archive.getinfo(EVENTS))
        other.filename = "data/other.csv"
        archive.filelist.append(other)
    return out.getvalue()


def doubled(path: str, data: bytes) -> bytes:
    """Return a zip file that holds one file more, whose name may be there already."""
    out = io.BytesIO(zipped(SMALL))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(path, data)
    return out.getvalue()


def flagged(data: bytes, local: int, central: int, value: int) -> bytes:
    """Return a zip file with a number of two bytes set in every header, which has it at these offsets."""
    patched = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        for found in re.finditer(re.escape(mark), data):
            struct.pack_into("<H", patched, found.start() + offset, value)
    return bytes(patched)


STORED = zipped(SMALL)
BAD_ZIPS = {
    "empty": zipped({}),
    "nested": zipped(SMALL, "package/"),
    "absolute names": zipped(SMALL, "/"),
    "names that lead out": zipped(SMALL, "../"),
    "the descriptor a folder": zipped({"datapackage.json/": b""}),
    "encrypted": flagged(STORED, 6, 8, 1),
    "unknown method": flagged(STORED, 8, 10, 99),
    "another method": flagged(STORED, 8, 10, zipfile.ZIP_DEFLATED),
    "wrong checksum": STORED.replace(b"2.0/datapackage.json", b"2.0/datapackage.jsox", 1),
    "a name twice": doubled(EVENTS, SMALL[EVENTS]),
    "a name twice but for its case": doubled("Data/EVENTS.csv", SMALL[EVENTS]),
    "a name twice but for its accents": zipped(SMALL | {"\u00e9": b"", "e\u0301": b""}),
    "names that share their bytes": shared(),
    "many files": zipped(SMALL | {str(number): b"" for number in range(10_000)}),
    "a method without a bound": zipped(SMALL | {EVENTS: bytes(10_000_000)}, method=zipfile.ZIP_BZIP2),
    "another such method": zipped(SMALL | {EVENTS: bytes(10_000_000)}, method=zipfile.ZIP_LZMA),
    "a size too small": claimed(10),
    "packed bytes that are not there": claimed(len(SMALL[EVENTS]), compress_size=1 << 40),
    "cut": STORED[:-30],
    "cut in the middle": STORED[: len(STORED) // 2],
    "no zip file": b"PK\x03\x04" + b"\0" * 100,
    "nothing": b"",
}


@pytest.mark.parametrize("case", BAD_ZIPS)
def test_a_zip_file_that_is_no_package_is_a_usage_error(case: str, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(BAD_ZIPS[case])
    assert isinstance(outcome(path), UsageError)


@pytest.mark.parametrize("path", [EVENTS, SCHEMA])
def test_a_damaged_file_in_a_zip_file_is_a_usage_error(path: str, tmp_path: Path) -> None:
    at = STORED.index(SMALL[path])
    archive = tmp_path / "package.zip"
    archive.write_bytes(STORED[:at] + b"\xff" + STORED[at + 1 :])
    assert isinstance(outcome(archive), UsageError)


def test_a_sound_zip_file_is_read_as_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(SMALL | {"notes/": b"", "/etc/x": b"", "../x": b""}, method=zipfile.ZIP_DEFLATED))
    assert ids(outcome(path)) == set()


def test_a_size_that_a_zip_file_claims_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(claimed(1 << 60))
    assert ids(outcome(path)) == set()


def test_what_a_zip_file_unpacks_to_is_bounded(tmp_path: Path) -> None:
    """One file that unpacks to a thousand times its size, and many that do together."""
    one = SMALL | {EVENTS: b"event_id\n" + b"\n" * 20_000_000}
    document = json.loads(SMALL[DESCRIPTOR])
    many = SMALL | {f"{number}.txt": b"\n" * 1_000_000 for number in range(20)}
    document["resources"] += [
        {"name": f"r{number}", "path": f"{number}.txt", "bytes": 1_000_000} for number in range(20)
    ]
    many |= {DESCRIPTOR: json.dumps(document).encode()}
    for number, files in enumerate((one, many)):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(zipped(files, method=zipfile.ZIP_DEFLATED))
        assert path.stat().st_size < 100_000
        with pytest.raises(UsageError, match=r"more than 10,000,000 bytes, unpacked.*--max-bytes"):
            validate(path, only=STRUCTURE, limits=Limits(bytes=10_000_000))


def test_a_zip_file_that_is_larger_than_the_limit_is_not_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(b"\0" * 10_000 + zipped(SMALL, method=zipfile.ZIP_DEFLATED))
    with pytest.raises(UsageError, match="it has more than 10,000 bytes, and --max-bytes"):
        validate(path, only=STRUCTURE, limits=Limits(bytes=10_000))


def test_no_more_of_a_zip_file_is_unpacked_than_the_limit_allows(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(SMALL | {EVENTS: bytes(50_000_000)}, method=zipfile.ZIP_DEFLATED))
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match="--max-bytes"):
            validate(path, only=STRUCTURE, limits=Limits(bytes=100_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_a_link_in_a_zip_file_is_no_file(tmp_path: Path) -> None:
    info = zipfile.ZipInfo(EVENTS)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "package.zip"
    path.write_bytes(zipped({name: data for name, data in SMALL.items() if name != EVENTS}))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    assert ids(outcome(path, STRUCTURE)) == {rules.MISSING_FILE}


def test_a_zip_file_reads_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(SECRET)
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(with_path("../x.csv") | {"../x.csv": SECRET.encode()}))
    report = outcome(path, STRUCTURE)
    assert ids(report) == {rules.UNSAFE_PATH}
    assert SECRET not in repr(report)


@fuzz(40)
@given(damaged(zipped(SMALL, method=zipfile.ZIP_DEFLATED)))
def test_any_damage_to_a_zip_file(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(data)
        outcome(path, STRUCTURE)
