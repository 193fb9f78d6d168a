"""The shape of the repository: what may stand where, and which module may know which."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

PACKAGE = ROOT / "validators" / "sumy2022"
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(module: str) -> set[str]:
    """The modules of ours that a module imports, anywhere in it, type-checking blocks aside."""
    tree = ast.parse((PACKAGE / module).read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body.clear()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sumy2022"):
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_validators_is_no_package() -> None:
    assert not (ROOT / "validators" / "__init__.py").exists(), "it would shadow the package frictionless imports"
    code = "import validators; assert validators.email('a@example.org')"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_dependencies_point_one_way(path: Path) -> None:
    name = str(path.relative_to(PACKAGE))
    ours = imported(name)
    above = {
        "findings.py": ("sumy2022.",),
        "example.py": ("sumy2022.",),
        "rule.py": ("sumy2022.rules", "sumy2022.validation", "sumy2022.engine", "sumy2022.commands", "sumy2022.render"),
    }
    forbidden = above.get(name, ("sumy2022.commands",))
    if name.startswith("commands") or name == "__main__.py":
        forbidden = ()
    if name.startswith("rules"):
        forbidden = ("sumy2022.validation", "sumy2022.engine", "sumy2022.commands", "sumy2022.render")
    assert [found for found in sorted(ours) if forbidden and found.startswith(forbidden)] == []


def test_the_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sumy2022.__main__ import parser; parser().format_help();"
        "print(sorted({'pandas', 'pandera', 'pyarrow', 'numpy', 'rich', 'shapely'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_stands_in_one_place() -> None:
    version = json.loads((ROOT / "datapackage.json").read_bytes())["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"## {version}" in changelog, "CHANGELOG.md has no heading for the version of datapackage.json"
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text()
    assert f'"{version}"' not in (ROOT / "pyproject.toml").read_text()
