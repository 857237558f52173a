"""A volunteer's own pages: from the first line read to being forgotten."""

import re

import pytest
from playwright.sync_api import expect

from gamification.chores import keep_boards
from tasks.models import Answer, Task
from tests.factories import NOON, post_answer

pytestmark = pytest.mark.browser
MINE = ["/me/", "/me/answers/", "/me/name/", "/me/account/", "/me/erase/"]
PASSWORD = "correct horse battery"


def read_a_line(page, project):
    page.goto(f"/play/{project}/")
    page.get_by_role("button", name="Start").click()
    page.locator("#scan img.crop").wait_for()
    page.get_by_role("textbox", name="What does this line say?").fill("Tesson")
    with page.expect_response("**/api/v1/answers"):
        page.keyboard.press("Enter")


def others_differ():
    """Others settle the line otherwise, and the undo time passes."""
    answer = Answer.objects.get()
    Answer.objects.update(created_at=NOON)
    task = Task.objects.get(pk=answer.task_id)
    while task.seats:
        post_answer(task, "Usson", now=None)
    keep_boards()


def test_axe_finds_nothing_on_my_own_pages(page, cards, in_thread, faults):
    read_a_line(page, cards)
    in_thread(others_differ)

    for path in MINE:
        page.goto(path)
        assert (path, faults(page)) == (path, [])


@pytest.mark.story
def test_a_volunteer_keeps_the_work_and_leaves_without_a_trace(open_page, cards, in_thread):
    here, elsewhere = open_page(), open_page()
    read_a_line(here, cards)
    in_thread(others_differ)
    here.goto("/")
    here.get_by_role("link", name="Me", exact=True).click()
    line = here.get_by_role("listitem").filter(has_text="Tesson")
    expect(line.locator("del")).to_have_text("Te")
    expect(line.locator("ins")).to_have_text("U")

    here.get_by_role("link", name="Choose a name").click()
    here.get_by_label("Public name").fill("Admin")
    here.keyboard.press("Enter")
    expect(here.get_by_role("alert")).to_contain_text("sounds like somebody who runs the site")
    expect(here.get_by_label("Public name")).to_have_value("Admin")
    here.problems.clear()  # Chromium tells of the 422
    here.get_by_label("Public name").fill("Aino K.")
    here.keyboard.press("Enter")
    expect(here.get_by_role("status")).to_have_text("Boards show you as “Aino K.”.")

    here.get_by_role("link", name="Make an account").click()
    here.get_by_label("User name").fill("aino")
    here.get_by_label("Password").fill(PASSWORD)
    here.get_by_role("button", name="Make the account").click()
    expect(here.get_by_role("button", name="Print this reminder")).to_be_visible()

    elsewhere.goto("/me/")
    elsewhere.get_by_role("link", name="Sign in").click()
    elsewhere.get_by_label("User name").fill("aino")
    elsewhere.get_by_label("Password").fill(PASSWORD)
    elsewhere.keyboard.press("Enter")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Aino K.")
    elsewhere.goto("/leaderboards/?period=all")
    expect(elsewhere.get_by_role("row").filter(has_text="You (Aino K.)")).to_be_visible()

    here.goto("/me/erase/")
    here.get_by_label("Your password").fill(PASSWORD)
    here.get_by_role("checkbox").check()
    here.get_by_role("button", name="Erase my data").click()
    expect(here.get_by_role("heading", level=1)).to_have_text("You are forgotten here")
    elsewhere.reload()
    expect(elsewhere.get_by_role("row").filter(has_text=re.compile("Aino|You"))).to_have_count(0)
