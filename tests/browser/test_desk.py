"""The desk in a real browser: by keyboard, with a live preview, without scripts, and under the eyes of axe."""

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.inviting import invite
from accounts.models import Invitation, Membership, Volunteer
from tasks.models import Batch, Project
from tests.factories import make_organisation, make_volunteer

from .test_pages import settle_some

pytestmark = pytest.mark.browser
PASSWORD = "kept in a drawer"
PAGES = [
    "/desk/",
    "/desk/new/",
    "/desk/team/",
    "/desk/audit/?check",
    "/desk/finnish-newspapers/",
    "/desk/finnish-newspapers/settings/",
    "/desk/finnish-newspapers/questions/",
    "/desk/finnish-newspapers/questions/transcribe/",
    "/desk/finnish-newspapers/questions/new/",
    "/me/",
    "/me/password/",
]


def hire(slug):
    owner = make_volunteer(username="aino", display_name="Aino")
    owner.set_password(PASSWORD)
    owner.save()
    Membership.objects.create(
        organisation=Project.objects.get(slug=slug).organisation, volunteer=owner, role=Role.OWNER
    )


@pytest.fixture
def owner(cards, in_thread):
    """Aino owns the organisation of the project “finnish-newspapers”."""
    in_thread(hire, cards)


def bring_box_with_a_long_name(slug):
    name = "registers/dufour/DAFANCH96_048MIC07688_L_and_all_that_lies_beside_it"
    Batch.objects.create(project=Project.objects.get(slug=slug), name=name, state="done")


def invite_both_ways(slug):
    aino, organisation = Volunteer.objects.get(username="aino"), Project.objects.get(slug=slug).organisation
    invite(organisation, aino, "somebody.with_as_long_a_name.as_can_be"[:32], Role.REVIEWER)
    Invitation.objects.create(organisation=make_organisation(), username="aino", volunteer=aino, role=Role.OWNER)


def sign_in(page, path="/desk/"):
    page.goto(path)
    page.get_by_label("User name").fill("aino")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)


def test_an_archivist_founds_a_project_and_sees_the_question_while_writing_it(page, owner):
    sign_in(page)
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Title").fill("Letters of 1905")
    page.keyboard.press("Enter")

    page.wait_for_url("**/desk/letters-of-1905/questions/new/")
    expect(page.get_by_role("status").first).to_contain_text("The project is created")
    preview = page.locator("#preview")
    page.get_by_label("The question").fill("Who wrote this letter?")
    expect(preview.get_by_role("heading", name="Who wrote this letter?")).to_be_visible()
    page.get_by_label("Say whether the machine read a line right").check()
    expect(preview.get_by_role("button", name="Yes, it matches")).to_be_visible()
    expect(page.get_by_label("Show what the machine read")).to_be_hidden()
    expect(page.get_by_label("Readings at least")).to_be_hidden()
    page.get_by_label("My own numbers").check()
    expect(page.get_by_label("Readings at least")).to_be_visible()
    expect(page.get_by_role("button", name="Preview")).to_be_hidden()

    page.get_by_role("button", name="Ask this question").click()
    page.wait_for_url("**/desk/letters-of-1905/questions/")
    expect(page.get_by_role("link", name="Who wrote this letter?", exact=True)).to_be_visible()


def test_without_scripts_a_button_shows_the_preview_and_loses_nothing(open_page, owner):
    page = open_page(java_script_enabled=False)
    sign_in(page, "/desk/finnish-newspapers/questions/new/")

    page.get_by_label("The question").fill("Who wrote this letter?")
    page.get_by_role("button", name="Preview").click()

    expect(page.locator("#preview").get_by_role("heading", name="Who wrote this letter?")).to_be_visible()
    expect(page.get_by_label("The question")).to_have_value("Who wrote this letter?")


def test_axe_finds_nothing_at_the_desk(page, cards, owner, in_thread, faults):
    in_thread(settle_some, cards)
    in_thread(bring_box_with_a_long_name, cards)
    in_thread(invite_both_ways, cards)
    page.goto("/desk/sign-in/")
    assert faults(page) == []
    sign_in(page)

    for path in PAGES:
        page.goto(path)
        assert (path, faults(page)) == (path, [])

    page.goto("/desk/new/")
    page.get_by_label("Title").fill("Letters")
    page.get_by_label("Time zone").fill("Turku")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert faults(page) == []
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]

    page.goto("/desk/team/")
    page.get_by_text("Make a token").click()
    page.get_by_label("What it is for").fill("scanner")
    page.keyboard.press("Enter")
    expect(page.get_by_text("shown this once")).to_be_visible()
    assert faults(page) == []
