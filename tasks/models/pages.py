"""What lies before the volunteers: batches, described items, page images."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation, Volunteer

from ..enums import BatchState
from .projects import Project


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, volunteer: Volunteer, role: Role = Role.REVIEWER) -> "BatchQuerySet":
        """Batches of the organisations in which the volunteer has at least this role."""
        return self.filter(project__organisation__in=Organisation.objects.of(volunteer, role))


class Batch(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="batches")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=BatchState, db_default=BatchState.UPLOADED)
    source = models.CharField(max_length=500, blank=True)  # where an upload lies, relative to the data folder's files
    sha256 = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(db_default=0)  # grows with each claim: an older worker's writes are refused
    total = models.PositiveIntegerField(db_default=0)
    done = models.PositiveIntegerField(db_default=0)
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)  # its pages were withheld at the same moment

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="batch_once"),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["claimed_until"],
                name="batch_to_read",
                condition=Q(state__in=[BatchState.UPLOADED, BatchState.READING]),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, db_index=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    identifier = models.CharField(max_length=200)
    metadata = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "batch", "identifier"], name="item_once")]

    def __str__(self) -> str:
        return self.identifier


class Page(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, db_index=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="pages")
    position = models.PositiveIntegerField()
    file = models.BigIntegerField(null=True)  # id of the ingestion file it came from
    image_key = models.CharField(max_length=200)  # the derivative, relative to the data folder's files
    crops_key = models.CharField(max_length=200)  # the pack of crops
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # of the original file; see identity.page_of_document
    withheld_at = models.DateTimeField(null=True)
    turned = models.PositiveSmallIntegerField(db_default=0)  # degrees clockwise from how its file has it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(turned__in=[0, 90, 180, 270]), name="page_turned_by_quarters"),
            models.UniqueConstraint(fields=["item", "position"], name="page_once_in_item"),
            models.UniqueConstraint(fields=["project", "sha256"], name="page_once_in_project"),
        ]
        indexes = [
            models.Index(fields=["project"], name="page_withheld", condition=Q(withheld_at__isnull=False)),
        ]
