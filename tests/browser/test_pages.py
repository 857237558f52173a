"""Every page, small and large, by day and at night: nothing for axe to find, nothing wider than the window."""

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import expect

from tasks.models import Task
from tests.factories import settle_task

from .looking import NARROW, sticking_out

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/projects/",
    "/projects/finnish-newspapers/",
    "/play/finnish-newspapers/",
    "/leaderboards/",
    "/me/",
    "/me/account/",
    "/me/erased/",
    "/data/",
    "/data/finnish-newspapers/",
    "/data/?q=nothing",
    "/desk/sign-in/",
    "/api/v1/docs",
    "/offline/",
    "/nothing-here/",
]
REPEATED = {"/api/v1/docs": ".operation ~ .operation, .shape ~ .shape"}


def goto_fault(page, in_thread, language="en"):
    """Show the page of a fault of ours in the place of another, to a page without service workers."""

    def told():
        with override(language):
            return render_to_string("500.html")

    text = in_thread(told)
    page.route("**/fault/", lambda route: route.fulfill(content_type="text/html", body=text))
    page.goto("/fault/")


def settle_some(project):
    workflow = Task.objects.filter(project__slug=project).first().workflow
    settle_task(workflow, "Åbo Tidningar", "Åbo Tidningar", page=Task.objects.first().page)
    call_command("release", project)


def test_axe_finds_nothing_on_any_page_and_nothing_sticks_out(page, cards, in_thread, faults):
    in_thread(settle_some, cards)

    for path in PAGES:
        page.goto(path)
        assert (path, faults(page, REPEATED.get(path))) == (path, [])
        page.problems[:] = [problem for problem in page.problems if "404" not in problem]
    goto_fault(page, in_thread)
    assert faults(page) == []


@pytest.mark.parametrize("language", ["fi", pytest.param("nl", marks=pytest.mark.endurance)])
def test_nothing_sticks_out_of_a_small_phone_in_other_languages(open_page, cards, in_thread, language):
    in_thread(settle_some, cards)
    page = open_page(viewport=NARROW, locale=language)

    for path in PAGES:
        page.goto(path)
        assert (path, page.locator("html").get_attribute("lang"), sticking_out(page)) == (path, language, [])
        page.problems[:] = [problem for problem in page.problems if "404" not in problem]
    goto_fault(page, in_thread, language)
    assert (page.locator("html").get_attribute("lang"), sticking_out(page)) == (language, [])


def test_a_visitor_chooses_day_or_night_and_the_device_remembers(open_page):
    page = open_page(color_scheme="light")
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    by_day = page.evaluate(paper)

    page.get_by_role("button", name="Night").click()
    at_night = page.evaluate(paper)
    page.goto("/data/")

    assert (at_night != by_day, page.evaluate(paper)) == (True, at_night)
    expect(page.get_by_role("button", name="Night")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="As on this device").click()
    page.reload()
    assert page.evaluate(paper) == by_day


def test_axe_finds_nothing_while_playing(page, cards, faults):
    page.goto(f"/play/{cards}/")

    page.get_by_role("button", name="Start").click()
    page.locator("#scan img.crop").wait_for()
    assert faults(page) == []

    page.get_by_role("textbox", name="What does this line say?").fill("Åbo Tidningar")
    page.keyboard.press("Enter")
    page.locator("#toast").wait_for()
    assert faults(page) == []
