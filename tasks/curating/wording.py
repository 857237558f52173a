"""Questions are asked and reworded. A wording that was played is never touched: editing makes a new version."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Volunteer

from ..consensus import Policy
from ..errors import ChangedMeanwhile
from ..models import Lease, Page, Project, Task, Workflow, WorkflowVersion

RESERVED = {"new"}  # the desk's address for asking one


@dataclass(frozen=True)
class Wording:
    """All that a version of a question says."""

    kind: str
    prompt: str
    hint: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)

    def version(self, workflow: Workflow, number: int) -> WorkflowVersion:
        return WorkflowVersion(
            workflow=workflow,
            number=number,
            kind=self.kind,
            prompt=self.prompt,
            hint=self.hint,
            schema=self.schema,
            policy=asdict(self.policy),
        )


def wording_of(version: WorkflowVersion) -> Wording:
    return Wording(version.kind, version.prompt, version.hint, version.schema, version.rules)


@transaction.atomic
def ask(project: Project, who: Volunteer, wording: Wording) -> Workflow:
    """Ask a new question of the pages that come; ``to_spread`` tells that some are there already."""
    Project.objects.select_for_update().get(pk=project.pk)  # two at once do not choose the same short name
    workflow = Workflow(project=project, slug=free_slug(project, wording.prompt), open=True)
    workflow.to_spread = Page.objects.filter(project=project).exists()
    workflow.save(force_insert=True)
    wording.version(workflow, 1).save(force_insert=True)
    record(project.organisation, who, "question.asked", project=project.slug, question=workflow.slug)
    return workflow


@transaction.atomic
def reword(workflow: Workflow, who: Volunteer, wording: Wording, seen: int) -> int:
    """Add a version; return how many tasks move to it: those that nobody has answered or holds a lease of.

    The others were asked in the old words and are decided under the old rules. The same words again change nothing.
    Raises ``ChangedMeanwhile`` where the version that the writer has ``seen`` is no longer the newest.
    """
    Workflow.objects.select_for_update().get(pk=workflow.pk)
    last = workflow.current
    if wording_of(last) == wording:
        return 0
    if last.number != seen:
        words = _("Somebody else changed this question meanwhile. What you wrote stands below; theirs is: “%(prompt)s”")
        raise ChangedMeanwhile(words % {"prompt": last.prompt})
    version = wording.version(workflow, last.number + 1)
    version.save(force_insert=True)
    moved = untouched(workflow).update(version=version, wanted=wording.policy.minimum, maximum=wording.policy.maximum)
    details = {"project": workflow.project.slug, "question": workflow.slug, "version": version.number, "moved": moved}
    record(workflow.project.organisation, who, "question.reworded", **details)
    return moved


def untouched(workflow: Workflow) -> Any:
    """Open tasks without an answer and without a lease that may still become one; a late one counts by its words."""
    held = Lease.objects.filter(task=OuterRef("pk"), used_at=None, skipped=False)
    return Task.objects.open().filter(~Exists(held), workflow=workflow, answered=0, leased=0)


@transaction.atomic
def set_open(workflow: Workflow, who: Volunteer, *, wanted: bool) -> bool:
    """Ask a question or rest it; its tasks and answers stay. False when it was so already."""
    if not Workflow.objects.filter(pk=workflow.pk, open=not wanted).update(open=wanted):
        return False
    what = "question.opened" if wanted else "question.rested"
    record(workflow.project.organisation, who, what, project=workflow.project.slug, question=workflow.slug)
    return True


def free_slug(project: Project, prompt: str) -> str:
    base = slugify(prompt)[:50].strip("-") or _("question")
    taken = set(project.workflows.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
