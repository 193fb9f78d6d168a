"""Faults of the package, of its files and against its Table Schemas.

Their breaches are seen by the code that reads descriptors (`descriptor`, `package`), files (`reading`) and tables
(`schema`); here is what each is called, how grave it is and what to do. Whatever one cell, one key or one
reference can say is written in `schemas/`, and these rules report it.
"""

from __future__ import annotations

from sumy2022.example import Add, Edit, Remove, Swap, Write
from sumy2022.findings import Severity
from sumy2022.rule import declare

SINCE = "1.0.0"
ERROR, WARNING = Severity.ERROR, Severity.WARNING
DESCRIPTOR = "datapackage.json"
EVENTS = "data/events.csv"
EVENTS_SCHEMA = "schemas/events.json"

# The descriptor and the package -------------------------------------------------------------------------------

BAD_JSON = declare(
    "PKG-001",
    "unreadable-json",
    ERROR,
    since=SINCE,
    reason="A descriptor or schema must be one JSON object in UTF-8, without repeated names.\n\n"
    "A JSON reader that meets a name twice keeps one of the two values and says nothing, so a property could be "
    "overruled unseen.",
    message="cannot be read: {problem}",
    fix="Mend the JSON at that place; an editor with JSON support shows the spot.",
    bad=(Swap(EVENTS_SCHEMA, '"name": "events",', '"name": "events", "name": "events",'),),
    place=(EVENTS_SCHEMA, None),
)
UNKNOWN_PROPERTY = declare(
    "PKG-002",
    "unknown-property",
    ERROR,
    since=SINCE,
    reason="A property that no standard and no extension of this package defines is most likely misspelt.\n\n"
    "Readers ignore what they do not know: `contraints` in place of `constraints` would turn a check off unseen. "
    "An addition of your own may stand under a name with a colon, such as `ours:remark`.",
    message="{pointer}: there is no property {value}{hint}",
    fix="Correct the spelling, or remove the property.",
    bad=(Swap(EVENTS_SCHEMA, '"primaryKey"', '"primarykey"'),),
    place=(EVENTS_SCHEMA, None),
)
BAD_PROPERTY = declare(
    "PKG-003",
    "invalid-property",
    ERROR,
    since=SINCE,
    reason="A property must have the type and form that Data Package 2.0 gives it.",
    message="{pointer} is {value}, but must be {expected}",
    fix="Write it as the Data Package standard has it: {expected}.",
    bad=(Swap(DESCRIPTOR, '"version": "0.1.0"', '"version": "one"'),),
    place=(DESCRIPTOR, None),
)
UNSAFE_PATH = declare(
    "PKG-004",
    "path-outside-the-package",
    ERROR,
    since=SINCE,
    reason="A path must be relative, written with `/`, and stay inside the package.\n\n"
    "A package may come from anyone; a path that leads out of it would read files of whoever validates it.",
    message="{pointer}: the path {value} {problem}",
    fix="Move the file into the package and name it by its path from datapackage.json.",
    bad=(Swap(DESCRIPTOR, '"path": "data/events.csv"', '"path": "../events.csv"'),),
    place=(DESCRIPTOR, None),
)
MISSING_FILE = declare(
    "PKG-005",
    "file-not-found",
    ERROR,
    since=SINCE,
    reason="Every file that the descriptor names must be there.",
    message="{pointer} names {value}, and there is no such file",
    fix="Add the file, or correct the path in datapackage.json.",
    bad=(Remove("data/retired_ids.csv"),),
    place=(DESCRIPTOR, None),
)
UNSUPPORTED = declare(
    "PKG-006",
    "unsupported-schema-feature",
    ERROR,
    since=SINCE,
    reason="A schema may use only what is checked here in full, so that no check is silently left out.\n\n"
    "Types: string, integer, number, boolean, date, year. Formats: default, and uri for strings. A pattern is "
    "wrapped in `(?:...)` and keeps to what RE2 knows (no look-around, no back-reference), which also means that "
    "no pattern can take exponential time.",
    message="{pointer}: {problem}",
    fix="Express it with a supported type or constraint, or make it a rule in validators/sumy2022/rules/.",
    bad=(Swap(EVENTS_SCHEMA, '"pattern": "(?:EVT', '"pattern": "(?=E)(?:EVT'),),
    place=(EVENTS_SCHEMA, None),
)
BAD_REFERENCE = declare(
    "PKG-007",
    "schema-names-what-is-not-there",
    ERROR,
    since=SINCE,
    reason="The fields and resources that keys name must exist, agree in number and have the same type.",
    message="{pointer}: {problem}",
    fix="Correct the name, or declare what it stands for.",
    bad=(Swap(EVENTS_SCHEMA, '"resource": "places"', '"resource": "plases"'),),
    place=(EVENTS_SCHEMA, None),
)
ENUM_DIFFERS = declare(
    "PKG-008",
    "codes-without-definition",
    ERROR,
    since=SINCE,
    reason="Each code of `constraints.enum` is explained in `categories`, and the other way round, in one order.",
    message="{pointer}: enum and categories differ in {value}",
    fix="Give the code its entry with value, label and description, or remove it from both lists.",
    bad=(Swap(EVENTS_SCHEMA, '"value": "day"', '"value": "dag"'),),
    place=(EVENTS_SCHEMA, None),
)
NAME_TWICE = declare(
    "PKG-009",
    "name-used-twice",
    ERROR,
    since=SINCE,
    reason="Resources of a package and fields of a table have different names, also without regard to case.",
    message="{pointer}: the name {value} is used twice",
    fix="Rename one of the two.",
    bad=(Swap(DESCRIPTOR, '"name": "retired_ids"', '"name": "Events"'),),
    place=(DESCRIPTOR, None),
)
HASH_DIFFERS = declare(
    "PKG-010",
    "file-differs-from-its-hash",
    ERROR,
    since=SINCE,
    reason="Where a resource states `bytes` or a SHA-256 `hash`, its file must agree with them.",
    message="{pointer}: {field} is stated as {expected}, but the file has {value}",
    fix="Fetch the file again, or state what it really has.",
    bad=(Swap(DESCRIPTOR, '"path": "data/retired_ids.csv"', '"path": "data/retired_ids.csv", "bytes": 1'),),
    place=(DESCRIPTOR, None),
)
BAD_OUTLINE = declare(
    "PKG-011",
    "outline-unusable",
    ERROR,
    since=SINCE,
    reason="The resource `outline` is a GeoJSON FeatureCollection of polygons, one of which carries the place_id "
    "that the descriptor's `spatial` names.",
    message="{problem}",
    fix="Give the area's polygon the property place_id with the value of spatial.place_id.",
    bad=(Write("data/outline.geojson", '{"type": "FeatureCollection", "features": []}\n'),),
    place=("data/outline.geojson", None),
)

# Files as records ---------------------------------------------------------------------------------------------

EMPTY_FILE = declare(
    "CSV-001",
    "file-without-header",
    ERROR,
    since=SINCE,
    reason="A table's file has at least its header, also when there are no rows.",
    message="the file is empty",
    fix="Write the header line; `git checkout` brings the file back if it was emptied by accident.",
    bad=(Write("data/retired_ids.csv", "\n"),),
    place=("data/retired_ids.csv", None),
)
BAD_ENCODING = declare(
    "CSV-002",
    "not-utf-8",
    ERROR,
    since=SINCE,
    reason="Files are UTF-8. A line with other bytes is left out of all other checks, the rest is checked.",
    message="the byte {value} (number {byte} of the line) is not UTF-8",
    fix="Save the file as UTF-8. A spreadsheet that saved it as Windows-1251 or 1252 is the usual cause.",
    bad=(Swap(EVENTS, "Shelling of Alpha", "Shelling of \xff", raw=True),),
    place=(EVENTS, 2),
)
NUL_BYTE = declare(
    "CSV-003",
    "nul-byte",
    ERROR,
    since=SINCE,
    reason="A NUL byte is never text; it shows a damaged file or one saved as UTF-16.",
    message="byte {byte} of the line is NUL",
    fix="Save the file as UTF-8 (not UTF-16).",
    bad=(Swap(EVENTS, "Shelling of Alpha", "Shelling of \x00", raw=True),),
    place=(EVENTS, 2),
)
RAGGED_ROW = declare(
    "CSV-004",
    "ragged-row",
    ERROR,
    since=SINCE,
    reason="Every row has as many cells as the header.",
    message="the row has {found} cells, the header {expected}: {value}",
    fix="Add or remove commas; a cell that holds a comma must stand in double quotes.",
    bad=(Swap(EVENTS, "Shelling of Alpha", "Shelling, of Alpha"),),
    place=(EVENTS, 2),
)
UNCLOSED_QUOTE = declare(
    "CSV-005",
    "unclosed-quote",
    ERROR,
    since=SINCE,
    reason="A quote that opens a cell must close it.\n\nMost readers swallow the following rows into the cell up "
    "to the next quote, and report nothing. Here the line alone is left out.",
    message="a quote is opened and not closed: {value}",
    fix='Close the quote, or double it ("") if it belongs to the text.',
    bad=(Swap(EVENTS, "Shelling of Alpha", '"Shelling of Alpha'),),
    place=(EVENTS, 2),
)
CELL_TOO_LONG = declare(
    "CSV-006",
    "cell-too-long",
    ERROR,
    since=SINCE,
    reason="No cell holds more than 100,000 characters; what is longer is not a cell but a damaged file.",
    message="a cell holds more than 100,000 characters: {value}",
    fix="Look for a missing line break or quote on this line.",
    bad=(Swap(EVENTS, "Shelling of Alpha", '"' + "x" * 100_001 + '"'),),
    place=(EVENTS, 2),
)
COLUMN_TWICE = declare(
    "CSV-007",
    "column-twice",
    ERROR,
    since=SINCE,
    reason="A header names each column once.",
    message="the header has the column {value} twice",
    fix="Remove or rename one of the two; the first is checked, the second is not.",
    bad=(Swap("data/retired_ids.csv", "replaced_by,note", "replaced_by,note,note"),),
    place=("data/retired_ids.csv", 1),
)

# Tables against their schemas ---------------------------------------------------------------------------------

MISSING_COLUMN = declare(
    "TAB-001",
    "missing-column",
    ERROR,
    since=SINCE,
    reason="A table has every column of its schema, also those that are empty throughout.",
    message="the column {field} is missing{hint}",
    fix="Add the column to the header and an empty cell to each row, or correct its name.",
    bad=(Swap(EVENTS, "time_start", "time_starts"),),
    place=(EVENTS, 1),
)
EXTRA_COLUMN = declare(
    "TAB-002",
    "extra-column",
    ERROR,
    since=SINCE,
    reason="A table has no column that its schema does not define, for nothing would check or explain it.",
    message="the schema has no column {value}{hint}",
    fix="Remove the column, correct its name, or add the field to the schema.",
    bad=(Write("data/retired_ids.csv", "id,retired_in,reason,replaced_by,note,remark\n"),),
    place=("data/retired_ids.csv", 1),
)
BAD_TYPE = declare(
    "TAB-101",
    "wrong-type",
    ERROR,
    since=SINCE,
    reason="A cell is written as its field's type has it.\n\nThis is stricter than most readers: no leading zero "
    "or plus (`05`, `+5`), no digit grouping (`1_000`, `1,000`), no short date (`2022-3-5`), no white space "
    "around a number; a date must exist in the calendar.",
    message="{value} is not {expected}{hint}",
    fix="Write {expected}; leave the cell empty if it is not known.",
    bad=(Edit("places", {"latitude": "051.5"}, row=4),),
    good=(Edit("places", {"latitude": "51.5"}, row=4),),
)
REQUIRED = declare(
    "TAB-102",
    "required-cell-empty",
    ERROR,
    since=SINCE,
    reason="A required field has a value in every row.",
    message="{field} is empty and must not be",
    fix="Fill it in from the source; if no source tells it, the row cannot enter.",
    bad=(Edit("events", {"title": ""}),),
)
ENUM = declare(
    "TAB-103",
    "unknown-code",
    ERROR,
    since=SINCE,
    reason="A coded field holds one of the codes that its schema defines.",
    message="{value} is not a code of {field}{hint}",
    fix="Use one of: {expected}. docs/codebook.md defines each.",
    bad=(Edit("events", {"event_type": "bombardment"}),),
)
PATTERN = declare(
    "TAB-104",
    "wrong-form",
    ERROR,
    since=SINCE,
    reason="A cell has the form that its field's pattern describes.",
    message="{value} has not the form of {field}{hint}",
    fix="Write it like {example} (the pattern is {expected}).",
    bad=(Edit("events", {"time_start": "25:00"}),),
    good=(Edit("events", {"time_start": "05:00"}),),
)
BOUNDS = declare(
    "TAB-105",
    "out-of-bounds",
    ERROR,
    since=SINCE,
    reason="A number or date lies within the bounds that its field sets.",
    message="{value} is outside what {field} allows: {expected}",
    fix="Check the value against the source; exchanged columns are a usual cause.",
    bad=(Edit("places", {"latitude": "95"}, row=4),),
)
LENGTH = declare(
    "TAB-106",
    "wrong-length",
    ERROR,
    since=SINCE,
    reason="A text has a length that its field allows.",
    message="the text has {found} characters; {field} allows {expected}",
    fix="Say it shorter; what does not fit belongs in another field or row.",
    bad=(Edit("events", {"title": "x" * 300}),),
)
BAD_URI = declare(
    "TAB-107",
    "not-an-address",
    ERROR,
    since=SINCE,
    reason="An address is an absolute URI with a scheme and without white space (RFC 3986).",
    message="{value} is not an address{hint}",
    fix="Copy the whole address from the browser, beginning with https://; write other characters than ASCII "
    "percent-encoded.",
    bad=(Edit("sources", {"url": "https://example.org/a<b"}),),
)
PRIMARY_KEY = declare(
    "TAB-201",
    "repeated-key",
    ERROR,
    since=SINCE,
    reason="A primary key names one row: every part is filled, and no two rows share it.",
    message="{value} is already the key of line {other}",
    fix="Give the row an id of its own, or remove one of the two rows.",
    bad=(
        Add("retired_ids", {"id": "EVT-0900", "retired_in": "0.1.0", "reason": "error"}),
        Add("retired_ids", {"id": "EVT-0900", "retired_in": "0.1.0", "reason": "error"}),
    ),
    place=("data/retired_ids.csv", 3),
)
UNIQUE = declare(
    "TAB-202",
    "repeated-value",
    ERROR,
    since=SINCE,
    reason="A field or group of fields that is declared unique holds no value twice; empty cells do not count.",
    message="{field} {value} stands on line {other} too",
    fix="One of the two rows is wrong, or both are about the same thing: merge them.",
    bad=(Edit("sources", {"url": "https://example.org/second"}),),
    place=("data/sources.csv", 3),
)
FOREIGN_KEY = declare(
    "TAB-203",
    "reference-to-nothing",
    ERROR,
    since=SINCE,
    reason="A reference names a row that exists. A reference of several fields is filled in whole or not at all.",
    message="{field} is {value}, but {target} has no such row",
    fix="Correct the id, or add the row to {target}.",
    bad=(Edit("events", {"place_id": "PLC-0999"}),),
)
