"""What short forms stand for, as an archivist writes it: one a line, ``St = Saint``."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..consensus import Normalisation, normalise

MOST = 200
LONGEST = 60
ALIKE = Normalisation(ignore_case=True, ignore_punctuation=True)

type Pair = tuple[str, str]


class AbbreviationsField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        lines = str(value or "").splitlines()
        return tuple(pair_of(number, line) for number, line in enumerate(lines, 1) if line.strip())

    def validate(self, value: Any) -> None:
        """Refuse what would go on for ever or could be read in two ways."""
        if len(value) > MOST:
            raise ValidationError(_("These are more than %(most)s: keep the frequent ones.") % {"most": MOST})
        short = [normalise(one, ALIKE) for one, _full in value]
        for one, full in value:
            if short.count(normalise(one, ALIKE)) > 1:
                raise ValidationError(_("“%(short)s” stands here twice: keep one line.") % {"short": one})
            if inner := next((word for word in full.split() if normalise(word, ALIKE) in short), None):
                words = _("“%(full)s” has the short form “%(inner)s” in it: write it out.")
                raise ValidationError(words % {"full": full, "inner": inner})

    def run_validators(self, value: Any) -> None:
        """Pairs have been checked; there is no text any more."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else written(value)


def pair_of(number: int, line: str) -> Pair:
    short, equals, full = (part.strip() for part in line.partition("="))
    about = {"number": number, "line": line.strip()[:LONGEST]}
    if not (short and equals and full):
        words = _("Line %(number)s, “%(line)s”: write the short form, “=” and what it stands for, like “St = Saint”.")
        raise ValidationError(words % about)
    try:
        Normalisation(abbreviations=((short, ""),))
    except ValueError:
        words = _("Line %(number)s, “%(line)s”: a short form is one word without signs inside it.")
        raise ValidationError(words % about) from None
    if max(len(short), len(full)) > LONGEST:
        raise ValidationError(_("Line %(number)s, “%(line)s”, is too long.") % about)
    return short, full


def written(pairs: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"{short} = {full}" for short, full in pairs)
