"""Look for bytes that break a reader: `make fuzz`, or `python tests/fuzz.py csv --seconds 600` for one target.

The targets are in `targets`, what they start from is in tests/corpus. Atheris changes it, guided by the lines of code
that it reaches. What it keeps and what broke something is in .fuzz; whatever breaks becomes a file of tests/corpus and,
if its cause is to be named, a test of its own. Exits with 1 if something broke, hung or took too much memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CORPUS, FOUND = HERE / "corpus", HERE.parent / ".fuzz"
TARGETS = ("descriptor", "schema", "csv", "zip", "diff")
LIMITS = ("-timeout=30", "-rss_limit_mb=4096", "-max_len=20000")
"""Seconds and memory for one input, and the bytes that it may have."""


def run_all(targets: list[str], seconds: int) -> int:
    """Fuzz each target in a process of its own, for the engine ends its process; return 1 if one of them broke."""
    broken = []
    for target in targets:
        print(f"{target}: {seconds} seconds", flush=True)
        command = [sys.executable, __file__, target, "--seconds", str(seconds), "--here"]
        if subprocess.run(command, check=False).returncode:
            broken.append(target)
    print(f"broken: {', '.join(broken)}; the inputs are in {FOUND}/crashes" if broken else "nothing broke")
    return 1 if broken else 0


def run(target: str, seconds: int) -> None:
    """Fuzz one target and end the process: with 0 once the time is over."""
    import atheris

    with atheris.instrument_imports(include=["sumy2022"]):
        from targets import feed

    kept, crashes = FOUND / "corpus" / target, FOUND / "crashes"
    for folder in (kept, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    words = FOUND / "words.txt"
    words.write_text("".join(f'"{word}"\n' for word in dictionary()))
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={crashes}/{target}-", f"-dict={words}", *LIMITS]
    atheris.Setup(
        [sys.argv[0], *options, str(kept), str(CORPUS / target)], lambda data: feed(target, data, rarely=True)
    )
    atheris.Fuzz()


def dictionary() -> list[str]:
    """Return the words that descriptors, schemas and tables are made of, as the engine wants them."""
    from sumy2022 import descriptor, table_schema

    known = [descriptor.PACKAGE, descriptor.RESOURCE, descriptor.DIALECT, table_schema.SCHEMA, table_schema.FIELD,
             table_schema.CONSTRAINTS, table_schema.ALLOWED_CONSTRAINTS]  # fmt: skip
    signs = ['\\"', "\\x0d\\x0a", "\\xef\\xbb\\xbf", "\\xff", "\\xed\\xa0\\x80", "\\xe2\\x80\\xae", "\\x1b[2J",
             "::error::", "../", "(?:", "2022-02-24", "1e400", "\\\\ud800"]  # fmt: skip
    return [*dict.fromkeys(name.replace("$", "") for names in known for name in names), *signs]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--here", action="store_true", help="fuzz one target in this process")
    args = parser.parse_args()
    if args.here:
        run(args.targets[0], args.seconds)
    sys.exit(run_all(args.targets or list(TARGETS), args.seconds))
