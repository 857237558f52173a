"""Read a release as a data team would: from its files alone."""

import csv
import json
from pathlib import Path

from exports.models import Release


def table(release: Release, name: str = "data.csv", encoding: str = "utf-8") -> list[dict[str, str]]:
    with (release.folder / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, strict=True))


def lines(release: Release) -> list[dict]:
    return [json.loads(line) for line in (release.folder / "data.jsonl").read_text("utf-8").splitlines()]


def datapackage(release: Release) -> dict:
    return json.loads((release.folder / "datapackage.json").read_text("utf-8"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
