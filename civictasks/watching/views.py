import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from . import metering
from .readiness import look_at_all


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; nothing else is asked."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when volunteers cannot answer; a site that is merely degraded says so, and is sent visitors all the same.

    Everybody hears which part is wrong; what was found there and what to do, those who may read the figures.
    """
    readiness, in_detail = look_at_all(), may_watch(request)
    parts = {name: part.described(in_detail=in_detail) for name, part in readiness.parts.items()}
    body = {"status": readiness.status, "parts": parts}
    return JsonResponse(body, status=503 if readiness.status == "not ready" else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_watch(request):
        return HttpResponse("Ask from this machine, or send METRICS_TOKEN as a bearer token.\n", status=403)
    return HttpResponse(metering.exposition(), content_type=CONTENT_TYPE_LATEST)


def may_watch(request: HttpRequest) -> bool:
    """Who knows the token; without one, who asks from this machine and not through a proxy."""
    if token := settings.METRICS_TOKEN:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    proxied = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"))
    return not proxied and is_loopback(request.META.get("REMOTE_ADDR", ""))


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
