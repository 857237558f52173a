"""Frozen, numbered versions of a project's dataset, and the orders of archivists to make them."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role
from accounts.models import Organisation, Volunteer
from tasks.enums import ProjectState
from tasks.models import Project

from .enums import UNFINISHED, OrderState, ReleaseState


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, volunteer: Volunteer, role: Role = Role.REVIEWER) -> "ReleaseQuerySet":
        """Releases of the organisations in which the volunteer has at least this role, withdrawn ones included."""
        return self.filter(project__organisation__in=Organisation.objects.of(volunteer, role))

    def withdrawn(self) -> "ReleaseQuerySet":
        return self.filter(state=ReleaseState.WITHDRAWN).exclude(project__state=ProjectState.DRAFT)

    def published(self) -> "ReleaseQuerySet":
        return self.filter(state=ReleaseState.PUBLISHED).exclude(project__state=ProjectState.DRAFT)

    def newest_of_each_dataset(self) -> "ReleaseQuerySet":
        """Keep the highest published number of each project; call on ``published()``."""
        later = Release.objects.published().filter(project=OuterRef("project"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))


class Release(models.Model):
    """Version ``number`` of a dataset. Never updated, but that it may be withdrawn; then ``reason`` says why.

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
    notes = models.TextField(blank=True, db_default="")  # what the archivist says of this version
    released_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, db_default="")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_once"),
            models.CheckConstraint(condition=Q(state__in=ReleaseState.values), name="release_state_known"),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.WITHDRAWN, withdrawn_at__isnull=False)
                | Q(state=ReleaseState.PUBLISHED, withdrawn_at__isnull=True),
                name="release_withdrawn_has_a_time",
            ),
        ]

    @property
    def folder(self) -> Path:
        return shelf_of(self.project) / str(self.number)

    def file(self, name: str) -> dict[str, Any] | None:
        """Return name, title, bytes, sha256 and media_type of one file, None where the release has no such file."""
        return next((file for file in self.snapshot["files"] if file["name"] == name), None)


class OrderQuerySet(models.QuerySet["ReleaseOrder"]):
    def unfinished(self) -> "OrderQuerySet":
        return self.filter(state__in=UNFINISHED)

    def idle(self, now: datetime) -> "OrderQuerySet":
        """Orders that nobody works at: nobody began, or whoever did has given no sign of life for too long."""
        return self.unfinished().filter(Q(claimed_until=None) | Q(claimed_until__lt=now))


class ReleaseOrder(models.Model):
    """An archivist's order to make the next version. The row's state says what has to be done; a job is only a hint.

    ``fence`` grows with each claim: what an older worker writes is refused.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="release_orders")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, db_index=False)
    state = models.CharField(max_length=10, choices=OrderState, db_default=OrderState.WAITING)
    notes = models.TextField(blank=True)
    rows = models.PositiveIntegerField(db_default=0)  # written so far
    expected = models.PositiveIntegerField(db_default=0)
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(db_default=0)
    release = models.ForeignKey(Release, models.SET_NULL, null=True, db_index=False)
    reason = models.CharField(max_length=500, blank=True)
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], name="release_order_one_at_a_time", condition=Q(state__in=UNFINISHED)
            ),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="release_order_state_known"),
        ]
        indexes = [models.Index(fields=["claimed_until"], name="release_order_open", condition=Q(state__in=UNFINISHED))]


def shelf_of(project: Project) -> Path:
    """Return the folder that holds the versions of a project's dataset."""
    return settings.FILES / "releases" / project.slug
