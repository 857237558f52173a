import pytest
from django.utils import timezone

from gamification.models import BoardVersion
from tasks.enums import ProjectState
from tests.factories import make_project, make_token, make_volunteer

from .builders import earn, project_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards():
    return make_project(slug="cards")


def play(project, points, **fields):
    volunteer = make_volunteer(**fields)
    earn(project, volunteer, points, at=timezone.now())
    project_all()
    return volunteer


def get(client, board="all", **options):
    return client.get(f"/api/v1/leaderboards/{board}", **options)


def test_a_board_names_the_best_first(client, cards):
    play(cards, 3, display_name="Ada")
    play(cards, 5, display_name="Marta K.")

    reply = get(client, "project-cards")

    assert reply.json() == {
        "version": 2,
        "entries": [
            {"rank": 1, "name": "Marta K.", "points": 5, "accuracy": None},
            {"rank": 2, "name": "Ada", "points": 3, "accuracy": None},
        ],
    }
    assert not reply.cookies


@pytest.mark.parametrize("period", ["today", "week", "all"])
def test_each_period_has_its_board(client, cards, period):
    play(cards, 3, display_name="Ada")

    assert get(client, query_params={"period": period}).json()["entries"][0]["name"] == "Ada"


def test_my_own_entry_comes_along(client, cards):
    me = play(cards, 3, display_name="Ada")
    entry = {"rank": 1, "name": "Ada", "points": 3, "accuracy": None}

    by_token = get(client, headers={"Authorization": f"Bearer {make_token(me)}"})
    client.force_login(me)

    assert [get(client).json()["me"], by_token.json()["me"]] == [entry, entry]


def test_whoever_has_no_points_has_no_entry(client, cards):
    client.force_login(make_volunteer())
    assert get(client).json() == {"version": 0, "entries": []}


@pytest.mark.parametrize("board", ["nobody", "project-draft", "project-missing", "project-\x00"])
def test_an_unknown_board_is_a_problem_document(client, board):
    make_project(slug="draft", state=ProjectState.DRAFT)

    reply = get(client, board)

    assert (reply.status_code, reply["Content-Type"]) == (404, "application/problem+json")


def test_an_unknown_period_is_a_problem_document(client):
    reply = get(client, query_params={"period": "month"})
    assert (reply.status_code, reply["Content-Type"]) == (422, "application/problem+json")


def test_a_known_version_is_not_sent_again(client, cards, django_assert_num_queries):
    play(cards, 3)
    tag = get(client)["ETag"]

    with django_assert_num_queries(1):
        assert get(client, headers={"If-None-Match": tag}).status_code == 304
    play(cards, 4)
    assert get(client, headers={"If-None-Match": tag}).status_code == 200


def test_what_one_volunteer_sees_is_not_the_same_for_another(client, cards):
    tag = get(client)["ETag"]
    client.force_login(play(cards, 3))
    BoardVersion.objects.all().delete()

    assert get(client, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("players", [1, 60])
def test_a_board_takes_the_same_queries_for_one_player_and_for_many(client, cards, players, django_assert_num_queries):
    for points in range(1, players + 1):
        last = play(cards, points)
    client.force_login(last)

    with django_assert_num_queries(6):  # session with volunteer, project, version, entries, my standing, my rank
        assert len(get(client, "project-cards").json()["entries"]) == min(players, 50)
