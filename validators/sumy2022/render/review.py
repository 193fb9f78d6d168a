"""A review as one page of Markdown, for the summary of a CI run or a comment, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sumy2022.render import key_words, place
from sumy2022.render.changes import markdown as changes_markdown
from sumy2022.render.changes.json import document as changes_document
from sumy2022.render.json import finding_document, json_text
from sumy2022.render.markdown import plain

if TYPE_CHECKING:
    from sumy2022.findings import Finding
    from sumy2022.reviewing import Review

REVIEW_VERSION = 1
LIMIT = 60_000
"""The most bytes of the Markdown, which GitHub takes as a comment."""
LISTED = 30
"""How many findings of a kind, or reasons, are listed."""
FORMATS = ("markdown", "json")


def markdown(review: Review) -> str:
    """Return the page: what must be mended, the version, the findings, and the changes as far as there is room."""
    head = "\n".join(_lines(review)) + "\n"
    return head + changes_markdown.render(review.changes, LIMIT - len(head.encode()))


def _lines(review: Review) -> Iterator[str]:
    must = review.must_be_mended
    yield "# Review\n"
    yield "**Before this can be merged:**\n" if must else "Nothing stands in the way of merging this."
    yield from (f"- {plain(words)}" for words in must)
    yield "\n## Version\n"
    yield from _version(review)
    for heading, findings in (
        ("New findings", review.new),
        ("What the rules and schemas of this change newly find in the data before it", review.rejected),
        ("Findings that are mended", review.fixed),
    ):
        yield f"\n## {heading}: {len(findings)}\n"
        yield from _listed([_finding(finding) for finding in findings])
    yield f"\n{len(review.unchanged)} findings are as before."
    if review.rewritten:
        yield "\n## Do these identifiers still mean the same?\n"
        yield "More than half of each row changed. A row about another thing needs another identifier.\n"
        yield from _listed([f"- {plain(key)}" for _, key in review.rewritten])
    if review.notes:
        yield "\n## Notes\n"
        yield from (f"- {plain(words)}" for words in review.notes)
    yield "\n## Changes\n"


def _version(review: Review) -> Iterator[str]:
    version = review.version
    after = f"the last release, {plain(version.last)}" if version.last else "which no release came before"
    yield (
        f"{plain(version.base)} → {plain(version.head)}, {after}. This change is of the level "
        f"**{version.level.name.lower()}** and calls for {plain(version.lowest)} or higher: "
        f"{'it has that' if version.enough else 'raise `version` in datapackage.json'}."
    )
    yield ""
    yield from _listed([f"- {reason.level.name.lower()}: {plain(reason.words)}" for reason in review.reasons])


def _finding(finding: Finding) -> str:
    row = key_words(finding)
    return (
        f"- {finding.severity.value} [{finding.rule}](docs/rules/{finding.rule}.md) {plain(place(finding))}"
        f"{' **' + plain(row) + '**' if row else ''}: {plain(finding.message)}. {plain(finding.fix)}"
    )


def _listed(lines: list[str]) -> Iterable[str]:
    more = len(lines) - LISTED
    return [*lines[:LISTED], f"- ... and {more} more"] if more > 0 else lines


def json(review: Review) -> str:
    """Return the review as a JSON document; docs/report.md describes it."""
    version = review.version
    document = {
        "review_version": REVIEW_VERSION,
        "must_be_mended": list(review.must_be_mended),
        "version": {
            "last_release": version.last,
            "base": version.base,
            "head": version.head,
            "level": version.level.name.lower(),
            "lowest": version.lowest,
            "enough": version.enough,
            "reasons": [{"level": reason.level.name.lower(), "words": reason.words} for reason in review.reasons],
        },
        "changelog": list(review.changelog),
        "not_in_changelog": list(review.unlisted),
        "edited_manifests": list(review.edited),
        "gone_without_tombstone": [{"table": table, "id": key} for table, key in review.gone],
        "rewritten": [{"table": table, "id": key} for table, key in review.rewritten],
        "findings": {
            name: [finding_document(finding) for finding in findings]
            for name, findings in (
                ("new", review.new),
                ("fixed", review.fixed),
                ("unchanged", review.unchanged),
                ("newly_rejected_in_base", review.rejected),
            )
        },
        "notes": list(review.notes),
        "changes": changes_document(review.changes),
    }
    return json_text(document)
