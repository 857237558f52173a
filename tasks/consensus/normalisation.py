"""When two texts are the same answer."""

import re
import unicodedata
from dataclasses import dataclass

from .dates import read_date

# Unicode's default ignorable code points come with copied text and cannot be seen; lone surrogates cannot be stored.
# What changes how its neighbours look stays: the zero-width joiners (Persian, the scripts of India, emoji), variation
# selectors (Mongolian, Japanese names), the fillers of Hangul letters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc\uff07]")


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What a workflow declares not to matter when two answers are compared. Unicode form and white space never do.

    With ``same_dates`` an answer that is a date equals the same date written otherwise. ``abbreviations`` are pairs of
    a short form, one word, and what it stands for: ``("St", "Saint")``; case and punctuation of the short form never
    matter. Raises ``ValueError`` for pairs that would go on for ever.
    """

    ignore_case: bool = False
    ignore_punctuation: bool = False
    same_dates: bool = False
    abbreviations: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        short = {_bare(one) for one, _full in self.abbreviations}
        if any(not one or " " in one for one in short):
            raise ValueError("An abbreviation is one word.")
        if any(_bare(word) in short for _one, full in self.abbreviations for word in _plain(full, self).split(" ")):
            raise ValueError("What an abbreviation stands for has no abbreviation in it.")


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
    if rules.same_dates and (date := read_date(text)):
        return date
    text = _plain(text, rules)
    return _expand(text, rules) if rules.abbreviations else text


def _plain(text: str, rules: Normalisation) -> str:
    if rules.ignore_case:
        text = _caseless(text)
    if rules.ignore_punctuation:
        text = _without_punctuation(text) or text
    return text


def _expand(text: str, rules: Normalisation) -> str:
    full = {_bare(short): _plain(fold(meant), rules) for short, meant in rules.abbreviations}
    return fold(" ".join(full.get(_bare(word), word) for word in text.split(" ")))


def _bare(word: str) -> str:
    return _without_punctuation(_caseless(fold(word)))


def _caseless(text: str) -> str:
    """Fold case canonically (Unicode standard, section 3.13, D145)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFC", decomposed)


def _without_punctuation(text: str) -> str:
    spaced = "".join(
        " " if unicodedata.category(character).startswith("P") else character for character in APOSTROPHES.sub("", text)
    )
    return fold(spaced)
