"""The files of a release: what each is for, how it is served, what it weighs."""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple


class Contents(NamedTuple):
    """``resource`` is its name in datapackage.json, empty where it is not listed there."""

    title: str
    media_type: str
    resource: str = ""


FILES = {
    "data.csv": Contents("Table, exact: one row per settled task", "text/csv", "data"),
    "answers.csv": Contents("Table: one row per answer, under pseudonyms", "text/csv", "answers"),
    "data-spreadsheet.csv": Contents("For spreadsheet programs: formulas made harmless", "text/csv", "spreadsheet"),
    "data.jsonl": Contents("JSON Lines: the same facts, nested", "application/jsonl", "lines"),
    "changes.csv": Contents("Table: what changed since the version before", "text/csv", "changes"),
    "datapackage.json": Contents("Data Package: columns, licence, questions and methods", "application/json"),
    "recompute.py": Contents("Script: computes the values again from these files alone", "text/plain", "recompute"),
    "README": Contents("What it is and how to use it", "text/markdown"),
    "SHA256SUMS": Contents("Checksums of all files", "text/plain"),
}


def described(path: Path) -> dict[str, Any]:
    """Return name, title, bytes, sha256 and media type of a file of a release."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    contents = FILES[path.name]
    return {
        "name": path.name,
        "title": contents.title,
        "bytes": path.stat().st_size,
        "sha256": digest,
        "media_type": contents.media_type,
    }
