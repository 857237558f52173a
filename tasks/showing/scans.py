"""Pictures on their way out: crops of a page from its pack, and the page itself.

No address tells page, project or neighbour, and each request asks the database: a withheld page is gone everywhere at
once, and a draft's pages are seen by nobody, but by members of their organisation.
"""

from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ..enums import ProjectState
from ..machinery.handing_over import handed_over
from ..models import Page, Project, Task
from .opaque import reveal
from .questions import CROP, PAGE

CACHE = "private, max-age=3600, immutable"


@require_safe
def crop(request: HttpRequest, name: str) -> HttpResponseBase:
    tasks = Task.objects.filter(pk=number_in(name, CROP))
    public = tasks.filter(page__withheld_at=None).exclude(project__state=ProjectState.DRAFT)
    at, length, key = first_seen(request, public, tasks, "crop_at", "crop_length", "page__crops_key")
    return unchanged(request, name) or served(HttpResponse(slice_of(key, at, length), content_type="image/jpeg"), name)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponseBase:
    pages = Page.objects.filter(pk=number_in(name, PAGE))
    public = pages.filter(withheld_at=None).exclude(project__state=ProjectState.DRAFT)
    [key] = first_seen(request, public, pages, "image_key")
    return unchanged(request, name) or served(whole(key), name)


def first_seen(request: HttpRequest, public: QuerySet, rows: QuerySet, *columns: str) -> tuple[Any, ...]:
    """Return the columns of what everyone may see, else of what a member may; only then is it asked who that is."""
    found = public.values_list(*columns).first()
    if found is None and request.user.is_authenticated:
        own = Project.objects.visible_to(request.user)
        found = rows.filter(project__in=own).values_list(*columns).first()
    if found is None:
        raise Http404
    return found


def number_in(name: str, purpose: str) -> int:
    if (number := reveal(name, purpose)) is None:
        raise Http404
    return number


def slice_of(key: str, at: int, length: int) -> bytes:
    with opened(key) as pack:
        pack.seek(at)
        return pack.read(length)


def whole(key: str) -> HttpResponseBase:
    by_proxy = handed_over(Path(settings.FILES, key), "image/jpeg")
    return by_proxy or FileResponse(opened(key), content_type="image/jpeg", filename="page.jpg")


def opened(key: str) -> BinaryIO:
    try:
        return Path(settings.FILES, key).open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise Http404 from None


def unchanged(request: HttpRequest, name: str) -> HttpResponseBase | None:
    if request.headers.get("If-None-Match") == quote_etag(name):
        return served(HttpResponseNotModified(), name)
    return None


def served[Response: HttpResponseBase](response: Response, name: str) -> Response:
    response["ETag"] = quote_etag(name)
    response["Cache-Control"] = CACHE
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
