"""The rules, a module a table. This is the place contributors read.

Modules are imported by name, so that none is run that is not listed; a test compares the list with the folder.
"""

from importlib import import_module

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


def load_all() -> None:
    """Import every module of rules, which enters their rules in the registry."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
