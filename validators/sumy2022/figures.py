"""The figures of the overview: what is counted over all events. Every function takes typed tables and returns a frame.

Nothing here is stored in the data. `docs/overview.md` shows the results and says how to read them.
"""

from __future__ import annotations

import pandas as pd

from sumy2022.estimation import derive_corroboration, derive_estimates
from sumy2022.hierarchy import raised

Tables = dict[str, pd.DataFrame]

FORCES = ("military", "police", "territorial-defence")
PEOPLE = ("civilians, or status not stated", "forces of Ukraine", "forces of Russia", "forces, side not stated")
"""The groups that `toll` keeps apart; a count of people of mixed status may cover some of the second group too."""


def weeks(start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return the weeks of a period, `first` and `last` day; the last week may be shorter."""
    first = pd.Series(pd.date_range(start, end, freq="7D"))
    last = first + pd.Timedelta(days=6)
    return pd.DataFrame({"first": first, "last": last.where(last <= end, end)})


def events_by_week(events: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Count the events of each type by the week of their first possible day.

    One row a type, one column a week (its number from 0), and `outside` for those that begin outside the period.
    """
    week = (events["date_start"] - start).dt.days // 7
    inside = events["date_start"].between(start, end)
    column = week.astype(object).where(inside, "outside")
    counted = pd.crosstab(events["event_type"], column)
    return counted.reindex(columns=[*range(len(weeks(start, end))), "outside"], fill_value=0)


def events_by_place(events: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Count the events in each place and all that lies in it: `place_id`, `events`, and the columns of `places`.

    Places without an event are left out.
    """
    where = raised(events[["event_id", "place_id"]], "place_id", places["place_id"], places["parent_id"])
    counted = where.groupby("place_id")["event_id"].nunique().rename("events").reset_index()
    return counted.merge(places, on="place_id")


def toll(tables: Tables) -> pd.DataFrame:
    """Add up the estimates of killed and injured over the events, for each group of `PEOPLE`.

    One row a group and outcome: `people`, `outcome`, `low`, `best`, `high`, `events`. An event that belongs to another
    which has an estimate of the same kind is left out, for its people may be counted there. Where an estimate has no
    upper figure, its `best` enters `high`; where it has no lower one, it adds nothing to `low` and `best`.
    """
    claims = tables["casualties"]
    group = people(claims)
    found = []
    for name in PEOPLE:
        figures = derive_estimates(claims[group == name], tables["events"], tables["actors"], tables["sources"])
        figures = figures[figures["outcome"].isin(["killed", "injured"])]
        figures = figures[~_counted_above(figures, tables["events"])]
        figures["high"] = figures["high"].fillna(figures["best"])
        sums = figures.groupby("outcome")[["low", "best", "high"]].sum()
        sums["events"] = figures.groupby("outcome").size()
        found.append(sums.reset_index().assign(people=name))
    both = pd.concat(found).sort_values("outcome", key=lambda names: names != "killed", kind="stable")
    return both[["people", "outcome", "low", "best", "high", "events"]].reset_index(drop=True)


def people(claims: pd.DataFrame) -> pd.Series:
    """Return the group of `PEOPLE` that each count is about."""
    forces = claims["population"].isin(FORCES)
    group = pd.Series(PEOPLE[0], index=claims.index, dtype=object)
    group = group.mask(forces, PEOPLE[3]).mask(forces & (claims["side"] == "ukraine"), PEOPLE[1])
    return group.mask(claims["side"] == "russia", PEOPLE[2])


def _counted_above(figures: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Tell for each estimate whether an event above its own has one of the same outcome."""
    rows = figures[["event_id", "outcome"]].assign(at=figures.index, own=figures["event_id"])
    chain = raised(rows, "event_id", events["event_id"], events["part_of"])
    above = chain[chain["event_id"] != chain["own"]].merge(figures[["event_id", "outcome"]], on=["event_id", "outcome"])
    return pd.Series(figures.index.isin(above["at"]), index=figures.index)


def voices(tables: Tables) -> pd.DataFrame:
    """Count the events by corroboration and number of independent sources: `corroboration`, `independent`, `events`."""
    found = derive_corroboration(tables["event_sources"], tables["sources"])
    return found.groupby(["corroboration", "independent"]).size().rename("events").reset_index()


def conflicts(tables: Tables) -> pd.DataFrame:
    """Count what sources disagree about, by kind: `about`, `kind`, `number`."""
    events, claims = tables["events"], tables["casualties"]
    disputed = _contradicted(tables["event_sources"], "event_id")
    types = events[events["event_id"].isin(disputed)]["event_type"].value_counts()
    control = tables["control"]
    held = control[control["control_id"].isin(_contradicted(tables["control_sources"], "control_id"))]
    status = claims[claims["status"] != "standing"]["status"].value_counts()
    kinds = (
        ("an event that a source contradicts", types),
        ("an event whose standing counts of the same people differ", _rivals(claims)),
        ("an interval of control that a source contradicts", held["controller"].value_counts()),
        ("a count that no longer stands", status),
    )
    found = [
        pd.DataFrame({"about": about, "kind": counted.index, "number": counted.to_numpy()}) for about, counted in kinds
    ]
    return pd.concat(found, ignore_index=True)


def _rivals(claims: pd.DataFrame) -> pd.Series:
    """Count by outcome the events of which two standing counts of the same people have other bounds."""
    same = ["event_id", "outcome", "population", "sex", "age", "side", "place_id"]
    standing = claims[(claims["status"] == "standing") & claims["event_id"].notna()]
    sorts = standing.drop_duplicates([*same, "count_low", "count_high"]).groupby(same, dropna=False).size()
    several = sorts[sorts > 1].reset_index()
    return several.drop_duplicates(["event_id", "outcome"])["outcome"].value_counts()


def _contradicted(citations: pd.DataFrame, key: str) -> set[str]:
    return set(citations[citations["stance"] == "contradicts"][key])
