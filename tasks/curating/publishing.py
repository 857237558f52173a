"""A project's way into the world: a draft is published, closed, opened again."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Volunteer

from ..enums import ProjectState
from ..errors import NotReady
from ..models import Project, ProjectSecret

CLOSED_TO_PLAY = [ProjectState.DRAFT, ProjectState.CLOSED]


@transaction.atomic
def found(project: Project, who: Volunteer) -> Project:
    """Insert a new project as a draft: nobody outside its organisation knows of it."""
    project.state = ProjectState.DRAFT
    project.save(force_insert=True)
    ProjectSecret.objects.create(project=project)
    record(project.organisation, who, "project.founded", project=project.slug, title=project.title)
    return project


@transaction.atomic
def change(project: Project, who: Volunteer, fields: list[str]) -> None:
    """Save the changed fields of a project. Raises ``NotReady`` where an open one would lose licence or rights."""
    state = Project.objects.select_for_update().values_list("state", flat=True).get(pk=project.pk)
    if state == ProjectState.OPEN and (missing := list(rights_missing(project))):
        raise NotReady(missing)
    project.save(update_fields=fields)
    record(project.organisation, who, "project.changed", project=project.slug, fields=fields)


@transaction.atomic
def publish(project: Project, who: Volunteer) -> bool:
    """Open a draft or a closed project to volunteers; False when somebody else did so already.

    Raises ``NotReady`` with a sentence for each thing that is missing.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)  # as it stands now, whoever edits it
    if missing := list(what_is_missing(project)):
        raise NotReady(missing)
    closed = Project.objects.filter(pk=project.pk, state__in=CLOSED_TO_PLAY)
    if not closed.update(state=ProjectState.OPEN):
        return False
    what = "project.reopened" if project.state == ProjectState.CLOSED else "project.published"
    record(project.organisation, who, what, project=project.slug)
    return True


@transaction.atomic
def close(project: Project, who: Volunteer) -> bool:
    """Take no more answers; what was read stays, and so does the page. False when it was not open."""
    if not Project.objects.open().filter(pk=project.pk).update(state=ProjectState.CLOSED):
        return False
    record(project.organisation, who, "project.closed", project=project.slug)
    return True


def what_is_missing(project: Project) -> Iterator[str]:
    yield from rights_missing(project)
    if not project.workflows.playable().exists():
        yield _("Ask a question first: volunteers must know what to do.")


def rights_missing(project: Project) -> Iterator[str]:
    if not project.licence:
        yield _("Say under which licence the readings are published.")
    if not project.rights:
        yield _("Say who holds the rights of the pictures, or that nobody does.")
