"""What is meant for one person is kept by no cache that others share."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import has_vary_header, patch_cache_control

from .crosssite import SAFE_METHODS


def keep_private(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, outside of the sessions: judge the replies that say nothing of caching themselves."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.has_header("Cache-Control"):
            return response
        if request.method not in SAFE_METHODS:
            patch_cache_control(response, private=True, no_store=True)
        elif has_vary_header(response, "Cookie"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return respond
