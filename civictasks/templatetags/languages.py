"""The languages that the site speaks."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.utils.translation import gettext, override

register = template.Library()


@dataclass(frozen=True, slots=True)
class Language:
    """``draft``: the word for it, in that language, where nobody has checked the translation yet."""

    code: str
    name: str
    draft: str


@register.simple_tag
def languages() -> list[Language]:
    return [Language(code, name, word_for_draft(code)) for code, name in settings.LANGUAGES]


def word_for_draft(code: str) -> str:
    if code not in settings.DRAFTED_LANGUAGES:
        return ""
    with override(code):
        return gettext("draft translation")
