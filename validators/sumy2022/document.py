"""JSON documents of a package, read as untrusted: any bytes give faults, never an exception."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sumy2022.findings import Fault, hint
from sumy2022.rules import structure as st

JSON_LIMIT = 2_000_000
"""The most bytes that a descriptor or schema may have."""
DEPTH_LIMIT = 50
"""How deep objects and lists may be nested."""
DIGIT_LIMIT = 300
"""The most digits that a whole number may have."""


def read_json(data: bytes, file: str) -> tuple[Any, list[Fault]]:
    """Parse a JSON document strictly: UTF-8, no repeated names, no NaN, no lone surrogates, bounded depth."""

    def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = min(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
            raise ValueError(f"the name {twice!r} stands twice in one object")
        return found

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    try:
        if len(data) > JSON_LIMIT:
            raise ValueError(f"it has {len(data)} bytes; at most {JSON_LIMIT} are read")
        found = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=unrepeated,
            parse_constant=refuse,
            parse_float=_finite,
            parse_int=_whole,
        )
        if _depth(found) > DEPTH_LIMIT:
            raise RecursionError
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        problem = "an escape such as \\ud800 stands for no character"
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not UTF-8"
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:
        problem = str(error)
    else:
        return found, []
    return None, [Fault(st.BAD_JSON, file, facts={"problem": problem})]


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def _whole(text: str) -> int:
    if len(text) > DIGIT_LIMIT:
        raise ValueError(f"a number has {len(text)} digits; at most {DIGIT_LIMIT} are read")
    return int(text)


def _depth(document: Any) -> int:
    """Return how deep a document is nested."""
    depth, level = 0, [document]
    while level:
        depth += 1
        inner = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)]
        level = [item for items in inner for item in items]
    return depth


@dataclass
class Reader:
    """One JSON document being read, with the faults seen so far."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, rule: str, pointer: str, value: object = None, **facts: str) -> None:
        """Record a fault at a place of the document."""
        shown = None if value is None else value if isinstance(value, str) else json.dumps(value)[:80]
        self.faults.append(Fault(rule, self.file, value=shown, facts={"pointer": pointer or "the document", **facts}))

    def properties(self, found: Any, known: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        """Return the known properties of an object that have the right type, and report the others."""
        if not isinstance(found, dict):
            self.fault(st.BAD_PROPERTY, pointer, found, expected="an object")
            return {}
        sound = {}
        for name, value in found.items():
            here = f"{pointer}/{name}".lstrip("/")
            if name not in known:
                if ":" not in name:
                    self.fault(st.UNKNOWN_PROPERTY, pointer, name, hint=hint(name, list(known)))
            elif not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is int):
                self.fault(st.BAD_PROPERTY, here, value, expected=_type_name(known[name]))
            else:
                sound[name] = value
        return sound

    def objects(self, found: Sequence[Any], known: Mapping[str, Any], pointer: str) -> list[dict[str, Any]]:
        """Return the objects of a list, each read as by `properties`."""
        return [self.properties(item, known, f"{pointer}/{index}") for index, item in enumerate(found)]

    def strings(self, found: Any, pointer: str) -> tuple[str, ...]:
        """Return a list of strings, or report that it is not one."""
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return tuple(found)
        self.fault(st.BAD_PROPERTY, pointer, found, expected="a list of strings")
        return ()


def _type_name(kind: Any) -> str:
    names = {str: "a text", list: "a list", dict: "an object", int: "a whole number", bool: "true or false"}
    return names.get(kind, "a single value") if isinstance(kind, type) else "a single value"
