"""Tasks: one workflow asked of one region of one page."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from ..enums import UNSETTLED, TaskState, Urgency
from ..identity import Region
from .pages import Page
from .projects import Project, Workflow, WorkflowVersion


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(state=TaskState.OPEN)

    def with_seats(self) -> "TaskQuerySet":
        return self.open().filter(free=1)

    def settled(self) -> "TaskQuerySet":
        return self.exclude(state__in=UNSETTLED)

    def lines(self) -> "TaskQuerySet":
        """What is to be read; the tasks made from these are about the same lines."""
        return self.filter(parent=None)

    def disputed(self) -> "TaskQuerySet":
        """Lines that wait for a reviewer; one that was asked about in vain hands its parent over."""
        return self.lines().filter(state=TaskState.DISPUTED)


class Task(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, db_index=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, db_index=False)
    version = models.ForeignKey(WorkflowVersion, models.PROTECT, db_index=False)
    page = models.ForeignKey(Page, models.CASCADE, db_index=False)
    subject = models.BigIntegerField()
    parent = models.ForeignKey("self", models.CASCADE, null=True, db_index=False)
    round = models.PositiveSmallIntegerField(db_default=0)
    natural_key = models.CharField(max_length=32)
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    crop_at = models.BigIntegerField()  # offset of the JPEG in the page's pack of crops
    crop_length = models.PositiveIntegerField()
    crop_width = models.PositiveIntegerField()
    crop_height = models.PositiveIntegerField()
    suggestion = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    position = models.PositiveIntegerField()
    shuffle = models.BigIntegerField()  # random per page, in [0, 2**62)
    urgency = models.SmallIntegerField(choices=Urgency, db_default=Urgency.FRESH)
    state = models.SmallIntegerField(choices=TaskState, db_default=TaskState.OPEN)
    wanted = models.PositiveSmallIntegerField(db_default=2)  # the policy's minimum first, one more after each doubt
    maximum = models.PositiveSmallIntegerField(db_default=5)
    answered = models.PositiveSmallIntegerField(db_default=0)  # counted answers
    leased = models.PositiveSmallIntegerField(db_default=0)  # seats held by live leases
    seats = models.GeneratedField(
        expression=F("wanted") - F("answered") - F("leased"), output_field=models.SmallIntegerField(), db_persist=True
    )
    # 1 while a seat is left, else 0. It changes less often than ``seats``: what stays as it is leaves the index alone.
    free = models.GeneratedField(
        expression=Least(F("wanted") - F("answered") - F("leased"), 1),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    settled_at = models.DateTimeField(null=True)
    chained_at = models.DateTimeField(null=True)
    decision = models.BigIntegerField(null=True)  # id of the decision that holds

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "natural_key"], name="task_once"),
            models.UniqueConstraint(
                fields=["parent", "round"], name="task_child_once", condition=Q(parent__isnull=False)
            ),
            models.CheckConstraint(condition=Q(seats__gte=0), name="task_never_overfull"),
            models.CheckConstraint(condition=Q(wanted__lte=F("maximum")), name="task_wanted_within_maximum"),
            models.CheckConstraint(condition=Q(answered__gte=0, leased__gte=0), name="task_counts_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=UNSETTLED, settled_at__isnull=True)
                | (~Q(state__in=UNSETTLED) & Q(settled_at__isnull=False)),
                name="task_settled_has_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
        ]
        indexes = [
            # SQLite uses a partial index over a generated column, never one over an expression.
            models.Index(
                fields=["workflow", "urgency", "shuffle", "position"],
                name="task_open",
                condition=Q(state=TaskState.OPEN, free=1),
            ),
            models.Index(
                fields=["project", "page", "position"], name="task_review", condition=Q(state=TaskState.DISPUTED)
            ),
            models.Index(fields=["project", "settled_at"], name="task_settled"),
            models.Index(fields=["page", "position"], name="task_of_page"),
            models.Index(fields=["subject"], name="task_subject"),
        ]

    @property
    def region(self) -> Region:
        return Region(self.x, self.y, self.width, self.height)
