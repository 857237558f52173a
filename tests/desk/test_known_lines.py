"""Known lines at the desk: marked in their page, by a table, from what was settled; doubted, retired."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from tasks.enums import DecidedBy, Purpose, TaskState
from tasks.identity import region_id
from tasks.models import Answer, Batch, Decision, Gold, Item
from tests.factories import make_known, make_page, make_task, make_volunteer, make_workflow, settle_task
from tests.review.building import make_reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow():
    return make_workflow()


@pytest.fixture
def archivist(workflow, client):
    archivist = make_reviewer(workflow.project, Role.ARCHIVIST)
    client.force_login(archivist)
    return archivist


@pytest.fixture
def desk(workflow):
    return f"/desk/{workflow.project.slug}/known/"


def send(client, desk, text):
    return client.post(f"{desk}table/", {"table": SimpleUploadedFile("known.csv", text.encode())})


def rows_of(reply):
    return [(row.number, row.taken, row.words) for row in reply.context["rows"]]


def test_an_archivist_types_what_a_line_says_and_goes_on_to_the_next(client, archivist, workflow, desk):
    first, second = make_task(workflow), make_task(workflow)

    reply = client.post(f"{desk}{first.pk}/", {"text": "Helsinki"}, follow=True)

    assert reply.redirect_chain[-1][0] == f"{desk}{second.pk}/"
    assert Gold.objects.get().value == {"text": "Helsinki"}
    first.refresh_from_db()
    assert Decision.objects.get(pk=first.decision).decided_by == DecidedBy.GOLD


def test_what_was_typed_comes_back_when_it_cannot_be_taken(client, archivist, workflow, desk):
    task = make_task(workflow)

    reply = client.post(f"{desk}{task.pk}/", {"text": "x" * 2001})

    assert (reply.status_code, Gold.objects.exists()) == (422, False)
    assert "x" * 2001 in reply.content.decode()
    assert "longer than 2000" in reply.content.decode()


def test_a_settled_line_is_used_by_one_button_of_the_list(client, archivist, workflow, desk):
    task = settle_task(workflow)

    client.post(f"{desk}{task.pk}/use/")

    assert Gold.objects.get().value == {"text": "Helsinki"}


def test_a_known_line_that_most_who_are_trusted_miss_shows_itself(client, archivist, workflow, desk):
    wrong, right = make_known(make_task(workflow), "Turku"), make_known(make_task(workflow), "Vaasa")
    for gold, votes in ((wrong, ["Oulu", "Oulu", "Turku"]), (right, ["Vaasa", "Vaasa", "Kemi"])):
        for vote in votes:
            check(gold.task, vote)

    page = client.get(desk)

    lines = [row["line"] for row in page.context["lines"]]
    assert [(line.text, line.otherwise, line.asked, line.missed) for line in lines] == [
        ("Turku", "Oulu", 3, 2),
        ("Vaasa", "", 3, 1),
    ]


def check(task, text):
    about = {"project": task.project, "task": task, "subject": task.subject, "version": task.version}
    said = {"value": {"text": text}, "vote": f"={text}", "purpose": Purpose.CHECK, "counted": False}
    number = Answer.objects.count()
    Answer.objects.create(
        volunteer=make_volunteer(), key=f"{number:032x}", body_hash=b"", created_at=task.settled_at, **about, **said
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_line_as_for_many(
    client, archivist, workflow, desk, rows, django_assert_num_queries
):
    for _ in range(rows):
        make_known(make_task(workflow))
    client.get(desk)

    with django_assert_num_queries(7):
        client.get(desk)


# ---------- a table


def test_each_row_of_a_table_is_taken_or_said_why_not(client, archivist, workflow, desk):
    batch = Batch.objects.create(project=workflow.project, name="box")
    item = Item.objects.create(project=workflow.project, batch=batch, identifier="box 1/card-7.jpg")
    page = make_page(workflow.project, item=item)
    by_box, by_region = (make_task(workflow, page=page, position=position) for position in (1, 5))
    region = region_id(page.sha256, by_region.region)
    table = (
        "page,x,y,w,h,text,region\n"
        "card-7.jpg,12,41,790,34,Helsinki,\n"
        f",,,,,Turku,{region}\n"
        "card-8.jpg,12,41,790,34,Oulu,\n"
        "card-7.jpg,12,900,790,34,Oulu,\n"
        "card-7.jpg,left,41,790,34,Oulu,\n"
        "card-7.jpg,12,41,790,34,,\n"
        "card-7.jpg,12,41,790,34,Turku,\n"
    )

    reply = send(client, desk, table)

    assert rows_of(reply) == [
        (2, True, "Taken, and the line is settled by it."),
        (3, True, "Taken, and the line is settled by it."),
        (4, False, "No page of this project is called card-8.jpg."),
        (5, False, "No line lies in this box. Compare x, y, w and h with the regions on the page at the desk."),
        (6, False, "x, y, w and h must be whole numbers."),
        (7, False, "This row says nothing: fill in text, or “blank” or “unreadable” under mark."),
        (8, False, "Row 2 says “Helsinki” of the same line: strike one of the two."),
    ]
    found = dict(Gold.objects.values_list("task", "value"))
    assert found == {by_box.pk: {"text": "Helsinki"}, by_region.pk: {"text": "Turku"}}
    assert rows_of(send(client, desk, table))[0] == (2, True, "Taken; it was settled so already.")
    by_box.refresh_from_db()
    assert by_box.state == TaskState.AGREED
    as_from_a_spreadsheet = "Page;X;Y;W;H;Text\ncard-7.jpg;12.0;41.0;790.0;34.0;Helsinki\n"
    assert rows_of(send(client, desk, as_from_a_spreadsheet)) == [(2, True, "Taken; it was settled so already.")]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "There is no row in this table."),
        ("page,text\ncard-7.jpg,Oulu\n", "The columns must be page, x, y, w, h and text; or region and text."),
        ("region,text\n\ud800", "This file is not in UTF-8."),
        ('region,text\n1,"Oulu\n2,Kemi\n', "This file cannot be read as a CSV: unexpected end of data."),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_a_sentence(client, archivist, desk, table, sentence):
    file = SimpleUploadedFile("known.csv", table.encode("utf-8", "surrogatepass"))

    reply = client.post(f"{desk}table/", {"table": file})

    assert (reply.status_code, sentence in reply.content.decode()) == (422, True)


def test_a_reviewer_is_offered_no_known_lines(client, workflow):
    settle_task(workflow)
    client.force_login(make_reviewer(workflow.project))

    page = client.get(f"/desk/{workflow.project.slug}/review/").content.decode()

    assert "Known lines" not in page
