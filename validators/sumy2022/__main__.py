"""The command `sumy2022`: one subcommand a module in `commands`, each with `register(parser)` and `run(args)`.

Exit codes: 0 clean, 1 findings at or above the asked level (or files that `fmt --check` would change), 2 the command
could not do it: a wrong call, no package, or a fault of this program.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from sumy2022.findings import RuleCrashed, UsageError
from sumy2022.limits import timer

COMMANDS = (
    "validate", "diff", "review", "new", "retire", "fmt", "export", "release", "verify", "rules", "info", "docs"
)  # fmt: skip


def parser(commands: Collection[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of the command line, for all commands or some; a module's docstring is its help."""
    main_parser = argparse.ArgumentParser(
        prog="sumy2022",
        description="Checks, formats and describes a data package on armed conflict.",
        epilog="Exit codes: 0 clean, 1 findings, 2 could not do it.",
        allow_abbrev=False,
    )
    main_parser.add_argument("--version", action=_Version, nargs=0, help="show the installed version and exit")
    subparsers = main_parser.add_subparsers(metavar="COMMAND", required=True)
    for name in commands:
        module = import_module(f"sumy2022.commands.{name}")
        words = (module.__doc__ or "").strip()
        sub = subparsers.add_parser(
            name,
            help=words.splitlines()[0],
            description=words,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.register(sub)
        sub.set_defaults(run=module.run, without=getattr(module, "WITHOUT", ()))
    return main_parser


def main(argv: list[str] | None = None, *, alone: bool = False) -> int:
    """Run the command line and return its exit code; `alone` tells that this is all that the process does."""
    words = sys.argv[1:] if argv is None else argv
    # The other commands need not be imported where one of them comes first; to name all is for the help.
    args = parser([name for name in COMMANDS if name in words[:1]] or COMMANDS).parse_args(words)
    if alone:
        _hide(*args.without)
    try:
        with timer(getattr(args, "max_seconds", None)):
            code: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
    except UsageError as error:
        return _fail(str(error))
    except RuleCrashed as error:
        print(f"sumy2022: a fault of this program, not of your data: {error}\n"  # noqa: T201
              "Please report it with the data that shows it.", file=sys.stderr)  # fmt: skip
        return 2
    except BrokenPipeError:
        # The reader of our output, such as `head`, has gone; writing the rest would only fail again.
        _forget_output()
        return 2
    except OSError as error:
        # Of files, the commands tell what they could; what is left is a disk or device that fails in between.
        if error.filename is None:
            _forget_output()
        where = "The output or a file" if error.filename is None else error.filename
        return _fail(f"{where} cannot be written or read: {error.strerror or error}.")
    except MemoryError:
        return _fail(
            "There is not enough memory for a package of this size; there is no result. --max-bytes and --max-rows set "
            "limits."
        )
    except KeyboardInterrupt:
        print("sumy2022: interrupted", file=sys.stderr)  # noqa: T201
        return 2
    return code


def _fail(message: str) -> int:
    """Say why a command could not be done, and return its exit code."""
    from sumy2022.render import visible

    # A message may quote what a file holds, and a terminal must not obey it.
    print("\n".join(visible(line, None) for line in f"sumy2022: {message}".split("\n")), file=sys.stderr)  # noqa: T201
    return 2


def _forget_output() -> None:
    """Drop what is not written yet, which Python would try to write once more as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Hidden:
    """Finds libraries before anything else does, and says that they are not installed."""

    def __init__(self, libraries: Collection[str]) -> None:
        self._libraries = libraries

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse to find one of them; anything else is for others to find."""
        if name in self._libraries:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _hide(*libraries: str) -> None:
    """Let libraries seem not to be installed, for those that import them wherever they are."""
    sys.meta_path.insert(0, _Hidden(libraries))


def script() -> NoReturn:
    """Run the installed command.

    Some savings that only a process of one's own may make. pandera imports hypothesis wherever it is installed, to make
    up data, and Arrow pandas, to take its frames: who does neither can do without. Nearly all that is allocated,
    modules and tables, lives to the end, so that to look for garbage at every few hundred objects, and to take all
    apart at the end, is time spent for nothing. Arrow's own allocator hands memory back at once, to ask the system for
    it anew at the next column. And a thread that reads would wait 5 ms for one that imports whenever Arrow or NumPy has
    done a step of its work.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    _hide("hypothesis")
    gc.set_threshold(2_000_000)
    sys.setswitchinterval(0.0002)
    code = main(alone=True)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # full, closed, or not there: `main` has said so
            stream.flush()
    os._exit(code)


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from sumy2022.extras import installed

        print(f"{parser.prog} {installed()}")  # noqa: T201 - the message of `exit` would go to standard error
        parser.exit()


if __name__ == "__main__":
    script()
