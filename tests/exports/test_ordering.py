"""A version is ordered on the desk and made by a worker; the order's row says what became of it."""

import errno
from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from accounts.models import Act
from exports import ordering, releasing
from exports.chores import make_ordered_releases
from exports.enums import OrderState, ReleaseState
from exports.errors import AlreadyOrdered, NotReleasable
from exports.models import Release, ReleaseOrder, shelf_of
from exports.ordering import MOST_CLAIMS, claim, fulfil, order_release
from tasks.enums import ProjectState
from tasks.models import Project
from tests.factories import make_volunteer, settle_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    return settle_task().project


def ordered(project: Project, notes: str = "") -> ReleaseOrder:
    return order_release(project, make_volunteer(), notes)


def acts() -> list[tuple[str, dict]]:
    return [(act.what, act.details) for act in Act.objects.order_by("pk")]


def test_an_order_becomes_a_version_with_its_notes_and_a_trail(project):
    order = ordered(project, "Corrected after the review.")

    fulfil(order.pk)

    order.refresh_from_db()
    made = Release.objects.get()
    assert (order.state, order.release, order.claimed_until) == (OrderState.DONE, made, None)
    assert made.notes == "Corrected after the review."
    assert "Corrected after the review." in (made.folder / "README").read_text()
    assert acts() == [
        ("release.ordered", {"project": project.pk, "order": order.pk}),
        ("release.published", {"project": project.pk, "number": 1}),
    ]


def test_an_order_without_news_says_that_nothing_changed(project):
    fulfil(ordered(project).pk)
    order = ordered(project)

    fulfil(order.pk)

    order.refresh_from_db()
    assert (order.state, order.release) == (OrderState.UNCHANGED, Release.objects.get())


def test_only_one_version_is_made_at_a_time(project):
    ordered(project)

    with pytest.raises(AlreadyOrdered):
        ordered(project)

    assert ReleaseOrder.objects.count() == 1
    assert len(acts()) == 1


def test_a_draft_is_not_ordered(project):
    project.state = ProjectState.DRAFT

    with pytest.raises(NotReleasable):
        ordered(project)

    assert not ReleaseOrder.objects.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (OSError(errno.EACCES, "Permission denied"), "The files could not be written."),
        (ValueError("surprise"), "The fault is ours"),
        (NotReleasable("Nothing is settled."), "Nothing is settled."),
    ],
)
def test_a_version_that_cannot_be_made_says_why_and_what_to_do(project, monkeypatch, error, words):
    def fail(*args, **options):
        raise error

    order = ordered(project)
    monkeypatch.setattr(releasing, "write_tables", fail)

    fulfil(order.pk)

    order.refresh_from_db()
    assert order.state == OrderState.FAILED
    assert order.reason.startswith(words)
    assert not Release.objects.exists()
    assert not list(shelf_of(project).iterdir())
    ordered(project)  # and it may be ordered again


def test_the_order_tells_how_many_rows_are_written(project, monkeypatch, in_thread):
    """The pulse beats while the reading transaction is open."""
    order, beaten, seen = ordered(project), Event(), []
    write = ordering.Claim.write

    def watched(self, **fields):
        done = write(self, **fields)
        if fields.get("rows"):  # the first beats may come before the first row
            beaten.set()
        return done

    def slowly(folder, rows):
        rows = list(rows)
        assert beaten.wait(10)
        seen.append(in_thread(lambda: ReleaseOrder.objects.get(pk=order.pk).rows))
        return tables(folder, rows)

    tables = releasing.write_tables
    monkeypatch.setattr(ordering, "PULSE", timedelta(milliseconds=10))
    monkeypatch.setattr(releasing, "ROWS_BETWEEN_NEWS", 1)
    monkeypatch.setattr(ordering.Claim, "write", watched)
    monkeypatch.setattr(releasing, "write_tables", slowly)

    fulfil(order.pk)

    order.refresh_from_db()
    assert (order.state, seen) == (OrderState.DONE, [1])


def test_a_worker_does_not_take_what_another_is_at(project):
    order = ordered(project)
    held = claim(order.pk)

    fulfil(order.pk)

    assert not Release.objects.exists()
    assert held.write(rows=1)


def test_a_worker_that_died_is_followed_by_another_and_its_late_words_are_not_heard(project):
    order = ordered(project)
    dead = claim(order.pk)
    ReleaseOrder.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

    fulfil(order.pk)

    dead.finish(OrderState.FAILED, reason="late")
    order.refresh_from_db()
    assert (order.state, order.reason) == (OrderState.DONE, "")


def test_a_worker_that_died_after_publishing_has_done_its_work(project):
    order = ordered(project)
    releasing.release(project)

    fulfil(order.pk)

    order.refresh_from_db()
    assert (order.state, order.release.number) == (OrderState.DONE, 1)


def test_the_sweeper_finds_a_lost_order(project, valkey, run_jobs):
    ordered(project)

    make_ordered_releases()
    run_jobs()

    assert Release.objects.filter(state=ReleaseState.PUBLISHED).count() == 1
    assert make_ordered_releases() == 0


def test_an_order_at_which_every_worker_dies_is_given_up(project, valkey):
    order = ordered(project)
    ReleaseOrder.objects.update(
        state=OrderState.WORKING, fence=MOST_CLAIMS, claimed_until=timezone.now() - timedelta(seconds=1)
    )

    make_ordered_releases()

    order.refresh_from_db()
    assert order.state == OrderState.FAILED
    assert order.reason.startswith(f"Making it was begun {MOST_CLAIMS} times")
