"""What is meant for one person is kept by no cache that others share, and what is the same for all by any."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import has_vary_header, patch_cache_control

from .crosssite import SAFE_METHODS, has_session

OWN_PAGES = ("/desk/", "/me/")


def keep_private(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, outside of sessions and languages: judge the replies that say nothing of caching themselves."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.has_header("ETag"):
            leave_language_out(response)
        if response.has_header("Cache-Control"):
            return response
        if request.method not in SAFE_METHODS or is_own_page(request):
            patch_cache_control(response, private=True, no_store=True)
        elif has_vary_header(response, "Cookie"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return respond


def is_own_page(request: HttpRequest) -> bool:
    """Whether this shows somebody's own matters: on a shared machine, Back must not show it after they have left."""
    return request.path.startswith(OWN_PAGES) and has_session(request)


def leave_language_out(response: HttpResponseBase) -> None:
    """Files and pictures have an ETag, a name of their very bytes, which are the same for readers of any language."""
    response.headers.pop("Content-Language", None)
    varies = [name.strip() for name in response.get("Vary", "").split(",")]
    others = [name for name in varies if name.lower() not in {"", "accept-language"}]
    response.headers.pop("Vary", None)
    if others:
        response["Vary"] = ", ".join(others)
