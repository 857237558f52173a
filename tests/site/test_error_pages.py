"""Pages of errors come in the visitor's language and need nothing that may be broken."""

import pytest
from django.test import RequestFactory
from django.utils.translation import override
from django.views import defaults


@pytest.mark.parametrize(("language", "title"), [("en", "A fault of ours"), ("fi", "Meidän vikamme")])
def test_a_fault_is_told_without_the_database(language, title):
    with override(language):
        page = defaults.server_error(RequestFactory().get("/"))

    assert (page.status_code, f'<html lang="{language}"' in page.text, f">{title}</h1>" in page.text) == (
        500,
        True,
        True,
    )


def test_what_cannot_be_understood_is_told_without_the_database():
    page = defaults.bad_request(RequestFactory().get("/"), ValueError())

    assert (page.status_code, "Nothing was changed." in page.text) == (400, True)
