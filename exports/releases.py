"""What others may see of the releases there are."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks.models import Project

from .licences import licence_of
from .models import Release, ReleaseQuerySet

LATEST = "latest"
COUNTS = ("rows", "pages", "people", "simulated", "answers", "agreed", "disputed", "unreadable", "blank", "confidence")


def published_datasets() -> ReleaseQuerySet:
    """Return the newest published version of each public project, each with its dataset's ``slug``."""
    newest = Release.objects.published().newest_of_each_dataset()
    return newest.select_related("project__organisation").annotate(slug=F("project__slug"))


def published_versions(slug: str) -> ReleaseQuerySet:
    versions = Release.objects.published().filter(project__slug=slug)
    return versions.select_related("project__organisation")


def published_versions_of(projects: Iterable[int]) -> ReleaseQuerySet:
    return Release.objects.published().filter(project__in=projects).select_related("project")


def find_release(slug: str, version: str) -> Release | None:
    """Return the published version that an address means, a number or ``latest``; None where there is none."""
    versions = published_versions(slug)
    if version == LATEST:
        return versions.order_by("number").last()
    return versions.filter(number=int(version)).first() if is_number(version) else None


def find_withdrawn(slug: str, version: str) -> Release | None:
    """Return the version that an address means if it was withdrawn; for ``latest``, if nothing else is left."""
    gone = Release.objects.withdrawn().filter(project__slug=slug).select_related("project__organisation")
    if version == LATEST:
        return None if published_versions(slug).exists() else gone.order_by("number").last()
    return gone.filter(number=int(version)).first() if is_number(version) else None


def is_number(version: str) -> bool:
    return version.isascii() and version.isdigit() and len(version) < 10


def latest_release(project: Project) -> dict[str, Any] | None:
    """Return what a project's page says of its newest version, None before the first."""
    newest = Release.objects.published().filter(project=project).order_by("number").last()
    if newest is None:
        return None
    return {
        "slug": project.slug,
        "version": newest.number,
        "rows": newest.snapshot["rows"],
        "licence": licence_of(newest.snapshot["licence"]).title,
    }


def describe(release: Release) -> dict[str, Any]:
    """Return the entry of a version in the API's lists."""
    return {
        "slug": release.project.slug,
        "title": release.snapshot["title"],
        "project": release.project.slug,
        "version": release.number,
        "released_at": release.released_at,
        "licence": release.snapshot["licence"],
        "rows": release.snapshot["rows"],
    }


def describe_fully(release: Release) -> dict[str, Any]:
    return describe(release) | {
        "publisher": release.snapshot["publisher"],
        "licence_url": licence_of(release.snapshot["licence"]).path,
        "digest": release.digest,
        "counts": {name: release.snapshot[name] for name in COUNTS},
        "decided_by": release.snapshot["decided_by"],
        "files": [file | {"url": file_url(release, file["name"])} for file in release.snapshot["files"]],
    }


def release_url(release: Release) -> str:
    return reverse("api-1:release", args=[release.project.slug, release.number])


def file_url(release: Release, name: str) -> str:
    return reverse("api-1:release-file", args=[release.project.slug, release.number, name])


def why_withdrawn(release: Release) -> str:
    assert release.withdrawn_at
    return _("Version %(number)s was withdrawn on %(date)s: %(reason)s") % {
        "number": release.number,
        "date": date_format(release.withdrawn_at),
        "reason": release.reason,
    }
