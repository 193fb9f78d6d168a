"""What archives, catalogues and search engines are told about a package: a format a module.

All of it comes from datapackage.json, the schemas and the files themselves, so that no fact is written twice. The same
package gives the same text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sumy2022.metadata import citation, croissant, datacite, schema_org, zenodo
from sumy2022.metadata.facts import facts
from sumy2022.package import Package


def committed(package: Package) -> dict[str, str]:
    """Return the files that stand at the root of the repository, where others look for them, by path.

    Raises `UsageError` where the package does not say what a citation needs.
    """
    known = facts(package)
    return {"CITATION.cff": citation.text(known), ".zenodo.json": _json(zenodo.document(known))}


def beside_the_data(package: Package) -> dict[str, str]:
    """Return the files that belong beside datapackage.json wherever the data is, for they name its files, by path.

    Raises `UsageError` where the package does not say what a catalogue must know.
    """
    known = facts(package)
    return {
        "croissant.json": _json(croissant.document(package, known)),
        # It is made to stand in the <script> of a page, which the text of the data must not close.
        "schema-org.json": _json(schema_org.document(known)).replace("<", "\\u003c"),
    }


def write(package: Package, folder: Path) -> list[Path]:
    """Write the files that stand beside the others of a release, and return their paths; raises as the above."""
    known = facts(package)
    path = folder / f"{known.name}-{known.version}-datacite.json"
    path.write_bytes(_json(datacite.document(known)).encode())
    return [path]


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
