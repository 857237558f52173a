"""What changed since the version before, as the files say it."""

import pytest

from exports.looking_up import Found, find_row, index_path
from exports.models import Release
from exports.releasing import release
from tasks.enums import DecidedBy
from tasks.models import Batch, Decision, Item, Page, Task
from tests.factories import make_task, make_workflow, post_answer, settle_task

from .conftest import LATER
from .reading import contents, datapackage, lines, table

pytestmark = pytest.mark.django_db


def amend(task: Task, text: str) -> None:
    """Let a reviewer decide otherwise."""
    before = Decision.objects.get(pk=task.decision)
    before.pk, before.number, before.value = None, before.number + 1, {"text": text}
    before.decided_by = DecidedBy.REVIEWER
    before.save()
    Task.objects.filter(pk=task.pk).update(decision=before.pk)


@pytest.fixture
def two() -> tuple[Release, Release]:
    """Two versions: in the second a row is gone, one is amended, one is new and one is as it was."""
    workflow = make_workflow()
    gone, amended, same = (settle_task(workflow, text, text) for text in ("Oulu", "Turku", "Abo"))
    first = release(workflow.project, now=LATER)
    Page.objects.filter(pk=gone.page_id).update(withheld_at=LATER)
    amend(amended, "Åbo")
    settle_task(workflow, "Viborg", "Viborg")
    Item.objects.filter(pages=same.page_id).update(metadata={"seen": "by nobody"})
    return first, release(workflow.project, now=LATER)


def test_the_first_version_has_nothing_to_be_compared_with():
    made = release(settle_task().project, now=LATER)

    assert made.snapshot["changes"] is None
    assert not (made.folder / "changes.csv").exists()
    assert "changes.csv" not in (made.folder / "SHA256SUMS").read_text()


def test_a_version_tells_which_rows_came_changed_and_went(two):
    second = two[1]
    before, after = ({row["value"]: row for row in table(made)} for made in two)

    assert [(row["change"], row["id"], row["columns"]) for row in table(second, "changes.csv")] == [
        ("changed", after["Åbo"]["id"], "value decided_by"),
        ("added", after["Viborg"]["id"], ""),
        ("removed", before["Oulu"]["id"], ""),
    ]
    assert [(row["value_before"], row["value"]) for row in table(second, "changes.csv")] == [
        ("Turku", "Åbo"),
        ("", "Viborg"),
        ("Oulu", ""),
    ]
    changes = second.snapshot["changes"]
    assert [changes[name] for name in ("since", "added", "changed", "removed")] == [1, 1, 1, 1]
    assert [(one["before"]["value"], one["after"]["value"]) for one in changes["examples"]] == [("Turku", "Åbo")]
    assert "Since version 1: 1 rows added, 1 changed, 1 removed" in (second.folder / "README").read_text()


def test_what_changed_is_described_and_under_the_checksums(two):
    [part] = [part for part in datapackage(two[1])["resources"] if part["path"] == "changes.csv"]

    assert [field["name"] for field in part["schema"]["fields"]] == list(table(two[1], "changes.csv")[0])
    assert part["hash"].removeprefix("sha256:") in (two[1].folder / "SHA256SUMS").read_text()


def test_the_same_change_gives_the_same_bytes(two):
    again = contents(two[1].folder)
    Release.objects.filter(pk=two[1].pk).delete()

    assert contents(release(two[0].project, now=LATER).folder) == again


def test_a_version_is_compared_also_with_one_that_was_never_indexed(two):
    for made in two:
        index_path(made.content).unlink()
    again = (two[1].folder / "changes.csv").read_bytes()
    Release.objects.filter(pk=two[1].pk).delete()

    assert (release(two[0].project, now=LATER).folder / "changes.csv").read_bytes() == again


def test_a_version_whose_files_are_lost_is_compared_with_nothing(two):
    first, second = two
    Release.objects.filter(pk=second.pk).delete()
    index_path(first.content).unlink()
    (first.folder / "data.jsonl").unlink()

    assert release(first.project, now=LATER).snapshot["changes"] is None


def test_every_row_is_found_with_its_answers():
    workflow = make_workflow(policy={"minimum": 2, "maximum": 2, "confidence": 0.9})
    for values in (["Turku\u2028", "Åbo"], [{"blank": True}] * 2, ['say "no",', "x"]):
        task = make_task(workflow)
        for value in values:
            post_answer(task, value)
    Batch.objects.update(name='box","id":"no')
    made = release(workflow.project, now=LATER)

    for facts in lines(made):
        answers = [answer for answer in table(made, "answers.csv") if answer["id"] == facts["id"]]
        assert len(answers) == 2
        assert find_row(made, facts["id"]) == Found(facts, answers)
    assert find_row(made, "nowhere") is None
