"""The roles of contributors in the words of DataCite, which Zenodo shares."""

from __future__ import annotations

ROLES = {
    "contact": "ContactPerson",
    "contributor": "Other",
    "dataCollector": "DataCollector",
    "dataCurator": "DataCurator",
    "dataManager": "DataManager",
    "distributor": "Distributor",
    "editor": "Editor",
    "maintainer": "DataManager",
    "rightsHolder": "RightsHolder",
    "wrangler": "DataCurator",
}


def kind(roles: tuple[str, ...]) -> str:
    """Return what a contributor with these roles is: the first that is known, or else `Other`."""
    return next((ROLES[role] for role in roles if role in ROLES), "Other")
