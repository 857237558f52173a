"""Killed at any step, a batch is read to the very same tasks by the next run."""

import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from ingestion import claiming
from ingestion.claiming import Claim, claim
from ingestion.errors import ClaimLost
from ingestion.models import File
from ingestion.progress import progress_of
from tasks.enums import BatchState
from tasks.machinery.pulsing import CLAIM_TIME, Pulse
from tasks.models import Batch, Item, Page, Task, Workflow
from tests.factories import make_page, make_workflow
from tests.warm import Commands

from .drawing import THREE_LINES, alto, document, page_bytes, write, zipped

STEPS = 14  # claimed, listed; opened, page and crops in place, rows made, written for each page; finished
FEW = [2, 5, 8]


def state_of_everything() -> list[Any]:
    """Everything that an uninterrupted run makes, but for the numbers of rows."""
    tasks = Task.objects.order_by("natural_key").values(
        "natural_key", "subject", "position", "shuffle", "x", "y", "width", "height", "crop_at", "crop_length",
        "crop_width", "crop_height", "suggestion", "wanted", "maximum", "workflow", "page__sha256", "page__crops_key",
        "page__image_key", "page__position", "page__item__identifier", "page__item__metadata",
    )  # fmt: skip
    files = File.objects.order_by("path_label").values("path_label", "sha256", "state", "reason", "step", "pages")
    batches = Batch.objects.values("name", "state", "total", "done", "claimed_until")
    return [list(tasks), list(files), list(batches)]


def forget_everything() -> None:
    for model in (Task, Page, Item, File, Batch):
        model.objects.all().delete()


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    write(tmp_path / "scans", {"a.jpg": page_bytes(1), "a.xml": alto(THREE_LINES), "bad.jpg": page_bytes(3)[:-900]})
    (tmp_path / "scans" / "more.zip").write_bytes(zipped([("b.jpg", page_bytes(2)), ("again.jpg", page_bytes(1))]))
    return tmp_path / "scans"


@pytest.fixture
def killed_at(commands: Commands) -> Callable[[int, str, Path], bool]:
    """Run ``ingest`` and kill it at this step; False when it ended before."""

    def run(step: int, slug: str, scans: Path) -> bool:
        code = commands.run("ingest", slug, str(scans), CIVICTASKS_DIE_AT=str(step))
        assert code in {0, 3, -signal.SIGKILL}, commands.log.read_text()
        return code == -signal.SIGKILL

    return run


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_at_any_step_is_finished_by_the_next(scans: Path, killed_at, size: Callable[[Any, Any], Any]):
    workflow: Workflow = make_workflow()
    slug = workflow.project.slug
    with pytest.raises(SystemExit):
        call_command("ingest", slug, str(scans), verbosity=0)
    expected = state_of_everything()
    assert (len(expected[0]), len(expected[1])) == (6, 5)
    steps = 0
    for step in size(FEW, range(1, 100)):
        forget_everything()
        if not killed_at(step, slug, scans):
            break
        steps = step
        with pytest.raises(SystemExit):
            call_command("ingest", slug, str(scans), verbosity=0)
        assert state_of_everything() == expected, f"killed at step {step}"
        assert list(Path(settings.FILES, "unfinished").glob("*/*")) == []
    assert steps >= size(FEW[-1], STEPS)


@pytest.mark.django_db(transaction=True)
def test_a_document_killed_between_its_pages_goes_on_where_it_stopped(
    tmp_path: Path, killed_at, size: Callable[[Any, Any], Any]
):
    """Every kill but the first goes on from the rows of the one before, as a worker that dies again and again."""
    workflow: Workflow = make_workflow()
    slug, pages = workflow.project.slug, size(4, 200)
    (tmp_path / "register.pdf").write_bytes(document(pages))
    call_command("ingest", slug, str(tmp_path / "register.pdf"), verbosity=0)
    expected = state_of_everything()
    assert (len(expected[0]), expected[2][0]["total"]) == (3 * pages, pages)
    forget_everything()
    kills = 0
    for step in size([2, 4, 5, 6], [*range(2, 9), *range(60, 300, 60)]):
        if not killed_at(step, slug, tmp_path / "register.pdf"):
            break
        kills += 1
        assert Page.objects.count() < pages
    call_command("ingest", slug, str(tmp_path / "register.pdf"), verbosity=0)
    assert state_of_everything() == expected
    assert kills >= size(4, 10)


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_again_and_again_still_ends(scans: Path, killed_at, size: Callable[[Any, Any], Any]):
    slug = make_workflow().project.slug
    kills = sum(killed_at(step, slug, scans) for step in size([4, 7], range(3, 15)))
    with pytest.raises(SystemExit):
        call_command("ingest", slug, str(scans), verbosity=0)

    assert kills >= 2
    assert (Page.objects.count(), Task.objects.count(), Batch.objects.get().state) == (2, 6, BatchState.DONE)


@pytest.mark.django_db
def test_a_batch_has_one_reader_until_its_claim_runs_out():
    batch = Batch.objects.create(project=make_workflow().project, name="scans")
    first = claim(batch.pk)

    assert (first is None, claim(batch.pk)) == (False, None)
    Batch.objects.update(claimed_until=timezone.now())
    second = claim(batch.pk)
    with pytest.raises(ClaimLost):
        first.hold(done=1)
    second.hold(done=2)
    batch.refresh_from_db()
    assert (batch.done, batch.claimed_until > timezone.now() + CLAIM_TIME / 2) == (2, True)
    assert (first.beat(), second.beat()) == (False, True)


@pytest.mark.django_db
def test_a_claim_is_renewed_while_one_picture_takes_long():
    beats = iter([True, True, False])
    with Pulse(lambda: next(beats), every=timedelta(milliseconds=1)) as pulse:
        pulse.thread.join(30)

    assert list(beats) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "reason", "seconds_left", "silent"),
    [
        (BatchState.READING, "", 29, False),
        (BatchState.READING, "", 14, True),
        (BatchState.READING, "", -9, True),
        (BatchState.READING, "The disk has only 1 MB left.", 9, False),
        (BatchState.PAUSED, "", -9, False),
    ],
)
def test_a_worker_without_a_sign_of_life_is_told_of(state: BatchState, reason: str, seconds_left: int, silent: bool):
    until = timezone.now() + timedelta(seconds=seconds_left)
    batch = make_page().item.batch
    Batch.objects.update(state=state, reason=reason, claimed_until=until)

    assert progress_of([batch.pk])[batch.pk].silent is silent


@pytest.mark.django_db
def test_whoever_stands_at_the_keyboard_takes_over():
    batch = Batch.objects.create(project=make_workflow().project, name="scans")
    first, second = claim(batch.pk), claim(batch.pk, take_over=True)
    second.finish(BatchState.DONE)

    with pytest.raises(ClaimLost):
        first.finish(BatchState.FAILED)
    assert claim(batch.pk) is None
    assert claim(batch.pk, take_over=True) is not None


@pytest.mark.django_db
def test_a_batch_that_is_withdrawn_while_it_is_read_stays_so():
    batch = Batch.objects.create(project=make_workflow().project, name="scans")
    mine = claim(batch.pk)
    Batch.objects.update(state=BatchState.WITHDRAWN)

    with pytest.raises(ClaimLost):
        mine.finish(BatchState.DONE)
    assert claim(batch.pk, take_over=True) is None


@pytest.mark.django_db
def test_the_pages_of_a_document_that_was_begun_are_counted_from_the_start(tmp_path: Path):
    slug = make_workflow().project.slug
    (tmp_path / "register.pdf").write_bytes(document(3))
    (tmp_path / "a.jpg").write_bytes(page_bytes())
    totals = []

    class Noting(Claim):
        def hold(self, **progress: Any) -> None:
            totals.append(progress.get("total"))
            super().hold(**progress)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(claiming, "Claim", Noting)
        for _time in range(2):
            call_command("ingest", slug, str(tmp_path), verbosity=0)

    assert totals == [2, 2, 4, 4, 4] + [4] * 5
