"""What is derived, for those who ask in SQL: figures, joined events, control by day, and the search.

`estimates` and `corroboration` are tables, filled with what `sumy2022.estimates()` and `sumy2022.corroboration()`
return: the rules by which counts are compared are written once, in Python. All else is views over the tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from sumy2022.exports.sqlite_tables import quoted, statement
from sumy2022.views import COUNTED, LEVELS

BOUNDS = ("low", "best", "high")

ESTIMATES = statement(
    "estimates",
    "Derived: the low, best and high figure of each event and outcome that has a standing count, as "
    "sumy2022.estimates() returns them. Null is unknown, never zero.",
    [
        ("event_id TEXT NOT NULL REFERENCES events (event_id)", ""),
        ("outcome TEXT NOT NULL", ""),
        *((f"{bound} INTEGER", "") for bound in BOUNDS),
        ("claims INTEGER NOT NULL", "How many counts stand."),
        ("basis TEXT NOT NULL CHECK (basis IN ('whole', 'sum', 'part'))", "How the counts were combined."),
        ("PRIMARY KEY (event_id, outcome)", ""),
    ],
)
CORROBORATION = statement(
    "corroboration",
    "Derived: how well each event that is cited is sourced, as sumy2022.corroboration() returns it.",
    [
        ("event_id TEXT PRIMARY KEY NOT NULL REFERENCES events (event_id)", ""),
        ("independent INTEGER NOT NULL", "Supporting sources that do not depend on one another."),
        ("contradicting INTEGER NOT NULL", "Sources that contradict."),
        ("corroboration TEXT NOT NULL CHECK (corroboration IN ('contested', 'corroborated', 'single-source'))", ""),
    ],
)

PLACE_LEVELS = f"""
CREATE VIEW place_levels AS -- The names of the {", ".join(LEVELS)} in which each place lies, or that it is.
WITH RECURSIVE chain (place_id, above, kind, name, steps) AS (
  SELECT place_id, parent_id, kind, name_en, 0 FROM places
  UNION ALL
  SELECT chain.place_id, places.parent_id, places.kind, places.name_en, chain.steps + 1
  FROM chain JOIN places ON places.place_id = chain.above
  WHERE chain.steps < (SELECT count(*) FROM places) -- a chain that ends in a circle ends nevertheless
),
nearest AS ( -- SQLite takes the name from the row that has the least number of steps
  SELECT place_id, kind, name, min(steps) FROM chain GROUP BY place_id, kind
)
SELECT place_id, {", ".join(f"max(CASE kind WHEN '{level}' THEN name END) AS {level}" for level in LEVELS)}
FROM nearest GROUP BY place_id
"""  # noqa: S608 - put together from names of ours

CONTROL_DAYS = """
CREATE VIEW control_days AS -- Who controlled each place on each day of its intervals.
WITH RECURSIVE days (control_id, day, last) AS (
  SELECT control_id, date_start, date_end FROM control WHERE date_start <= date_end
  UNION ALL
  SELECT control_id, date(day, '+1 day'), last FROM days WHERE day < last
)
SELECT control.place_id, places.name_en AS place, days.day, control.controller, control.date_precision,
  control.control_id
FROM days JOIN control USING (control_id) JOIN places USING (place_id)
ORDER BY control.place_id, days.day
"""

SEARCH = """
CREATE VIRTUAL TABLE events_search USING fts5 (
  -- Words of each event and of the names of its place in all languages; case and accents make no difference.
  -- SELECT event_id FROM events_search WHERE events_search MATCH 'bridge' ORDER BY rank
  event_id UNINDEXED, title, summary, place_detail, place, tokenize = "unicode61 remove_diacritics 2"
)
"""
FILL_SEARCH = """
INSERT INTO events_search (rowid, event_id, title, summary, place_detail, place)
SELECT events.rowid, event_id, title, summary, place_detail,
  name_en || coalesce('; ' || name_uk, '') || coalesce('; ' || name_ru, '') || coalesce('; ' || name_es, '')
FROM events LEFT JOIN places USING (place_id) ORDER BY events.rowid
"""


def events_flat(columns: Iterable[str]) -> str:
    """Return the view with one row an event and all that belongs to it in words, as `views.flat_events` returns it.

    `columns` are those of the events. What has several values is joined in the order of the rows of its table.
    """
    own = ", ".join(f"events.{quoted(name)}" for name in columns)
    figures = ",\n  ".join(
        ", ".join(f"of_{outcome}.{bound} AS {outcome}_{bound}" for bound in BOUNDS) for outcome in COUNTED
    )
    joins = "\n".join(
        f"LEFT JOIN estimates AS of_{outcome} ON of_{outcome}.event_id = events.event_id "
        f"AND of_{outcome}.outcome = '{outcome}'"
        for outcome in COUNTED
    )
    return f"""
CREATE VIEW events_flat AS -- One row an event, with its place, actors, sources and figures in words.
SELECT {own},
  places.name_en AS place, places.name_uk AS place_uk, places.kind AS place_kind,
  {", ".join(f"place_levels.{level}" for level in LEVELS)},
  places.latitude, places.longitude, places.katottg,
  (SELECT group_concat(words, '; ') FROM (
    SELECT actors.name_en || ' (' || link.role || ', ' || link.certainty || ')' AS words
    FROM event_actors AS link JOIN actors USING (actor_id) WHERE link.event_id = events.event_id ORDER BY link.rowid
  )) AS actors,
  corroboration.corroboration, corroboration.independent AS independent_sources,
  corroboration.contradicting AS contradicting_sources,
  {_addresses("supports")} AS sources,
  {_addresses("contradicts")} AS contradicting,
  {figures}
FROM events
LEFT JOIN places USING (place_id)
LEFT JOIN place_levels USING (place_id)
LEFT JOIN corroboration USING (event_id)
{joins}
"""  # noqa: S608 - names of ours, and quoted names


def _addresses(stance: str) -> str:
    return f"""(SELECT group_concat(url, '; ') FROM (
    SELECT sources.url FROM event_sources AS link JOIN sources USING (source_id)
    WHERE link.event_id = events.event_id AND link.stance = '{stance}' ORDER BY link.rowid
  ))"""  # noqa: S608 - a code of ours
