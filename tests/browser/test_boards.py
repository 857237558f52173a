"""A board on another screen moves when somebody answers, also after Redis was gone."""

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from civictasks.embedded.children import end_child, manage, start_child
from tests.factories import make_project, make_task, make_volunteer, make_workflow, post_answer
from tests.live import child_environment

pytestmark = [pytest.mark.browser, pytest.mark.story]


@pytest.fixture
def sweeper(live_url, browser):
    with Path(os.devnull).open("ab") as log:
        process = start_child(manage("sweep"), env=child_environment(), log=log)
    yield process
    end_child(process, 10)


def answer_as(volunteer, workflow):
    post_answer(make_task(workflow), "Oulu", volunteer, now=None)


@pytest.fixture
def workflow(in_thread, live_url):
    return in_thread(lambda: make_workflow(make_project(slug="cards", title="Cards")))


@pytest.fixture
def ada(in_thread, live_url):
    return in_thread(lambda: make_volunteer(display_name="Ada"))


def row(page):
    return page.get_by_role("row").filter(has_text="Ada")


def test_a_score_moves_on_an_open_page_also_after_redis_was_flushed_and_hung(
    page, sweeper, workflow, ada, in_thread, valkey
):
    in_thread(answer_as, ada, workflow)
    page.goto("/leaderboards/?board=project-cards&period=all")
    expect(page.locator("#live")).to_have_text("Live")
    score = row(page).get_by_role("cell").nth(1)
    expect(score).to_have_text("1")

    in_thread(answer_as, ada, workflow)
    expect(score).to_have_text("2")

    valkey.flush()
    os.kill(valkey.process.pid, signal.SIGSTOP)
    in_thread(answer_as, ada, workflow)
    os.kill(valkey.process.pid, signal.SIGCONT)
    expect(score).to_have_text("3", timeout=20_000)
