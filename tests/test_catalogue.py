"""Rules about the rules: what every declaration must have, so that no rule is half made."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import sumy2022.rules
from conftest import ROOT
from sumy2022.descriptor import SEMVER
from sumy2022.frames import TYPES
from sumy2022.package import open_package
from sumy2022.rule import ID, PLACEHOLDER, REGISTRY, SLUG, Rule, Scope, register
from sumy2022.rules import MODULES, load_all

load_all()
RULES = [pytest.param(rule, id=rule.id) for rule in REGISTRY.values()]
SCHEMAS = open_package(ROOT).schemas
FAMILIES = {
    "sources": "SRC",
    "places": "PLC",
    "actors": "ACT",
    "events": "EVT",
    "event_actors": "LNK",
    "event_sources": "LNK",
    "casualties": "CAS",
    "evacuations": "EVA",
    "control": "CTL",
    "control_sources": "CTL",
    "waivers": "WVR",
}
REMEDIES = re.compile(r"^(do-not|use|add|remove|must|should|no|set|write|avoid|prefer|fix)-")


def resolve(table: str, path: str) -> bool:
    """Whether a column, or one reached over foreign keys, exists in the schemas."""
    head, _, rest = path.partition(".")
    if head not in SCHEMAS[table].names:
        return False
    if not rest:
        return True
    targets = [key.target for key in SCHEMAS[table].foreign_keys if key.fields == (head,)]
    return bool(targets) and resolve(targets[0], rest)


def test_every_module_of_rules_is_listed() -> None:
    folder = Path(sumy2022.rules.__file__).parent
    assert sorted(MODULES) == sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def test_rules_are_loaded_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A validation loads them in one while another reads files, and a rule entered meanwhile breaks the registry."""
    loading: list[str] = []
    most = []

    def slowly(name: str) -> None:
        loading.append(name)
        most.append(len(loading))
        time.sleep(0.001)
        loading.remove(name)

    monkeypatch.setattr(sumy2022.rules, "import_module", slowly)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: load_all(), range(2)))
    assert most == [1] * 2 * len(MODULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_id_is_of_its_family(rule: Rule) -> None:
    assert ID.fullmatch(rule.id)
    assert rule.id == next(key for key, value in REGISTRY.items() if value is rule)
    if rule.table:
        assert rule.id.startswith(FAMILIES[rule.table]), f"rules of {rule.table} begin with {FAMILIES[rule.table]}"


@pytest.mark.parametrize("rule", RULES)
def test_the_slug_names_the_fault(rule: Rule) -> None:
    assert SLUG.fullmatch(rule.slug)
    assert not REMEDIES.match(rule.slug), f"{rule.slug}: name what is wrong; what to do goes into `fix`"


@pytest.mark.parametrize("rule", RULES)
def test_the_words_are_whole(rule: Rule) -> None:
    first, *_ = rule.reason.split("\n\n")
    assert first.endswith("."), f"{rule.id}: the reason begins with a whole sentence, and a paragraph ends with a stop"
    assert rule.fix.endswith("."), f"{rule.id}: the fix is a sentence"
    assert not rule.message.endswith("."), f"{rule.id}: the message is no sentence and has no stop"
    assert SEMVER.fullmatch(rule.since)
    assert rule.bad, f"{rule.id}: show a bad example"


@pytest.mark.parametrize("rule", [param for param in RULES if param.values[0].table])
def test_the_columns_exist(rule: Rule) -> None:
    assert rule.table is not None
    assert rule.fields, f"{rule.id}: say which field a finding points at"
    for path in rule.columns:
        assert resolve(rule.table, path), f"{rule.id}: {rule.table} has no {path}"
    for table, columns in rule.needs.items():
        assert set(columns) <= set(SCHEMAS[table].names), f"{rule.id}: {table} lacks one of {columns}"
    if rule.scope is Scope.GROUP:
        assert rule.group in rule.columns, f"{rule.id}: a rule over groups reads the column that makes them"


@pytest.mark.parametrize("rule", [param for param in RULES if param.values[0].predicate])
def test_the_placeholders_are_known(rule: Rule) -> None:
    known = {"field", "value", "file", *rule.columns}
    known |= {"detail"} if rule.detail else set()
    used = set(PLACEHOLDER.findall(rule.message + rule.fix))
    assert used <= known, f"{rule.id}: {used - known} is neither a declared column nor `detail`"


def test_an_id_cannot_be_taken_twice() -> None:
    rule = next(iter(REGISTRY.values()))
    with pytest.raises(ValueError, match="taken"):
        register(rule)


def test_rules_are_written_for_the_types_of_the_schemas() -> None:
    found = {field.name: field.type for schema in SCHEMAS.values() for field in schema.fields}
    assert {name: kind for name, kind in found.items() if kind != "string"} == TYPES


@pytest.mark.parametrize("rule", [param for param in RULES if param.values[0].suspect])
def test_suspects_are_cells_that_a_rule_judges_alone(rule: Rule) -> None:
    """For other rules it could not be told from one cell whether a row has to be judged."""
    assert rule.scope is Scope.CELL or (rule.scope is Scope.ROW and len(rule.columns) == 1 and not rule.needs)
