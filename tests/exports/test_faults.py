"""Killed, raced or run beside volunteers, a release is whole or not there."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections

from exports import releasing
from exports.models import Release, shelf_of
from exports.releasing import NothingChanged, release
from tasks.enums import TaskState
from tests.factories import make_page, make_task, make_workflow, post_answer, settle_task
from tests.live import child_environment

from .conftest import LATER
from .reading import contents, table

pytestmark = pytest.mark.django_db(transaction=True)


def call(function, *args):
    try:
        return function(*args)
    finally:
        connections.close_all()


DIE_AT_EACH_STEP = """
import os, sys, django
from datetime import datetime
from pathlib import Path
from unittest.mock import Mock, patch
django.setup()
from django.conf import settings
from exports.releasing import release
from tasks.models import Project
settings.FILES = Path(sys.argv[1])
for step in sys.argv[3:]:
    function, _, time = step.partition("#")
    if not (child := os.fork()):
        calls = [None] * (int(time) - 1)
        with patch(function, Mock(side_effect=lambda *args, **kwargs: calls.pop() if calls else os._exit(9))):
            release(Project.objects.get(), now=datetime.fromisoformat(sys.argv[2]))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9, f"not killed at {step}"
"""
STEPS = (
    "exports.tables.nested#3",  # in the midst of the rows
    "exports.releasing.describe#1",
    "exports.releasing.sums#1",
    "exports.releasing.shelve#1",  # complete, not moved
    "exports.releasing.sync#2",  # moved, not committed
)


def test_a_release_killed_at_any_step_was_never_there(client):
    workflow = make_workflow()
    for _ in range(4):
        settle_task(workflow)
    script = [sys.executable, "-c", DIE_AT_EACH_STEP, str(settings.FILES), LATER.isoformat(), *STEPS]

    subprocess.run(script, env=child_environment(), check=True)

    shelf = shelf_of(workflow.project)
    left = sorted(path.name[:11] for path in shelf.iterdir())
    assert left == [".unfinished"] * 4 + ["1"]
    assert not Release.objects.exists()
    assert client.get(f"/api/v1/datasets/{workflow.project.slug}/releases/1/files/data.csv").status_code == 404
    for path in (path for folder in shelf.iterdir() for path in [folder, *folder.iterdir()]):
        os.utime(path, (0, 0))
    (shelf / "1" / "stray").touch()
    made = release(workflow.project, now=LATER)
    assert [path.name for path in shelf.iterdir()] == ["1"]
    assert sorted(contents(made.folder)) == sorted(file["name"] for file in made.snapshot["files"])
    assert len(table(made)) == 4


@pytest.mark.parametrize("step", ["describe", "finish", "shelve"])
def test_a_release_that_fails_leaves_nothing(step, monkeypatch):
    task = settle_task()

    def no_space(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(releasing, step, no_space)
    with pytest.raises(OSError, match="No space"):
        release(task.project, now=LATER)

    assert not Release.objects.exists()
    assert list(shelf_of(task.project).iterdir()) == []


def test_two_releases_at_once_make_one(monkeypatch):
    task = settle_task()
    both_read, draw_up = Barrier(2), releasing.draw_up

    def together(*args):
        draft = draw_up(*args)
        if not Release.objects.exists():
            both_read.wait(10)
        return draft

    monkeypatch.setattr(releasing, "draw_up", together)
    with ThreadPoolExecutor(2) as pool:
        racers = [pool.submit(call, lambda: release(task.project, now=LATER)) for _ in range(2)]
        outcomes = [racer.result(30) for racer in racers]

    [made] = Release.objects.all()
    assert [path.name for path in shelf_of(task.project).iterdir()] == ["1"]
    assert sorted(map(type, outcomes), key=str) == [Release, NothingChanged]
    assert NothingChanged(made) in outcomes


def test_a_release_reads_one_moment_while_volunteers_go_on(monkeypatch):
    workflow = make_workflow()
    first, second = settle_task(workflow), make_task(workflow, page=make_page(workflow.project))
    rows = releasing.settled_rows

    def slowly(selection):
        for number, row in enumerate(rows(selection)):
            if number == 0:  # the snapshot is open, and another connection writes
                with ThreadPoolExecutor(1) as pool:
                    for _ in range(2):
                        pool.submit(call, post_answer, second, "Oulu").result(10)
            yield row

    with monkeypatch.context() as patch:
        patch.setattr(releasing, "settled_rows", slowly)
        made = release(workflow.project, now=LATER)

    second.refresh_from_db()
    assert second.state == TaskState.AGREED
    assert [row["page_sha256"] for row in table(made)] == [first.page.sha256]
    assert [row["page_sha256"] for row in table(release(workflow.project, now=LATER))] == [
        first.page.sha256,
        second.page.sha256,
    ]
