"""How far each volunteer is trusted, and what was learned about a question as a whole."""

from django.db import models
from django.db.models import Q

from accounts.models import Volunteer

from .projects import Workflow


class Skill(models.Model):
    """How often a volunteer was right about one workflow's tasks, as counts of a beta distribution."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, db_index=False, related_name="skills")
    workflow = models.ForeignKey(Workflow, models.CASCADE)
    right = models.FloatField(db_default=0)
    wrong = models.FloatField(db_default=0)
    prior_right = models.FloatField(null=True)  # what the same kind of question elsewhere said; None: a newcomer to it
    prior_wrong = models.FloatField(null=True)
    checks_right = models.FloatField(db_default=0)  # known answers met
    checks_wrong = models.FloatField(db_default=0)
    trust = models.FloatField(db_default=1)  # share of a full vote, in (0, 1]: little for who fails known answers
    ring = models.BinaryField(max_length=8, null=True)  # volunteers who share wrong answers more than chance: one group

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "workflow"], name="skill_once"),
            models.CheckConstraint(condition=Q(trust__gt=0, trust__lte=1), name="skill_trust_is_a_share"),
        ]


class Fit(models.Model):
    """What the latest fit of a workflow found, and who is fitting it now. Written by the job of fitting alone."""

    workflow = models.OneToOneField(Workflow, models.CASCADE, primary_key=True, related_name="fit")
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(db_default=0)  # one more with each claim: who lost theirs writes nothing
    fitted_to = models.BigIntegerField(db_default=0)  # id of the newest answer that it knows
    fitted_at = models.DateTimeField(null=True)
    prior_right = models.FloatField(null=True)  # of a newcomer to this question; None: the usual
    prior_wrong = models.FloatField(null=True)
    slope = models.FloatField(db_default=1)  # of the log-odds of a confidence, learned from known answers
    intercept = models.FloatField(db_default=0)
    findings = models.JSONField(default=dict)  # what a reader of the desk is told: method, known tasks, calibration

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(slope__gt=0), name="fit_slope_positive")]
