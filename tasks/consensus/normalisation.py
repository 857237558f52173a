"""When two texts are the same answer."""

import re
import unicodedata
from dataclasses import dataclass

# Soft hyphen, zero-width space, byte-order mark and direction marks come with copied text and cannot be seen; lone
# surrogates cannot be stored. The zero-width joiners stay: Persian spelling and emoji depend on them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc\uff07]")


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What a workflow declares not to matter when two answers are compared. Unicode form and white space never do."""

    ignore_case: bool = False
    ignore_punctuation: bool = False


EXACT = Normalisation()


def fold(text: str) -> str:
    """Return ``text`` in NFC, without invisible and control characters, its white space folded to single spaces.

    This is the form in which a reading is kept and published; whoever types sees no difference.
    """
    text = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip(" ")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def normalise(text: str, rules: Normalisation = EXACT) -> str:
    """Return the form in which ``text`` is compared; doing it twice changes nothing.

    Ignored punctuation becomes a space, so that ``1,5`` never equals ``15``; apostrophes go without a trace. A text
    that is nothing but punctuation stays as it is.
    """
    text = fold(text)
    if rules.ignore_case:
        text = _caseless(text)
    if rules.ignore_punctuation:
        text = _without_punctuation(text) or text
    return text


def _caseless(text: str) -> str:
    """Fold case canonically (Unicode standard, section 3.13, D145)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFC", decomposed)


def _without_punctuation(text: str) -> str:
    spaced = "".join(
        " " if unicodedata.category(character).startswith("P") else character
        for character in APOSTROPHES.sub("", text)
    )
    return fold(spaced)
