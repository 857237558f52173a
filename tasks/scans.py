"""Pictures on their way out: crops of a page from its pack, and the page itself.

No address tells page, project or neighbour, and each request asks the database: a withheld page is gone everywhere at
once.
"""

from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from .enums import ProjectState
from .models import Page, Task
from .opaque import reveal
from .questions import CROP, PAGE

CACHE = "private, max-age=3600, immutable"


@require_safe
def crop(request: HttpRequest, name: str) -> HttpResponseBase:
    found = (
        Task.objects.filter(pk=number_in(name, CROP), page__withheld_at=None)
        .exclude(project__state=ProjectState.DRAFT)
        .values_list("crop_at", "crop_length", "page__crops_key")
        .first()
    )
    if found is None:
        raise Http404
    at, length, key = found
    return unchanged(request, name) or served(HttpResponse(slice_of(key, at, length), content_type="image/jpeg"), name)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponseBase:
    key = (
        Page.objects.filter(pk=number_in(name, PAGE), withheld_at=None)
        .exclude(project__state=ProjectState.DRAFT)
        .values_list("image_key", flat=True)
        .first()
    )
    if key is None:
        raise Http404
    return unchanged(request, name) or served(FileResponse(opened(key), content_type="image/jpeg"), name)


def number_in(name: str, purpose: str) -> int:
    if (number := reveal(name, purpose)) is None:
        raise Http404
    return number


def slice_of(key: str, at: int, length: int) -> bytes:
    with opened(key) as pack:
        pack.seek(at)
        return pack.read(length)


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
