"""Read a line as badly as a machine does: some lines right, most with one to three slips."""

from dataclasses import dataclass
from random import Random

SHARE_RIGHT = 0.35
CONFUSIONS = {
    "rn": "m", "m": "rn", "ri": "n", "cl": "d", "d": "cl", "ii": "u", "u": "ii", "nn": "m", "in": "m", "vv": "w",
    "l": "1", "1": "l", "i": "l", "I": "l", "0": "O", "O": "0", "o": "0", "5": "S", "S": "5", "8": "B", "B": "8",
    "6": "b", "7": "1", "2": "Z", "3": "8", "9": "g", "4": "A", "s": "f", "f": "t", "t": "f", "e": "c", "c": "e",
    "h": "b", "b": "h", "n": "u", "a": "o", "y": "v", "g": "q", "G": "C", "C": "G", "E": "F", "T": "I", "D": "O",
    "P": "F", "H": "II", "W": "VV", "å": "a", "ä": "a", "ö": "o", "Å": "A", "Ö": "O", "é": "e", "ë": "e", "ï": "i",
    "ç": "c", ".": ",", ",": ".", ":": ";", "-": "~", "&": "8",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One word as the machine read it; ``confidence`` is in (0, 1), usually lower where it is wrong."""

    text: str
    confidence: float


def misread(text: str, rng: Random) -> tuple[Reading, ...]:
    """Return one reading for each word of ``text``; a wrong line differs in one to three places."""
    words = text.split()
    readings = list(words)
    if rng.random() >= SHARE_RIGHT:
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            place = _place(words, rng)
            readings[place] = _slip(readings[place], words[place], rng)
    return tuple(Reading(read, _confidence(read == word, rng)) for word, read in zip(words, readings, strict=True))


def _place(words: list[str], rng: Random) -> int:
    """Choose a word, the longer the likelier."""
    return rng.choices(range(len(words)), weights=[len(word) for word in words])[0]


def _slip(read: str, word: str, rng: Random) -> str:
    """Return ``read`` with one more slip in it; never empty and never ``word`` itself."""
    for slip in rng.sample((_confuse, _confuse, _confuse, _drop, _change_case), 5):
        if (slipped := slip(read, rng)) and slipped != word:
            return slipped
    return f"{read}."


def _confuse(read: str, rng: Random) -> str:
    places = [
        (start, shape)
        for start in range(len(read))
        for shape in (read[start : start + 2], read[start])
        if shape in CONFUSIONS
    ]
    if not places:
        return read
    start, shape = rng.choice(places)
    return read[:start] + CONFUSIONS[shape] + read[start + len(shape) :]


def _drop(read: str, rng: Random) -> str:
    start = rng.randrange(len(read))
    return read[:start] + read[start + 1 :]


def _change_case(read: str, rng: Random) -> str:
    start = rng.randrange(len(read))
    return read[:start] + read[start].swapcase() + read[start + 1 :]


def _confidence(right: bool, rng: Random) -> float:
    return round(rng.uniform(0.82, 0.99) if right else rng.uniform(0.38, 0.86), 2)
