"""The data that comes with the distribution: what is read where no package is named and none lies around.

The wheel carries the files of the released package beside the code; a clone and an editable install have none there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sumy2022.limits import Meter
from sumy2022.storage import Folder

if TYPE_CHECKING:
    from sumy2022.package import Package

FOLDER = Path(__file__).parent / "package"


@dataclass(frozen=True)
class Bundled:
    """The files that came with the distribution: a source that is no `Folder`, for nothing may be written there."""

    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    @property
    def files(self) -> Folder:
        """Return where they are."""
        return Folder(FOLDER, self.meter)

    @property
    def name(self) -> str:
        """Return the folder as a message names it."""
        return self.files.name

    def has(self, path: str) -> bool:
        """Tell whether there is such a file."""
        return self.files.has(path)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file."""
        return self.files.read(path)

    def names(self, folder: str) -> list[str]:
        """Return the sorted paths of the files directly in a folder."""
        return self.files.names(folder)


def vouched(package: Package, table: str) -> bool:
    """Tell whether a table is bundled and, if its version was released, still has the bytes of the release.

    A release is validated, so that its tables need not be checked again. Data from between two releases, which no
    manifest tells of, was checked by whoever built the distribution.
    """
    from sumy2022.package import manifests
    from sumy2022.rules.manifests import manifest_problem

    if not isinstance(package.source, Bundled):
        return False
    version = package.descriptor.version
    released, faults = manifests(package.source)
    if version not in released and not faults:
        return True
    manifest: Any = released.get(version)
    data = package.read(table)
    if data is None or manifest_problem(version, manifest) is not None:
        return False
    entry = manifest["tables"].get(table)
    return entry is not None and entry["sha256"] == hashlib.sha256(data).hexdigest()
