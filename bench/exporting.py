"""What `fmt`, `export parquet` and `export sqlite` take on a large package, in time and in memory.

Run `python bench/exporting.py [--events N] [--formats FORMAT ...]` in an environment that has this project with its
extra `validate`. Each is a process of its own. The memory that it holds at most is compared with that of the package's
largest tables, read as text: the yardstick of "a few tables at a time". `fmt` is given a package whose largest table it
has to rewrite.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import measuring
import synthetic

from sumy2022.reading import read_csv


def tables(folder: Path) -> list[tuple[int, int, str]]:
    """Return each table's bytes as a file and as text in memory, with its name, largest first."""
    files = (folder / "data").glob("*.csv")
    sizes = [(path.stat().st_size, read_csv(path.read_bytes(), path.name).table.nbytes, path.stem) for path in files]
    return sorted(sizes, reverse=True)


def spoil(path: Path) -> None:
    """Put the last row of a table first, so that `fmt` has to sort it."""
    header, rest = path.read_bytes().split(b"\n", 1)
    body, _, last = rest.removesuffix(b"\n").rpartition(b"\n")
    path.write_bytes(b"\n".join([header, last, body, b""]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="how many events")
    parser.add_argument("--formats", nargs="*", default=["parquet", "sqlite"], help="which formats are written")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "package"
        synthetic.write(folder, given.events)
        print("table               file MB   in memory MB")
        for size, memory, table in tables(folder)[:5]:
            print(f"{table:16}  {size / 1e6:9,.0f}  {memory / 1e6:13,.0f}")
        floor = measuring.run([*measuring.SUMY2022, "info", str(folder)], Path(name) / "out")
        print(f"sumy2022 info     {floor}  (what any command takes)")
        for title in ("fmt --check", "fmt"):
            taken = measuring.run([*measuring.SUMY2022, *title.split(), str(folder)], Path(name) / "out")
            print(f"{title:16}  {taken}")
        spoil(folder / "data/events.csv")
        print(f"{'fmt, rewriting':16}  {measuring.run([*measuring.SUMY2022, 'fmt', str(folder)], Path(name) / 'out')}")
        for form in given.formats:
            target = Path(name) / form
            command = [*measuring.SUMY2022, "export", form, str(folder), "--output", str(target)]
            taken = measuring.run(command, Path(name) / "out")
            size = sum(path.stat().st_size for path in target.iterdir())
            print(f"export {form:9}  {taken}  {size / 1e6:,.0f} MB written")


if __name__ == "__main__":
    main()
