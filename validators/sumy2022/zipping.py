"""The data package as one zip file, which frictionless and our own reader open as it is."""

from __future__ import annotations

import hashlib
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Collection

from sumy2022.exports.moment import moment
from sumy2022.metadata import beside_the_data
from sumy2022.package import DESCRIPTOR, Package

BESIDE = (
    "CHANGELOG.md",
    "LICENSE",
    "LICENSE-DATA",
    "README.md",
    "CITATION.cff",
    "docs/codebook.md",
    "docs/methodology.md",
    "docs/overview.md",
    "docs/versioning.md",
)
"""What goes into the zip with the data, as far as it is there, and the pictures of the overview."""
PICTURES = "docs/overview"
_LINK = re.compile(r"!?\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\]\([^()]*\))*)\]\((?P<target>[^()\s]+)\)")


def zipped(package: Package) -> bytes:
    """Return the zip file, whose descriptor states the size and the hash of each resource.

    What names the files by their paths, such as Croissant, stands beside it. In texts, links to what is not in the zip
    become plain words.
    """
    wanted = (*BESIDE, *package.source.names(PICTURES))
    files = {path: data for path in wanted if (data := package.source.read(path)) is not None}
    document = json.loads(package.source.read(DESCRIPTOR) or b"{}")
    for resource in document["resources"]:
        data = package.read(resource["name"]) or b""
        resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        files[resource["path"]] = data
        if isinstance(schema := resource.get("schema"), str):
            files[schema] = package.source.read(schema) or b""
    files[DESCRIPTOR] = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    files |= {path: text.encode() for path, text in beside_the_data(package).items()}
    for path in files:
        if path.endswith(".md"):
            files[path] = unlinked(files[path].decode(), path, files).encode()
    return _archive(files, package)


def unlinked(text: str, path: str, there: Collection[str]) -> str:
    """Return Markdown in which links that lead to no file that is there are only their words, and pictures nothing."""

    def replace(link: re.Match[str]) -> str:
        target = link["target"].split("#")[0]
        words = _LINK.sub(replace, link["words"])
        leads = (
            "://" in target
            or not target
            or posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in there
        )
        if leads:
            return link[0].replace(link["words"], words, 1)
        return "" if link[0].startswith("!") else words

    return _LINK.sub(replace, text)


def _archive(files: dict[str, bytes], package: Package) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files, key=lambda path: (path != DESCRIPTOR, path)):
            info = zipfile.ZipInfo(path, moment(package).timetuple()[:6])
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[path], zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
