import pytest
from django.utils import timezone

from gamification import views
from tasks.enums import ProjectState
from tasks.models import Progress
from tests.factories import make_project, make_volunteer

from .builders import earn, project_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards():
    return make_project(slug="cards", title="Cards of 1911")


def play(project, points, name=None):
    volunteer = make_volunteer(display_name=name)
    earn(project, volunteer, points, at=timezone.now())
    project_all()
    return volunteer


def row(rank, name, points, *, me=False):
    return {"rank": rank, "name": name, "points": points, "right": None, "me": me}


def test_the_page_shows_the_week_of_everyone(client, cards):
    play(cards, 3, "Ada")

    reply = client.get("/leaderboards/")

    names = ("board", "period", "version", "top", "around", "cut", "mine", "ahead", "play", "closed", "zone")
    shown = {name: reply.context[name] for name in names}
    assert shown == {
        "board": "all",
        "period": "week",
        "version": 1,
        "top": [row(1, "Ada", 3)],
        "around": [],
        "cut": False,
        "mine": None,
        "ahead": None,
        "play": None,
        "closed": False,
        "zone": "UTC",
    }
    assert reply.context["boards"] == [
        {"slug": "all", "title": "Everyone"},
        {"slug": "project-cards", "title": "Cards of 1911"},
    ]
    assert b"Ada" in reply.content
    assert not reply.cookies


def test_i_stand_between_my_neighbours(client, cards, monkeypatch):
    monkeypatch.setattr(views, "TOP", 2)
    *_others, me, _last = [play(cards, points, f"reader {points}") for points in (90, 80, 70, 60, 50, 40, 30)]
    client.force_login(me)

    context = client.get("/leaderboards/?board=project-cards&period=today").context

    assert [entry["rank"] for entry in context["top"]] == [1, 2]
    assert context["around"] == [
        row(4, "reader 60", 60),
        row(5, "reader 50", 50),
        row(6, "reader 40", 40, me=True),
        row(7, "reader 30", 30),
    ]
    assert (context["cut"], context["ahead"]) == (True, {"name": "reader 50", "points": 10})
    assert context["mine"] == {"rank": 6, "points": 40}


def test_neighbours_already_listed_are_not_repeated(client, cards, monkeypatch):
    monkeypatch.setattr(views, "TOP", 2)
    *_others, me = [play(cards, points, f"reader {points}") for points in (90, 80, 70)]
    client.force_login(me)

    context = client.get("/leaderboards/").context

    assert ([entry["rank"] for entry in context["around"]], context["cut"]) == ([3], False)


def test_htmx_gets_the_table_alone(client, cards):
    play(cards, 3, "Ada")

    reply = client.get("/leaderboards/", headers={"HX-Request": "true"})

    assert b"Ada" in reply.content
    assert b"<html" not in reply.content
    assert "HX-Request" in reply["Vary"]


@pytest.mark.parametrize("query", ["board=nobody", "board=project-draft", "period=month", "period="])
def test_there_is_no_other_board_and_no_other_period(client, query):
    make_project(slug="draft", state=ProjectState.DRAFT)
    assert client.get(f"/leaderboards/?{query}").status_code == 404


def test_an_older_project_keeps_its_tab_while_it_is_looked_at(client, cards, monkeypatch):
    monkeypatch.setattr(views, "TABS", 1)
    make_project(slug="newer", title="Newer")

    tabs = client.get("/leaderboards/?board=project-cards").context["boards"]

    assert [tab["slug"] for tab in tabs] == ["all", "project-newer", "project-cards"]


@pytest.mark.parametrize(
    ("board", "offered"), [("all", "cards"), ("project-other", "other"), ("project-done", "cards")]
)
def test_the_page_offers_a_project_with_lines_left(client, cards, board, offered):
    for project, settled in ((cards, 1), (make_project(slug="other"), 1), (make_project(slug="done"), 2)):
        Progress.objects.create(project=project, tasks=2, settled=settled)

    assert client.get(f"/leaderboards/?board={board}").context["play"] == offered


@pytest.mark.parametrize("players", [1, 40])
def test_the_page_takes_the_same_queries_for_one_player_and_for_many(client, cards, players, django_assert_num_queries):
    last = [play(cards, points) for points in range(players, 0, -1)][-1]
    client.force_login(last)

    # session, volunteer, version, entries, my standing and rank, five for the neighbours, tabs, two for the button
    with django_assert_num_queries(13):
        client.get("/leaderboards/")


def test_a_closed_project_keeps_its_board_and_offers_another_to_play(client, cards):
    play(cards, 3, "Ada")
    other = make_project(slug="other")
    for project in (cards, other):
        Progress.objects.create(project=project, tasks=2, settled=1)
    cards.state = ProjectState.CLOSED
    cards.save()

    reply = client.get("/leaderboards/?board=project-cards")

    assert (reply.context["closed"], reply.context["play"]) == (True, "other")
    assert b"Ada" in reply.content
    assert b"This project is closed" in reply.content


def test_the_page_says_when_days_begin(client):
    make_project(slug="kortit", time_zone="Europe/Helsinki")

    assert (
        b"Days begin at midnight, Europe/Helsinki time."
        in client.get("/leaderboards/?board=project-kortit&period=today").content
    )
    assert b"Days begin" not in client.get("/leaderboards/?board=project-kortit&period=all").content


def test_the_site_s_own_day_is_that_of_its_setting(client, settings, cards):
    settings.TIME_ZONE = "Asia/Tokyo"

    assert b"Days begin at midnight, Asia/Tokyo time." in client.get("/leaderboards/?period=today").content


def test_a_name_is_shown_as_text(client, cards):
    play(cards, 3, "<b>Ada</b>")

    assert b"&lt;b&gt;Ada" in client.get("/leaderboards/").content
