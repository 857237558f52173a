"""What a person is told of the latest fit."""

from typing import Any

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
    return {"at": fit.fitted_at, "known": known, "words": words % {"known": known}}
