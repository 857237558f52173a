"""What an archivist says about a question."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.writing import PlainForm

from ..consensus import MOST_ANSWERS, Policy
from ..curating.wording import Wording
from ..enums import KindName
from .abbreviations import AbbreviationsField

CARE = {"quick": Policy(1, 3, 0.8), "usual": Policy(), "careful": Policy(3, 7, 0.97)}
OWN = "own"
IGNORED = ("ignore_case", "ignore_punctuation", "same_dates")


class QuestionForm(PlainForm):
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
        label=gettext_lazy("Capitals make no difference when readings are compared"),
        required=False,
        help_text=gettext_lazy("“ÅBO” and “Åbo” are one reading."),
    )
    ignore_punctuation = forms.BooleanField(
        label=gettext_lazy("Punctuation makes no difference when readings are compared"),
        required=False,
        help_text=gettext_lazy("“Turku.” and “Turku” are one reading."),
    )
    same_dates = forms.BooleanField(
        label=gettext_lazy("How a date is written makes no difference"),
        required=False,
        help_text=gettext_lazy("Where the whole line is a date: “9.6.1904” and “9 June 1904” are one reading."),
    )
    abbreviations = AbbreviationsField(
        label=gettext_lazy("Short forms that make no difference"),
        required=False,
        help_text=gettext_lazy("One a line, with what it stands for: “St = Saint”. Full stops and capitals aside."),
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

    adjudicate = forms.BooleanField(
        label=gettext_lazy("Where two or three readings compete, ask others which one is right"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Choosing takes seconds, typing the line once more takes longer. Begins once four people have taken part."
        ),
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
            ignored: dict[str, Any] = {name: True for name in IGNORED if given[name]}
            if given["abbreviations"]:
                ignored["abbreviations"] = [list(pair) for pair in given["abbreviations"]]
            schema |= {"show_suggestion": True} if given["show_suggestion"] else {}
            schema |= {"normalisation": ignored} if ignored else {}
        return schema

    def policy(self) -> Policy:
        given = self.cleaned_data
        adjudicate = given["adjudicate"] and given["kind"] == KindName.TRANSCRIBE
        if given["care"] != OWN:
            return replace(CARE[given["care"]], adjudicate=adjudicate)
        return Policy(given["minimum"], given["maximum"], float(given["confidence"]) / 100, adjudicate)


def initial_of(wording: Wording) -> dict[str, Any]:
    policy, schema = wording.policy, wording.schema
    return {
        "kind": wording.kind,
        "prompt": wording.prompt,
        "hint": wording.hint,
        "show_suggestion": schema.get("show_suggestion", False),
        **schema.get("normalisation", {}),
        "care": next((care for care, known in CARE.items() if known == replace(policy, adjudicate=False)), OWN),
        "minimum": policy.minimum,
        "maximum": policy.maximum,
        "confidence": round(policy.confidence * 100, 1),
        "adjudicate": policy.adjudicate,
    }
