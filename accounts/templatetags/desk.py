"""The frame of the desk: the tabs of a project."""

from typing import Any

from django import template
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from ..access import MemberRequest, role_in
from ..crosssite import has_session

register = template.Library()

TABS = {
    "project": _("Overview"),
    "questions": _("Questions"),
    "known": _("Known lines"),
    "batches": _("Batches"),
    "review": _("Review"),
    "releases": _("Releases"),
    "settings": _("Settings"),
}


@register.simple_tag(takes_context=True)
def has_desk(context: template.Context) -> bool:
    """Whether the reader is a member of an organisation. Asks nothing of those who have no session."""
    request = context["request"]
    if not has_session(request) or not request.user.is_authenticated or not request.user.has_usable_password():
        return False
    return request.user.membership_set.exists()


@register.inclusion_tag("desk/tabs.html", takes_context=True)
def desk_tabs(context: template.Context, project: Any) -> dict[str, Any]:
    """The tabs that lead to what the reader's role allows; the current one is that under whose address we are."""
    request: MemberRequest = context["request"]
    role = role_in(request.user, project.organisation_id)
    tabs = []
    for name, title in TABS.items():
        address = reverse(f"desk:{name}", args=[project.slug])
        least = getattr(resolve(address).func, "least_role", None)
        if role and least and role in least.and_above:
            here = request.path == address if name == "project" else request.path.startswith(address)
            tabs.append({"address": address, "title": title, "current": here})
    return {"tabs": tabs}
