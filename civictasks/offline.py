"""What is shown without a connection: a page kept by a service worker, with the styles and letters it needs."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ASSETS = [
    "site/tokens.css",
    "site/site.css",
    "site/icon.svg",
    "site/light.js",
    "site/forms.js",
    "site/offline.js",
    "vendor/literata-5.3.0/literata-latin-wght-normal.woff2",
    "vendor/atkinson-hyperlegible-next-5.3.0/atkinson-hyperlegible-next-latin-wght-normal.woff2",
]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html")


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    context = {"version": version(), "page": reverse("offline"), "assets": [static(asset) for asset in ASSETS]}
    return render(request, "site/offline-worker.js", context, content_type="text/javascript")


@cache
def version() -> str:
    """A digest of what is kept, so that a browser fetches it anew when it has changed."""
    digest = hashlib.sha256()
    for asset in ASSETS:
        if path := finders.find(asset):
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:12]
