from django.db import models
from django.utils.translation import gettext_lazy as _


class ReleaseState(models.TextChoices):
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class OrderState(models.TextChoices):
    """What became of an archivist's order to make the next version."""

    WAITING = "waiting", _("waiting for a worker")
    WORKING = "working", _("being made")
    DONE = "done", _("done")
    UNCHANGED = "unchanged", _("nothing changed")
    FAILED = "failed", _("failed")


UNFINISHED = (OrderState.WAITING, OrderState.WORKING)
