"""Read a line as badly as a machine does: some lines right, most with one to three slips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

CONFUSIONS = {
    "rn": "m", "m": "rn", "ri": "n", "cl": "d", "d": "cl", "ii": "u", "u": "ii", "nn": "m", "in": "m", "vv": "w",
    "l": "1", "1": "l", "i": "l", "I": "l", "0": "O", "O": "0", "o": "0", "5": "S", "S": "5", "8": "B", "B": "8",
    "6": "b", "7": "1", "2": "Z", "3": "8", "9": "g", "4": "A", "s": "f", "f": "t", "t": "f", "e": "c", "c": "e",
    "h": "b", "b": "h", "n": "u", "a": "o", "y": "v", "g": "q", "G": "C", "C": "G", "E": "F", "T": "I", "D": "O",
    "P": "F", "H": "II", "W": "VV", "å": "a", "ä": "a", "ö": "o", "Å": "A", "Ö": "O", "é": "e", "ë": "e", "ï": "i",
    "ç": "c", ".": ",", ",": ".", ":": ";", "-": "~", "&": "8",
}  # fmt: skip


BLACKLETTER_CONFUSIONS = CONFUSIONS | {
    "ſ": "f", "f": "ſ", "k": "t", "t": "k", "w": "m", "x": "r", "r": "x", "B": "V", "V": "B", "N": "R", "R": "N",
    "ſt": "ft", "ſſ": "ff", "ä": "a", "y": "h", "b": "h", "S": "G", "K": "R",
}  # fmt: skip
LETTERS_PER_SLIP = 6  # a word of two letters is not misread thrice


@dataclass(frozen=True)
class Machine:
    """How well a machine reads one kind of writing: the share of lines it gets right, the shapes it confuses."""

    share_right: float
    confusions: Mapping[str, str]


TYPE = Machine(0.35, CONFUSIONS)
HAND = Machine(0.2, CONFUSIONS)
BLACKLETTER = Machine(0.45, BLACKLETTER_CONFUSIONS)


@dataclass(frozen=True)
class Reading:
    """One word as the machine read it; ``confidence`` is in (0, 1), usually lower where it is wrong."""

    text: str
    confidence: float


def misread(text: str, rng: Random, machine: Machine = TYPE) -> tuple[Reading, ...]:
    """Return one reading for each word of ``text``; a wrong line differs in one to three places."""
    words = text.split()
    readings = list(words)
    if rng.random() >= machine.share_right:
        for _ in range(min(rng.choice((1, 1, 2, 2, 3)), 1 + len(text) // LETTERS_PER_SLIP)):
            place = _place(words, rng)
            readings[place] = _slip(readings[place], words[place], machine, rng)
    return tuple(Reading(read, _confidence(read == word, rng)) for word, read in zip(words, readings, strict=True))


def _place(words: list[str], rng: Random) -> int:
    """Choose a word, the longer the likelier."""
    return rng.choices(range(len(words)), weights=[len(word) for word in words])[0]


def _slip(read: str, word: str, machine: Machine, rng: Random) -> str:
    """Return ``read`` with one more slip in it; never empty and never ``word`` itself."""
    confuse = partial(_confuse, machine.confusions)
    ways: list[Callable[[str, Random], str]] = [confuse, confuse, confuse, _drop, _change_case]
    for slip in rng.sample(ways, 5):
        if (slipped := slip(read, rng)) and slipped != word:
            return slipped
    return f"{read}."


def _confuse(confusions: Mapping[str, str], read: str, rng: Random) -> str:
    places = [
        (start, shape)
        for start in range(len(read))
        for shape in (read[start : start + 2], read[start])
        if shape in confusions
    ]
    if not places:
        return read
    start, shape = rng.choice(places)
    return read[:start] + confusions[shape] + read[start + len(shape) :]


def _drop(read: str, rng: Random) -> str:
    start = rng.randrange(len(read))
    return read[:start] + read[start + 1 :]


def _change_case(read: str, rng: Random) -> str:
    start = rng.randrange(len(read))
    return read[:start] + read[start].swapcase() + read[start + 1 :]


def _confidence(right: bool, rng: Random) -> float:
    return round(rng.uniform(0.82, 0.99) if right else rng.uniform(0.38, 0.86), 2)
