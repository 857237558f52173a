"""Choosing between readings, and being shown what a known line says, by keyboard."""

import pytest
from playwright.sync_api import expect

from tasks.enums import TaskState
from tasks.models import Task, WorkflowVersion
from tasks.showing.questions import crop_url
from tests.factories import make_crowd, make_known, post_answer

pytestmark = pytest.mark.browser


def keep_lines(count):
    """Leave so many lines of the cards to be asked, and return them."""
    kept = list(Task.objects.order_by("pk")[:count])
    Task.objects.exclude(pk__in=[task.pk for task in kept]).delete()
    return kept


def let_readings_compete():
    [line] = keep_lines(1)
    WorkflowVersion.objects.update(policy={"minimum": 2, "maximum": 5, "adjudicate": True})
    make_crowd(line.workflow)
    for reading in ("Helsingin Sanomat", "Helsingin Sanomet"):
        post_answer(line, reading, now=None)
    assert line.state == TaskState.WAITING


def know_a_line():
    """Return the address of the known line's picture; another line is to be read."""
    line, _other = keep_lines(2)
    make_known(line, "Helsingin Sanomat 1893")
    return crop_url(line.pk)


def start(page, project):
    page.goto(f"/play/{project}/")
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    page.locator("#scan img.crop").wait_for()


def test_a_reading_is_chosen_by_its_number_and_the_choice_taken_back(page, cards, in_thread, votes, faults):
    in_thread(let_readings_compete)
    start(page, cards)

    expect(page.get_by_role("heading", name="Which reading is right?")).to_be_focused()
    expect(page.locator(".offer mark")).to_have_text(["a", "e"] if first_reads(page, "Sanomat") else ["e", "a"])
    assert faults(page) == []
    page.keyboard.press("1" if first_reads(page, "Sanomat") else "2")
    expect(page.locator("#said")).to_contain_text("Saved")
    assert len(votes(3)) == 3
    expect(page.get_by_role("heading", name="Well read.")).to_be_focused()

    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Which reading is right?")).to_be_focused()
    page.keyboard.press("0")

    expect(page.locator("#done")).to_contain_text("None of these readings")
    assert votes(3)[2:] == ["=none"]


def first_reads(page, text):
    return text in page.locator(".offer").first.inner_text()


def test_whoever_reads_a_known_line_otherwise_is_shown_what_it_says(page, cards, in_thread, faults):
    known = in_thread(know_a_line)
    start(page, cards)
    if known not in page.locator("#scan img.crop").get_attribute("src"):
        page.keyboard.type("x")
        page.keyboard.press("Enter")
        expect(page.locator("#scan img.crop")).to_have_attribute("src", known)

    page.keyboard.type("Helsingin Sanomet 1898")
    page.keyboard.press("Enter")

    expect(page.locator("#itsreading")).to_have_text("Helsingin Sanomat 1893")
    expect(page.locator("#myreading del")).to_have_text(["e", "8"])
    words = "Saved. Here it says: Helsingin Sanomat 1893. Word 2: “Sanomat”, not “Sanomet”. Word 3: “1893”, not “1898”."
    expect(page.locator("#news")).to_have_text(words)
    assert faults(page) == []
