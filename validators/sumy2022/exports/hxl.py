"""One flat table with a row of HXL hashtags under the header, for tools that read the Humanitarian Exchange Language.

STEM-hxl.csv has the rows of the flat table: an event a row. What a spreadsheet would run has an apostrophe before it.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from sumy2022.canonical import to_bytes
from sumy2022.exports import stem
from sumy2022.exports.checked import EVENTS, checked, flat
from sumy2022.exports.crosswalk import lookup
from sumy2022.exports.csv import as_text
from sumy2022.package import Package


def write(package: Package, folder: Path) -> list[Path]:
    """Write the flat table with its hashtags; a column of one's own has none. Raises `UsageError` as `checked` does."""
    rows = flat(package, checked(package, EVENTS))
    tagged = {str(name): pa.array([lookup("hxl", str(name)).get("tag", "")]) for name in rows.columns}
    table = pa.table({name: pa.concat_arrays([tag, as_text(rows[name])]) for name, tag in tagged.items()})
    path = folder / f"{stem(package)}-hxl.csv"
    path.write_bytes(to_bytes(table))
    return [path]
