"""What an archivist says about a project."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.writing import PlainModelForm

from ..enums import Licence, Way
from ..models import Project

RESERVED = {"new", "team", "audit", "sign-in", "sign-out"}  # addresses of the desk itself
LANGUAGE_TAG = RegexValidator(
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
    gettext_lazy("This is no language tag. Write for example fi, sv-FI or de-1901; und where languages mix."),
)


@cache
def time_zones() -> list[str]:
    """Places on the map; not the many older names of the same."""
    return ["UTC", *sorted(name for name in zoneinfo.available_timezones() if "/" in name and name[:3] != "Etc")]


class ProjectForm(PlainModelForm):
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence of the readings"),
        choices=[("", gettext_lazy("Not decided yet")), *Licence.choices],
        required=False,
        help_text=gettext_lazy("What the published dataset may be used for. Needed before volunteers can play."),
    )
    language = forms.CharField(
        label=gettext_lazy("Language of the pages"),
        max_length=12,
        required=False,
        validators=[LANGUAGE_TAG],
        help_text=gettext_lazy("A language tag such as fi, sv or de-1901. Leave it empty where languages mix."),
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=40,
        help_text=gettext_lazy("Where your day begins: for the board of today and the figures per day."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How it opens"),
        choices=[
            (Way.PLAIN, gettext_lazy("As a plain page: the line, the question, a field")),
            (Way.BRIDGE, gettext_lazy("As Bridge, a game: each line lays a plank. The plain page is one click away")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Project
        fields = ["title", "summary", "story", "language", "letters"]
        fields += ["licence", "rights", "time_zone", "cover_alt", "way"]
        labels = {
            "title": gettext_lazy("Title"),
            "summary": gettext_lazy("In one sentence"),
            "story": gettext_lazy("What these pages are"),
            "letters": gettext_lazy("Letters that a keyboard lacks"),
            "rights": gettext_lazy("Rights of the pictures"),
            "cover_alt": gettext_lazy("Description of the first page"),
        }
        help_texts = {
            "summary": gettext_lazy("What a volunteer does here, and for what. It stands on the front page."),
            "story": gettext_lazy("Who wrote them, when, and what they are good for. Empty lines make paragraphs."),
            "letters": gettext_lazy("Offered as keys under the field, for example åäöÅÄÖ."),
            "rights": gettext_lazy("Who holds them, or that they are in the public domain. Needed before playing."),
            "cover_alt": gettext_lazy("For those who cannot see it: it is the picture of the project."),
        }
        widgets = {"story": forms.Textarea(attrs={"rows": 7})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # only what this reader changed is saved over what others changed meanwhile
            field.show_hidden_initial = self.instance.pk is not None

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or "und"

    def clean_letters(self) -> str:
        return "".join(dict.fromkeys("".join(self.cleaned_data["letters"].split())))

    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"]
        if name not in time_zones():
            raise forms.ValidationError(_("There is no such time zone. Choose one, for example Europe/Helsinki."))
        return name


class NewProjectForm(ProjectForm):
    """``organisations`` are those that may found projects; one alone is not asked about."""

    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("It stands in addresses and stays. Left empty, it is made from the title."),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Organisation"), empty_label=None
    )

    field_order = ["organisation", "title", "slug"]

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["organisation"]
        choices.queryset = Organisation.objects.filter(pk__in=[one.pk for one in organisations])  # type: ignore[attr-defined]  # the stubs know the base field only
        choices.initial = organisations[0]
        if len(organisations) == 1:
            choices.widget = forms.HiddenInput()

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug and not is_free(slug):
            raise forms.ValidationError(
                _("This short name is taken. How about “%(free)s”?") % {"free": free_slug(slug)}
            )
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = free_slug(slugify(cleaned.get("title", "")) or "project")
        return cleaned

    def founded(self) -> Project:
        project = self.save(commit=False)
        project.organisation, project.slug = self.cleaned_data["organisation"], self.cleaned_data["slug"]
        return project


def is_free(slug: str) -> bool:
    return slug not in RESERVED and not Project.objects.filter(slug=slug).exists()


def free_slug(wish: str) -> str:
    """Return the wish, or the wish with the first number that makes it free."""
    base = wish[:50].strip("-")
    taken = set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
