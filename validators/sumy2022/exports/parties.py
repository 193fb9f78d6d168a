"""The two sides of an event, as ACLED names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sumy2022.exports.coding import actor, called, kind_of, taking
from sumy2022.exports.crosswalk import item, lookup
from sumy2022.views import Record


class Party(NamedTuple):
    """One side of an event: its main actor, those associated with it, and the kind of actor; all empty for none."""

    name: str = ""
    associated: str = ""
    inter: str = ""
    own: str = ""
    """Those of the names that are ours, where the crosswalk has none."""


NOBODY = Party()


def parties(event: Record) -> tuple[Party, Party]:
    """Return who did a thing, and to whom.

    The first party are those whose part, by the type of the event, makes them its doers; where nobody did anything,
    armed bodies who underwent it stand alone. The second party are those who underwent it; where nobody did, those of
    the doers who are of another side than the first.
    """
    kind = kind_of(event)
    ones = next(filter(None, (taking(event, part) for part in kind["acled_by"].split(";"))), [])
    others = taking(event, "undergoes")
    if not ones:
        return _party([row for row in others if actor(row).get("class") == "force"], "acled_actor"), NOBODY
    one, rest = _divided(ones)
    if kind["acled_actor"]:
        doers = Party(kind["acled_actor"], "", kind["acled_inter"])
    else:
        doers = _party(ones if others else one, "acled_actor")
    return doers, _party(others, "acled_victim") if others else _party(rest, "acled_actor")


def _divided(rows: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Divide actors into those of the side of the first, with those of none, and those of another side."""
    mine = actor(rows[0]).get("ged_party", "")
    rest = [row for row in rows if actor(row).get("ged_party", "") not in {"", mine}]
    return [row for row in rows if row not in rest], rest


def _party(rows: Sequence[Record], role: str) -> Party:
    """Return one side, the first of its actors being the main one; an actor without a kind there is left out."""
    known = [(actor(row), called(row)) for row in rows if actor(row).get(f"{role}_inter")]
    if not known:
        return NOBODY
    names = list(dict.fromkeys(item(row[role] or name) for row, name in known))
    own = dict.fromkeys(item(name) for row, name in known if not row[role])
    return Party(names[0], "; ".join(names[1:]), known[0][0][f"{role}_inter"], "; ".join(own))


def interaction(one: Party, other: Party) -> str:
    """Return the words for the kinds of two sides: the one with the lower code first, civilians last."""
    if not other.inter:
        return f"{one.inter} only"
    return "-".join(sorted((one.inter, other.inter), key=_order))


def _order(inter: str) -> tuple[bool, int]:
    return inter == "Civilians", int(lookup("acled_inter", inter)["code"])
