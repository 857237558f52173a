"""Slips of people who type what they read: the finger beside the key, a letter left out, a dot forgotten."""

from random import Random

KEYBOARD = ("1234567890", "qwertyuiopå", "asdfghjklöä", "zxcvbnm,.-")
LOOKALIKES = {"l": "1", "1": "l", "0": "O", "O": "0", "c": "e", "e": "c", "n": "u", "u": "n", "rn": "m", "m": "rn"}
PLAIN = str.maketrans("åäöÅÄÖéèëïç", "aaoAAOeeeic")


def mistype(text: str, rng: Random) -> str:
    """Return ``text`` with one slip in it, or as it is where none fits."""
    slip = rng.choice((_next_key, _next_key, _leave_out, _double, _swap, _misread, _without_marks, _without_the_dot))
    return slip(text, rng)


def _place(text: str, rng: Random) -> int:
    return rng.randrange(len(text))


def _next_key(text: str, rng: Random) -> str:
    places = [(place, row) for place, char in enumerate(text) for row in KEYBOARD if char.lower() in row]
    if not places:
        return text
    place, row = rng.choice(places)
    key = row.index(text[place].lower())
    wrong = row[key + rng.choice([step for step in (-1, 1) if 0 <= key + step < len(row)])]
    return text[:place] + (wrong.upper() if text[place].isupper() else wrong) + text[place + 1 :]


def _leave_out(text: str, rng: Random) -> str:
    place = _place(text, rng)
    return text[:place] + text[place + 1 :] if len(text) > 1 else text


def _double(text: str, rng: Random) -> str:
    place = _place(text, rng)
    return text[:place] + text[place] + text[place:]


def _swap(text: str, rng: Random) -> str:
    place = _place(text, rng)
    return text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]


def _misread(text: str, rng: Random) -> str:
    seen = [(place, shape) for shape in LOOKALIKES for place in [text.find(shape)] if place >= 0]
    if not seen:
        return text
    place, shape = rng.choice(seen)
    return text[:place] + LOOKALIKES[shape] + text[place + len(shape) :]


def _without_marks(text: str, rng: Random) -> str:
    return text.translate(PLAIN)


def _without_the_dot(text: str, rng: Random) -> str:
    return text.removesuffix(".") or text
