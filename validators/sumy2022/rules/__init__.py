"""The rules, a module a table. This is the place contributors read.

Modules are imported by name, so that none is run that is not listed; a test compares the list with the folder.
"""

from importlib import import_module
from threading import Lock

MODULES = (
    "structure",
    "canonical",
    "spreadsheet",
    "sources",
    "places",
    "positions",
    "codes",
    "actors",
    "names",
    "events",
    "event_places",
    "citations",
    "casualties",
    "casualty_comparisons",
    "evacuations",
    "control",
    "control_sources",
    "wording",
    "privacy",
    "manifests",
    "history",
    "waivers",
)


_LOCK = Lock()


def load_all() -> None:
    """Import every module of rules, which enters their rules in the registry; in one thread, and always in one order.

    Another thread that wants them waits, lest two rules be entered at once.
    """
    with _LOCK:
        for name in MODULES:
            import_module(f"{__name__}.{name}")
