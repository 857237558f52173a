"""What became of each file of a batch, and the uploads that bring them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation, Volunteer
from tasks.models import Batch, Page

from .enums import FileState


class FileQuerySet(models.QuerySet["File"]):
    def refused(self) -> "FileQuerySet":
        return self.filter(state=FileState.REFUSED)

    def waiting(self) -> "FileQuerySet":
        return self.filter(state=FileState.WAITING)

    def wanting(self) -> "FileQuerySet":
        """Files that someone should look at: refused, or taken in with something left out."""
        return self.filter(Q(state=FileState.REFUSED) | Q(state=FileState.DONE) & ~Q(reason=""))


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


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self) -> "UploadQuerySet":
        return self.filter(finished_at=None)

    def cut_short(self) -> "UploadQuerySet":
        """Files of which not every byte is here."""
        return self.filter(offset__lt=F("size"))

    def visible_to(self, volunteer: Volunteer, role: Role = Role.ARCHIVIST) -> "UploadQuerySet":
        return self.filter(batch__project__organisation__in=Organisation.objects.of(volunteer, role))


class Upload(models.Model):
    """A file that arrives in pieces: its first ``offset`` bytes are on disk."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="uploads", db_index=False)
    path_label = models.CharField(max_length=300)  # for people to read, never for opening anything
    place = models.CharField(max_length=32)  # its name in the folder of the batch
    size = models.BigIntegerField()
    offset = models.BigIntegerField(db_default=0)
    sha256 = models.CharField(max_length=64, blank=True)  # as its sender announced it
    touched_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "path_label"], name="upload_once"),
            models.CheckConstraint(condition=Q(offset__gte=0, offset__lte=F("size")), name="upload_within_its_size"),
        ]
        indexes = [models.Index(fields=["touched_at"], name="upload_unfinished", condition=Q(finished_at__isnull=True))]

    def __str__(self) -> str:
        return self.path_label


class TurnQuerySet(models.QuerySet["Turn"]):
    def waiting(self) -> "TurnQuerySet":
        return self.filter(wanted__isnull=False)

    def idle(self, now: datetime) -> "TurnQuerySet":
        """Pages that nobody turns although they wait for it."""
        return self.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lt=now))


class Turn(models.Model):
    """A page that seems to lie on its side, was turned, or is to be turned."""

    page = models.OneToOneField(Page, models.CASCADE, primary_key=True)
    sideways = models.BooleanField(db_default=False)  # it seems so, as it is cut now
    wanted = models.PositiveSmallIntegerField(null=True)  # degrees clockwise from how its file has it
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(db_default=0)  # grows with each claim: an older worker's writes are refused
    reason = models.CharField(max_length=500, blank=True)  # why it was not turned

    objects = TurnQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["claimed_until"], name="page_to_turn", condition=Q(wanted__isnull=False)),
        ]
