"""Frozen, numbered versions of a project's dataset."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from tasks.enums import ProjectState
from tasks.models import Project

from .enums import ReleaseState


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self) -> "ReleaseQuerySet":
        return self.filter(state=ReleaseState.PUBLISHED).exclude(project__state=ProjectState.DRAFT)

    def newest_of_each_dataset(self) -> "ReleaseQuerySet":
        """Keep the highest published number of each project; call on ``published()``."""
        later = Release.objects.published().filter(project=OuterRef("project"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))


class Release(models.Model):
    """Version ``number`` of a dataset. Never updated, but that it may be withdrawn.

    ``digest`` is the SHA-256 of the file ``SHA256SUMS``, so it stands for every byte. ``content`` is the SHA-256 of
    all but the version number: equal in two releases of the same state. ``snapshot`` holds what pages and API say
    about the release without opening a file: ``Summary`` and the list of files.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="releases", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ReleaseState, db_default=ReleaseState.PUBLISHED)
    digest = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    snapshot = models.JSONField()
    released_at = models.DateTimeField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_once"),
            models.CheckConstraint(condition=Q(state__in=ReleaseState.values), name="release_state_known"),
        ]

    @property
    def folder(self) -> Path:
        return shelf_of(self.project) / str(self.number)

    def file(self, name: str) -> dict[str, Any] | None:
        """Return name, title, bytes, sha256 and media_type of one file, None where the release has no such file."""
        return next((file for file in self.snapshot["files"] if file["name"] == name), None)


def shelf_of(project: Project) -> Path:
    """Return the folder that holds the versions of a project's dataset."""
    return settings.FILES / "releases" / project.slug
