"""Open data packages on armed conflict: load their tables, check them, and derive their figures.

The names below are imported when they are first used, so that `import sumy2022` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sumy2022.comparison import Changes, diff
    from sumy2022.estimation import corroboration, estimates
    from sumy2022.findings import Finding, NotRun, Report, RuleCrashed, Severity, Sumy2022Error, UsageError
    from sumy2022.limits import Limits
    from sumy2022.loading import load
    from sumy2022.package import Package, open_package
    from sumy2022.reviewing import Review, review
    from sumy2022.validation import validate

__all__ = [
    "Changes",
    "Finding",
    "Limits",
    "NotRun",
    "Package",
    "Report",
    "Review",
    "RuleCrashed",
    "Severity",
    "Sumy2022Error",
    "UsageError",
    "corroboration",
    "diff",
    "estimates",
    "load",
    "open_package",
    "review",
    "validate",
]

# No module has the name of a function here: importing it would put the module in the function's place.
_HOME = {
    "Changes": "comparison",
    "diff": "comparison",
    "corroboration": "estimation",
    "estimates": "estimation",
    "Limits": "limits",
    "Package": "package",
    "load": "loading",
    "open_package": "package",
    "Review": "reviewing",
    "review": "reviewing",
    "validate": "validation",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'findings')}"), name)


def __dir__() -> list[str]:
    return __all__
