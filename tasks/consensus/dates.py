"""One form for a date, however it is written."""

import re
import unicodedata
from datetime import date

# The first letters of the months, without accents, in English, French, German, Dutch, Swedish, Finnish, Italian and
# Spanish, as far as they tell it from every other month.
_MONTHS = {
    1: ("jan", "gen", "ene", "tammi"),
    2: ("feb", "fev", "helmi"),
    3: ("mar", "maa"),
    4: ("apr", "avr", "abr", "huhti"),
    5: ("may", "mai", "mei", "maj", "mag", "touko"),
    6: ("jun", "juin", "giu", "kesa"),
    7: ("jul", "juil", "lug", "heina"),
    8: ("aug", "aou", "ago", "elo"),
    9: ("sep", "set", "syys"),
    10: ("oct", "okt", "ott", "loka"),
    11: ("nov", "marras"),
    12: ("dec", "dez", "dic", "joulu"),
}
_STEMS = sorted(((stem, month) for month, stems in _MONTHS.items() for stem in stems), key=lambda pair: -len(pair[0]))
_FILLERS = {"the", "of", "le", "du", "de", "den", "del", "am"}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|re|e|o|ta)$")
_PART = re.compile(r"\d+[a-z]*|[a-z]+")
_LONGEST = 40


def read_date(text: str) -> str | None:
    """Return a date as ISO 8601 writes it, ``1904-06-09``, ``1904-06`` or ``1904``; None for what is none.

    Months are numbers or named in one of eight languages; a date of numbers alone begins with the year when that has
    four digits, else with the day. Years have four digits.
    """
    if len(text) > _LONGEST:
        return None
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    if re.sub(r"[\s.,/\-\u2013º°]+", "", _PART.sub("", plain)):
        return None
    parts = [_ORDINAL.sub(r"\1", part) for part in _PART.findall(plain) if part not in _FILLERS]
    return _from_parts([part if part.isdigit() else f"m{month_of(part) or ''}" for part in parts])


def month_of(name: str) -> int | None:
    return next((month for stem, month in _STEMS if name.startswith(stem)), None)


def _from_parts(parts: list[str]) -> str | None:
    match parts:
        case [year] if _is_year(year):
            return year
        case [month, year] if _is_year(year):
            return _iso(year, month)
        case [year, month] if _is_year(year):
            return _iso(year, month)
        case [year, month, day] if _is_year(year):
            return _iso(year, month, day)
        case [month, day, year] if month.startswith("m") and _is_year(year):
            return _iso(year, month, day)
        case [day, month, year] if _is_year(year):
            return _iso(year, month, day)
    return None


def _is_year(part: str) -> bool:
    return len(part) == 4 and part.isdigit()


def _iso(year: str, month: str, day: str = "") -> str | None:
    number = month.removeprefix("m")
    if not (number.isdigit() and (day or "1").isdigit()):
        return None
    try:
        found = date(int(year), int(number), int(day or 1)).isoformat()
    except ValueError:
        return None
    return found if day else found.removesuffix("-01")
