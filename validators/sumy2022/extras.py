"""The libraries that only some of the work needs: each belongs to an extra of the distribution.

Reading a package needs none of them, so that whoever only uses the data installs little.
"""

from __future__ import annotations

from importlib.util import find_spec

from sumy2022.findings import UsageError

DISTRIBUTION = "sumy-2022"
EXTRAS = {
    "dask": "dask",
    "distributed": "dask",
    "matplotlib": "docs",
    "pandera": "validate",
    "rich": "validate",
    "shapely": "validate",
    "xlsxwriter": "exports",
}
"""The extra that brings a library, by the name under which it is imported."""


def available(library: str) -> bool:
    """Tell whether a library can be imported, without importing it."""
    return find_spec(library) is not None


def need(purpose: str, *libraries: str) -> None:
    """Raise `UsageError`, with the command that helps, if a library is missing; `purpose` begins its sentence."""
    missing = [library for library in libraries if not available(library)]
    if missing:
        extras = ",".join(sorted({EXTRAS[library] for library in missing}))
        raise UsageError(f"{purpose} needs {' and '.join(missing)}: pip install '{DISTRIBUTION}[{extras}]'.")


def installed() -> str:
    """Return the version of this package that is installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import, and seldom asked for

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"  # the code is run without having been installed
