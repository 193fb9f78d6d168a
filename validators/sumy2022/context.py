"""What a rule may see besides its own table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sumy2022.outline import Outline


def _no_day() -> pd.Timestamp:
    from pandas import NaT  # not before: who only reads files can do without pandas

    return NaT  # type: ignore[return-value]


@dataclass(frozen=True)
class Context:
    """The study period and area of the package, the further tables a rule has declared, and past releases.

    `start` and `end` are NaT where the descriptor states none, `outline` is None where there is no usable one.
    `tables` are typed frames, indexed by line. `files` tells each table's path, `releases` each released version's
    manifest, and `hashes` the SHA-256 of each table's file where the package's version has been released.
    """

    start: pd.Timestamp = field(default_factory=_no_day)
    end: pd.Timestamp = field(default_factory=_no_day)
    area: str | None = None
    version: str = ""
    outline: Outline | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, Any] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
