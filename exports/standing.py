"""What a next version of a dataset would hold, and what is not yet in it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from tasks.models import Project, Task
from tasks.projects import progress_of

from .enums import ReleaseState
from .models import Release


@dataclass(frozen=True, slots=True)
class Standing:
    """``fresh``: settled since ``last``, the newest published version, as far as it can be released now.

    ``waiting`` and ``disputed`` are the sweeper's totals; ``minute`` were settled less than a minute ago and may still
    be taken back.
    """

    last: Release | None
    fresh: int
    waiting: int
    disputed: int
    minute: int


def standing_of(project: Project, now: datetime) -> Standing:
    cutoff = now - settings.UNDO_WINDOW
    last = project.releases.filter(state=ReleaseState.PUBLISHED).order_by("number").last()
    settled = Task.objects.filter(project=project)
    since = Q(settled_at__gte=last.released_at - settings.UNDO_WINDOW) if last else Q(settled_at__isnull=False)
    progress = progress_of(project)
    return Standing(
        last=last,
        fresh=settled.filter(since, settled_at__lt=cutoff).count(),
        waiting=max(progress.tasks - progress.settled, 0),
        disputed=progress.disputed,
        minute=settled.filter(settled_at__gte=cutoff).count(),
    )
