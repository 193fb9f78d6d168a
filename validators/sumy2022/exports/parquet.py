"""Parquet: one file a table, for DuckDB, Polars, pandas, R and Spark.

The files stand side by side and not in an archive, because a reader opens each one where it lies, also over a network,
and fetches only the columns it needs: `FROM 'STEM-events.parquet'` in DuckDB, `pl.read_parquet("STEM-events.parquet")`
in Polars. Types are those of the schemas (dates without time, 64-bit whole numbers, 64-bit floating point, text), null
is unknown, and a required column has no null. Each file says where it is from: name, title, version, licence and
citation of the package and the Table Schema are among its key-value metadata, which
`FROM parquet_kv_metadata('STEM-events.parquet')` shows in DuckDB. Arrow reads the description of each column from the
metadata of its field.

One version of pyarrow writes the same bytes anywhere; another may compress otherwise.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from sumy2022.exports import stem
from sumy2022.exports.about import about
from sumy2022.exports.arrow import arrow_table
from sumy2022.package import Package


def write(package: Package, folder: Path) -> list[Path]:
    """Write one file a table, named after the package, its version and the table, holding one table at a time.

    Raises `UsageError` where the package has a fault, or a table does not keep to its schema.
    """
    said = about(package)
    paths = []
    for name in package.schemas:
        path = folder / f"{stem(package)}-{name}.parquet"
        with path.open("wb") as file:  # Arrow itself takes no path that the locale cannot spell
            pq.write_table(arrow_table(package, name, said), file, compression="zstd")
        paths.append(path)
    return paths
