"""A release as its page shows it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.questions import crop_url

from .licences import licence_of
from .models import Release
from .releases import file_url

PREVIEW_COLUMNS = (
    "suggestion",
    "value",
    "confidence",
    "item",
    "page",
)  # first what the scan says
WRITTEN = {"suggestion", "value"}  # in the language of the pages


def card(release: Release, cover: str) -> dict[str, Any]:
    project = release.project
    return {
        "slug": project.slug,
        "title": release.snapshot["title"],
        "summary": project.summary,
        "organisation": release.snapshot["publisher"],
        "version": release.number,
        "rows": release.snapshot["rows"],
        "released_at": release.released_at,
        "licence_title": licence_of(release.snapshot["licence"]).title,
        "cover": cover,
        "cover_alt": project.cover_alt,
    }


def dataset_page(release: Release, versions: Iterable[Release], cover: str) -> dict[str, Any]:
    snapshot, licence = release.snapshot, licence_of(release.snapshot["licence"])
    columns = preview_columns(snapshot["preview"])
    return {
        "dataset": card(release, cover) | {"project_slug": release.project.slug},
        "release": {
            "number": release.number,
            "released_at": release.released_at,
            "rows": snapshot["rows"],
            "pages": snapshot["pages"],
            "people": snapshot["people"],
            "simulated": snapshot["simulated"],
            "licence_title": licence.title,
            "licence_url": licence.path,
            "digest": release.digest,
            "citation": citation(release),
        },
        "files": [
            {
                "name": file["name"],
                "title": file["title"],
                "size": file["bytes"],
                "sha256": file["sha256"],
                "url": file_url(release, file["name"]),
            }
            for file in snapshot["files"]
        ],
        "columns": columns,
        "preview": [preview_row(row, columns, release.project.language) for row in snapshot["preview"]],
        "quality": {name: snapshot[name] for name in ("agreed", "disputed", "unreadable", "blank")}
        | {"sentence": quality_sentence(snapshot)},
        "versions": [
            {
                "number": version.number,
                "released_at": version.released_at,
                "rows": version.snapshot["rows"],
                "url": reverse("exports:version", args=[release.project.slug, version.number]),
            }
            for version in versions
        ],
    }


def preview_columns(rows: list[dict[str, Any]]) -> list[str]:
    """Leave out suggestions where none came with the scans."""
    return [column for column in PREVIEW_COLUMNS if column != "suggestion" or any(row["suggestion"] for row in rows)]


def preview_row(row: dict[str, Any], columns: Iterable[str], language: str) -> dict[str, Any]:
    return {
        "crop": crop_url(row["task"]),
        "crop_alt": _("The line on the scan"),
        "cells": [
            {"text": row[column], "written": column in WRITTEN, "lang": language if column in WRITTEN else ""}
            for column in columns
        ],
    }


def quality_sentence(snapshot: dict[str, Any]) -> str:
    """Say how sure the values are and how that is known."""
    if snapshot["confidence"] is None:
        return _("No value has been agreed upon yet.")
    sure = _(
        "The method that merged the answers expects %(percent)s %% of the agreed values to be right. It has not been "
        "checked against values known beforehand."
    ) % {"percent": number_format(round(100 * snapshot["confidence"], 1), 1)}
    return f"{sure} {read_by(snapshot)}"


def read_by(snapshot: dict[str, Any]) -> str:
    people, simulated = snapshot["people"], snapshot["simulated"]
    counted = ngettext("%(number)s person gave answers.", "%(number)s people gave answers.", people)
    more = ngettext("%(number)s simulated volunteer did too.", "%(number)s simulated volunteers did too.", simulated)
    only = ngettext(
        "All answers are those of %(number)s simulated volunteer, none of a person.",
        "All answers are those of %(number)s simulated volunteers, none of a person.",
        simulated,
    )
    said = [(counted, people), (more, simulated)] if people else [(only, simulated)]
    return " ".join(words % {"number": number_format(n, 0, force_grouping=True)} for words, n in said if n)


def citation(release: Release) -> str:
    return _("%(publisher)s (%(year)s). %(title)s. Release %(number)s. Civic Tasks.") % {
        "publisher": release.snapshot["publisher"],
        "year": release.released_at.year,
        "title": release.snapshot["title"],
        "number": release.number,
    }
