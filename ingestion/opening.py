"""Open a project for scans that came before anyone described one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from tasks.enums import KindName
from tasks.models import Project, ProjectSecret, Workflow, WorkflowVersion


def title_from(slug: str) -> str:
    """Return ``harbour-registers`` as ``Harbour registers``."""
    return slug.replace("-", " ").replace("_", " ").strip().capitalize() or slug


def local_organisation() -> Organisation:
    """The organisation of whoever works at this machine's command line."""
    return Organisation.objects.get_or_create(slug="local", defaults={"name": _("Local archive")})[0]


@transaction.atomic
def open_project(slug: str) -> Project:
    """Make an open project that asks what each line says."""
    project = Project.objects.create(
        organisation=local_organisation(), slug=slug, title=title_from(slug), rights=_("Not stated by whoever ingested")
    )
    ProjectSecret.objects.create(project=project)
    workflow = Workflow.objects.create(project=project, slug=KindName.TRANSCRIBE)
    WorkflowVersion.objects.create(
        workflow=workflow,
        number=1,
        kind=KindName.TRANSCRIBE,
        prompt=_("What does this line say?"),
        policy={"adjudicate": True},
    )
    return project
