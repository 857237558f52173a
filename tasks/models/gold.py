"""Tasks whose answer is known."""

from django.db import models
from django.db.models import Q

from ..enums import GoldSource
from .projects import Project, Workflow
from .tasks import Task


class Gold(models.Model):
    """The known answer of a task. What an archivist knows teaches; what the crowd is very sure of only calibrates."""

    task = models.OneToOneField(Task, models.CASCADE, primary_key=True, related_name="gold")
    project = models.ForeignKey(Project, models.CASCADE, db_index=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, db_index=False)
    value = models.JSONField()
    vote = models.TextField()  # of the value, normalised
    source = models.CharField(max_length=10, choices=GoldSource)
    draw = models.BigIntegerField()  # random, in [0, 2**62)
    active = models.BooleanField(db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(source__in=GoldSource.values), name="gold_source_known")]
        indexes = [
            models.Index(fields=["workflow", "draw"], name="gold_drawn", condition=Q(active=True)),
            models.Index(fields=["project", "task"], name="gold_of_project"),
        ]
