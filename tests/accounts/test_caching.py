import pytest
from django.test import Client

from accounts.models import Membership
from exports.releasing import release
from tasks.showing.questions import crop_url
from tests.factories import (
    make_organisation,
    make_page,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    settle_task,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_task().project


@pytest.fixture
def volunteer(project):
    client = Client()
    client.post(f"/api/v1/projects/{project.slug}/leases", {}, content_type="application/json")
    return client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/v1/projects/{slug}/leases"),
        ("post", "/api/v1/answers"),
        ("post", "/api/v1/leases/release"),
        ("delete", "/api/v1/answers/00000000-0000-0000-0000-000000000000"),
    ],
)
def test_what_a_volunteer_is_told_is_kept_by_no_cache(volunteer, project, method, path):
    body = {"answers": [], "leases": []}
    response = getattr(volunteer, method)(path.format(slug=project.slug), body, content_type="application/json")

    assert response["Cache-Control"] == "private, no-store"


def test_a_page_that_shows_who_is_asking_is_kept_by_the_browser_alone(volunteer):
    assert volunteer.get("/leaderboards/")["Cache-Control"] == "private, no-cache"


def test_a_page_that_is_the_same_for_all_visitors_may_be_kept(client, db):
    assert "Cache-Control" not in client.get("/")


@pytest.mark.parametrize("path", ["/desk/", "/desk/turku/settings/", "/desk/nothing/", "/me/", "/me/name/"])
def test_ones_own_pages_are_kept_by_nobody_not_even_for_the_way_back(client, path):
    archive = make_organisation()
    make_project(organisation=archive, slug="turku")
    person = make_volunteer(password="md5$a$b")
    Membership.objects.create(organisation=archive, volunteer=person, role="archivist")
    client.force_login(person)

    assert "no-store" in client.get(path)["Cache-Control"]


def test_pictures_and_files_say_nothing_of_language_or_cookies(volunteer, project, settings, tmp_path):
    settings.FILES = tmp_path
    (tmp_path / "crops").mkdir()
    task = settle_task(make_workflow(project), page=make_page(project, crops_key="crops/1.pack"))
    (tmp_path / "crops/1.pack").write_bytes(b"picture")
    release(project)
    file = f"/api/v1/datasets/{project.slug}/releases/1/files/data.csv"

    for path in (crop_url(task.pk), file):
        reply = volunteer.get(path, headers={"Accept-Language": "fi"})
        again = volunteer.get(path, headers={"Accept-Language": "fi", "If-None-Match": reply["ETag"]})
        assert [(r.status_code, r.get("Vary"), r.get("Content-Language")) for r in (reply, again)] == [
            (200, None, None),
            (304, None, None),
        ]


def test_a_board_varies_with_who_is_asking_and_not_with_their_language(volunteer):
    assert volunteer.get("/api/v1/leaderboards/all")["Vary"] == "Cookie, Authorization"
