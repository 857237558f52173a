from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tasks.models import Page
from tasks.showing.opaque import opaque, reveal
from tasks.showing.questions import crop_url, page_url
from tests.factories import make_page, make_task, make_workflow

pytestmark = pytest.mark.django_db


@pytest.fixture
def task():
    workflow = make_workflow()
    page = make_page(workflow.project, image_key="pages/test-scans.jpg", crops_key="crops/test-scans.pack")
    for key, content in ((page.image_key, b"page"), (page.crops_key, b"first|second|third")):
        path = Path(settings.FILES, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return make_task(workflow, page=page, crop_at=6, crop_length=6)


def body(response):
    return b"".join(response) if response.streaming else response.content


def test_a_crop_is_cut_from_the_pack_of_its_page(client, task):
    response = client.get(crop_url(task.pk))

    assert (response.status_code, response["Content-Type"], body(response)) == (200, "image/jpeg", b"second")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]


def test_a_page_is_served_whole(client, task):
    assert body(client.get(page_url(task.page_id))) == b"page"


def test_a_known_etag_is_answered_without_the_picture(client, task):
    etag = client.get(crop_url(task.pk))["ETag"]

    response = client.get(crop_url(task.pk), headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")


def test_a_withheld_page_is_gone_with_all_its_crops(client, task):
    Page.objects.update(withheld_at=timezone.now())

    assert [client.get(url).status_code for url in (crop_url(task.pk), page_url(task.page_id))] == [404, 404]


def test_the_pictures_of_a_draft_project_are_not_shown(client, task):
    type(task.project).objects.update(state="draft")

    assert [client.get(url).status_code for url in (crop_url(task.pk), page_url(task.page_id))] == [404, 404]


@pytest.mark.parametrize("name", ["1", "nothing", "a" * 13, "7777777777777", "é"])
def test_an_address_that_was_never_given_out_is_not_found(client, task, name):
    assert client.get(f"/scans/{name}.jpg").status_code == 404


def test_the_address_of_a_crop_is_none_of_a_page(client, task):
    name = crop_url(task.pk).removeprefix("/scans/")

    assert client.get(f"/scans/pages/{name}").status_code == 404


def test_addresses_of_neighbours_have_nothing_in_common():
    names = [opaque(number, "crop") for number in range(1000)]

    assert len({name[:4] for name in names}) > 900
    assert [reveal(name, "crop") for name in names] == list(range(1000))
