"""A question that is asked late goes to the pages that are there already."""

import pytest

from accounts.models import Act, Membership
from tasks.curating.spreading import questions_to_spread, spread
from tasks.curating.wording import Wording, ask
from tasks.enums import BatchState
from tasks.jobs import spread_question
from tasks.models import Batch, Task
from tests.factories import make_page, make_project, make_task, make_volunteer, make_workflow, settle_task

pytestmark = pytest.mark.django_db


def asked(project, kind="transcribe"):
    return ask(project, make_volunteer(), Wording(kind, "Is this a name?"))


def regions(workflow):
    lines = Task.objects.filter(workflow=workflow).order_by("page", "position")
    return [(line.page_id, line.subject, *line.region, line.wanted, line.answered) for line in lines]


def test_it_is_asked_of_every_line_once_whatever_became_of_the_first_question(django_assert_max_num_queries):
    project = make_project()
    first, second = make_workflow(project), make_workflow(project)
    pages = [make_page(project), make_page(project)]
    lines = [settle_task(first, page=pages[0], position=1), make_task(first, page=pages[0], position=2)]
    lines.append(make_task(first, page=pages[1], position=1))
    make_task(second, page=pages[1], position=1)  # the same line, asked by two questions
    question = asked(project)

    with django_assert_max_num_queries(12):
        assert spread(question) == 3

    assert regions(question) == [(line.page_id, line.subject, *line.region, 2, 0) for line in lines]


def test_a_second_run_makes_nothing_twice():
    project = make_project()
    make_task(make_workflow(project))
    question = asked(project)

    assert [spread(question), spread(question)] == [1, 0]
    assert not questions_to_spread().exists()


def test_nothing_is_to_be_verified_where_nothing_is_suggested():
    project = make_project()
    workflow = make_workflow(project)
    make_task(workflow)
    suggested = make_task(workflow, suggestion="Wiborg")
    question = asked(project, "verify")

    spread(question)

    assert [line.subject for line in Task.objects.filter(workflow=question)] == [suggested.subject]


def test_it_leaves_other_projects_and_withdrawn_lines_alone():
    project = make_project()
    make_task(make_workflow(project), state=5, settled_at="2026-03-02T12:00Z")
    make_task(make_workflow())
    question = asked(project)

    assert spread(question) == 0


def test_it_waits_while_a_batch_is_read_that_may_not_know_of_it():
    project = make_project()
    make_task(make_workflow(project))
    question = asked(project)
    Batch.objects.update(state=BatchState.READING)

    spread_question(question.pk)
    assert Task.objects.filter(workflow=question).count() == 0

    Batch.objects.update(state=BatchState.DONE)
    spread_question(question.pk)
    assert Task.objects.filter(workflow=question).count() == 1


def test_where_no_pages_are_nothing_is_to_be_done():
    assert not asked(make_project()).to_spread
    assert Act.objects.get().what == "question.asked"


def test_the_desk_says_where_it_goes(client):
    project = make_project(slug="cards")
    make_task(make_workflow(project))
    archivist = make_volunteer(password="md5$a$b")
    Membership.objects.create(organisation=project.organisation, volunteer=archivist, role="archivist")
    client.force_login(archivist)

    form = {"kind": "transcribe", "prompt": "Is this a name?", "care": "usual"}
    page = client.post("/desk/cards/questions/new/", form, follow=True).content.decode()

    assert "The question goes to all pages that are there" in page
