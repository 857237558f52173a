"""Forms of the desk: what an archivist says about a project and its questions."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation

from ..consensus import MOST_ANSWERS, Policy
from ..enums import KindName, Licence, Way
from ..models import Project
from ..wording import Wording

RESERVED = {"new", "team", "audit", "sign-in", "sign-out"}  # addresses of the desk itself
LANGUAGE_TAG = RegexValidator(
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
    gettext_lazy("This is no language tag. Write for example fi, sv-FI or de-1901; und where languages mix."),
)
CARE = {"quick": Policy(1, 3, 0.8), "usual": Policy(), "careful": Policy(3, 7, 0.97)}
OWN = "own"


@cache
def time_zones() -> list[str]:
    """Places on the map; not the many older names of the same."""
    return ["UTC", *sorted(name for name in zoneinfo.available_timezones() if "/" in name and name[:3] != "Etc")]


class ProjectForm(forms.ModelForm):
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


class QuestionForm(forms.Form):
    """A question in words; ``kind`` is fixed once the question is asked."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What volunteers do"),
        choices=[
            (KindName.TRANSCRIBE, gettext_lazy("Type what stands in a line")),
            (KindName.VERIFY, gettext_lazy("Say whether the machine read a line right")),
        ],
        initial=KindName.TRANSCRIBE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The second is asked only where a machine’s reading came along: ALTO or PAGE files."),
    )
    prompt = forms.CharField(
        label=gettext_lazy("The question"), max_length=200, initial=gettext_lazy("What does this line say?")
    )
    hint = forms.CharField(
        label=gettext_lazy("A hint"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Stands under the field in small letters. What do people stumble over here?"),
    )
    show_suggestion = forms.BooleanField(
        label=gettext_lazy("Show what the machine read"),
        required=False,
        help_text=gettext_lazy("Faster, but people tend to believe what they see first."),
    )
    ignore_case = forms.BooleanField(
        label=gettext_lazy("Capitals make no difference when readings are compared"), required=False
    )
    ignore_punctuation = forms.BooleanField(
        label=gettext_lazy("Punctuation makes no difference when readings are compared"), required=False
    )
    care = forms.ChoiceField(
        label=gettext_lazy("How careful"),
        choices=[
            ("quick", gettext_lazy("Quick: one sure reading is enough, three at most")),
            ("usual", gettext_lazy("Usual: two that agree, up to five where in doubt")),
            ("careful", gettext_lazy("Careful: three that agree, up to seven where in doubt")),
            (OWN, gettext_lazy("My own numbers")),
        ],
        initial="usual",
        widget=forms.RadioSelect,
    )
    minimum = forms.IntegerField(
        label=gettext_lazy("Readings at least"), min_value=1, max_value=MOST_ANSWERS, initial=2, required=False
    )
    maximum = forms.IntegerField(
        label=gettext_lazy("Readings at most"), min_value=1, max_value=MOST_ANSWERS, initial=5, required=False
    )
    confidence = forms.DecimalField(
        label=gettext_lazy("Sure enough at (percent)"),
        min_value=50,
        max_value=99.9,
        decimal_places=1,
        initial=90,
        required=False,
    )

    seen = forms.IntegerField(widget=forms.HiddenInput(), required=False)  # the version that was there when reading

    def __init__(self, *args: Any, wording: Wording | None = None, seen: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **({"initial": initial_of(wording) | {"seen": seen}} if wording else {}) | kwargs)
        if wording:
            self.fields["kind"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("care") == OWN and not self.errors:
            for name in ("minimum", "maximum", "confidence"):
                if cleaned.get(name) is None:
                    self.add_error(name, _("Your own numbers need this one too."))
            if not self.errors and cleaned["minimum"] > cleaned["maximum"]:
                self.add_error("maximum", _("This is less than the readings asked for at least."))
        return cleaned

    def wording(self) -> Wording:
        given = self.cleaned_data
        return Wording(given["kind"], given["prompt"], given["hint"], self.schema(), self.policy())

    def schema(self) -> dict[str, Any]:
        given = self.cleaned_data
        schema: dict[str, Any] = {}
        if given["kind"] == KindName.TRANSCRIBE:
            ignored = {name: True for name in ("ignore_case", "ignore_punctuation") if given[name]}
            schema |= {"show_suggestion": True} if given["show_suggestion"] else {}
            schema |= {"normalisation": ignored} if ignored else {}
        return schema

    def policy(self) -> Policy:
        given = self.cleaned_data
        if given["care"] != OWN:
            return CARE[given["care"]]
        return Policy(given["minimum"], given["maximum"], float(given["confidence"]) / 100)


def initial_of(wording: Wording) -> dict[str, Any]:
    policy, schema = wording.policy, wording.schema
    return {
        "kind": wording.kind,
        "prompt": wording.prompt,
        "hint": wording.hint,
        "show_suggestion": schema.get("show_suggestion", False),
        **schema.get("normalisation", {}),
        "care": next((care for care, known in CARE.items() if known == policy), OWN),
        "minimum": policy.minimum,
        "maximum": policy.maximum,
        "confidence": round(policy.confidence * 100, 1),
    }
