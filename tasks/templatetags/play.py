"""Forms of the loop."""

from django import template
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.crosssite import has_session

register = template.Library()


@register.simple_tag(takes_context=True)
def form_token(context: template.Context) -> SafeString | str:
    """The hidden CSRF field, only where there is a session: reading a page must not set a cookie."""
    request: HttpRequest = context["request"]
    if not (has_session(request) or request.session.modified):
        return ""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
