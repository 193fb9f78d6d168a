"""Tell what a package holds: tables, rows, empty cells, dates, version and rules."""

from __future__ import annotations

import argparse

from sumy2022.commands import add_package, emit, limits_of


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_package(parser)


def run(args: argparse.Namespace) -> int:
    """Print a line a table, and the totals."""
    from sumy2022.package import open_package
    from sumy2022.render import visible
    from sumy2022.rule import REGISTRY
    from sumy2022.rules import load_all
    from sumy2022.tables import read_table

    load_all()
    package = open_package(args.package, limits_of(args))
    read = ((name, read_table(package, name)) for name in package.schemas)
    tables = {name: table for name, table in read if table is not None}
    descriptor = package.descriptor
    emit(f"{visible(descriptor.name)} {visible(descriptor.version)}: {visible(descriptor.title, None)}\n")
    start, end, area = (visible(part or "(none)") for part in (descriptor.start, descriptor.end, descriptor.area))
    emit(f"period {start} to {end}, area {area}\n\n")
    emit(f"{'table':<16}{'rows':>9}{'columns':>9}{'empty':>8}  dates\n")
    for name, table in tables.items():
        cells = table.text.size
        empty = f"{table.text.isna().to_numpy().mean():.0%}" if cells else "-"
        days = [table.values[f.name] for f in table.schema.fields if f.type == "date" and f.name in table.values]
        first = min((day.min() for day in days if day.notna().any()), default=None)
        last = max((day.max() for day in days if day.notna().any()), default=None)
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" if first is not None else "-"
        emit(f"{name:<16}{len(table.text):>9}{table.text.shape[1]:>9}{empty:>8}  {span}\n")
    missing = [resource.name for resource in descriptor.tables if resource.name not in tables]
    if missing:
        emit(f"\nNot readable: {', '.join(missing)}. `sumy2022 validate` says why.\n")
    emit(f"\n{sum(len(table.text) for table in tables.values())} rows; {len(REGISTRY)} rules\n")
    return 0
