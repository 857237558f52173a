from django.db import models
from django.utils.translation import gettext_lazy as _


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Way(models.TextChoices):
    """How a project's tasks are played; both ways give the same credit."""

    PLAIN = "plain", _("plain page")
    BRIDGE = "bridge", _("Bridge, a game")


class KindName(models.TextChoices):
    TRANSCRIBE = "transcribe", _("transcribe")
    VERIFY = "verify", _("verify")
    CHOOSE = "choose", _("choose a reading")


class BatchState(models.TextChoices):
    ARRIVING = "arriving", _("being uploaded")
    UPLOADED = "uploaded", _("waiting to be read")
    READING = "reading", _("being read")
    PAUSED = "paused", _("paused")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TaskState(models.IntegerChoices):
    OPEN = 0, _("open")
    WAITING = 1, _("waiting for another task")
    AGREED = 2, _("agreed")
    DISPUTED = 3, _("disputed")
    UNREADABLE = 4, _("unreadable")
    WITHDRAWN = 5, _("withdrawn")


UNSETTLED = (TaskState.OPEN, TaskState.WAITING)


class Urgency(models.IntegerChoices):
    FRESH = 0, _("fresh")
    STARTED = 1, _("started")
    DOUBTFUL = 2, _("doubtful")
    NEARLY = 3, _("nearly settled")  # one more answer that agrees settles it


class Purpose(models.IntegerChoices):
    WORK = 0, _("work")
    CHECK = 1, _("check")


class DecidedBy(models.TextChoices):
    RULE = "rule", _("consensus rule")
    ADJUDICATION = "adjudication", _("adjudication by volunteers")
    REVIEWER = "reviewer", _("reviewer")
    GOLD = "gold", _("known answer")


class GoldSource(models.TextChoices):
    """Who knows the answer of a known task."""

    ARCHIVIST = "archivist", _("archivist")
    CONSENSUS = "consensus", _("very sure consensus")


class Status(models.TextChoices):
    """What became of one posted answer."""

    COUNTED = "counted", _("counted")
    REPEATED = "repeated", _("repeated")
    LATE = "late", _("late")
    REFUSED = "refused", _("refused")


class Licence(models.TextChoices):
    """What a dataset may come under, by its SPDX name."""

    CC0 = "CC0-1.0", _("CC0: public domain, for every use")
    CC_BY = "CC-BY-4.0", _("CC BY 4.0: name the source")
    CC_BY_SA = "CC-BY-SA-4.0", _("CC BY-SA 4.0: name the source, share alike")
    ODBL = "ODbL-1.0", _("ODbL 1.0: Open Database License")
    PDDL = "PDDL-1.0", _("PDDL 1.0: public domain, for databases")
