"""Datasets over HTTP."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from ninja import Path, Query, Router

from tasks.machinery.paging import page_of
from tasks.schemas import AFTER, PAGE_SIZE, Problem

from .errors import Withdrawn
from .models import Release
from .releases import (
    LATEST,
    describe,
    describe_fully,
    file_url,
    find_release,
    find_withdrawn,
    published_datasets,
    published_versions,
    release_url,
    why_withdrawn,
)
from .schemas import DatasetsReply, ReleaseReply
from .serving import serve_file

router = Router(tags=["open data"])
DATASET = Path(..., description="short name of the dataset, the same as its project's")
VERSION = Path(..., description="number of the release, or `latest`: that redirects to the newest")
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
FILE = Path(..., description="name of the file, as listed in `files`")


@router.get("datasets", response=DatasetsReply, summary="Datasets, each in its newest version")
def datasets(request: HttpRequest, limit: int = PAGE_SIZE, after: str = AFTER) -> dict[str, Any]:
    return page_of(request, published_datasets(), describe, limit=limit, after=after, key="slug")


@router.get(
    "datasets/{slug}/releases",
    response={200: DatasetsReply, 404: Problem, 410: Problem},
    summary="Versions of a dataset",
)
def releases(
    request: HttpRequest,
    slug: str = DATASET,
    limit: int = PAGE_SIZE,
    after: int = Query(0, description="number of the version after which the page begins"),
) -> dict[str, Any]:
    release_or_404(slug, LATEST)
    versions = published_versions(slug)
    return page_of(request, versions, describe, limit=limit, after=str(after), key="number")


@router.get(
    "datasets/{slug}/releases/{version}",
    response={200: ReleaseReply, 302: None, 404: Problem, 410: Problem},
    summary="One version with its files; “latest” redirects to the newest",
    url_name="release",
)
def release(request: HttpRequest, slug: str = DATASET, version: str = VERSION) -> Any:
    found = release_or_404(slug, version)
    return redirect(release_url(found)) if version == LATEST else describe_fully(found)


@router.api_operation(
    ["GET", "HEAD"],
    "datasets/{slug}/releases/{version}/files/{name}",
    response={200: None, 206: None, 302: None, 304: None, 404: Problem, 410: Problem, 416: None},
    summary="A file of a version; takes Range, If-Range and If-None-Match",
    url_name="release-file",
    openapi_extra={"responses": {200: BYTES, 206: BYTES}},
)
def release_file(
    request: HttpRequest, slug: str = DATASET, version: str = VERSION, name: str = FILE
) -> HttpResponseBase:
    found = release_or_404(slug, version)
    return redirect(file_url(found, name)) if version == LATEST else serve_file(request, found, name)


def release_or_404(slug: str, version: str) -> Release:
    found = find_release(slug, version)
    if found is None and (gone := find_withdrawn(slug, version)):
        raise Withdrawn(why_withdrawn(gone))
    if found is None:
        raise Http404
    return found
