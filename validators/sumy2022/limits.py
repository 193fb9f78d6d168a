"""How much of a package is read: bytes, rows and seconds, so that a file made to exhaust a machine ends in an answer.

A limit that is reached is a `UsageError`: what was seen by then is no report.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sumy2022.findings import UsageError


@dataclass(frozen=True)
class Limits:
    """The most that is read of one package, and the longest that it may take.

    `bytes` are those of all files that are read of it together, unpacked, and so of each; a file that several
    resources name counts for each of them. Memory is taken for all tables at once, so a bound for each file alone would
    be none. `rows` are those of all tables together: the lines of their files, less one for the header. `seconds` are
    those of one call. A package of a million events has some 600 MB and 4.5 million rows.
    """

    bytes: int = 2_000_000_000
    rows: int = 10_000_000
    seconds: int = 3_600


@dataclass
class Meter:
    """What was read of one package so far; `name` is what a message calls the package.

    It also holds that a file has the same content whenever it is read: what was checked is what is used.
    """

    limits: Limits = field(default_factory=Limits)
    name: str = "the package"
    _bytes: dict[tuple[str, str], int] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)
    _content: dict[str, int] = field(default_factory=dict)
    _stamp: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _reader: dict[str, str] = field(default_factory=dict)

    def left(self, path: str) -> int:
        """Return how many bytes a file may have."""
        return self.limits.bytes - sum(self._bytes.values()) + self._bytes.get((path, ""), 0)

    def allow(self, path: str, size: int) -> None:
        """Refuse a file that has more bytes than are left."""
        if size > self.left(path):
            raise UsageError(
                f"{path} brings what is read of {self.name} to more than {self.limits.bytes:,} bytes, unpacked, which "
                "is the most that is read. --max-bytes sets the limit."
            )

    def count(self, path: str, size: int) -> None:
        """Count the bytes of a file; those of an earlier reading are not counted again."""
        self.allow(path, size)
        self._bytes[path, ""] = size

    def take(self, path: str, data: bytes) -> bytes:
        """Return the bytes of a file that was read, and count them.

        Raises `UsageError` where they are too many or not those of the earlier reading.
        """
        self.count(path, len(data))
        content = hash(data)  # keyed by a secret of the process, and cheaper than reading the file
        if self._content.setdefault(path, content) != content:
            raise self.changed(path)
        return data

    def hold(self, path: str, stamp: tuple[int, ...]) -> None:
        """Refuse a file whose size and times are not those of the earlier reading."""
        if self._stamp.setdefault(path, stamp) != stamp:
            raise self.changed(path)

    def changed(self, path: str) -> UsageError:
        """Return the error for a file that does not hold still."""
        return UsageError(
            f"{path} of {self.name} was changed by another program meanwhile, so that no answer would be about one and "
            "the same file. Try again when nothing writes to it."
        )

    def gone(self, path: str) -> None:
        """Refuse to go on where a file is not there any more."""
        if path in self._stamp:
            raise self.changed(path)

    def use(self, resource: str, path: str, size: int) -> None:
        """Count the bytes of a resource's file once more if another resource names it too."""
        if self._reader.setdefault(path, resource) != resource:
            self._bytes.pop((path, resource), None)
            self.allow(f"{path} as {resource}", size)
            self._bytes[path, resource] = size

    def count_lines(self, resource: str, path: str, data: bytes) -> None:
        """Count the rows of a table by its lines, before anything is parsed: a record has at least one."""
        if resource not in self._rows:
            self.count_rows(resource, path, max(_lines(data) - 1, 0))

    def count_rows(self, resource: str, path: str, rows: int) -> None:
        """Count the rows of a table, and refuse one that brings them to too many."""
        self._rows[resource] = rows
        if sum(self._rows.values()) > self.limits.rows:
            raise UsageError(
                f"{path} brings the tables of {self.name} to more than {self.limits.rows:,} rows, which is the most "
                "that is read. --max-rows sets the limit."
            )


def _lines(data: bytes) -> int:
    """Return the number of lines, whichever way they end."""
    pairs, returns = (data.count(b"\r\n"), data.count(b"\r")) if b"\r" in data else (0, 0)
    return data.count(b"\n") + returns - pairs + (not data.endswith((b"\n", b"\r")))


def in_time(limits: Limits, step: Callable[[str], None] = lambda _: None) -> Callable[[str], None]:
    """Return a function to call at each step of a long work, which stops the work once its seconds are over."""
    end = time.monotonic() + limits.seconds

    def checked(words: str) -> None:
        if time.monotonic() > end:
            raise _too_long(limits.seconds)
        step(words)

    return checked


class _Rung(BaseException):
    """The timer has run out: no `Exception`, lest a library take it for a failure of its own and go on."""


@contextmanager
def timer(seconds: int | None) -> Iterator[None]:
    """Stop what runs inside once the seconds are over, also in the middle of a step; None sets no timer.

    Python sees the signal between two of its own instructions: one call into a library ends first. Where the system has
    no such timer, the steps are what is checked.
    """
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise _Rung

    before = signal.signal(signal.SIGALRM, ring)
    # It rings again, for an exception is lost in the few places where Python has nobody to hand it to.
    signal.setitimer(signal.ITIMER_REAL, min(seconds, 10**8), 5)
    try:
        yield
    except _Rung:
        raise _too_long(seconds) from None
    finally:
        stop_timer()
        signal.signal(signal.SIGALRM, before)


def stop_timer() -> None:
    """Stop the timer, if there is one: the answer is there, and whoever reads it may take their time."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _too_long(seconds: int) -> UsageError:
    return UsageError(
        f"This took more than {seconds:,} seconds, which is the most that it may take; there is no result. "
        "--max-seconds sets the limit."
    )
