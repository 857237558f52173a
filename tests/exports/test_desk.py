"""Releases on the desk, as an archivist meets them."""

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Act, Membership, Volunteer
from exports.enums import OrderState, ReleaseState
from exports.models import Release, ReleaseOrder
from exports.releasing import release
from tasks.enums import ProjectState
from tasks.models import Progress, Project
from tests.factories import make_project, make_task, make_volunteer, make_workflow, settle_task

from .conftest import LATER

pytestmark = pytest.mark.django_db


def member(project: Project, role: Role = Role.ARCHIVIST) -> Volunteer:
    person = make_volunteer(password="md5$a$b")
    Membership.objects.create(organisation=project.organisation, volunteer=person, role=role)
    return person


@pytest.fixture
def project() -> Project:
    workflow = make_workflow(make_project(slug="letters", title="Letters"))
    settle_task(workflow)
    make_task(workflow)
    return workflow.project


@pytest.fixture
def archivist(client, project) -> Client:
    client.force_login(member(project))
    return client


PAGE = "/desk/letters/releases/"


def test_the_page_tells_what_a_version_would_have_and_what_is_missing(archivist, project):
    release(project, now=LATER)
    Progress.objects.create(project=project, tasks=20, settled=12, disputed=3)

    page = archivist.get(PAGE)

    text = " ".join(page.text.split())
    assert (page.context["standing"].ready, page.context["standing"].waiting) == (12, 8)
    assert "8 lines still wait for readers." in text
    assert "3 lines are disputed: they are listed without a value." in text
    assert 'href="/desk/letters/review/"' in text
    assert 'href="/data/letters/1/"' in text


def test_what_was_settled_this_minute_is_not_yet_in_it(archivist, project):
    settle_task(project.workflows.get(), now=None)

    assert "1 line was settled within the last minute" in archivist.get(PAGE).text


def test_the_button_orders_a_version_and_the_page_shows_how_far_it_is(archivist, project, valkey):
    reply = archivist.post(PAGE, {"notes": "The first."}, follow=True)

    order = ReleaseOrder.objects.get()
    assert (order.notes, order.state) == ("The first.", OrderState.WAITING)
    assert reply.redirect_chain == [(PAGE, 302)]
    assert "Waiting for a worker." in reply.text
    assert 'data-under-way="yes"' in reply.text
    assert "Release under" not in reply.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OrderState.DONE, "Release 1 is published."),
        (OrderState.UNCHANGED, "Nothing has changed since release 1, so there is no new version."),
        (OrderState.FAILED, "No version was made. The disk is full."),
    ],
)
def test_the_page_says_what_became_of_the_last_order(archivist, project, state, words):
    made = release(project, now=LATER)
    ReleaseOrder.objects.create(
        project=project,
        volunteer=make_volunteer(),
        state=state,
        release=made if state != OrderState.FAILED else None,
        reason="The disk is full." if state == OrderState.FAILED else "",
        ordered_at=LATER,
        finished_at=LATER,
    )

    assert words in archivist.get(PAGE).text


def test_a_draft_cannot_be_released_and_keeps_the_notes(archivist, project):
    Project.objects.update(state=ProjectState.DRAFT)

    reply = archivist.post(PAGE, {"notes": "Too early"})

    assert reply.status_code == 409
    assert "The project is a draft." in reply.text
    assert not ReleaseOrder.objects.exists()


def test_notes_that_are_too_long_are_sent_back_whole(archivist, project):
    reply = archivist.post(PAGE, {"notes": "x" * 2001})

    assert reply.status_code == 422
    assert "Keep the notes under 2,000 characters." in reply.text
    assert "x" * 2001 in reply.text


def test_a_second_order_waits_for_the_first(archivist, project, valkey):
    archivist.post(PAGE)

    assert archivist.post(PAGE).status_code == 409


def test_a_version_is_withdrawn_with_a_reason_and_a_trail(archivist, project):
    release(project, now=LATER)

    empty = archivist.post(f"{PAGE}1/withdraw/", {"reason": " "})
    done = archivist.post(f"{PAGE}1/withdraw/", {"reason": "A name is wrong."}, follow=True)

    made = Release.objects.get()
    assert empty.status_code == 422
    assert (made.state, made.reason) == (ReleaseState.WITHDRAWN, "A name is wrong.")
    assert "Release 1 is withdrawn." in done.text
    assert "A name is wrong." in done.text
    assert Act.objects.order_by("-pk").first().details == {"project": project.pk, "number": 1}
    assert archivist.post(f"{PAGE}1/withdraw/", {"reason": "Again."}).status_code == 302
    assert Release.objects.get().reason == "A name is wrong."


def test_the_number_of_a_withdrawn_version_is_not_given_again(archivist, project):
    release(project, now=LATER)
    archivist.post(f"{PAGE}1/withdraw/", {"reason": "A name is wrong."})

    again = release(project, now=LATER)

    assert (again.number, again.snapshot["changes"]) == (2, None)


def test_the_page_costs_the_same_for_one_version_and_for_three(archivist, project, django_assert_num_queries):
    release(project, now=LATER)
    archivist.get(PAGE)
    with django_assert_num_queries(8):
        archivist.get(PAGE)
    for _ in range(2):
        settle_task(project.workflows.get())
        release(project, now=LATER)
    with django_assert_num_queries(8):
        assert len(archivist.get(PAGE).context["versions"]) == 3
