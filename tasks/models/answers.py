"""Seats held, answers given, what was made of them. Nothing has a foreign key to an answer."""

from datetime import datetime

from django.db import models
from django.db.models import Expression, Q
from django.utils import timezone

from accounts.models import Volunteer

from ..enums import DecidedBy, Purpose, TaskState
from .pages import Page
from .projects import Project, Workflow, WorkflowVersion
from .tasks import Task

# A project or version is implied by the task and has no constraint of its own: each new row would lock the one row of
# its project, in the database, beside all others that are being written.


class LeaseQuerySet(models.QuerySet["Lease"]):
    def live(self) -> "LeaseQuerySet":
        return self.filter(seat=True, used_at=None)

    def expired(self, now: datetime | Expression) -> "LeaseQuerySet":
        return self.live().filter(expires_at__lt=now)


class Lease(models.Model):
    """A volunteer holds a seat of a task until a time. Only the SHA-256 of its token is kept."""

    project = models.ForeignKey(Project, models.CASCADE, db_index=False, db_constraint=False)
    task = models.ForeignKey(Task, models.CASCADE)
    subject = models.BigIntegerField()
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, db_index=False, related_name="leases")
    token_hash = models.BinaryField(max_length=32, unique=True)
    purpose = models.SmallIntegerField(choices=Purpose, db_default=Purpose.WORK)
    seat = models.BooleanField(db_default=True)
    skipped = models.BooleanField(db_default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "subject"], name="lease_once", condition=Q(used_at__isnull=True, seat=True)
            )
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="lease_seated", condition=Q(seat=True)),
            models.Index(fields=["volunteer", "subject"], name="lease_skipped", condition=Q(skipped=True)),
        ]


class Answer(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, db_index=False, db_constraint=False)
    task = models.ForeignKey(Task, models.CASCADE)
    subject = models.BigIntegerField()
    version = models.ForeignKey(WorkflowVersion, models.PROTECT, db_index=False, db_constraint=False)
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, db_index=False)
    key = models.UUIDField()
    body_hash = models.BinaryField(max_length=16)
    value = models.JSONField()
    vote = models.TextField()
    purpose = models.SmallIntegerField(choices=Purpose, db_default=Purpose.WORK)
    counted = models.BooleanField()
    weight = models.FloatField(null=True)  # share of a full vote, in [0, 1], fixed when it came; None: all of it
    elapsed_ms = models.PositiveIntegerField(null=True)
    grp = models.BinaryField(max_length=8, null=True)  # independence group, forgotten when the task settles
    result = models.JSONField(default=dict)  # the first reply, repeated word for word
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    reopened = models.BooleanField(db_default=False)  # taken back before anything was shown: may be answered again
    credited_at = models.DateTimeField(null=True)  # None: the listeners failed, the sweeper tells them again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "key", "project"], name="answer_key_once"),
            models.UniqueConstraint(
                fields=["project", "volunteer", "subject"], name="answer_never_twice", condition=Q(reopened=False)
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="answer_uncredited", condition=Q(credited_at__isnull=True)),
            models.Index(fields=["volunteer", "id"], name="answer_of_volunteer"),  # one's own list, newest first
            models.Index(fields=["volunteer", "subject"], name="answer_reopened", condition=Q(reopened=True)),
        ]


class Decision(models.Model):
    """What was made of a task's answers. Append-only; a new one only when it changes state or value."""

    project = models.ForeignKey(Project, models.CASCADE, db_index=False, db_constraint=False)
    task = models.ForeignKey(Task, models.CASCADE, db_index=False, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    state = models.SmallIntegerField(choices=TaskState)
    value = models.JSONField(null=True)
    vote = models.TextField(blank=True)  # the winning vote, normalised
    agreement = models.FloatField()
    confidence = models.FloatField()
    answers = models.PositiveSmallIntegerField()
    decided_by = models.CharField(max_length=12, choices=DecidedBy)
    reviewer = models.ForeignKey(Volunteer, models.PROTECT, null=True, db_index=False)
    method = models.CharField(max_length=40)
    method_version = models.CharField(max_length=20)
    parameters = models.JSONField(default=dict)
    parameters_hash = models.CharField(max_length=16)
    evidence = models.JSONField(default=list)  # [[answer id, weight], …]
    reason = models.CharField(max_length=200, blank=True)
    restores = models.BigIntegerField(null=True)  # id of the decision that an undoing made hold again
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="decision_once")]
        indexes = [
            models.Index(fields=["project", "id"], name="decision_reviewed", condition=Q(decided_by=DecidedBy.REVIEWER))
        ]


class Pace(models.Model):
    """Where a volunteer walks in a workflow: the one row read and written with each lease."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, db_index=False, related_name="paces")
    workflow = models.ForeignKey(Workflow, models.CASCADE)
    cursors = models.JSONField(default=dict)  # {urgency: [shuffle, position, tasks taken of this page]}
    since_check = models.PositiveSmallIntegerField(db_default=0)
    checks_passed = models.PositiveSmallIntegerField(db_default=0)
    nothing_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["volunteer", "workflow"], name="pace_once")]


class Flag(models.Model):
    """A volunteer's report that something about a page or task needs an archivist's eye."""

    project = models.ForeignKey(Project, models.CASCADE)
    page = models.ForeignKey(Page, models.CASCADE)
    task = models.ForeignKey(Task, models.SET_NULL, null=True)
    volunteer = models.ForeignKey(Volunteer, models.CASCADE)
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)


class Watermark(models.Model):
    """How far a chore of the sweeper has read in a growing table."""

    name = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(db_default=0)
