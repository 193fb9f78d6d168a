"""Changes as a page that stands by itself: no script, no address of another host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from sumy2022.comparison import Changes, TableChanges
from sumy2022.render import visible
from sumy2022.render.changes import columns, counted, filled, key_of, title, value

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; margin: 2rem auto; max-width: 75rem;
  padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid #ccc; padding: .3rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { background: #f3f3f3; } col.narrow { width: 11rem; }
del { background: #ffe3dd; text-decoration-color: #b00; } ins { background: #dcf3e3; text-decoration: none; }
.added { border-left: 4px solid #1a7f37; } .removed { border-left: 4px solid #b35900; }
.changed { border-left: 4px solid #0969da; }
"""


def render(changes: Changes) -> str:
    """Return the page."""
    return "\n".join(_lines(changes)) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Changes</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{escape(title(changes))}</h1>"
    if not changes:
        yield "<p>No difference.</p>"
    if changes.tables:
        yield "<ul>"
        yield from (f'<li><a href="#{escape(t.name)}">{escape(t.name)}</a>: {counted(t)}</li>' for t in changes.tables)
        yield "</ul>"
    for table in changes.tables:
        yield f'<h2 id="{escape(table.name)}">{escape(table.file)}: {counted(table)}</h2>'
        yield from (f"<p>{escape(words)}</p>" for words in columns(table))
        yield from _table(("row", "field", "before", "now"), _rows(table))
    if changes.properties:
        yield "<h2>Descriptor and schemas</h2>"
        rows = (("changed", (p.file, p.pointer, _old(p.old), _new(p.new))) for p in changes.properties)
        yield from _table(("file", "property", "before", "now"), rows)
    yield from (f"<p>{escape(file)} has other content.</p>" for file in changes.files)
    yield "</body>\n</html>"


def _rows(table: TableChanges) -> Iterator[tuple[str, tuple[str, str, str, str]]]:
    for changed in table.rows_changed():
        for name, old, new in changed.cells:
            yield "changed", (key_of(table, changed), name, _old(old), _new(new))
    for row in table.rows_added():
        yield from (("added", (key_of(table, row), name, "", _new(cell))) for name, cell in filled(table, row))
    for row in table.rows_removed():
        yield from (("removed", (key_of(table, row), name, _old(cell), "")) for name, cell in filled(table, row))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, tuple[str, str, str, str]]]) -> Iterator[str]:
    """Yield a table; the first two cells of a row are text, the others are HTML already."""
    yield '<table>\n<colgroup><col class="narrow"><col class="narrow"><col><col></colgroup>'
    heads = "".join(f'<th scope="col">{word}</th>' for word in head)
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for kind, (one, two, old, new) in rows:
        cells = "".join(f"<td>{cell}</td>" for cell in (escape(visible(two, None)), old, new))
        yield f'<tr><th scope="row" class="{kind}">{escape(visible(one, None))}</th>{cells}</tr>'
    yield "</tbody>\n</table>"


def _old(text: str | None) -> str:
    return f"<del>{escape(value(text))}</del>" if text is not None else "(empty)"


def _new(text: str | None) -> str:
    return f"<ins>{escape(value(text))}</ins>" if text is not None else "(empty)"
