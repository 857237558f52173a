"""What a person is told of the latest fit."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import ngettext

from ..models import Fit, Project


def latest_fit(project: Project) -> dict[str, Any] | None:
    """Return when the answers to a project's first question were weighed together, and what the confidence rests on."""
    rows = Fit.objects.filter(workflow__project=project, fitted_at__isnull=False)
    fit = rows.filter(workflow__source_workflow=None).order_by("workflow").first()
    if fit is None:
        return None
    known = fit.findings["known"]
    words = ngettext(
        "Its confidence is compared with %(known)s line that an archivist or reviewer decided.",
        "Its confidence is compared with %(known)s lines that archivists or reviewers decided.",
        known,
    )
    return {"at": fit.fitted_at, "known": known, "words": words % {"known": known}, "waiting": waiting_words(fit)}


def waiting_words(fit: Fit) -> str:
    """Say how many doubts were held back; nothing where there are none."""
    waiting = fit.findings.get("waiting", 0)
    words = ngettext(
        "%(waiting)s more settled line is in doubt: it comes to a reviewer when those before it are decided.",
        "%(waiting)s more settled lines are in doubt: they come to a reviewer when those before them are decided.",
        waiting,
    )
    return words % {"waiting": number_format(waiting, force_grouping=True)} if waiting else ""
