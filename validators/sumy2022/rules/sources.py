"""Rules of sources: addresses that anyone can follow, dates in order, and what is copied from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.compute as pc

from sumy2022.context import Context
from sumy2022.example import Add, Edit
from sumy2022.findings import Severity
from sumy2022.hierarchy import in_cycle, with_ancestors
from sumy2022.numbering import among, repeated
from sumy2022.rule import Scope, rule
from sumy2022.text import arrow, contains

if TYPE_CHECKING:
    from sumy2022.rule import Detail

ERROR, WARNING = Severity.ERROR, Severity.WARNING
ADDRESSES = ["url", "archive_url"]
ORDINARY = "^[a-z]+://[a-z0-9.:-]+(?:/[^#]*)?$"
"""An address with a host in small letters and without a fragment."""
CREDENTIALS = "^[A-Za-z]+://[^/?#]*@"
TRACKING = (
    "(?i)[?&#;](?:utm_[a-z_]+|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|"
    "mc_cid|mc_eid|_ga|__twitter_impression)="
)
PRIVATE = (
    r"(?i)^https?://(?:[^/?#]*@)?(?:"
    r"[^/?#@:.\[\]]+"  # a name without a dot, such as localhost
    r"|[^/?#@:\[\]]+\.(?:local|localhost|internal|lan|home\.arpa)"
    r"|(?:0|127)(?:\.[0-9]+){1,3}|10(?:\.[0-9]+){3}|192\.168(?:\.[0-9]+){2}|169\.254(?:\.[0-9]+){2}"
    r"|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]+){2}"
    r"|\[(?:::1?|::ffff:[^\]]*|f[cd][0-9a-f]{2}:[^\]]*|fe[89ab][0-9a-f]:[^\]]*)\]"
    r")\.?(?::[0-9]*)?(?:[/?#]|$)"
)
NEWCOMER = Add("sources", {"source_id": "SRC-0005", "url": "https://example.org/fifth", "published": "2022-03-02"})


def _guilty(pattern: str) -> Detail:
    """Return a `detail` that quotes the address, or the archived one, that has the pattern."""

    def detail(sources: pd.DataFrame, _: Context) -> pd.Series:
        url, archived = (sources[name] for name in ADDRESSES)
        return url.where(contains(url, pattern), archived)

    return detail


def _neither(sources: pd.DataFrame, pattern: str) -> pd.Series:
    """Tell for each row whether neither of its two addresses has the pattern."""
    url, archived = (contains(sources[name], pattern) for name in ADDRESSES)
    return ~(url | archived)


def _normal(urls: pd.Series) -> pd.Series:
    """Return each address without what seldom makes another document: scheme, www., fragment, /amp, last slash.

    A fragment that begins with ! or / is an address within a page of scripts, and stays.
    """
    bare = pd.Series(
        pc.replace_substring_regex(arrow(urls), r"^[a-z]+://(?:www\.)?", "").to_pandas().array, index=urls.index
    )
    odd = urls[~contains(urls, ORDINARY) | contains(urls, "/amp|/[?]|/$")]  # few, and the only ones to be taken apart
    bare.loc[odd.index] = _respelt(odd)
    return bare


def _respelt(urls: pd.Series) -> pd.Series:
    """Do the same for addresses of any form; one that is none gives a null."""
    parts = urls.str.extract(r"^[A-Za-z]+://([^/?#]*)(.*)$")
    host = parts[0].str.lower().str.replace(r"^www\.", "", regex=True)
    rest = parts[1].str.replace(r"#(?:[^!/].*)?$", "", regex=True)
    rest = rest.str.replace("/amp/", "/", regex=False).str.replace(r"/amp$", "", regex=True)
    rest = rest.str.replace("/amp?", "?", regex=False).str.replace("/?", "?", regex=False)
    return host + rest.str.replace(r"/+$", "", regex=True)


def _same_address(sources: pd.DataFrame, _: Context) -> pd.Series:
    return sources["source_id"].groupby(_normal(sources["url"])).transform("first")


@rule(
    "SRC-101",
    "credentials-in-address",
    ERROR,
    since="1.0.0",
    table="sources",
    fields=("url", "archive_url"),
    detail=_guilty(CREDENTIALS),
    message="the address holds a user name or password: {detail}",
    fix="Take out everything from // to @, and change the password: it has been published.",
    bad={"url": "https://reader:secret@example.org/first"},
    good={"url": "https://example.org/@reader/first"},
)
def address_holds_no_credentials(sources: pd.DataFrame, _: Context) -> pd.Series:
    """An address holds no user name and no password."""
    return _neither(sources, CREDENTIALS)


@rule(
    "SRC-102",
    "tracking-in-address",
    WARNING,
    since="1.0.0",
    table="sources",
    fields=("url",),
    message="the address carries a parameter that only follows its reader: {url}",
    fix="Remove the parameters such as utm_source or fbclid, and check that the address still leads there.",
    bad={"url": "https://example.org/first?id=1&utm_source=mail"},
    good={"url": "https://example.org/first?id=1"},
)
def address_tracks_nobody(sources: pd.DataFrame, _: Context) -> pd.Series:
    """An address carries no tracking parameter.

    Such parameters tell on which way the contributor came, and make one document look like two.
    """
    return ~contains(sources["url"], TRACKING)


@rule(
    "SRC-103",
    "address-not-public",
    ERROR,
    since="1.0.0",
    table="sources",
    fields=("url", "archive_url"),
    detail=_guilty(PRIVATE),
    message="the address leads to a private or local host: {detail}",
    fix="Give the public address of the document.",
    bad={"url": "http://192.168.0.10/first"},
    good={"url": "http://192.169.0.10/first"},
)
def address_is_public(sources: pd.DataFrame, _: Context) -> pd.Series:
    """An address leads to a host that anyone can reach, so that the source can be checked."""
    return _neither(sources, PRIVATE)


@rule(
    "SRC-104",
    "address-entered-twice",
    WARNING,
    since="1.0.0",
    table="sources",
    fields=("url", "source_id"),
    scope=Scope.TABLE,
    detail=_same_address,
    message="but for its spelling, the address of {source_id} is that of {detail}: {url}",
    fix="Merge the two rows if they are one document; keep the address without www., /amp and fragment.",
    bad=(Edit("sources", {"url": "http://www.EXAMPLE.org/first/amp#top"}, row=3),),
    good=(Edit("sources", {"url": "http://www.EXAMPLE.org/first/amplified"}, row=3),),
)
def addresses_differ_in_more_than_spelling(sources: pd.DataFrame, _: Context) -> pd.Series:
    """Two addresses that differ only in their spelling lead to one document, which must not count twice.

    Not regarded are the scheme, `www.`, the case of the host, `/amp`, a slash at the end and the fragment.
    Addresses that are equal to the letter are reported as a repeated value instead.
    """
    known = sources.loc[~repeated([sources["url"]]), "url"].dropna()
    return ~repeated([_normal(known)]).reindex(sources.index, fill_value=False)


@rule(
    "SRC-105",
    "published-after-it-was-read",
    ERROR,
    since="1.0.0",
    table="sources",
    fields=("published", "accessed", "source_id"),
    message="{source_id} was published on {published}, after it was read on {accessed}",
    fix="Correct the date that is wrong; exchanged dates, or day and month, are a usual cause.",
    bad=(Edit("sources", {"published": "2022-11-02"}, row=3),),
    good=(Edit("sources", {"published": "2022-11-01"}, row=3),),
)
def published_before_it_was_read(sources: pd.DataFrame, _: Context) -> pd.Series:
    """No document is read before it is published."""
    published, accessed = sources["published"], sources["accessed"]
    return published.isna() | accessed.isna() | (published <= accessed)


@rule(
    "SRC-106",
    "copy-of-itself",
    ERROR,
    since="1.0.0",
    table="sources",
    fields=("derived_from", "source_id"),
    scope=Scope.TABLE,
    message="{source_id} is derived from itself, by way of {derived_from}",
    fix="Empty derived_from in the document that came first.",
    bad=(Edit("sources", {"derived_from": "SRC-0004"}, row=3),),
    good=(Edit("sources", {"derived_from": ""}, row=3),),
)
def copies_lead_to_an_original(sources: pd.DataFrame, _: Context) -> pd.Series:
    """No document is derived from itself, neither directly nor by way of others: there is an original."""
    return ~in_cycle(sources["source_id"], sources["derived_from"])


@rule(
    "SRC-107",
    "copy-older-than-its-original",
    WARNING,
    since="1.0.0",
    table="sources",
    fields=("derived_from", "source_id", "published", "derived_from.published"),
    message="{source_id} was published on {published}, and {derived_from}, from which it is derived, only on "
    "{derived_from.published}",
    fix="Correct the dates, or derived_from: the other of the two may be the copy.",
    bad=(Edit("sources", {"published": "2022-03-03"}),),
    good=(Edit("sources", {"published": "2022-03-02"}),),
    place=("data/sources.csv", 4),
)
def copy_follows_its_original(sources: pd.DataFrame, _: Context) -> pd.Series:
    """A copy is not published before its original."""
    copy, original = sources["published"], sources["derived_from.published"]
    return copy.isna() | original.isna() | (original <= copy)


@rule(
    "SRC-108",
    "archived-address-is-the-address",
    ERROR,
    since="1.0.0",
    table="sources",
    fields=("archive_url", "url"),
    message="the archived address is the address itself: {archive_url}",
    fix="Give the address of the copy in the archive, or empty archive_url.",
    bad={"archive_url": "https://example.org/first/"},
    good={"archive_url": "https://web.archive.org/web/20220301120000/https://example.org/first"},
)
def archived_address_is_another(sources: pd.DataFrame, _: Context) -> pd.Series:
    """An archived address leads to a copy elsewhere, which lasts when the document is gone."""
    archived = sources[sources["archive_url"].notna()]
    same = _normal(archived["archive_url"]) == _normal(archived["url"])
    return ~same.reindex(sources.index, fill_value=False)


@rule(
    "SRC-109",
    "source-not-used",
    WARNING,
    since="1.0.0",
    table="sources",
    fields=("source_id", "title"),
    reads=("derived_from",),
    scope=Scope.TABLE,
    needs=dict.fromkeys(("event_sources", "control_sources", "casualties", "evacuations"), ("source_id",)),
    message="{source_id} is cited nowhere, and no source that is cited is derived from it: {title}",
    fix="Cite it, or remove the row.",
    bad=(NEWCOMER,),
    good=(NEWCOMER, Add("event_sources", {"source_id": "SRC-0005"}, like=6)),
)
def source_is_used(sources: pd.DataFrame, context: Context) -> pd.Series:
    """A source stands in the table because something cites it, or cites a copy of it."""
    cited = among(sources["source_id"], *(table["source_id"] for table in context.tables.values()))
    return with_ancestors(sources["source_id"], sources["derived_from"], cited)
