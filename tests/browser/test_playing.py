"""What a volunteer meets in the browser."""

import pytest
from playwright.sync_api import expect

from tasks.models import Answer, Task, Workflow, WorkflowVersion

pytestmark = pytest.mark.browser
QUESTION = "What does this line say?"


def start(page, project):
    page.goto(f"/play/{project}/")
    page.get_by_role("button", name="Start").click()
    page.locator("#scan img.crop").wait_for()


def field(page):
    return page.get_by_role("textbox", name=QUESTION)


def shown(page):
    return page.locator("#scan img.crop").get_attribute("src")


def test_a_line_is_read_by_keyboard_alone_and_the_field_keeps_the_focus(page, cards, votes):
    page.goto(f"/projects/{cards}/")
    page.get_by_role("button", name="Read a line").focus()
    page.keyboard.press("Enter")
    page.locator("#scan img.crop").wait_for()
    first = shown(page)

    expect(field(page)).to_be_focused()
    page.keyboard.type("Åbo Tidningar")
    page.keyboard.press("Enter")

    expect(page.locator("#said")).to_contain_text("Saved")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    assert shown(page) != first
    assert votes(1) == ["=Åbo Tidningar"]


@pytest.mark.parametrize(("button", "vote"), [("I cannot read it", "!unreadable"), ("It is empty", "!blank")])
def test_what_cannot_be_typed_has_a_button(page, cards, votes, button, vote):
    start(page, cards)

    page.get_by_role("button", name=button).first.click()

    assert votes(1) == [vote]


def test_a_skipped_line_goes_back(page, cards):
    start(page, cards)
    first = shown(page)

    with page.expect_response("**/leases/release") as released:
        page.get_by_role("button", name="Skip").first.click()

    assert released.value.json() == {"released": 1}
    assert shown(page) != first


def test_an_answer_is_taken_back_with_its_text(page, cards, votes, in_thread):
    start(page, cards)
    first = shown(page)
    field(page).fill("Åbo Tidningr")
    page.keyboard.press("Enter")
    votes(1)

    page.get_by_role("button", name="Undo").click()

    expect(field(page)).to_have_value("Åbo Tidningr")
    assert shown(page) == first
    field(page).fill("Åbo Tidningar")
    page.keyboard.press("Enter")
    assert votes(1) == ["=Åbo Tidningar"]
    [before, after] = in_thread(lambda: list(Answer.objects.order_by("pk").values_list("elapsed_ms", flat=True)))
    assert after > before  # the line was before them all the while: it did not come too fast


def test_a_reload_keeps_what_was_typed(page, cards):
    start(page, cards)
    typed_at = shown(page)
    field(page).fill("Åbo Tid")

    page.reload()
    page.locator("#scan img.crop").wait_for()

    seen = {shown(page): field(page).input_value()}
    for _line in range(4):
        if typed_at in seen:
            break
        with page.expect_response("**/api/v1/**"):
            page.get_by_role("button", name="Skip").first.click()
        seen[shown(page)] = field(page).input_value()
    assert seen[typed_at] == "Åbo Tid"


def test_a_tab_whose_session_is_gone_keeps_its_draft_and_says_what_to_do(page, cards):
    start(page, cards)
    page.context.clear_cookies()

    field(page).fill("Åbo Tidningar")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert").first).to_contain_text("Reload")
    assert "Åbo Tidningar" in page.evaluate("JSON.stringify(localStorage)")
    page.problems.clear()


def test_answers_typed_without_a_connection_arrive_later_once(open_page, cards, votes):
    page = open_page(service_workers="allow")
    start(page, cards)
    page.context.set_offline(True)
    field(page).fill("Åbo Tidningar")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("connection")

    page.context.set_offline(False)
    page.wait_for_function("() => !JSON.stringify(localStorage).includes('Åbo Tidningar')")

    assert votes(1) == ["=Åbo Tidningar"]
    page.problems.clear()


def make_verification(project):
    task = Task.objects.filter(project__slug=project).first()
    Task.objects.all().delete()
    workflow = Workflow.objects.get(project__slug=project)
    version = WorkflowVersion.objects.create(
        workflow=workflow, number=2, kind="verify", prompt="Is this reading right?"
    )
    task.pk, task.version, task.suggestion = None, version, "Åb0 Tidningar"
    task._state.adding = True
    task.save()


def test_a_reading_is_verified_and_the_page_says_thank_you_at_the_end(page, cards, in_thread, votes):
    in_thread(make_verification, cards)
    start(page, cards)

    expect(page.locator("#claim")).to_have_text("Åb0 Tidningar")
    page.get_by_role("button", name="No, it differs").click()

    expect(page.locator("#done").get_by_role("heading")).to_be_visible()
    assert votes(1) == ["=no"]


def test_an_answer_given_while_the_site_is_slow_to_say_that_nothing_is_left_arrives(page, cards, in_thread, votes):
    in_thread(make_verification, cards)
    held = []
    page.route("**/api/v1/projects/*/leases", lambda route: held.append(route))
    start(page, cards)

    page.get_by_role("button", name="No, it differs").click()
    for route in held:
        route.continue_()

    assert (len(held), votes(1)) == (1, ["=no"])


def test_the_line_is_seen_on_its_page_and_larger(page, cards):
    start(page, cards)

    page.get_by_role("button", name="Page", exact=True).click()
    expect(page.get_by_role("button", name="Page", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Page", exact=True).click()
    before = page.locator("#scan img.crop").bounding_box()["width"]
    page.get_by_role("button", name="Zoom").click()
    page.wait_for_timeout(100)

    assert page.locator("#scan img.crop").bounding_box()["width"] > before * 1.3


def test_lines_are_read_without_scripts(open_page, cards, votes):
    page = open_page(java_script_enabled=False)
    page.goto(f"/projects/{cards}/")
    page.get_by_role("button", name="Read a line").click()

    for text in ("Åbo Tidningar", "Turku"):
        field(page).fill(text)
        page.get_by_role("button", name="Done").click()

    expect(page.get_by_role("status").first).to_contain_text("Saved")
    assert votes(2) == ["=Åbo Tidningar", "=Turku"]
