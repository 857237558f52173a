import pytest

from tasks.templatetags.pages import page_view


def page(region: list[int]) -> dict[str, object]:
    return {"url": "/scans/pages/a.jpg", "width": 1000, "height": 1400, "region": region}


@pytest.mark.parametrize(
    ("region", "window"),
    [
        ([400, 700, 200, 40], "200 506 600 429"),  # in the middle of the page, the region in the middle of the window
        ([0, 0, 200, 40], "0 0 600 429"),  # at the corners the window stays on the page
        ([800, 1360, 200, 40], "400 971 600 429"),
        ([200, 700, 600, 40], "140 463 720 514"),
        ([200, 700, 650, 40], "0 363 1000 714"),  # nothing of the page is cut off for a sliver
        ([50, 100, 900, 40], "0 0 1000 714"),  # a line as wide as the page
        ([0, 0, 1000, 1400], "0 0 1000 1400"),
    ],
)
def test_a_region_is_shown_in_a_window_that_stays_on_the_page(region: list[int], window: str):
    assert page_view(page(region))["view_box"] == window


def test_the_brackets_stand_just_outside_the_region():
    assert page_view(page([400, 700, 200, 100]))["brackets"] == "M413 688H388V812H413M587 688H612V812H587"
