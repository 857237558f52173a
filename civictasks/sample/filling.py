"""Fill in the sample: a project that is finished and released, one half done, one fresh.

Every step looks at what is there, so that a first start that was killed goes on where it stopped.
"""

import os
import shutil
import signal
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exports.releasing import release
from ingestion import specimens
from ingestion.reading import read
from ingestion.specimens import SpecimenSet
from tasks.chores import CHORES
from tasks.enums import BatchState, KindName, Way
from tasks.gold import knowing
from tasks.gold.truth import read_truth, text_at
from tasks.models import Batch, Gold, Project, ProjectSecret, Task, Workflow, WorkflowVersion
from tasks.playing.simulation import enlist, play

from ..embedded.leash import hold
from ..sweeping import sweep_once
from . import mark, sample_folder
from .archivist import sample_archivist, sample_organisation

SEED = 1
VOLUNTEERS = 12
BATCH = "Sample pages"
PAGES = "pages"  # their folder in the sample's, which holds nothing unfinished under this name


@dataclass(frozen=True)
class Part:
    """``share`` of the tasks is settled by simulated volunteers who began ``ago``; play opens in ``way``.

    ``policy`` is the workflow's: the fewer answers at most, the more lines are left to a reviewer. So many lines are
    ``known``: a visitor begins with some of them.
    """

    kind: KindName
    way: Way = Way.PLAIN
    share: float = 0.0
    ago: timedelta = timedelta()
    released: bool = False
    policy: dict[str, int] = field(default_factory=dict)
    known: int = 0


PARTS = {
    "finnish-newspapers": Part(KindName.TRANSCRIBE, share=1.0, ago=timedelta(days=1), released=True),
    "swedish-arrivals": Part(
        KindName.TRANSCRIBE, Way.BRIDGE, share=0.4, ago=timedelta(hours=2), policy={"maximum": 4}, known=8
    ),
    "finnish-gazette": Part(KindName.VERIFY),
}


def fill_sample() -> None:
    """Fill the sample, or what is missing of it; what an archivist deletes later does not come back."""
    held = (os.getpid(), signal.SIGKILL)
    with ProcessPoolExecutor(os.cpu_count(), initializer=hold, initargs=held) as pool:
        drawn = {slug: pool.submit(draw_pages, slug) for slug in PARTS}
        for about in specimens.SETS:
            if about.slug in PARTS:  # filled while the next ones are drawn
                fill_part(about, PARTS[about.slug], drawn[about.slug].result())
    sweep_once(CHORES.values())  # boards, totals and skills are right from the first look on
    mark().touch()


def fill_part(about: SpecimenSet, part: Part, folder: Path) -> None:
    project = sample_project(about, part)
    batch, _made = Batch.objects.get_or_create(project=project, name=BATCH)
    if batch.state != BatchState.DONE:
        read(batch, [folder], take_over=True)
    if part.share:
        now = timezone.now()
        truth = read_truth(folder / "truth.csv", project)
        play(project, truth, enlist(VOLUNTEERS, SEED), now - part.ago, now, part.share)
    mark_some_known(project, folder / "truth.csv", part.known)
    if part.released and not project.releases.exists():
        release(project)


@transaction.atomic
def sample_project(about: SpecimenSet, part: Part) -> Project:
    project = Project.objects.filter(slug=about.slug).first()
    if project:
        return project
    project = Project.objects.create(
        organisation=sample_organisation(),
        slug=about.slug,
        title=about.title,
        summary=about.summary,
        story=about.story,
        language=about.language,
        letters=about.letters,
        cover_alt=about.cover,
        rights=about.rights,
        way=part.way,
    )
    ProjectSecret.objects.create(project=project)
    workflow = Workflow.objects.create(project=project, slug=part.kind)
    WorkflowVersion.objects.create(
        workflow=workflow,
        number=1,
        kind=part.kind,
        prompt=about.questions[part.kind],
        hint=about.hint,
        policy=part.policy | {"adjudicate": part.kind == KindName.TRANSCRIBE},
    )
    return project


def mark_some_known(project: Project, truth: Path, wanted: int) -> None:
    """Let the sample's archivist say what some lines say that nobody has read, once."""
    if not wanted or Gold.objects.filter(project=project).exists():
        return
    lines, archivist = read_truth(truth, project), sample_archivist()
    waiting = Task.objects.open().filter(project=project, answered=0, leased=0).order_by("natural_key")
    told = ((task.pk, text_at(lines.get(task.page_id, []), task.region)) for task in waiting.iterator())
    for task, text in islice(((task, text) for task, text in told if text), wanted):
        knowing.mark(archivist, task, {"text": text})


def draw_pages(slug: str) -> Path:
    """Return the folder of a set's pages and their ``truth.csv``, which are drawn where they are not there."""
    folder = sample_folder() / slug / PAGES
    if not folder.exists():
        unfinished = folder.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        specimens.write(unfinished, specimens.draw(SEED, settings.SAMPLE_PAGES, slug=slug))
        unfinished.rename(folder)
    return folder
