import pytest
from django.test import Client

from tests.factories import make_task

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
