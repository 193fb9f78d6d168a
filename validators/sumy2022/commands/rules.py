"""List the rules, or explain one.

Without a RULE all are listed; with an id or slug the rule's page is printed.
"""

from __future__ import annotations

import argparse

from sumy2022.commands import emit


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="an id such as EVT-101, or a slug")


def run(args: argparse.Namespace) -> int:
    """Print the list or one page."""
    from sumy2022.pages import rule_page
    from sumy2022.rule import REGISTRY, find
    from sumy2022.rules import load_all

    load_all()
    if args.rule:
        emit(rule_page(find(args.rule)))
        return 0
    for rule in sorted(REGISTRY.values(), key=lambda rule: rule.id):
        retired = f" (retired in {rule.retired})" if rule.retired else ""
        emit(f"{rule.id}  {rule.severity.value:<7}  {rule.slug}{retired}\n")
    return 0
