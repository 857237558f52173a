"""Projects and their questions."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation, Volunteer

from ..consensus import Policy
from ..enums import KindName, ProjectState, Way


class ProjectQuerySet(models.QuerySet["Project"]):
    def public(self) -> "ProjectQuerySet":
        return self.exclude(state=ProjectState.DRAFT)

    def open(self) -> "ProjectQuerySet":
        return self.filter(state=ProjectState.OPEN)

    def visible_to(self, volunteer: Volunteer, role: Role = Role.REVIEWER) -> "ProjectQuerySet":
        """Projects of the organisations in which the volunteer has at least this role, drafts included."""
        return self.filter(organisation__in=Organisation.objects.of(volunteer, role))


class Project(models.Model):
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=200, blank=True)
    story = models.TextField(blank=True)
    language = models.CharField(max_length=12, db_default="und")  # BCP 47, of what is written on the pages
    letters = models.CharField(max_length=60, blank=True)  # offered as keys under the field
    state = models.CharField(max_length=8, choices=ProjectState, db_default=ProjectState.OPEN)
    licence = models.CharField(max_length=40, db_default="CC0-1.0")  # SPDX, of the dataset
    rights = models.CharField(max_length=200, blank=True)  # of the pictures
    time_zone = models.CharField(max_length=40, db_default="UTC")
    way = models.CharField(max_length=8, choices=Way, db_default=Way.PLAIN)  # how play opens
    cover_alt = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProjectState.values), name="project_state_known"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="project_way_known"),
            models.CheckConstraint(
                condition=~Q(state=ProjectState.OPEN) | ~(Q(licence="") | Q(rights="")),
                name="project_open_states_rights",
            ),
        ]

    def __str__(self) -> str:
        return self.title


def random_secret() -> bytes:
    return secrets.token_bytes(32)


class ProjectSecret(models.Model):
    """The key of a dataset's pseudonyms; in a table of its own, else it would ride along in every query."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="secret")
    dataset = models.BinaryField(max_length=32, default=random_secret)


class Progress(models.Model):
    """Totals of a project: a projection that the sweeper keeps and may rebuild at any time."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="progress")
    tasks = models.PositiveIntegerField(db_default=0)
    settled = models.PositiveIntegerField(db_default=0)
    disputed = models.PositiveIntegerField(db_default=0)  # of the settled: a reviewer has yet to decide
    answers = models.PositiveIntegerField(db_default=0)
    people = models.PositiveIntegerField(db_default=0)
    counted_at = models.DateTimeField(null=True)


class WorkflowQuerySet(models.QuerySet["Workflow"]):
    def asked(self) -> "WorkflowQuerySet":
        """Questions that somebody thought of; the others are derived from these and shown nowhere."""
        return self.filter(source_workflow=None)

    def playable(self) -> "WorkflowQuerySet":
        return self.asked().filter(open=True).order_by("id")


class Workflow(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="workflows")
    slug = models.SlugField(max_length=60)
    source_workflow = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    next_workflow = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    open = models.BooleanField(db_default=True)
    front_from = models.BigIntegerField(null=True)  # where the pages that are being begun start, by shuffle number
    frontier = models.BigIntegerField(null=True)  # pages up to this shuffle number are begun first; None: anywhere
    to_spread = models.BooleanField(db_default=False)  # the pages that were there before it are still to be asked

    objects = WorkflowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="workflow_once")]
        indexes = [models.Index(fields=["id"], name="workflow_to_spread", condition=Q(to_spread=True))]

    def __str__(self) -> str:
        return self.slug

    @property
    def current(self) -> "WorkflowVersion":
        return self.versions.latest("number")


class WorkflowVersion(models.Model):
    """One wording of a question with its rules. Never updated: editing a workflow adds a version."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=KindName)
    prompt = models.CharField(max_length=200)
    hint = models.CharField(max_length=300, blank=True)
    schema = models.JSONField(default=dict)
    policy = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="workflow_version_once"),
            models.CheckConstraint(condition=Q(kind__in=KindName.values), name="workflow_version_kind_known"),
        ]

    @property
    def rules(self) -> Policy:
        return Policy(**self.policy)
