"""Bridge, the first game, in the browser: the same lines and answers as on the plain page."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from gamification.models import Ledger
from tasks.models import Project, Task
from tests.factories import post_answer

pytestmark = pytest.mark.browser
TEXT = "Turku"


@pytest.fixture
def cards(in_thread, live_url, drawn):
    """Three cards: more than a round has lines."""
    in_thread(call_command, "ingest", "finnish-newspapers", str(drawn(3)))
    return "finnish-newspapers"


@pytest.fixture
def bridge(cards, in_thread):
    """A project that opens as Bridge."""
    in_thread(Project.objects.filter(slug=cards).update, way="bridge")
    return cards


def somebody_reads(tasks, text=TEXT):
    for task in tasks:
        post_answer(task, text, now=None)


def start(page, project, query=""):
    page.goto(f"/play/{project}/{query}")
    page.get_by_role("button", name="Start").click()
    page.locator("#scan img.crop").wait_for()


def lay(page, text=TEXT):
    """Type the text and wait until its plank lies."""
    laid = page.locator(".plank").count()
    page.locator("#say").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".plank")).to_have_count(laid + 1)


def test_a_round_by_keyboard_alone_and_its_end_says_what_became_of_it(page, bridge, in_thread, votes, faults):
    tasks = in_thread(lambda: list(Task.objects.order_by("pk")))
    in_thread(somebody_reads, tasks[::2])
    begin_by_keyboard(page, bridge)

    mend_the_first_plank(page, lambda: votes(len(tasks[::2]) + 1))
    skip_by_keyboard(page)
    change_the_way_there_and_back(page)
    expect(page.locator(".plank")).to_have_count(2)
    assert faults(page) == []

    for _line in range(2):
        lay(page)
    page.reload()
    expect(page.locator(".plank")).to_have_count(4)
    for _line in range(5):
        lay(page)
    votes(len(tasks[::2]) + 9)
    in_thread(confirm, tasks[1::2])
    lay(page)

    expect(page.get_by_role("heading", name="You are across.")).to_be_focused()
    sees_what_became_of_it(page, stones=in_thread(settled_by_now))
    assert faults(page) == []
    crosses_again_by_keyboard(page)


def begin_by_keyboard(page, project):
    page.goto(f"/projects/{project}/")
    page.get_by_role("button", name="Read a line").focus()
    page.keyboard.press("Enter")
    page.locator("#scan img.crop").wait_for()
    expect(page.locator("#say")).to_be_focused()


def mend_the_first_plank(page, arrived):
    """Lay a plank with a slip of the fingers, take it up again once it has ``arrived``, and lay it well."""
    page.keyboard.type("Turkku")
    page.keyboard.press("Enter")
    expect(page.locator("#news")).to_have_text("Plank 1 of 10 laid.")
    expect(page.locator("#say")).to_be_focused()
    arrived()
    page.keyboard.press("Control+z")
    expect(page.locator("#say")).to_have_value("Turkku")
    expect(page.locator(".plank")).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("u")
    page.keyboard.press("Enter")


def skip_by_keyboard(page):
    page.get_by_role("button", name="Skip").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Skipped")
    expect(page.locator(".plank")).to_have_count(1)


def change_the_way_there_and_back(page):
    """Begin a word in the game, see it on the plain page, end it in the game."""
    page.keyboard.type("Tur")
    page.get_by_role("link", name="Plain version").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#scene")).to_be_hidden()
    expect(page.locator("#say")).to_have_value("Tur")
    page.get_by_role("link", name="Play as Bridge").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#scene")).to_be_visible()
    expect(page.locator("#say")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("ku")
    page.keyboard.press("Enter")


def sees_what_became_of_it(page, stones):
    expect(page.locator("#did")).to_contain_text({9: "Nine are stone", 10: "All are stone"}[stones])
    expect(page.locator(".plank.stone")).to_have_count(stones)
    expect(page.locator("#found")).to_contain_text("Now Turku can be found")
    assert page.locator("#proof rect.ok").count() > 0
    page.get_by_role("button", name="Put my words in place").click()
    expect(page.locator("#proof text").first).to_have_text(TEXT)


def crosses_again_by_keyboard(page):
    page.locator("#ended").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cross again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator(".plank")).to_have_count(0)


def confirm(tasks):
    """Let somebody read, of these tasks, those that the player alone has read."""
    somebody_reads(Task.objects.filter(pk__in=[task.pk for task in tasks], answered=1))


def settled_by_now():
    return Task.objects.exclude(settled_at=None).count()


def test_things_move_where_movement_is_wanted_and_nothing_is_laid_out_anew_meanwhile(open_page, bridge):
    still, moving = open_page(), open_page(reduced_motion="no-preference")
    for page in (still, moving):
        start(page, bridge)
        lay(page)
    walking = "document.querySelector('#blot').getAnimations().length"
    assert [page.evaluate(walking) for page in (still, moving)] == [0, 1]
    assert still.evaluate("document.querySelector('#scene').getAnimations({subtree: true}).length") == 0

    devtools = moving.context.new_cdp_session(moving)
    devtools.send("Performance.enable")
    moving.wait_for_function("() => !document.querySelector('.plank').getAnimations().length")
    lay(moving, "Oulu")
    moving.wait_for_timeout(150)
    before, after = (layouts(devtools, moving, wait) for wait in (0, 500))
    assert after - before < 10  # of about thirty frames
    moving.wait_for_function(f"() => !{walking}")


def layouts(devtools, page, wait):
    page.wait_for_timeout(wait)
    metrics = {entry["name"]: entry["value"] for entry in devtools.send("Performance.getMetrics")["metrics"]}
    return metrics["LayoutCount"]


def test_without_a_connection_the_game_goes_on_and_the_answers_arrive_later(open_page, bridge, votes):
    page = open_page(service_workers="allow")
    start(page, bridge)
    lay(page)
    votes(1)
    page.context.set_offline(True)
    lay(page)
    lay(page)
    expect(page.locator("#said")).to_contain_text("connection")

    page.context.set_offline(False)
    page.wait_for_function("() => !JSON.parse(localStorage['civictasks.outbox']).length")

    assert votes(3) == ["=Turku"] * 3
    page.problems.clear()


def test_a_project_that_ends_in_the_middle_of_a_round_ends_warmly(page, bridge, in_thread):
    few = in_thread(lambda: list(Task.objects.order_by("pk").values_list("pk", flat=True)[:2]))
    in_thread(Task.objects.exclude(pk__in=few).delete)
    start(page, bridge)
    lay(page)
    lay(page, "Oulu")

    expect(page.get_by_role("heading", name="You are across.")).to_be_focused()
    expect(page.locator("#did")).to_have_text("Two lines. All wait for a second pair of eyes.")
    expect(page.locator("#farewell")).to_be_visible()
    expect(page.get_by_role("button", name="Cross again")).to_be_hidden()


def ledger():
    rows = Ledger.objects.order_by("volunteer", "rule", "answer").values_list("volunteer", "rule", "points")
    credits = {}
    for volunteer, rule, points in rows:
        credits.setdefault(volunteer, []).append((rule, points))
    return list(credits.values())


def test_both_ways_give_the_same_credit_and_the_choice_is_remembered_without_a_cookie(open_page, bridge, in_thread):
    pages = [open_page(), open_page()]
    pages[0].goto(f"/play/{bridge}/")
    pages[0].get_by_role("link", name="Plain version").click()
    assert pages[0].context.cookies() == []

    for page in pages:
        start(page, bridge)
    expect(pages[0].locator("#scene")).to_be_hidden()
    expect(pages[1].locator("#scene")).to_be_visible()
    for page in pages:
        for answered in range(1, 4):
            page.locator("#say").fill(TEXT)
            with page.expect_response("**/api/v1/answers"):
                page.keyboard.press("Enter")
            expect(page.locator("#steps .done")).to_have_count(answered)

    one, other = in_thread(ledger)
    assert (one.count(("took_part", 1)), one) == (3, other)  # and the same for each line that both have met


def test_the_plain_page_marks_ten_lines_and_shows_what_came_of_them_when_asked(page, cards, faults):
    start(page, cards)
    for _line in range(10):
        expect(page.get_by_role("button", name="See what came of them")).to_be_hidden()
        page.locator("#say").fill(TEXT)
        with page.expect_response("**/api/v1/answers"):
            page.keyboard.press("Enter")
    expect(page.locator("#task")).to_be_visible()
    page.locator("#say").fill("half typ")

    page.get_by_role("button", name="See what came of them").click()
    expect(page.get_by_role("heading", name="Well read.")).to_be_focused()
    expect(page.locator("#did")).to_have_text("Ten lines. All wait for a second pair of eyes.")
    assert faults(page) == []

    page.get_by_role("button", name="Read on").click()
    expect(page.locator("#say")).to_have_value("half typ")


def test_without_scripts_the_same_address_serves_the_plain_form(open_page, cards, votes):
    page = open_page(java_script_enabled=False)
    start_without_scripts = page.get_by_role("button", name="Start")
    page.goto(f"/play/{cards}/?way=bridge")
    expect(page.locator("#scene")).to_be_hidden()
    start_without_scripts.click()

    page.locator("#say").fill(TEXT)
    page.get_by_role("button", name="Done").click()

    assert votes(1) == ["=Turku"]
