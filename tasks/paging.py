"""Lists of the API: ``{"items": […], "next": url | null}``, paged by key so that no page costs more than another."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest

LIMIT, MOST = 50, 200


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
        rows = rows.filter(**{f"{key}__gt": after})
    found = list(rows[: limit + 1])
    query = urlencode({"limit": limit, "after": getattr(found[limit - 1], key)}) if len(found) > limit else ""
    return {
        "items": [show(row) for row in found[:limit]],
        "next": request.build_absolute_uri(f"{request.path}?{query}") if query else None,
    }
