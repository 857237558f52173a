"""Open data for people: the catalogue and the page of a dataset."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.projects import covers

from .dcat import catalogue_of
from .presenting import card, dataset_page
from .releases import LATEST, find_release, published_datasets, published_versions

SHOWN = 100


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    releases = list(published_datasets().order_by("-released_at", "-pk")[:SHOWN])
    pictures = covers([release.project for release in releases])
    cards = [card(release, pictures.get(release.project_id, "")) for release in releases]
    return render(request, "exports/catalogue.html", {"datasets": cards})


@require_safe
def catalogue_for_machines(request: HttpRequest) -> HttpResponse:
    described = catalogue_of(published_datasets().order_by("project__slug"), request.build_absolute_uri)
    return JsonResponse(described, content_type="application/ld+json")


@require_safe
def dataset(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show the newest version, or the one that the address names."""
    release = find_release(slug, LATEST if number is None else str(number))
    if release is None:
        raise Http404
    cover = covers([release.project]).get(release.project_id, "")
    versions = published_versions(slug).order_by("-number")[:SHOWN]
    return render(request, "exports/dataset.html", dataset_page(release, versions, cover))
