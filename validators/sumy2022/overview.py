"""The page that shows what the data holds, with its pictures: docs/overview.md and docs/overview/."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd

from sumy2022 import figures
from sumy2022.findings import UsageError
from sumy2022.frames import TYPES as TYPES_READ
from sumy2022.loading import load
from sumy2022.markdown import literal, table
from sumy2022.package import Package

FOLDER = "docs/overview"
TYPES = {
    "Fighting and strikes": ("battle", "shelling", "airstrike", "missile-strike"),
    "Movement and control": ("troop-movement", "capture", "withdrawal", "liberation"),
    "Violence against people and property": ("killing", "ill-treatment", "detention", "looting", "mine-incident"),
    "Damage and accidents": ("infrastructure-damage", "industrial-accident"),
    "Talks, relief and protest": (
        "negotiation", "agreement", "evacuation", "humanitarian-aid", "prisoner-exchange", "protest"
    ),
    "Statements, inquiries and other": ("statement", "investigation", "other"),
}  # fmt: skip
"""The event types as the page groups them."""
NEEDS = {
    "sources": ("source_id", "publisher", "kind", "language", "url", "derived_from"),
    "places": ("place_id", "name_en", "kind", "parent_id"),
    "actors": ("actor_id", "name_en", "kind", "side"),
    "events": ("event_id", "event_type", "date_start", "place_id", "part_of"),
    "event_sources": ("event_id", "source_id", "stance", "claimed_by"),
    "casualties": (
        "casualty_id", "event_id", "place_id", "date_start", "date_end", "as_of", "outcome", "population", "sex", "age",
        "side", "count_low", "count_high", "wording", "claimed_by", "source_id", "status"
    ),
    "control": ("control_id", "place_id", "controller", "date_start", "date_end"),
    "control_sources": ("control_id", "stance"),
}  # fmt: skip
"""The tables and columns that the page is made from; their types are those that rules read."""
SAFE = "!#$%&'*+,/:;=?@[]~"
"""The characters of an address that stand as they are; others end a link in Markdown, or begin a tag."""
MOST_WEEKS = 60
"""The longest study period, in weeks, that a page by week can show."""
UNDERCOUNT = (
    "Counts are reported, not verified. Actual figures are likely considerably higher than those recorded: much harm "
    "was never reported, and much that was reported is not in the package."
)


def obstacle(package: Package) -> str | None:
    """Say why there can be no overview of a package, or None."""
    start, end = _period(package)
    if pd.isna(start) or pd.isna(end) or start > end:
        return "the descriptor states no study period"
    if (end - start).days > 7 * MOST_WEEKS:
        return f"the study period is longer than {MOST_WEEKS} weeks"
    for name, columns in NEEDS.items():
        fields = package.schemas[name].fields if name in package.schemas else ()
        types = {known.name: known.type for known in fields}
        lacking = [column for column in columns if types.get(column) != TYPES_READ.get(column, "string")]
        if lacking:
            return f"{name} has no {', '.join(lacking)} of the type that is read"
    return None


def overview(package: Package) -> dict[str, str]:
    """Return the page and its pictures by their paths.

    Raises `UsageError` where there is an `obstacle`, a table does not keep to its schema, or matplotlib, which draws
    the pictures, is not installed.
    """
    if (problem := obstacle(package)) is not None:
        raise UsageError(f"There can be no overview of {package.source.name}: {problem}.")
    tables = {name: load(name, package) for name in package.schemas}
    start, end = _period(package)
    places = tables["places"].set_index("place_id")["name_en"]
    page = "\n".join(_page(package, tables, start, end)) + "\n"
    try:
        from sumy2022 import plots
    except ImportError as error:
        raise UsageError("The pictures of the overview need matplotlib: pip install 'sumy-2022[docs]'.") from error
    names = {place: str(places[place]) for place in _held(package, tables)}
    return {
        f"{FOLDER}.md": page,
        f"{FOLDER}/events.svg": plots.events_by_day(tables["events"], TYPES, start, end),
        f"{FOLDER}/control.svg": plots.control_by_day(tables["control"], names, start, end),
        f"{FOLDER}/sources.svg": plots.sources_per_event(figures.voices(tables)),
    }


def _period(package: Package) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the bounds of the study period; NaT for what is none."""
    start, end = pd.to_datetime(pd.Series([package.descriptor.start, package.descriptor.end]), errors="coerce")
    return start, end


def _held(package: Package, tables: figures.Tables) -> list[str]:
    """Return the places whose control is recorded, those of higher kinds first."""
    kinds = package.schemas["places"].field("kind").constraints.get("enum", ())
    places = tables["places"].set_index("place_id").loc[tables["control"]["place_id"].unique()]
    rank = places["kind"].map({kind: number for number, kind in enumerate(kinds)})
    return list(places.assign(rank=rank).sort_values(["rank", "name_en"]).index)


def _page(package: Package, tables: figures.Tables, start: pd.Timestamp, end: pd.Timestamp) -> Iterator[str]:
    yield "<!-- Generated by `make docs` from the data. -->\n"
    yield "# Overview\n"
    yield f"{literal(package.descriptor.title)}: what version {package.descriptor.version} holds.\n"
    yield from table(("table", "rows"), ((f"`{name}`", len(frame)) for name, frame in tables.items()))
    yield from _events(tables, start, end)
    yield from _places(tables)
    yield from _sourcing(tables)
    yield from _toll(tables, package.descriptor.area)
    yield from _control(tables, _held(package, tables))
    yield from _conflicts(tables)


def _events(tables: figures.Tables, start: pd.Timestamp, end: pd.Timestamp) -> Iterator[str]:
    yield "\n## Events by week and type\n"
    yield "![Number of events that begin on each day, in six groups of types](overview/events.svg)\n"
    yield (
        "An event counts on its first possible day, whatever it lasted. The number of rows follows what was published "
        "and worked on; it does not measure how violent one week was beside another. Statements and investigations "
        "may lie outside the period.\n"
    )
    counted = figures.events_by_week(tables["events"], start, end)
    weeks = figures.weeks(start, end)
    spans = [f"{_day(first)} - {_day(last)}" for first, last in weeks.itertuples(index=False)]
    rows: list[Sequence[object]] = []
    for name, types in TYPES.items():
        group = counted.reindex(types, fill_value=0)
        rows.append((f"**{name}**", *(f"**{number}**" for number in (*group.sum(), int(group.to_numpy().sum())))))
        rows += [(f"`{code}`", *group.loc[code], group.loc[code].sum()) for code in types if group.loc[code].any()]
    rows.append(("**all**", *(f"**{number}**" for number in (*counted.sum(), int(counted.to_numpy().sum())))))
    yield from table(("type", *spans, "outside", "all"), rows)


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%b}"


def _places(tables: figures.Tables) -> Iterator[str]:
    yield "\n## Events by place\n"
    yield (
        "A raion includes all that lies in it; events known only to have happened somewhere in it, or along a road, "
        "are in its number alone.\n"
    )
    counted = figures.events_by_place(tables["events"], tables["places"])
    homes = counted.set_index("place_id")["parent_id"]
    raions = counted[counted["kind"] == "raion"].sort_values(["events", "name_en"], ascending=[False, True])
    small = counted[counted["kind"].isin(["city", "settlement", "village"])]
    raion = small["parent_id"].map(homes)
    rows = []
    for _, row in raions.iterrows():
        mine = small[raion == row["place_id"]].sort_values(["events", "name_en"], ascending=[False, True])
        listed = ", ".join(f"{literal(str(place.name_en))} {place.events}" for place in mine.itertuples())
        rows.append((literal(row["name_en"]), row["events"], listed or "none"))
    yield from table(("raion", "events", "of these in"), rows, numbers=False)


def _sourcing(tables: figures.Tables) -> Iterator[str]:
    voices = figures.voices(tables)
    every = int(voices["events"].sum())
    kinds = voices.groupby("corroboration")["events"].sum().sort_values(ascending=False)
    several = int(voices[voices["independent"] >= 2]["events"].sum())
    sources = tables["sources"]
    yield "\n## How well the events are sourced\n"
    yield "![Number of events by independent supporting sources](overview/sources.svg)\n"
    yield (
        f"{several} of {every} events ({_share(several, every)}) have two or more independent supporting sources. "
        "[Methodology](methodology.md#corroboration) says what counts as independent.\n"
    )
    rows = [(f"`{kind}`", number, _share(number, every)) for kind, number in kinds.items()]
    yield from table(("corroboration", "events", "share"), rows)
    yield f"\nThe {len(sources)} sources are in {sources['language'].nunique()} languages:\n"
    yield from table(("kind of source", "sources"), [(f"`{k}`", n) for k, n in sources["kind"].value_counts().items()])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def _toll(tables: figures.Tables, area: str | None) -> Iterator[str]:
    yield "\n## Killed and injured\n"
    yield f"{UNDERCOUNT}\n"
    yield (
        "The first table adds up the [low, best and high figures](methodology.md#how-low-best-and-high-are-derived) of "
        "the events. Its lines must not be added to one another: a count of people of mixed status can cover some of "
        "the forces too. What one party says of the other's losses enters where nothing better is known.\n"
    )
    sums = figures.toll(tables)
    rows = [(row.people, row.outcome, row.low, row.best, row.high, row.events) for row in sums.itertuples()]
    yield from table(("people", "outcome", "low", "best", "high", "events"), rows)
    yield (
        "\nThe second lists what was stated for the whole area, in the order in which it was stated, each by one "
        "document. These totals belong to no event and are added to nothing.\n"
    )
    yield from table(
        ("stated on", "period", "outcome", "of", "figure", "said by", "document"), _totals(tables, area), numbers=False
    )


def _totals(tables: figures.Tables, area: str | None) -> Iterator[Sequence[object]]:
    """Yield what stands of the totals of the area."""
    claims = tables["casualties"]
    mine = claims[claims["event_id"].isna() & (claims["place_id"] == area) & (claims["status"] == "standing")]
    actors = tables["actors"].set_index("actor_id")["name_en"]
    sources = tables["sources"].set_index("source_id")
    for row in mine.sort_values(["as_of", "casualty_id"], na_position="last").to_dict("records"):
        people = [row["population"], *(part for part in (row["sex"], row["age"]) if part != "all")]
        document = sources.loc[row["source_id"]]
        yield (
            _iso(row["as_of"]),
            _period_of(row),
            row["outcome"],
            ", ".join(people),
            _figure(row),
            literal(document["publisher"] if pd.isna(row["claimed_by"]) else actors[row["claimed_by"]]),
            f"[{row['source_id']}]({quote(document['url'], safe=SAFE)})",
        )


def _period_of(row: Mapping[Hashable, Any]) -> str:
    bounds = (("from", row["date_start"]), ("to", row["date_end"]))
    return " ".join(f"{word} {_iso(day)}" for word, day in bounds if pd.notna(day))


def _iso(day: pd.Timestamp) -> str:
    return "" if pd.isna(day) else f"{day:%Y-%m-%d}"


def _figure(row: Mapping[Hashable, Any]) -> str:
    """Return a reported count in words, such as `at least 70` or `about 30 to 50`."""
    bounds = [str(bound) for bound in dict.fromkeys((row["count_low"], row["count_high"])) if not pd.isna(bound)]
    wording = "" if row["wording"] == "exact" else row["wording"].replace("-", " ")
    return f"{wording} {' to '.join(bounds)}".lstrip()


def _control(tables: figures.Tables, held: list[str]) -> Iterator[str]:
    yield "\n## Control by place\n"
    yield "![Who controlled each place on each day](overview/control.svg)\n"
    yield (
        "`contested`: both sides fought in the place or held parts of it, or sources name different sides for the same "
        "days. `unknown`: no source tells. A place that is not shown is a place nobody has worked on.\n"
    )
    control = tables["control"]
    days = (control["date_end"] - control["date_start"]).dt.days + 1
    summed = days.groupby([control["place_id"], control["controller"]]).sum().unstack(fill_value=0)
    summed = summed.reindex(columns=["ukraine", "contested", "russia", "unknown"], fill_value=0)
    names = tables["places"].set_index("place_id")["name_en"]
    rows = [(literal(str(names[place])), *summed.loc[place]) for place in held]
    yield from table(("days", *(f"`{code}`" for code in summed.columns)), rows)


def _conflicts(tables: figures.Tables) -> Iterator[str]:
    yield "\n## Where sources disagree\n"
    yield (
        "Contradicting documents are cited beside the supporting ones, with what they say instead; rival counts stand "
        "side by side. Nothing is averaged.\n"
    )
    rows = [(row.about, f"`{row.kind}`", row.number) for row in figures.conflicts(tables).itertuples()]
    yield from table(("what", "kind", "number"), rows, numbers=False)
