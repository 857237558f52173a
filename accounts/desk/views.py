"""The desk's pages about people: team, tokens, and what everyone did."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..access import MemberRequest, membership_required
from ..audit import Entry, first_broken, told
from ..enums import Role, Scope
from ..errors import TeamError
from ..inviting import invite, revoke_invitation
from ..models import Act, Invitation, Membership, Organisation, Token
from ..teaming import change_role, issue_token, remove_member, revoke_token
from ..writing import PlainForm

UNUSABLE = 422
ACTS_SHOWN = 50


class MemberForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.REVIEWER)


class TokenForm(PlainForm):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        help_text=gettext_lazy("For example “scanner in room 4”: so that you know which to revoke."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), choices=Scope.choices, initial=[Scope.INGEST], widget=forms.CheckboxSelectMultiple
    )


@never_cache
@require_safe
@membership_required(Role.REVIEWER)
def team(request: MemberRequest) -> HttpResponse:
    return show_team(request)


def show_team(request: MemberRequest, status: int = 200, **given: Any) -> HttpResponse:
    mine = Membership.objects.filter(volunteer=request.user).select_related("organisation")
    roles = {member.organisation_id: Role(member.role) for member in mine}
    owned = {organisation for organisation, role in roles.items() if role == Role.OWNER}
    context: dict[str, Any] = {
        "teams": teams_of(list(roles), owned),
        "owned": owned,
        "roles": Role.choices,
        "tokens": Token.objects.filter(volunteer=request.user, revoked_at=None).order_by("-pk"),
        "may_issue": any(role in Role.ARCHIVIST.and_above for role in roles.values()),
        "member_form": MemberForm(),
        "token_form": TokenForm(),
    }
    return render(request, "desk/team.html", context | given, status=status)


def teams_of(organisations: list[int], owned: set[int]) -> list[dict[str, Any]]:
    """Return each organisation with its members; whom it has invited is for its owners."""
    members, invited = defaultdict(list), defaultdict(list)
    for member in Membership.objects.filter(organisation__in=organisations).select_related("volunteer").order_by("pk"):
        members[member.organisation_id].append(member)
    for invitation in Invitation.objects.filter(organisation__in=owned).order_by("pk"):
        invited[invitation.organisation_id].append(invitation)
    teams = Organisation.objects.filter(pk__in=organisations).order_by("name", "pk")
    return [{"organisation": each, "members": members[each.pk], "invited": invited[each.pk]} for each in teams]


@require_POST
@membership_required(Role.OWNER)
def invite_member(request: MemberRequest, organisation: str) -> HttpResponse:
    found = get_object_or_404(Organisation.objects.of(request.user, Role.OWNER), slug=organisation)
    form = MemberForm(request.POST)
    try:
        if form.is_valid():
            role = Role(form.cleaned_data["role"])
            invitation = invite(found, request.user, form.cleaned_data["username"], role)
            words = _("“%(name)s” is invited, and has no access before accepting on their own page.")
            messages.success(request, words % {"name": invitation.username})
            return redirect("desk:team")
    except TeamError as error:
        form.add_error("username", str(error))
    return show_team(request, UNUSABLE, member_form=form, adding_to=found.pk)


@require_POST
@membership_required(Role.OWNER)
def revoke_invited(request: MemberRequest, invitation: int) -> HttpResponse:
    if gone := revoke_invitation(invitation, request.user):
        messages.success(request, _("“%(name)s” is no longer invited.") % {"name": gone.username})
    else:
        messages.error(request, _("This invitation is no longer there: it was accepted, declined or revoked."))
    return redirect("desk:team")


@require_POST
@membership_required(Role.OWNER)
def member(request: MemberRequest, member: int) -> HttpResponse:
    """Change a role, or remove the member where the form says so."""
    owned = Organisation.objects.of(request.user, Role.OWNER)
    rows = Membership.objects.filter(organisation__in=owned).select_related("organisation", "volunteer")
    found = get_object_or_404(rows, pk=member)
    name = {"name": found.volunteer}
    try:
        if "remove" in request.POST:
            remove_member(found, request.user)
            messages.success(request, _("%(name)s is no longer in the team.") % name)
        elif request.POST.get("role") in Role.values:
            change_role(found, request.user, Role(request.POST["role"]))
            messages.success(request, _("Saved: %(name)s has another role now.") % name)
    except TeamError as error:
        messages.error(request, str(error))
    still_here = Membership.objects.filter(volunteer=request.user).exists()
    return redirect("desk:team" if still_here else "home")


@never_cache
@require_POST
@membership_required(Role.ARCHIVIST)
def tokens(request: MemberRequest) -> HttpResponse:
    """Issue a token and show it, this once: it stands in the reply and nowhere else."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return show_team(request, UNUSABLE, token_form=form)
    text = issue_token(request.user, form.cleaned_data["name"], form.cleaned_data["scopes"])
    return show_team(request, issued=text, issued_name=form.cleaned_data["name"])


@require_POST
@membership_required(Role.REVIEWER)
def revoke(request: MemberRequest, token: int) -> HttpResponse:
    found = get_object_or_404(Token, pk=token, volunteer=request.user)
    if revoke_token(found, request.user):
        messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": found.name})
    return redirect("desk:team")


@require_safe
@membership_required(Role.OWNER)
def audit(request: MemberRequest) -> HttpResponse:
    organisations = list(Organisation.objects.of(request.user, Role.OWNER).order_by("name"))
    newest = Act.objects.filter(organisation__in=organisations).select_related("organisation").order_by("pk").last()
    wanted = request.GET.get("of") or (newest.organisation if newest else organisations[0]).slug
    organisation = next((one for one in organisations if one.slug == wanted), None)
    if organisation is None:
        raise Http404
    acts = Act.objects.filter(organisation=organisation).select_related("volunteer").order_by("-number")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        acts = acts.filter(number__lt=int(before[:9]))
    page = list(acts[: ACTS_SHOWN + 1])
    entries: list[Entry] = [told(act) for act in page[:ACTS_SHOWN]]
    context = {
        "organisation": organisation,
        "organisations": organisations,
        "entries": entries,
        "older": entries[-1].number if len(page) > ACTS_SHOWN else None,
        "checked": "check" in request.GET,
        "broken": first_broken(organisation) if "check" in request.GET else None,
    }
    return render(request, "desk/audit.html", context)
