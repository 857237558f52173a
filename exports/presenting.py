"""A release as its page shows it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks.enums import BatchState
from tasks.models import Task
from tasks.showing.questions import crop_url

from .citing import FORMS, as_sentence, citation_of
from .columns import ANSWERS, CHANGES, DATA, Column
from .judging import quality_of
from .licences import licence_of
from .models import Release
from .releases import file_url
from .rows import row_path
from .showing import not_withheld

PREVIEW_COLUMNS = ("value", "suggestion", "confidence", "item", "page")  # the value beside its scan, also on a phone
WRITTEN = {"suggestion", "value"}  # in the language of the pages
MAIN_FILES = ("data.csv", "data-spreadsheet.csv", "data.jsonl", "answers.csv", "changes.csv", "datapackage.json")

type Absolute = Callable[[str], str]


def card(release: Release, cover: str) -> dict[str, Any]:
    project, snapshot = release.project, release.snapshot
    return {
        "slug": project.slug,
        "title": snapshot["title"],
        "summary": snapshot.get("summary", project.summary),
        "organisation": snapshot["publisher"],
        "version": release.number,
        "rows": snapshot["rows"],
        "released_at": release.released_at,
        "licence_title": licence_of(snapshot["licence"]).title,
        "cover": cover,
        "cover_alt": project.cover_alt,
    }


def dataset_page(release: Release, versions: Iterable[Release], cover: str, absolute: Absolute) -> dict[str, Any]:
    snapshot = release.snapshot
    return {
        "dataset": card(release, cover) | {"project_slug": release.project.slug},
        "release": release_facts(release),
        "files": files_of(release),
        "columns": preview_columns(snapshot["preview"]),
        "preview": preview_of(release),
        "quality": quality_of(snapshot),
        "citation": as_sentence(citation_of(release, absolute(version_url(release)))),
        "forms": [{"title": form.title, "url": version_url(release) + name} for name, form in FORMS.items()],
        "changes": changes_of(release),
        "versions": [version_facts(version) for version in versions],
        "tables": [table_of(name, columns) for name, columns in TABLES.items() if release.file(name)],
        "file_base": absolute(file_url(release, "data.csv")).removesuffix("data.csv"),
    }


TABLES: dict[str, tuple[Column[Any], ...]] = {"data.csv": DATA, "answers.csv": ANSWERS, "changes.csv": CHANGES}


def release_facts(release: Release) -> dict[str, Any]:
    snapshot, licence = release.snapshot, licence_of(release.snapshot["licence"])
    return {
        "number": release.number,
        "released_at": release.released_at,
        **{name: snapshot[name] for name in ("rows", "pages", "people", "simulated")},
        "licence_title": licence.title,
        "licence_url": licence.path,
        "spdx": licence.name,
        "rights": snapshot.get("rights", release.project.rights),
        "notes": release.notes,
        "digest": release.digest,
        "url": version_url(release),
    }


def version_url(release: Release) -> str:
    return reverse("exports:version", args=[release.project.slug, release.number])


def version_facts(version: Release) -> dict[str, Any]:
    return {
        "number": version.number,
        "released_at": version.released_at,
        "rows": version.snapshot["rows"],
        "changes": version.snapshot.get("changes"),
        "notes": version.notes,
        "url": version_url(version),
    }


def files_of(release: Release) -> list[dict[str, Any]]:
    """Return the files, those that most people want first."""
    order = {name: place for place, name in enumerate(MAIN_FILES)}
    files = sorted(release.snapshot["files"], key=lambda file: order.get(file["name"], len(order)))
    return [
        {
            "name": file["name"],
            "title": file["title"],
            "size": file["bytes"],
            "sha256": file["sha256"],
            "url": file_url(release, file["name"]),
        }
        for file in files
    ]


def changes_of(release: Release) -> dict[str, Any] | None:
    """Return what changed since the version before; None for a first one and for one from before this was counted."""
    changes = release.snapshot.get("changes")
    if not changes:
        return None
    slug = release.project.slug
    shown = not_withheld(release, [example["id"] for example in changes["examples"]])
    examples = [
        example | {"url": row_path(slug, example["id"])} for example in changes["examples"] if example["id"] in shown
    ]
    return changes | {"examples": examples, "url": file_url(release, "changes.csv")}


def preview_columns(rows: list[dict[str, Any]]) -> list[str]:
    """Leave out suggestions where none came with the scans."""
    return [column for column in PREVIEW_COLUMNS if column != "suggestion" or any(row["suggestion"] for row in rows)]


def preview_of(release: Release) -> list[dict[str, Any]]:
    """Return the first rows, without those whose page was withheld since."""
    rows = release.snapshot["preview"]
    columns = preview_columns(rows)
    seen = Task.objects.filter(pk__in=[row["task"] for row in rows], page__withheld_at=None)
    shown = set(seen.exclude(page__item__batch__state=BatchState.WITHDRAWN).values_list("pk", flat=True))
    return [preview_row(row, columns, release) for row in rows if row["task"] in shown]


def preview_row(row: dict[str, Any], columns: Iterable[str], release: Release) -> dict[str, Any]:
    language = release.snapshot.get("language", release.project.language)
    return {
        "crop": crop_url(row["task"]),
        "crop_alt": _("Scan of row %(id)s") % {"id": row.get("id", "")},
        "url": row_path(release.project.slug, row["id"]) if "id" in row else "",
        "cells": [
            {"text": row[column], "written": column in WRITTEN, "lang": language if column in WRITTEN else ""}
            for column in columns
        ],
    }


def table_of(name: str, columns: Iterable[Column[Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "columns": [
            {"name": column.name, "type": column.type, "description": column.description} for column in columns
        ],
    }
