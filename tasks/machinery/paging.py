"""Lists of the API: ``{"items": […], "next": url | null}``, paged by key so that no page costs more than another."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError

LIMIT, MOST = 50, 200


def rows_after(rows: QuerySet, key: str, after: str) -> QuerySet:
    try:
        return rows.filter(**{f"{key}__gt": after})
    except ValueError:  # a word where a number is the key, or one of thousands of digits
        raise HttpError(422, _("“after” is damaged. Follow “next” of the page before, or leave it out.")) from None


def page_of(
    request: HttpRequest,
    rows: QuerySet,
    show: Callable[[Any], dict[str, Any]],
    *,
    limit: int = LIMIT,
    after: str = "",
    key: str = "pk",
) -> dict[str, Any]:
    """Return the rows after ``after`` by ascending ``key``, a unique column."""
    limit = min(max(limit, 1), MOST)
    rows = rows.order_by(key)
    if after:
        rows = rows_after(rows, key, after)
    found = list(rows[: limit + 1])
    query = urlencode({"limit": limit, "after": getattr(found[limit - 1], key)}) if len(found) > limit else ""
    return {
        "items": [show(row) for row in found[:limit]],
        "next": request.build_absolute_uri(f"{request.path}?{query}") if query else None,
    }
