import re

import pytest
from django.utils import timezone

from gamification import chores
from gamification.announcing import Announcer
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
