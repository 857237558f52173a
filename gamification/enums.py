from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    """What a line of the ledger is for."""

    TOOK_PART = "took_part", _("took part")
    AGREED = "agreed", _("agreed with the settled value")
    DIFFERED = "differed", _("differed from the settled value")


class Period(models.TextChoices):
    TODAY = "today", _("today")
    WEEK = "week", _("this week")
    ALL = "all", _("all time")
