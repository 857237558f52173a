"""Files of releases on their way out: in pieces, resumable, never changed by what lies between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from tasks.machinery.handing_over import handed_over

from .models import Release
from .ranges import NotInFile, Span, span_of

PIECE = 2**16  # bytes


def serve_file(request: HttpRequest, release: Release, name: str) -> HttpResponseBase:
    """Answer GET and HEAD for a file of a release. Raises ``Http404`` where it has no such file."""
    file = release.file(name)
    if file is None or not (release.folder / name).is_file():
        raise Http404
    etag = quote_etag(file["sha256"])
    unchanged = get_conditional_response(request, etag=etag)
    response = labelled(unchanged or whole_or_part(request, release.folder / name, file, etag), etag)
    if unchanged is None:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def whole_or_part(request: HttpRequest, path: Path, file: dict[str, Any], etag: str) -> HttpResponseBase:
    content_type = f"{file['media_type']}; charset=utf-8"
    if by_proxy := handed_over(path, content_type):
        return by_proxy
    size = file["bytes"]
    try:
        span = span_of(wanted_range(request, etag), size)
    except NotInFile:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    status, sent = (206, span) if span else (200, Span(0, size))
    response = StreamingHttpResponse(pieces(path, sent), status=status, content_type=content_type)
    response["Content-Length"] = str(sent.stop - sent.start)
    if span:
        response["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return response


def wanted_range(request: HttpRequest, etag: str) -> str:
    """Return the ``Range`` header; empty when ``If-Range`` names another state of the file, or a date."""
    if request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return ""
    return request.headers.get("Range", "")


def pieces(path: Path, span: Span) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(span.start)
        left = span.stop - span.start
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def labelled(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    """Caches may keep the bytes but must ask each time: a version may be withdrawn."""
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "public, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
