"""What became of each file of a batch."""

from django.db import models
from django.db.models import Q

from tasks.models import Batch

from .enums import FileState


class FileQuerySet(models.QuerySet["File"]):
    def refused(self) -> "FileQuerySet":
        return self.filter(state=FileState.REFUSED)


class File(models.Model):
    """A file that someone brought: nothing that comes in is lost without a row that says why."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="files", db_index=False)
    path_label = models.CharField(max_length=300)  # for people to read, never for opening anything
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=FileState, db_default=FileState.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    step = models.CharField(max_length=500, blank=True)  # what the person can do next
    pages = models.PositiveIntegerField(db_default=0)  # of a document of several pages, once it was opened
    pages_done = models.PositiveIntegerField(db_default=0)

    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "path_label"], name="file_once"),
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="file_state_known"),
        ]

    def __str__(self) -> str:
        return self.path_label
