"""The site speaks the reader's language where it can, and says which translations are drafts."""

from datetime import date

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("accepted", "spoken"), [("fi", "fi"), ("nl-BE,nl;q=0.9", "nl"), ("ja", "en"), ("", "en")])
def test_a_page_comes_in_the_language_that_the_browser_asks_for(client, accepted, spoken):
    page = client.get("/", headers={"Accept-Language": accepted})

    assert (page["Content-Language"], f'<html lang="{spoken}"' in page.text) == (spoken, True)


def test_a_language_chosen_on_the_page_is_remembered_in_a_cookie_that_says_nothing_else(client):
    reply = client.post("/language/", {"language": "fi", "next": "/data/"})

    assert (reply.status_code, reply["Location"]) == (302, "/data/")
    assert {name: cookie.value for name, cookie in reply.cookies.items()} == {"django_language": "fi"}
    assert client.get("/data/")["Content-Language"] == "fi"


def test_a_language_that_the_site_does_not_speak_changes_nothing(client):
    reply = client.post("/language/", {"language": "xx", "next": "https://elsewhere.example/"})

    assert (reply["Location"], reply.cookies) == ("/", {})


def test_translations_that_nobody_has_checked_are_marked_as_drafts(client):
    footer = client.get("/").text.partition('class="languages ')[2]

    assert footer.count('class="draft"') == 2


@pytest.mark.parametrize(
    ("language", "written"), [("en", "3 March 2026"), ("fi", "3. maaliskuuta 2026"), ("nl", "3 maart 2026")]
)
def test_dates_are_written_as_the_language_does(language, written):
    with override(language):
        assert date_format(date(2026, 3, 3)) == written
