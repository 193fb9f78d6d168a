"""Rules against earlier releases: an identifier that was published never vanishes unsaid and never comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sumy2022.context import Context
from sumy2022.example import Add
from sumy2022.findings import Fault, Severity
from sumy2022.rule import Scope, rule
from sumy2022.rules.manifests import DESCRIPTOR, manifest_of, precedence, usable_manifests

if TYPE_CHECKING:
    import pandas as pd

ERROR, WARNING = Severity.ERROR, Severity.WARNING
RETIRED = "retired_ids"


def _retire(id: str, version: str = "0.1.0", replaced_by: str = "") -> Add:  # noqa: A002 - the column's name
    """Return the retirement of an id, for an example."""
    return Add(RETIRED, {"id": id, "retired_in": version, "reason": "error", "replaced_by": replaced_by})


def _released(context: Context) -> dict[str, dict[str, str]]:
    """Return by table each id that a release held, with the last such version; retirements are no rows here."""
    last: dict[str, dict[str, str]] = {}
    for version, tables in usable_manifests(context):
        for table, entry in tables.items():
            if table != RETIRED and "ids" in entry:
                last.setdefault(table, {}).update(dict.fromkeys(entry["ids"], version))
    return last


def _ids(context: Context, table: str) -> pd.Series | None:
    """Return the ids of a table that has them, by line: they are its first column. None if it has none."""
    frame = context.tables.get(table)
    if frame is None or not frame.shape[1] or not str(frame.columns[0]).endswith("_id"):
        return None
    return frame.iloc[:, 0].dropna()


def _retirements(context: Context, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the line and the cells of each retirement; a row that lacks one of them is left out."""
    frame = context.tables.get(RETIRED)
    if frame is None or not set(columns) <= set(frame.columns):
        return
    filled = frame[list(columns)].dropna()
    yield from zip(filled.index, filled.itertuples(index=False, name=None), strict=True)


@rule(
    "HIS-111",
    "released-id-vanished",
    ERROR,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="{value} was in release {version} and is gone, but retired_ids does not name it",
    fix="Bring the row back, or add {value} to retired_ids with the reason and what replaces it.",
    bad=(manifest_of("0.0.9", events=["EVT-0009"]),),
    good=(manifest_of("0.0.9", events=["EVT-0009"]), _retire("EVT-0009")),
    place=("data/events.csv", None),
)
def released_ids_stay_known(context: Context) -> Iterator[Fault]:
    """An identifier that was released is in its table or among the retired ones, for others have cited it."""
    retired = {key for _, (key,) in _retirements(context, "id")}
    for table, released in _released(context).items():
        ids = _ids(context, table)
        if ids is not None:
            held = set(ids)
            for key, version in released.items():
                if key not in held and key not in retired:
                    yield Fault("HIS-111", context.files[table], None, str(ids.name), key, {"version": version})


@rule(
    "HIS-112",
    "released-table-vanished",
    ERROR,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="the table {value} is gone or cannot be read; released ids in it: {count}",
    fix="Bring the table back, or add each of its ids to retired_ids.",
    bad=(manifest_of("0.0.9", protests=["PRO-0001"]),),
    good=(manifest_of("0.0.9", events=["EVT-0001"]),),
    place=(DESCRIPTOR, None),
)
def released_tables_stay(context: Context) -> Iterator[Fault]:
    """A table whose identifiers were released is there, unless all of them are retired."""
    retired = {key for _, (key,) in _retirements(context, "id")}
    for table, released in _released(context).items():
        if _ids(context, table) is None and (left := released.keys() - retired):
            yield Fault("HIS-112", DESCRIPTOR, value=table, facts={"count": str(len(left))})


@rule(
    "HIS-113",
    "retired-id-in-use",
    ERROR,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="{value} is in use, but line {other} of retired_ids says that it was retired in {version}",
    fix="Give the row a new id; if it is the retired row itself, remove it, or its retirement.",
    bad=(manifest_of("0.0.9", casualties=["CAS-0004"]), _retire("CAS-0004")),
    good=(manifest_of("0.0.9", casualties=["CAS-0005"]), _retire("CAS-0005")),
    place=("data/casualties.csv", 5),
)
def retired_ids_stay_retired(context: Context) -> Iterator[Fault]:
    """A retired identifier is never used again, or it would mean one thing here and another there."""
    retired = {key: (line, version) for line, (key, version) in _retirements(context, "id", "retired_in")}
    for table in _released(context):
        ids = _ids(context, table)
        if ids is not None:
            reused = ids[ids.isin(retired.keys())]
            for line, key in zip(reused.index, reused, strict=True):
                facts = {"other": str(retired[key][0]), "version": retired[key][1]}
                yield Fault("HIS-113", context.files[table], int(line), str(ids.name), key, facts)


@rule(
    "HIS-114",
    "retired-id-never-released",
    WARNING,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="{value} is retired, but no release held it",
    fix="Correct the id. If it never was in a release, remove the retirement: nobody can have cited it.",
    bad=(manifest_of("0.0.9", events=["EVT-0001"]), _retire("EVT-0009")),
    good=(manifest_of("0.0.9", events=["EVT-0001", "EVT-0009"]), _retire("EVT-0009")),
    place=("data/retired_ids.csv", 2),
)
def retired_ids_were_released(context: Context) -> Iterator[Fault]:
    """Only an identifier that a release held is retired; without any manifest this cannot be told."""
    released = {key for ids in _released(context).values() for key in ids}
    for line, (key,) in _retirements(context, "id") if released else ():
        if key not in released:
            yield Fault("HIS-114", context.files[RETIRED], line, "id", key)


@rule(
    "HIS-115",
    "successor-not-there",
    ERROR,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="{id} is replaced by {value}, and no table has {value}",
    fix="Name the row that is to be used now. If the successor was retired too, name its successor.",
    bad=(_retire("EVT-0008", replaced_by="EVT-0009"),),
    good=(_retire("EVT-0008", replaced_by="EVT-0001"),),
    place=("data/retired_ids.csv", 2),
)
def successors_are_there(context: Context) -> Iterator[Fault]:
    """What replaces a retired identifier is a row that exists, so that nobody is sent from one gap to the next."""
    replaced = list(_retirements(context, "id", "replaced_by"))
    successors = {successor for _, (_, successor) in replaced}
    columns = [ids for table in context.tables if (ids := _ids(context, table)) is not None] if replaced else []
    present = {key for ids in columns for key in ids[ids.isin(successors)]}
    for line, (key, successor) in replaced:
        if successor not in present:
            yield Fault("HIS-115", context.files[RETIRED], line, "replaced_by", successor, {"id": key})


@rule(
    "HIS-116",
    "retired-in-a-later-version",
    ERROR,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="{id} is retired in {value}, but this is version {version}",
    fix="Name the version of datapackage.json, which is raised first when a change is begun after a release.",
    bad=(_retire("EVT-0009", "0.2.0"),),
    good=(_retire("EVT-0009", "0.1.0"),),
    place=("data/retired_ids.csv", 2),
)
def nothing_is_retired_in_the_future(context: Context) -> Iterator[Fault]:
    """An identifier is retired in this version of the package or an earlier one."""
    now = precedence(context.version)
    for line, (key, version) in _retirements(context, "id", "retired_in"):
        then = precedence(version)
        if now is not None and then is not None and then > now:
            facts = {"id": key, "version": context.version}
            yield Fault("HIS-116", context.files[RETIRED], line, "retired_in", version, facts)


@rule(
    "HIS-117",
    "retired-but-released-again",
    ERROR,
    since="1.0.0",
    scope=Scope.HISTORY,
    message="{id} is retired in {value}, but release {version} still held it",
    fix="Name the first version without it, which comes after {version}.",
    bad=(manifest_of("0.0.9", events=["EVT-0009"]), _retire("EVT-0009", "0.0.9")),
    good=(manifest_of("0.0.9", events=["EVT-0009"]), _retire("EVT-0009", "0.1.0")),
    place=("data/retired_ids.csv", 2),
)
def retired_ids_left_their_release(context: Context) -> Iterator[Fault]:
    """The version that an identifier is retired in is the first that does not contain it."""
    last = {key: version for ids in _released(context).values() for key, version in ids.items()}
    for line, (key, version) in _retirements(context, "id", "retired_in"):
        then, held = precedence(version), precedence(last.get(key))
        if then is not None and held is not None and then <= held:
            facts = {"id": key, "version": last[key]}
            yield Fault("HIS-117", context.files[RETIRED], line, "retired_in", version, facts)
