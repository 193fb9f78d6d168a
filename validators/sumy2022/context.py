"""What a rule may see besides its own table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from sumy2022.outline import Outline


@dataclass(frozen=True)
class Context:
    """The study period and area of the package, the further tables a rule has declared, and past releases.

    `start` and `end` are NaT where the descriptor states none, `outline` is None where there is no usable one.
    `tables` are typed frames, indexed by line. `files` tells each table's path, `releases` each released version's
    manifest, and `hashes` the SHA-256 of each table's file where the package's version has been released.
    """

    start: pd.Timestamp = pd.NaT  # type: ignore[assignment]
    end: pd.Timestamp = pd.NaT  # type: ignore[assignment]
    area: str | None = None
    version: str = ""
    outline: Outline | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, Any] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
