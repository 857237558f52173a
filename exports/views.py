"""Open data for people: the catalogue, the page of a dataset, the page of a row."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.showing.projects import covers

from .catalogue import page_of_catalogue
from .citing import FORMS, citation_of
from .dcat import catalogue_of
from .presenting import card, dataset_page, version_url
from .releases import LATEST, find_release, find_withdrawn, published_datasets, published_versions
from .schema_org import described, in_the_head
from .showing import row_context, show_row

SHOWN = 100


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    page = page_of_catalogue(request.GET.get("q", ""), request.GET.get("before", ""))
    pictures = covers([release.project for release in page.releases])
    cards = [card(release, pictures.get(release.project_id, "")) for release in page.releases]
    context = {"datasets": cards, "wanted": page.wanted, "further": page.further}
    return render(request, "exports/catalogue.html", context)


@require_safe
def catalogue_for_machines(request: HttpRequest) -> HttpResponse:
    described_all = catalogue_of(published_datasets().order_by("project__slug"), request.build_absolute_uri)
    return JsonResponse(described_all, content_type="application/ld+json")


@require_safe
def dataset(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show the newest version, or the one that the address names."""
    named = LATEST if number is None else str(number)
    release = find_release(slug, named)
    if release is None:
        return gone(request, slug, named)
    cover = covers([release.project]).get(release.project_id, "")
    versions = published_versions(slug).order_by("-number")[:SHOWN]
    context = dataset_page(release, versions, cover, request.build_absolute_uri)
    context["schema_org"] = in_the_head(described(release, request.build_absolute_uri))
    context["newest"] = context["versions"][0]
    return render(request, "exports/dataset.html", context)


def gone(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Say when and why a version was withdrawn. Raises ``Http404`` where there never was one."""
    release = find_withdrawn(slug, number)
    if release is None:
        raise Http404
    context = {"release": release, "title": release.snapshot["title"], "newest": find_release(slug, LATEST)}
    return render(request, "exports/withdrawn.html", context, status=410)


@require_safe
def citation(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    form = FORMS.get(name)
    if form is None:
        raise Http404
    release = find_release(slug, str(number))
    if release is None:
        return gone(request, slug, str(number))
    text = form.write(citation_of(release, request.build_absolute_uri(version_url(release))))
    disposition = f'attachment; filename="{slug}-{number}-{name}"'
    return HttpResponse(
        text, content_type=f"{form.media_type}; charset=utf-8", headers={"Content-Disposition": disposition}
    )


@require_safe
def row(request: HttpRequest, slug: str, row: str) -> HttpResponse:
    """Show a row with its place on the page; what was withheld since is gone."""
    shown = show_row(slug, row)
    if shown is None:
        if find_release(slug, LATEST) is None:
            return gone(request, slug, LATEST)
        raise Http404
    if shown.withheld:
        return render(request, "exports/withheld.html", {"release": shown.release}, status=410)
    return render(request, "exports/row.html", row_context(shown))
