"""The one moment that is written into files: never the clock's, so that the same commit gives the same bytes.

Source: https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sumy2022.findings import UsageError

if TYPE_CHECKING:
    from sumy2022.package import Package

VARIABLE = "SOURCE_DATE_EPOCH"
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The earliest moment that a zip file can hold."""


def moment(package: Package) -> datetime:
    """Return the moment of a build in UTC: SOURCE_DATE_EPOCH if it is set, else `created` of the descriptor.

    Raises `UsageError` where the variable is no whole number of seconds.
    """
    seconds = os.environ.get(VARIABLE)
    try:
        if seconds is not None:
            return max(datetime.fromtimestamp(int(seconds), UTC), EARLIEST)
        said = datetime.fromisoformat(str(package.descriptor.document.get("created")))
        # Without a zone it would be read in that of the machine.
        return max(said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC), EARLIEST)
    except (ValueError, OverflowError, OSError) as error:
        if seconds is not None:
            raise UsageError(f"{VARIABLE} is {seconds!r}, not a number of seconds since 1970.") from error
        return EARLIEST
