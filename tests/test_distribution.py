"""The Python package: what its wheel carries, how little reading needs, and what is said where a library is missing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

import sumy2022
from conftest import ROOT, Files, lay, write
from sumy2022 import bundled
from sumy2022.__main__ import main
from sumy2022.example import Edit
from sumy2022.extras import DISTRIBUTION, EXTRAS
from sumy2022.releasing import manifest_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DESCRIPTOR = json.loads((ROOT / "datapackage.json").read_bytes())
HEAVY = ("pandera", "shapely", "rich", "matplotlib", "xlsxwriter")


# The wheel ------------------------------------------------------------------------------------------------------


def copy(folder: Path) -> Path:
    """A copy of what a wheel is built from, as in a clone elsewhere."""
    left_out = shutil.ignore_patterns(
        ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "dist", "tests", "docs"
    )
    return shutil.copytree(ROOT, folder, ignore=left_out)


def build(source: Path, target: Path, **environment: str) -> Path:
    """Build the wheel of a copy and return it."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    done = subprocess.run(command, cwd=source, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("clone") / "here")


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(clone, tmp_path_factory.mktemp("wheel"), SOURCE_DATE_EPOCH="1700000000")


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(clone: Path, wheel: Path, tmp_path: Path) -> None:
    other = shutil.copytree(clone, tmp_path / "elsewhere")
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
    again = build(other, tmp_path / "dist", SOURCE_DATE_EPOCH="1700000000", TZ="Pacific/Kiritimati", LC_ALL="C")
    assert again.name == wheel.name == f"sumy_2022-{DESCRIPTOR['version']}-py3-none-any.whl"
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.slow
def test_the_wheel_carries_the_package_whole(wheel: Path) -> None:
    expected = {"datapackage.json", "CHANGELOG.md", "LICENSE-DATA"}
    expected |= {item["path"] for item in DESCRIPTOR["resources"]}
    expected |= {item["schema"] for item in DESCRIPTOR["resources"] if "schema" in item}
    expected |= {f"releases/{path.name}" for path in (ROOT / "releases").glob("*.json")}
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.removeprefix("sumy2022/package/"): name for name in archive.namelist() if "/package/" in name}
        assert inside.keys() >= expected
        assert all(archive.read(inside[name]) == (ROOT / name).read_bytes() for name in expected)
        code = {name for name in archive.namelist() if name.endswith(".py")}
    assert code == {
        path.relative_to(ROOT / "validators").as_posix() for path in (ROOT / "validators" / "sumy2022").rglob("*.py")
    }


# The wheel, installed with what it depends on and nothing else ----------------------------------------------------


def light(wheel: Path) -> set[str]:
    """The distributions that the wheel needs without any extra, and those that they need."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        lines = archive.read(name).decode().splitlines()
    waiting = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    needed: set[str] = set()
    while waiting:
        requirement, _, marker = waiting.pop().partition(";")
        match = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
        assert match
        name = match[0].lower().replace("_", "-")
        if "extra ==" not in marker and name not in needed:
            try:
                waiting += metadata.requires(name) or []
            except metadata.PackageNotFoundError:
                assert marker, name  # one for other systems
                continue
            needed.add(name)
    return needed


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and its dependencies, which are linked and not downloaded."""
    folder = tmp_path_factory.mktemp("light") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps",
                    "--python", str(python), str(wheel)], check=True)  # fmt: skip
    (site,) = folder.glob("lib/python*/site-packages")
    for name in light(wheel):
        distribution = metadata.distribution(name)
        tops = {path.parts[0] for path in distribution.files or () if path.parts[0] not in ("..", "__pycache__")}
        for top in tops:
            (site / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment in another folder, as its user would."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(installed / "bin" / arguments[0]), *arguments[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def answer(installed: Path, folder: Path, code: str) -> str:
    done = run(installed, folder, "python", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_nothing_heavy_is_installed(installed: Path, tmp_path: Path) -> None:
    code = f"from importlib.util import find_spec; print([name for name in {HEAVY} if find_spec(name)])"
    assert answer(installed, tmp_path, code) == "[]\n"


@pytest.mark.slow
def test_the_data_is_read_from_any_folder(installed: Path, tmp_path: Path) -> None:
    code = (
        "import sumy2022\n"
        "for name in ('events', 'casualties', 'places'):\n"
        "    sumy2022.load(name).to_pickle(f'{name}.pickle')\n"
        "sumy2022.estimates().to_pickle('estimates.pickle')\n"
        "sumy2022.corroboration().to_pickle('corroboration.pickle')\n"
    )
    answer(installed, tmp_path, code)
    for name in ("events", "casualties", "places"):
        pd.testing.assert_frame_equal(pd.read_pickle(tmp_path / f"{name}.pickle"), sumy2022.load(name, ROOT))
    pd.testing.assert_frame_equal(pd.read_pickle(tmp_path / "estimates.pickle"), sumy2022.estimates(ROOT))
    pd.testing.assert_frame_equal(pd.read_pickle(tmp_path / "corroboration.pickle"), sumy2022.corroboration(ROOT))


@pytest.mark.slow
def test_the_command_works_from_any_folder(installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = run(installed, tmp_path, "sumy2022", "--version")
    assert version.stdout + version.stderr == f"sumy2022 {DESCRIPTOR['version']}\n"
    told = run(installed, tmp_path, "sumy2022", "info")
    assert (told.returncode, told.stderr) == (0, "")
    assert main(["info", str(ROOT)]) == 0
    assert told.stdout == capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("validate",), ("validate", str(ROOT)), ("export", "jsonl", str(ROOT))])
def test_what_a_missing_library_prevents_is_told_in_one_line(
    arguments: tuple[str, ...], installed: Path, tmp_path: Path
) -> None:
    done = run(installed, tmp_path, "sumy2022", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"sumy2022: .* needs pandera.*: pip install 'sumy-2022\[validate\]'\.\n", done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["fmt", "docs"])
def test_the_data_that_was_installed_is_never_written(command: str, installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "sumy2022", command)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


# The same in this process, where every case can be made -----------------------------------------------------------


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder around which there is no package, and a folder for what came with the distribution."""
    monkeypatch.setattr(bundled, "FOLDER", tmp_path / "installed" / "package")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "installed" / "package"


@pytest.fixture
def _without_pandera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandera", None)


def manifest(files: Files, table: str, **other: str) -> bytes:
    digest = hashlib.sha256(files[f"data/{table}.csv"]).hexdigest()
    entry = {"rows": 0, "ids": [], "sha256": digest, **other}
    return json.dumps({"version": "0.1.0", "tables": {table: entry}, "schemas": {}}).encode()


def test_without_any_package_the_message_says_so(alone: Path) -> None:
    assert not alone.exists()
    with pytest.raises(sumy2022.UsageError, match=r"There is no datapackage\.json in"):
        sumy2022.open_package()


def test_the_package_around_the_working_directory_comes_first(
    alone: Path, miniature: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(miniature, alone)
    assert isinstance(sumy2022.open_package().source, bundled.Bundled)
    assert not isinstance(sumy2022.open_package(alone).source, bundled.Bundled)
    near = write(lay(miniature, [Edit("events", {"title": "Near"})]), tmp_path / "near")
    monkeypatch.chdir(near)
    assert sumy2022.load("events")["title"][0] == "Near"


@pytest.mark.usefixtures("_without_pandera")
def test_released_data_needs_no_check(alone: Path, miniature: Files) -> None:
    write(miniature | {"releases/0.1.0.json": manifest(miniature, "events")}, alone)
    assert len(sumy2022.load("events")) == miniature["data/events.csv"].count(b"\n") - 1
    with pytest.raises(sumy2022.UsageError, match="needs pandera"):
        sumy2022.load("places")  # of which the manifest knows nothing


@pytest.mark.usefixtures("_without_pandera")
def test_the_manifest_that_a_release_writes_vouches_for_every_table(alone: Path, miniature: Files) -> None:
    package = sumy2022.open_package(write(miniature, alone))
    write({"releases/0.1.0.json": json.dumps(manifest_of(package)).encode()}, alone)
    for table in package.schemas:
        assert len(sumy2022.load(table)) == (package.read(table) or b"").count(b"\n") - 1


@pytest.mark.usefixtures("_without_pandera")
@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"rows": "many"}])
def test_data_that_differs_from_its_release_needs_a_check(wrong: dict[str, str], alone: Path, miniature: Files) -> None:
    write(miniature | {"releases/0.1.0.json": manifest(miniature, "events", **wrong)}, alone)
    with pytest.raises(sumy2022.UsageError, match=r"needs pandera: pip install 'sumy-2022\[validate\]'"):
        sumy2022.load("events")


@pytest.mark.usefixtures("_without_pandera")
def test_a_manifest_that_cannot_be_read_vouches_for_nothing(alone: Path, miniature: Files) -> None:
    write(miniature | {"releases/0.1.0.json": b"{"}, alone)
    with pytest.raises(sumy2022.UsageError, match="needs pandera"):
        sumy2022.load("events")


@pytest.mark.usefixtures("_without_pandera")
def test_unreleased_data_is_read_and_yet_no_cell_is_lost(alone: Path, miniature: Files) -> None:
    write(miniature, alone)
    assert len(sumy2022.load("events")) == miniature["data/events.csv"].count(b"\n") - 1
    write(lay(miniature, [Edit("events", {"date_start": "24.02.2022"})]), alone)
    with pytest.raises(sumy2022.UsageError, match=r"events\.csv:2: .*date_start.*altered"):
        sumy2022.load("events")
    write(miniature | {"data/events.csv": miniature["data/events.csv"].rstrip() + b',"'}, alone)
    with pytest.raises(sumy2022.UsageError, match="does not keep to its schema"):
        sumy2022.load("events")


@pytest.mark.usefixtures("_without_pandera")
def test_any_other_data_needs_a_check(alone: Path, miniature: Files) -> None:
    write(miniature, alone)
    with pytest.raises(sumy2022.UsageError, match="needs pandera"):
        sumy2022.load("events", alone)


@pytest.mark.parametrize("call", ["load('events')", "estimates()", "corroboration()", "diff('.')"])
def test_reading_imports_nothing_heavy(call: str, tmp_path: Path) -> None:
    code = (
        "import sys, sumy2022.bundled, pathlib\n"
        f"sumy2022.bundled.FOLDER = pathlib.Path({str(ROOT)!r})\n"
        f"for name in {HEAVY}: sys.modules[name] = None\n"
        f"sumy2022.{call}\n"
    )
    where = ROOT if "diff" in call else tmp_path
    done = subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_info_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sumy2022.__main__ import main; main(['info'])\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")


@pytest.mark.parametrize(
    ("library", "arguments"),
    [
        ("pandera", ["validate"]),
        ("shapely", ["validate"]),
        ("pandera", ["review", "HEAD"]),
        ("matplotlib", ["docs", "--check"]),
        ("xlsxwriter", ["export", "xlsx"]),
    ],
)
def test_a_missing_library_is_named_with_its_extra(library: str, arguments: list[str], tmp_path: Path) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"from sumy2022.__main__ import main; sys.exit(main({arguments!r}))"
    )
    if arguments[0] == "export":
        arguments += ["--output", str(tmp_path)]
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert f"pip install '{DISTRIBUTION}[{EXTRAS[library]}]'" in done.stderr


def test_a_terminal_without_rich_gets_plain_text() -> None:
    code = "import sys; sys.modules['rich'] = None\nfrom sumy2022.__main__ import main; sys.exit(main(['validate']))"
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=theirs, stderr=theirs) as program:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert (program.returncode, shown.split()[-2:]) == (0, [b"0", b"errors"])


def test_each_library_is_in_the_extra_that_is_named() -> None:
    assert PROJECT["name"] == DISTRIBUTION
    extras = PROJECT["optional-dependencies"]
    for library, extra in EXTRAS.items():
        assert any(re.match(rf"{library}\b", requirement) for requirement in extras[extra])
        assert not any(re.match(rf"{library}\b", requirement) for requirement in PROJECT["dependencies"])
    (everything,) = extras["all"]
    named = re.search(r"\[(.*)\]", everything)
    assert named
    assert set(named[1].split(",")) == extras.keys() - {"all"}
