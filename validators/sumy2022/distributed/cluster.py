"""The workers: those of a cluster that is there already, or processes of this machine, ended when they are done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from dask.system import CPU_COUNT
from distributed import Client, LocalCluster
from distributed.system import MEMORY_LIMIT

from sumy2022.extras import DISTRIBUTION, installed
from sumy2022.findings import UsageError

MEMORY = 4_000_000_000
"""The bytes of memory that a worker of this machine may take, where the machine has as much for each."""
HERE = "127.0.0.1"
"""Where the processes of this machine listen: nobody else can reach them."""
PATIENCE = 30
"""The seconds for which a cluster and its workers are waited for."""
LOGGERS = ("distributed", "tornado", "asyncio")
"""Who would tell the user about lost workers and slow loops, of which the result says all that matters."""
CONFIG = {
    "distributed.admin.large-graph-warning-threshold": "4GiB",  # the blocks of a zip file are sent on purpose
    "distributed.worker.memory.target": False,  # frames share their columns, which would be counted several times
    "distributed.worker.memory.spill": 0.6,
}


@contextmanager
def connected(scheduler: str | None = None, workers: int | None = None) -> Iterator[Client]:
    """Give a client of the cluster whose scheduler has an address, or of as many processes of this machine.

    Raises `UsageError` where the cluster cannot be reached, has no worker, or has another version of this package.
    """
    with _quiet(), dask.config.set(CONFIG):
        if scheduler is not None:
            with _remote(scheduler) as client:
                yield client
            return
        count = workers or CPU_COUNT
        with (
            LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                memory_limit=min(MEMORY, MEMORY_LIMIT // count),
                host=HERE,
                dashboard_address=f"{HERE}:0",
                worker_dashboard_address=f"{HERE}:0",
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


@contextmanager
def _remote(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"There is no scheduler at {address}. Give the address that `dask scheduler` shows."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise UsageError(f"The scheduler at {address} has no workers. Start one with `dask worker`.") from error
        mine, theirs = installed(), client.run(installed, on_error="return")
        for worker, found in theirs.items():
            if found != mine:
                there = f"version {found}" if isinstance(found, str) else "nothing"
                raise UsageError(
                    f"The worker {worker} has {there} of {DISTRIBUTION}, and here is {mine}. Install the same on "
                    f"all: pip install '{DISTRIBUTION}[dask,validate]'."
                )
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries of the cluster from writing to the terminal."""
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
