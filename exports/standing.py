"""What a next version of a dataset would hold, and what is not yet in it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tasks.models import Project, Task
from tasks.showing.projects import progress_of

from .enums import ReleaseState
from .models import Release


@dataclass(frozen=True, slots=True)
class Standing:
    """``ready``: lines that a version would have now; ``last`` is the newest published one.

    The sweeper's totals, so they may be some seconds old. ``minute`` were settled less than a minute ago and may still
    be taken back.
    """

    last: Release | None
    ready: int
    waiting: int
    disputed: int
    minute: int


def standing_of(project: Project, now: datetime) -> Standing:
    progress = progress_of(project)
    minute = Task.objects.lines().filter(project=project, settled_at__gte=now - settings.UNDO_WINDOW).count()
    return Standing(
        last=project.releases.filter(state=ReleaseState.PUBLISHED).order_by("number").last(),
        ready=max(progress.settled - minute, 0),
        waiting=max(progress.tasks - progress.settled, 0),
        disputed=progress.disputed,
        minute=minute,
    )
