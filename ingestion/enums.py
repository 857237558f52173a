from django.db import models
from django.utils.translation import gettext_lazy as _


class FileState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("taken in")
    USED = "used", _("used")  # a layout file: its lines are the page's regions
    DUPLICATE = "duplicate", _("already there")
    SKIPPED = "skipped", _("left aside")
    REFUSED = "refused", _("refused")
