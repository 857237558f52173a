import csv
from datetime import timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Volunteer
from tasks.consensus import Policy
from tasks.enums import KindName, TaskState
from tasks.gold.truth import Line, NoTruth, overlap, read_truth, text_at
from tasks.identity import Region
from tasks.models import Answer, Task
from tasks.playing.mistyping import mistype
from tasks.playing.simulation import change_policy, enlist, play
from tests.factories import NOON, make_page, make_project, make_task, make_workflow, post_answer

pytestmark = pytest.mark.django_db
TOWNS = ("Helsinki", "Turku", "Oulu", "Porvoo : Werner Söderström.", "Viipuri", "Vaasa")


@pytest.fixture
def project():
    """A page of six lines."""
    project = make_project(slug="cards")
    workflow, page = make_workflow(project), make_page(project)
    for position in range(len(TOWNS)):
        make_task(workflow, page=page, position=position)
    return project


@pytest.fixture
def truth(project, tmp_path):
    """The table of what is written on it, with boxes a little off."""
    path = tmp_path / "truth.csv"
    identifier = Task.objects.first().page.item.identifier
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("page", "line", "x", "y", "w", "h", "text"))
        for task, town in zip(Task.objects.order_by("position"), TOWNS, strict=True):
            table.writerow((f"box/{identifier}.jpg", 1, task.x + 3, task.y + 2, task.width - 8, task.height, town))
    return path


def decided() -> list[str]:
    return [task.decisions.latest("number").value["text"] for task in Task.objects.order_by("position")]


def test_simulated_volunteers_settle_the_tasks_and_mostly_agree_on_the_truth(project, truth):
    answers = play(project, read_truth(truth, project), enlist(8, seed=1), NOON, NOON + timedelta(days=1))

    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.AGREED}
    assert decided() == list(TOWNS)
    assert Answer.objects.count() == answers >= 2 * len(TOWNS)
    assert set(Volunteer.objects.values_list("simulated", flat=True)) == {True}
    assert Answer.objects.earliest("created_at").created_at >= NOON


def test_play_stops_at_the_wanted_share_and_goes_on_from_there(project, truth):
    lines, personas = read_truth(truth, project), enlist(8, seed=1)

    play(project, lines, personas, NOON, NOON + timedelta(days=1), share=0.5)
    half = Task.objects.settled().count()
    again = play(project, lines, personas, NOON, NOON + timedelta(days=1), share=0.5)

    assert (half >= 3, half < 6, again) == (True, True, 0)


def test_what_the_truth_does_not_tell_is_skipped_and_its_seats_are_free(project, truth):
    truth.write_text("\n".join(truth.read_text().splitlines()[:3]) + "\n")

    play(project, read_truth(truth, project), enlist(4, seed=1), NOON, NOON + timedelta(days=1))

    assert Task.objects.settled().count() == 2
    assert sum(Task.objects.values_list("leased", flat=True)) == 0


def test_the_same_volunteers_are_enlisted_again_and_further_ones_are_numbered():
    assert [persona.volunteer.pk for persona in enlist(20, 1)] == [persona.volunteer.pk for persona in enlist(20, 1)]
    assert Volunteer.objects.filter(display_name__in=["Aino", "Aino 2"]).count() == 2


def test_people_who_verify_say_whether_the_suggestion_is_what_is_written():
    page = make_page(make_project(slug="verified"))  # turns follow from the name
    workflow = make_workflow(page.project, kind=KindName.VERIFY)
    right, wrong = (make_task(workflow, page=page, suggestion=text) for text in ("Oulu", "Ouln"))
    truth = {page.pk: [Line(task.region, "Oulu") for task in (right, wrong)]}

    play(page.project, truth, enlist(8, seed=1), NOON, NOON + timedelta(days=1))

    assert [task.decisions.latest("number").value for task in (right, wrong)] == [{"matches": True}, {"matches": False}]


def test_a_slip_changes_a_line_a_little():
    slipped = [mistype("Porvoo : Söderström.", Random(seed)) for seed in range(200)]

    assert all(slipped)
    assert len(set(slipped)) > 50
    assert sum(text == "Porvoo : Söderström." for text in slipped) < 10
    assert {abs(len(text) - len("Porvoo : Söderström.")) for text in slipped} <= {0, 1}


@pytest.mark.parametrize("text", ["a", "1", "–", ".", " "])
def test_a_slip_in_the_shortest_line_leaves_something(text):
    assert all(mistype(text, Random(seed)) for seed in range(50))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Region(0, 0, 10, 10), Region(0, 0, 10, 10), 1.0),
        (Region(0, 0, 10, 10), Region(5, 0, 10, 10), 0.5),
        (Region(0, 0, 100, 100), Region(10, 10, 10, 10), 1.0),
        (Region(0, 0, 10, 10), Region(10, 0, 10, 10), 0.0),
        (Region(0, 0, 0, 0), Region(0, 0, 10, 10), 0.0),
    ],
)
def test_overlap_is_the_shared_part_of_the_smaller_box(one, other, shared):
    assert overlap(one, other) == shared


def test_the_line_that_lies_there_is_found_and_none_where_there_is_none():
    lines = [Line(Region(0, 0, 100, 20), "first"), Line(Region(0, 20, 100, 20), "second")]

    assert [text_at(lines, Region(2, y, 90, 22)) for y in (1, 19, 60)] == ["first", "second", None]


def test_boxes_of_a_larger_picture_are_scaled_to_the_page(project, tmp_path):
    page = Task.objects.first().page
    path = tmp_path / "truth.csv"
    path.write_text(
        "image,image_w,level,x,y,w,h,text\n"
        f"{page.item.identifier}.png,{2 * page.width},line,20,40,60,80,Oulu\n"
        f"{page.item.identifier}.png,{2 * page.width},word,0,0,9,9,word\n"
        "another.png,10,line,0,0,9,9,elsewhere\n"
    )

    assert read_truth(path, project) == {page.pk: [Line(Region(10, 20, 30, 40), "Oulu")]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("page,x\ncard,1\n", "needs rows and the columns page, x, y, w, h, text."),
        ("", "needs rows and the columns"),
        ("page,x,y,w,h,text\n{page},1,2,wide,4,Oulu\n", "Row 2 has a box that is not of numbers."),
    ],
)
def test_a_table_that_cannot_be_used_is_told(project, tmp_path, text, said):
    path = tmp_path / "truth.csv"
    path.write_text(text.replace("{page}", Task.objects.first().page.item.identifier))

    with pytest.raises(NoTruth, match=said):
        read_truth(path, project)


def test_another_policy_is_a_new_version_for_the_tasks_that_nobody_has_begun(project):
    begun, *others = Task.objects.order_by("position")
    post_answer(begun, "Helsinki")

    change_policy(project.workflows.get(), Policy(minimum=3, maximum=7, confidence=0.8))

    asked = list(Task.objects.order_by("position").values_list("version__number", "wanted", "maximum"))
    assert asked == [(1, begun.wanted, 5)] + [(2, 3, 7)] * len(others)


def test_the_command_plays_under_a_policy_and_tells_what_came_of_it(project, truth, capsys):
    call_command("simulate", "cards", "--truth", str(truth), "--volunteers", "6", "--policy", "minimum=3", "--json")

    assert (
        capsys.readouterr().out
        == f'{{"project": "cards", "answers": {Answer.objects.count()}, "tasks": 6, "settled": 6}}\n'
    )
    assert Answer.objects.count() >= 18


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"project": "nowhere"}, "There is no project “nowhere”."),
        ({"--truth": "nothing.csv"}, "nothing.csv cannot be read"),
        ({"--volunteers": "0"}, "At least one volunteer is needed."),
        ({"--policy": "minimum=9"}, "minimum=9 is no policy"),
        ({"--policy": "patience=9"}, "patience=9 is no policy"),
    ],
)
def test_the_command_says_what_is_wrong_with_what_it_got(project, truth, changed, said):
    asked = {"project": "cards", "--truth": str(truth), "--volunteers": "2"} | changed
    options = [part for name, value in asked.items() if name != "project" for part in (name, value)]

    with pytest.raises(CommandError, match=said):
        call_command("simulate", asked["project"], *options)
