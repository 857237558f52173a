"""A page for times without a connection."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_without_a_connection_a_page_of_our_own_is_shown_and_tries_again(open_page, cards):
    page = open_page(service_workers="allow")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)

    page.goto(f"/projects/{cards}/")

    expect(page.get_by_role("heading", name="The lamp is out")).to_be_visible()
    assert page.evaluate("document.fonts.check('20px Literata') && getComputedStyle(document.body).fontFamily") != ""
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Read a line")).to_be_visible()
    page.problems.clear()  # the browser tells of each request that found no connection
