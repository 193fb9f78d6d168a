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


def write(package: Package, folder: Path) -> list[Path]:
    """Write the files that go out with a release, and return their paths.

    The Croissant file names the package's files relative to itself: it belongs beside datapackage.json. Raises
    `UsageError` where the package does not say what a catalogue must know.
    """
    known = facts(package)
    texts = {
        "croissant": _json(croissant.document(package, known)),
        "datacite": _json(datacite.document(known)),
        # It is made to stand in the <script> of a page, which the text of the data must not close.
        "schema-org": _json(schema_org.document(known)).replace("<", "\\u003c"),
    }
    written = []
    for name, text in texts.items():
        path = folder / f"{known.name}-{known.version}-{name}.json"
        path.write_bytes(text.encode())
        written.append(path)
    return written


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
