import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.erasing import erase
from gamification import chores
from gamification.announcing import Announcer
from tasks.enums import ProjectState
from tasks.models import Project
from tests.factories import make_project, make_volunteer

from .builders import earn


@pytest.fixture
def score(in_thread, monkeypatch, live_url):
    """``score(project, volunteer)``: a point is earned and the sweeper looks."""
    monkeypatch.setattr(chores, "announcer", Announcer())

    def one(project, volunteer):
        earn(project, volunteer, at=timezone.now())
        chores.keep_boards()

    return lambda *scored: in_thread(one, *scored)


@pytest.mark.browser
def test_a_score_moves_on_an_open_page(open_page, score):
    from playwright.sync_api import expect

    project, ada, bo = make_project(slug="cards"), make_volunteer(display_name="Ada"), make_volunteer(display_name="Bo")
    score(project, ada)
    page = open_page()
    page.goto("/leaderboards/?board=project-cards&period=today")
    expect(page.get_by_role("row", name=re.compile("Ada"))).to_contain_text("1")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    for _ in range(2):
        score(project, bo)

    rows = page.locator("#board tbody tr")
    expect(rows).to_have_text([re.compile(r"1\s*Bo\s*2"), re.compile(r"2\s*Ada\s*1")])


@pytest.fixture
def ada_and_bo(live_url, in_thread):
    return in_thread(lambda: (make_project(slug="cards"), make_volunteer(), make_volunteer(display_name="Bo")))


def signed_in(page, live_url, volunteer, in_thread):
    """Give the page's browser a session of the volunteer."""

    def session():
        client = Client()
        client.force_login(volunteer)
        return client.cookies["sessionid"].value

    page.context.add_cookies([{"name": "sessionid", "value": in_thread(session), "url": live_url}])


def let_pass_until_shown(page, selector, text):
    """Let time pass on the page, at most 25 seconds: less than lies between two sentences for a screen reader."""
    shown = []
    for _ in range(500):
        shown = [found.strip() for found in page.locator(selector).all_text_contents()]
        if shown == [text]:
            break
        page.clock.run_for(50)
        page.wait_for_timeout(50)
    assert shown == [text]


@pytest.mark.browser
def test_my_own_place_is_told_calmly_and_the_focus_stays(open_page, score, ada_and_bo, live_url, in_thread):
    from playwright.sync_api import expect

    project, ada, bo = ada_and_bo
    score(project, ada)
    page = open_page()
    page.clock.install(time=0)
    page.clock.pause_at(1)  # else it would run sixty times as fast as ours
    signed_in(page, live_url, ada, in_thread)
    page.goto("/leaderboards/?board=project-cards&period=all")
    news, table = page.locator("#news"), page.get_by_role("region", name="Readers and their points")
    expect(news).to_have_text("You: rank 1, 1 point.")
    table.focus()

    for _ in range(3):
        score(project, bo)
        page.clock.run_for(600)
    let_pass_until_shown(page, "#mine", "You: rank 2, 1 point. Bo is 2 points ahead.")
    expect(news).to_have_text("You: rank 1, 1 point.")
    page.clock.run_for(30_000)

    expect(news).to_have_text("You: rank 2, 1 point. Bo is 2 points ahead.")
    expect(table).to_be_focused()


@pytest.mark.browser
def test_whoever_is_erased_vanishes_from_open_boards(open_page, score, ada_and_bo, in_thread):
    from playwright.sync_api import expect

    project, ada, bo = ada_and_bo
    for volunteer in (ada, bo):
        score(project, volunteer)
    page = open_page()
    page.goto("/leaderboards/?board=project-cards&period=all")
    expect(page.get_by_role("row").filter(has_text="Bo")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    in_thread(lambda: (erase(bo), chores.keep_boards()))

    expect(page.get_by_role("row").filter(has_text="Bo")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text=str(ada))).to_be_visible()


@pytest.mark.browser
def test_a_board_that_is_withdrawn_says_so_and_tries_no_longer(open_page, score, ada_and_bo, in_thread):
    from playwright.sync_api import expect

    project, ada, _bo = ada_and_bo
    score(project, ada)
    page = open_page()
    page.goto("/leaderboards/?board=project-cards&period=all")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    in_thread(Project.objects.update, state=ProjectState.DRAFT)

    expect(page.locator("#live")).to_have_text("This board is no longer there")
