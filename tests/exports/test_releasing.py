import gc
import tracemalloc
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Volunteer
from exports.errors import ExportsError
from exports.files import FILES
from exports.models import Release, shelf_of
from exports.releasing import NothingChanged, release
from tasks.curating.withholding import withhold
from tasks.enums import BatchState, ProjectState, Purpose, TaskState
from tasks.models import Answer, Batch, Item, Page, Project, ProjectSecret, Task, Workflow
from tests.factories import (
    NOON,
    make_organisation,
    make_page,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
    settle_task,
)

from .conftest import LATER
from .filling import fill
from .reading import contents, datapackage, lines, table

pytestmark = pytest.mark.django_db


def test_a_settled_task_is_one_row_with_all_its_facts():
    workflow = make_workflow()
    page = make_page(workflow.project, sha256="5" * 64)
    settle_task(workflow, "Turku", "Turku", page=page, position=1, suggestion="Tnrku")

    [row] = table(release(workflow.project, now=LATER))

    parameters = row.pop("parameters")
    assert row == {
        "id": f"0c9bf775b28d3d03911b-{workflow.slug}",
        "region": "0c9bf775b28d3d03911b",
        "batch": "batch",
        "item": page.item.identifier,
        "page": "0",
        "page_sha256": "5" * 64,
        "page_width": "1000",
        "page_height": "1400",
        "x": "10",
        "y": "40",
        "width": "800",
        "height": "36",
        "position": "1",
        "question": workflow.slug,
        "question_version": "1",
        "kind": "transcribe",
        "round": "0",
        "suggestion": "Tnrku",
        "value": "Turku",
        "mark": "",
        "status": "agreed",
        "agreement": "1.000000",
        "confidence": "0.987925",
        "answers": "2",
        "decided_by": "rule",
        "method": "identical-readings",
        "method_version": "3",
        "row_url": f"/data/{workflow.project.slug}/rows/0c9bf775b28d3d03911b-{workflow.slug}/",
    }
    assert len(parameters) == 16


UNREADABLE, BLANK = {"unreadable": True}, {"blank": True}


@pytest.mark.parametrize(
    ("kind", "answers", "facts"),
    [
        ("transcribe", ["Turku", "Turku"], ("Turku", "", "agreed")),
        ("transcribe", [BLANK, BLANK], ("", "blank", "agreed")),
        ("transcribe", [UNREADABLE, UNREADABLE], ("", "unreadable", "unreadable")),
        ("transcribe", ["Turku", "Abo"], ("", "", "disputed")),
        ("verify", [{"matches": True}, {"matches": True}], ("true", "", "agreed")),
        ("verify", [{"matches": False}, {"matches": False}], ("false", "", "agreed")),
    ],
)
def test_every_settled_task_says_how_it_was_settled(kind, answers, facts):
    workflow = make_workflow(kind=kind, policy={"minimum": 2, "maximum": 2, "confidence": 0.9})
    settle_task(workflow, *answers)

    [row] = table(release(workflow.project, now=LATER))

    assert (row["value"], row["mark"], row["status"]) == facts


def test_only_what_can_no_longer_be_taken_back_is_released():
    workflow = make_workflow()
    old = settle_task(workflow, now=LATER - timedelta(seconds=61))
    settle_task(workflow, now=LATER - timedelta(seconds=60))
    make_task(workflow)
    post_answer(make_task(workflow), "Helsinki")
    Task.objects.filter(pk=settle_task(workflow).pk).update(state=TaskState.WITHDRAWN)
    Page.objects.filter(pk=settle_task(workflow).page_id).update(withheld_at=NOON)
    gone = settle_task(workflow).page.item
    gone.batch = Batch.objects.create(project=workflow.project, name="gone", state=BatchState.WITHDRAWN)
    gone.save()

    made = release(workflow.project, now=LATER)

    assert [row["page_sha256"] for row in table(made)] == [old.page.sha256]
    assert {row["id"] for row in table(made, "answers.csv")} == {table(made)[0]["id"]}
    assert [line["page"]["sha256"] for line in lines(made)] == [old.page.sha256]
    assert (made.snapshot["rows"], made.snapshot["answers"], made.snapshot["people"]) == (1, 2, 2)


def test_without_news_there_is_no_new_version():
    workflow = make_workflow()
    settle_task(workflow)
    first = release(workflow.project, now=LATER)

    assert release(workflow.project, now=LATER + timedelta(days=9)) == NothingChanged(first)
    assert [path.name for path in first.folder.parent.iterdir()] == ["1"]


def test_a_later_version_keeps_the_ids_of_the_earlier_one():
    workflow = make_workflow()
    settle_task(workflow)
    first = release(workflow.project, now=LATER)
    before = contents(first.folder)
    settle_task(workflow, "Oulu", "Oulu")

    second = release(workflow.project, now=LATER)

    rows = [{row["id"]: row for row in table(made)} for made in (first, second)]
    assert (first.number, second.number) == (1, 2)
    assert len(rows[1]) == 2
    assert {key: rows[1][key] for key in rows[0]} == rows[0]
    assert contents(first.folder) == before


def test_rows_come_by_batch_item_page_and_place():
    workflow = make_workflow()
    batches = [
        Batch.objects.create(project=workflow.project, name=name, created_at=NOON + timedelta(days=day))
        for name, day in [("b", 2), ("a", 2), ("c", 1)]
    ]
    places = [
        (2, "x", 0, 1),
        (0, "ä", 0, 0),
        (0, "z", 1, 0),
        (0, "z", 0, 5),
        (0, "z", 0, 4),
        (0, "Z", 0, 0),
        (1, "x", 0, 0),
    ]
    for batch, identifier, number, position in places:
        item, _ = Item.objects.get_or_create(project=workflow.project, batch=batches[batch], identifier=identifier)
        page = item.pages.filter(position=number).first() or make_page(item=item, position=number)
        settle_task(workflow, page=page, position=position)

    rows = table(release(workflow.project, now=LATER))

    assert [(row["batch"], row["item"], row["page"], row["position"]) for row in rows] == [
        ("c", "x", "0", "1"),
        ("a", "x", "0", "0"),
        ("b", "Z", "0", "0"),
        ("b", "z", "0", "4"),
        ("b", "z", "0", "5"),
        ("b", "z", "1", "0"),
        ("b", "ä", "0", "0"),
    ]


def archive(turn: int) -> Project:
    """Make the same state with rows made in another order and under other ids in each turn."""
    for _ in range(turn):
        make_volunteer()
        make_project(organisation=make_organisation())
    project = make_project(slug="letters", title="Letters", organisation=make_organisation(name="Archive"))
    ProjectSecret.objects.filter(project=project).update(dataset=b"s" * 32)
    workflow = make_workflow(project)
    Workflow.objects.filter(pk=workflow.pk).update(slug="line")
    batch = Batch.objects.create(project=project, name="1871", created_at=NOON)
    people = [make_volunteer(seed=bytes([number]) * 16) for number in range(4)]
    for number in (1, 2, 3) if turn % 2 else (3, 1, 2):
        item = Item.objects.create(project=project, batch=batch, identifier=str(number))
        page = make_page(item=item, sha256=str(number) * 64)
        for position in (1, 2) if turn % 2 else (2, 1):
            task = make_task(workflow, page=page, position=position)
            answers = list(zip(people, {1: ["Åbo", "Åbo"], 2: ["Oulu", "Ouli", "Oulu"]}[position], strict=False))
            for person, reading in answers if turn % 2 else answers[::-1]:
                post_answer(task, reading, person)
    return project


def test_the_same_state_gives_the_same_bytes(settings, tmp_path):
    folders = []
    for turn in (1, 2):
        settings.FILES = tmp_path / str(turn)
        project = archive(turn)
        folders.append(contents(release(project, now=LATER + timedelta(days=turn)).folder))
        Project.objects.filter(pk=project.pk).update(slug=f"elsewhere-{turn}")

    assert sorted(folders[0]) == sorted(FILES.keys() - {"changes.csv"})
    assert folders[0]["data.csv"].count(b"agreed") == 6
    assert folders[0] == folders[1]


def test_only_answers_that_had_or_missed_a_say_are_told():
    task = settle_task()
    late, check, undone, fresh = (copied(task) for _ in range(4))
    late.save()
    for answer, changes in [
        (check, {"purpose": Purpose.CHECK}),
        (undone, {"withdrawn_at": NOON}),
        (fresh, {"created_at": LATER - timedelta(seconds=5)}),
    ]:
        for name, value in changes.items():
            setattr(answer, name, value)
        answer.save()

    asked = make_task(task.workflow)
    for text in ("Oulu", "Kemi"):
        post_answer(asked, text)
    hidden = settle_task(task.workflow)
    withhold(Page.objects.filter(pk=hidden.page_id), NOON)

    made = release(task.project, now=LATER)

    told = sorted((row["counted"], row["weight"] != "") for row in table(made, "answers.csv"))
    assert told == [("false", False), ("true", True), ("true", True)]
    left_out = {each["reason"]: each["answers"] for each in datapackage(made)["civictasks:left_out"]}
    assert left_out == {"known_lines": 1, "taken_back": 1, "withheld": 2, "unsettled": 3}
    assert len(told) + sum(left_out.values()) == Answer.objects.filter(project=task.project).count()
    assert "\n- 3: Answers to lines that volunteers are still asked," in (made.folder / "README").read_text()


def copied(task: Task) -> Answer:
    """Return an answer that came too late, by somebody else, not saved yet."""
    answer = Answer.objects.filter(task=task).first()
    answer.pk, answer.key, answer.volunteer, answer.counted = None, uuid4(), make_volunteer(), False
    return answer


def names(made: Release) -> set[str]:
    return {row["volunteer"] for row in table(made, "answers.csv")}


def test_a_volunteer_has_one_name_in_all_versions_and_another_elsewhere():
    people = [make_volunteer(), make_volunteer()]
    here, there = make_workflow(), make_workflow()

    def both_answer(workflow):
        task = make_task(workflow)
        for person in people:
            post_answer(task, "Oulu", person)
        return release(workflow.project, now=LATER)

    first, second, elsewhere = both_answer(here), both_answer(here), both_answer(there)

    assert len(names(first)) == 2
    assert names(second) == names(first)
    assert names(elsewhere).isdisjoint(names(first))


def test_an_erased_volunteer_has_a_new_name_in_the_next_version_only():
    task = settle_task()
    first = release(task.project, now=LATER)
    before = names(first)
    person = Answer.objects.filter(task=task).first().volunteer
    Volunteer.objects.filter(pk=person.pk).update(seed=b"r" * 16)

    second = release(task.project, now=LATER)

    assert names(first) == before
    assert len(names(second) & before) == 1
    assert [row["value"] for row in table(second)] == [row["value"] for row in table(first)]


def test_simulated_volunteers_are_named_as_such():
    task = make_task()
    for simulated in (True, False):
        post_answer(task, "Oulu", make_volunteer(simulated=simulated))

    made = release(task.project, now=LATER)

    assert sorted(row["simulated"] for row in table(made, "answers.csv")) == ["false", "true"]
    assert (made.snapshot["people"], made.snapshot["simulated"]) == (1, 1)


ODD = ["=1+1", 'say "no"', "a,b;c", "😀 ölç", "שלום עולם", "'60", "-5", "1871", "true", "null"]


def test_odd_text_comes_back_as_it_was_typed():
    workflow = make_workflow(policy={"minimum": 1, "maximum": 1, "confidence": 0.9})
    item = make_page(workflow.project).item
    Item.objects.filter(pk=item.pk).update(identifier='box 1\r\n"A", folder\n2', metadata={"title": "Ä\u2028"})
    page = make_page(item=item, position=1)
    for position, text in enumerate(ODD):
        settle_task(workflow, text, page=page, position=position)

    made = release(workflow.project, now=LATER)

    exact = table(made)
    assert [row["value"] for row in exact] == ODD
    assert {row["item"] for row in exact} == {'box 1\r\n"A", folder\n2'}
    assert [row["value"] for row in table(made, "answers.csv")] == ODD
    assert [line["value"] for line in lines(made)] == [{"text": text} for text in ODD]
    assert lines(made)[0]["item"]["metadata"] == {"title": "Ä\u2028"}
    safe = table(made, "data-spreadsheet.csv", "utf-8-sig")
    assert [row["value"] for row in safe][:2] == ["'=1+1", 'say "no"']
    assert [{name: cell.removeprefix("'") for name, cell in row.items()} for row in safe] == exact


def test_tables_are_rfc_4180_in_utf_8():
    workflow = make_workflow()
    settle_task(workflow)

    made = release(workflow.project, now=LATER)

    for name, rows in [("data.csv", 1), ("answers.csv", 2)]:
        written = (made.folder / name).read_bytes()
        assert not written.startswith(b"\xef\xbb\xbf")
        assert written.endswith(b"\r\n")
        assert written.count(b"\n") == written.count(b"\r\n") == rows + 1


def refused(project: Project) -> str:
    with pytest.raises(ExportsError) as error:
        release(project, now=LATER)
    assert not Release.objects.exists()
    assert not list(shelf_of(project).glob("*"))
    return str(error.value)


def test_a_draft_is_not_released():
    task = settle_task()
    Project.objects.update(state=ProjectState.DRAFT)

    assert refused(Project.objects.get(pk=task.project_id)) == f"“{task.project.title}” is a draft: open it first."


def test_nothing_settled_is_nothing_to_release():
    task = make_task()

    assert refused(task.project).startswith(f"Nothing in “{task.project.title}” has been settled for a minute")


def test_a_settled_task_without_decision_is_never_left_out_in_silence():
    task = settle_task()
    settle_task(task.workflow)
    Task.objects.filter(pk=task.pk).update(decision=None)

    assert refused(task.project).startswith("1 settled task has no decision")


def peak_of(function) -> int:
    """The least of two peaks: what other threads of the process allocate meanwhile is not the function's."""
    function()  # fills the caches and Python's free lists
    peaks = []
    for _time in range(2):
        gc.collect()
        tracemalloc.start()
        function()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return min(peaks)


def test_memory_does_not_grow_with_the_rows(monkeypatch):
    monkeypatch.setattr("exports.settled.PAGES_AT_ONCE", 10)
    workflow = make_workflow()

    def release_anew():
        Release.objects.all().delete()
        assert isinstance(release(workflow.project, now=LATER), Release)

    fill(workflow, pages=10, lines=5)
    few = peak_of(release_anew)
    fill(workflow, pages=70, lines=5)
    many = peak_of(release_anew)

    assert many < 2 * few  # eight times the rows; all of them in memory would be four times
