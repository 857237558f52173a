"""A region seen in its place on the page, as an SVG that needs no script."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()

SHOWN_OF_PAGE = 0.6  # width of the window at least, as a share of the page
NEARLY_ALL = 0.75  # a window wider than this share of the page shows all of it: nothing is cut off for a sliver
WINDOW_SHAPE = 5 / 7  # height by width


@register.inclusion_tag("tasks/page_view.html")
def page_view(page: Mapping[str, Any], label: str = "") -> dict[str, Any]:
    """Show a window of ``page`` {url, width, height, region [x, y, w, h]} with the region in brackets."""
    x, y, w, h = page["region"]
    width = max(w * 1.2, page["width"] * SHOWN_OF_PAGE)
    if width > page["width"] * NEARLY_ALL:
        width = page["width"]
    height = min(page["height"], max(h * 1.2, width * WINDOW_SHAPE))
    return {
        "page": page,
        "label": label,
        "view_box": " ".join(
            f"{number:.0f}"
            for number in (
                _within(x + w / 2 - width / 2, page["width"] - width),
                _within(y + h / 2 - height / 2, page["height"] - height),
                width,
                height,
            )
        ),
        "brackets": _brackets(x, y, w, h),
    }


def _within(start: float, last: float) -> float:
    return max(0, min(start, last))


def _brackets(x: float, y: float, w: float, h: float) -> str:
    """Draw a path of two square brackets just outside the region."""
    arm, gap = h * 0.25, h * 0.12
    left, right, top, tall = x - gap, x + w + gap, y - gap, h + 2 * gap
    return (
        f"M{left + arm:.0f} {top:.0f}H{left:.0f}V{top + tall:.0f}H{left + arm:.0f}"
        f"M{right - arm:.0f} {top:.0f}H{right:.0f}V{top + tall:.0f}H{right - arm:.0f}"
    )
