"""Pages that lie on their side are noticed, and turned as long as nobody has answered them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Act
from ingestion import chores, turning
from ingestion.hearsay import Said
from ingestion.jobs import read_batch, turn_page
from ingestion.layout import Line
from ingestion.lying import lies_sideways, line_turned, said_turned, turned
from ingestion.models import Turn
from tasks.enums import TaskState
from tasks.models import Answer, Batch, Item, Page, Project, Task
from tests.factories import post_answer

from .drawing import WORDS, alto, draw_page, encoded

SIZE = (700, 500)
LINES = [("Helsinki", (38, 40, 200, 36)), ("Turku", (38, 110, 90, 36))]


def drawn(degrees: int) -> Image.Image:
    return turned(draw_page(WORDS, size=SIZE, mode="L", pitch=70), degrees)


@pytest.mark.parametrize(("degrees", "sideways"), [(0, False), (90, True), (180, False), (270, True)])
def test_lines_that_run_from_top_to_bottom_are_noticed(degrees: int, sideways: bool):
    assert lies_sideways(drawn(degrees)) is sideways


def test_a_page_without_writing_lies_well():
    assert not lies_sideways(Image.new("L", SIZE, 235))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_what_is_said_about_a_picture_turns_with_it(degrees: int):
    picture = Image.new("L", (8, 5), 0)
    picture.paste(255, (1, 2, 4, 3))
    line = line_turned(Line(1, 2, 3, 1, "a"), degrees, *picture.size)
    said = said_turned(Said(1, 2, 4, 3, "a"), degrees, *picture.size)
    left, upper, right, lower = box = turned(picture, degrees).getbbox()

    assert line == Line(left, upper, right - left, lower - upper, "a")
    assert (said.left, said.upper, said.right, said.lower) == box


def bring(desk: Client, project: Project, **files: bytes) -> str:
    """Have files read; return the address of the first page's preview."""
    given = [SimpleUploadedFile(name.replace("_", "."), content) for name, content in files.items()]
    address = desk.post(f"/desk/{project.slug}/batches/", {"files": given})["Location"]
    read_batch(Batch.objects.get().pk)
    return f"{address}pages/{Page.objects.order_by('pk').values_list('pk', flat=True)[0]}/"


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def everything() -> list[Any]:
    """What is kept of pages and tasks, but for the numbers of tasks."""
    tasks = Task.objects.order_by("natural_key").values(
        "natural_key", "subject", "x", "y", "width", "height", "crop_at", "crop_length", "suggestion", "state", "page"
    )
    return [list(tasks), list(Page.objects.values()), list(Item.objects.values())]


def turn(desk: Client, address: str, act: str) -> Any:
    reply = desk.post(f"{address}{act}/", follow=True)
    turn_page(Page.objects.order_by("pk").values_list("pk", flat=True)[0])
    return reply


@pytest.mark.django_db
def test_a_page_on_its_side_is_turned_and_its_lines_are_cut_anew(desk: Client, project: Project):
    address = bring(desk, project, a_jpg=encoded(drawn(270), quality=95))
    before, batch = everything(), address.partition("pages/")[0]
    assert "1 page seems to lie on its side." in words(desk.get(batch))
    assert "on its side?" in words(desk.get(f"{batch}pages/?show=sideways"))
    assert "This page seems to lie on its side." in words(desk.get(address))

    assert "The page is being turned" in words(turn(desk, address, "turn-right"))
    page, [item] = Page.objects.get(), Item.objects.all()
    assert (page.turned, page.width, page.height, item.metadata["turned"]) == (90, *SIZE, {"0": 90})
    assert [task.width > 2 * task.height for task in Task.objects.all()] == [True] * len(WORDS)
    with Image.open(Path(settings.FILES, page.image_key)) as picture:
        assert picture.size == SIZE
    shown = desk.get(address).content.decode()
    assert ("?turned=90" in shown, "seems to lie" in shown) == (True, False)

    turn(desk, address, "turn-left")
    assert everything() == before
    desk.post(f"{address}upright/")
    assert "seems to lie" not in words(desk.get(batch))
    assert [act.what for act in Act.objects.order_by("number")][1:] == [
        "page.turned", "page.turned", "page.called_upright",
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_a_layout_file_says_turns_with_the_page(desk: Client, project: Project):
    address = bring(desk, project, a_jpg=encoded(drawn(0)), a_xml=alto(LINES, width=SIZE[0], height=SIZE[1]))
    turn(desk, address, "turn-half")

    found = Task.objects.order_by("position").values_list("suggestion", "x", "y", "width", "height")
    assert list(found) == [("Helsinki", 462, 424, 200, 36), ("Turku", 572, 354, 90, 36)]


@pytest.mark.django_db
def test_a_withheld_page_is_turned_and_stays_out_of_sight(desk: Client, project: Project):
    address = bring(desk, project, a_jpg=encoded(drawn(90)))
    desk.post(f"{address}withhold/")
    turn(desk, address, "turn-left")

    assert set(Task.objects.values_list("state", "page__turned")) == {(TaskState.WITHDRAWN, 270)}


@pytest.mark.django_db
def test_a_page_that_was_answered_is_not_turned(desk: Client, project: Project):
    address = bring(desk, project, a_jpg=encoded(drawn(90)))
    desk.post(f"{address}turn-left/")
    post_answer(Task.objects.first(), "l")
    turn_page(Page.objects.get().pk)
    assert "The page was not turned. 1 answer was given" in words(desk.get(address))

    assert "Withhold the page" in words(turn(desk, address, "turn-left"))
    assert (Page.objects.get().turned, Turn.objects.get().wanted, Answer.objects.count()) == (0, None, 1)


@pytest.mark.django_db
def test_a_page_whose_file_is_gone_stays_as_it_is(desk: Client, project: Project):
    address, before = bring(desk, project, a_jpg=encoded(drawn(90))), everything()
    for file in Path(settings.FILES, Batch.objects.get().source).glob("0*"):
        file.unlink()
    turn(desk, address, "turn-left")

    assert everything() == before
    assert "no longer here" in words(desk.get(address))


class Killed(BaseException):
    """Nothing of ours catches it, as nothing survives a kill."""


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["turn claimed", "turn read", "turn before the commit"])
def test_a_worker_killed_at_any_step_leaves_the_page_whole_and_the_next_turns_it(
    desk: Client, project: Project, monkeypatch: pytest.MonkeyPatch, step: str
):
    address, before = bring(desk, project, a_jpg=encoded(drawn(90))), everything()
    desk.post(f"{address}turn-left/")

    def die(reached: str) -> None:
        if reached == step:
            raise Killed

    number = Page.objects.get().pk
    with monkeypatch.context() as patched:
        patched.setattr(turning, "checkpoint", die)
        with pytest.raises(Killed):
            turn_page(number)
    assert everything() == before
    turn_page(number)
    assert (everything() == before, chores.turn_waiting_pages()) == (True, 0)  # its claim holds for a while
    Turn.objects.update(claimed_until="2026-01-01T00:00Z")
    assert chores.turn_waiting_pages() == 1
    turn_page(number)

    assert (Page.objects.get().turned, Task.objects.count()) == (270, len(WORDS))
