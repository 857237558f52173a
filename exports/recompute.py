#!/usr/bin/env python3
"""Compute the values of a release again, from its own files and nothing else.

    python3 recompute.py           in the folder of the release
    python3 recompute.py FOLDER    from elsewhere

For each row of data.csv this takes the answers of answers.csv with their weights and the parameters of the method from
datapackage.json, works out value, agreement and confidence, and compares. It prints every difference and how many rows
it looked at. Exit code: 0 every row follows from its answers, 1 some row does not or cannot be checked, 2 the folder is
no release. Python 3.10 or newer is enough: no package, no network. It was written apart from the program that makes
releases, shares no code with it, and comes under the Apache License 2.0, whatever the licence of the data.

A weight is given in nats: by so much the logarithm of the odds that a vote is right, rather than any one other, grows
by this answer. It is published as it was used, with six decimals.
"""

import csv
import json
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

ROUNDING = 0.0000015  # published with six decimals
OF_LONG_WEIGHTS = 0.00001  # what version 2 used had more decimals than are published
SHOWN = 20  # differences printed in full

BLANK, UNREADABLE, TEXT = "!blank", "!unreadable", "="


class Answer(NamedTuple):
    """``vote`` is what answers are compared by: = and the text, or one of the two marks; ``typed`` as it was typed."""

    vote: str
    typed: str
    weight: float


class Result(NamedTuple):
    vote: str
    value: str
    confidence: float


Parameters = dict[str, Any]


# ---- Sums of weights, and what they mean ----


def add_up(keys: Iterable[Any], weights: Iterable[float]) -> dict[Any, float]:
    sums: dict[Any, float] = {}
    for key, weight in zip(keys, weights, strict=True):
        sums[key] = sums.get(key, 0.0) + weight
    return sums


def heaviest(keys: Sequence[str], weights: Sequence[float]) -> str:
    """The key with the most weight; of equal ones that of more answers, then the first in code point order."""
    sums, votes = add_up(keys, weights), Counter(keys)
    return min(sums, key=lambda key: (-round(sums[key], 9), -votes[key], key))


def probability(key: Any, keys: Sequence[Any], weights: Sequence[float], size: float) -> float:
    """exp(weight of ``key``) over the sum of exp(weight) of all ``size`` values that there could be."""
    sums = add_up(keys, weights)
    top = max(sums.values())  # taken off everywhere, or exp would overflow
    unseen = max(size - len(sums), 0) * math.exp(-top)
    return math.exp(sums[key] - top) / (math.fsum(math.exp(value - top) for value in sums.values()) + unseen)


# ---- Questions with a few answers: weighted-choice ----


def weigh_choices(answers: Sequence[Answer], parameters: Parameters, _method: str) -> Result:
    """The label with the most weight; the marks are labels like any other."""
    votes, weights = [answer.vote for answer in answers], [answer.weight for answer in answers]
    winner = heaviest(votes, weights)
    return Result(winner, winner[1:], probability(winner, votes, weights, parameters["labels"]))


# ---- Lines of text: mark, identical-readings, columns ----


def merge_readings(answers: Sequence[Answer], parameters: Parameters, method: str) -> Result:
    """First all who read something stand against each mark; if they win, their readings are merged."""
    weights = [answer.weight for answer in answers]
    kinds = [answer.vote[0] if answer.vote[0] == TEXT else answer.vote for answer in answers]
    # A tie goes to those who read something.
    winner = heaviest(["" if kind == TEXT else kind for kind in kinds], weights) or TEXT
    if winner != TEXT:
        return Result(winner, "", probability(winner, kinds, weights, parameters["marks"]))
    readers = [answer for answer in answers if answer.vote[0] == TEXT]
    found = (merge_columns if method == "columns" else merge_equals)(readers, parameters)
    readable = probability(TEXT, kinds, weights, len(set(kinds)))
    return Result(found.vote, found.value, found.confidence * readable)


def merge_equals(readers: Sequence[Answer], parameters: Parameters) -> Result:
    """Equal readings won: two or more with most of the weight, or there were no others. The heaviest counts."""
    votes, weights = [reader.vote for reader in readers], [reader.weight for reader in readers]
    best = heaviest(votes, weights)
    return Result(best, typed_form(best, readers), probability(best, votes, weights, parameters["readings"]))


def typed_form(vote: str, readers: Sequence[Answer]) -> str:
    behind = [reader for reader in readers if reader.vote == vote]
    return heaviest([reader.typed for reader in behind], [reader.weight for reader in behind])


def merge_columns(readers: Sequence[Answer], parameters: Parameters) -> Result:
    """Put a line together word by word, around the reading that is nearest to all others."""
    weights = [reader.weight for reader in readers]
    votes = [reader.vote for reader in readers]
    middle = readers[nearest_to_all([vote[1:] for vote in votes], weights)]
    text, confidence = vote_by_columns([reader.typed for reader in readers], weights, middle.typed, parameters)
    vote = TEXT + normalise(text, parameters) if text else middle.vote
    confidence *= parameters["column_trust"]
    if vote not in votes:
        return Result(vote, text, confidence)
    alone = probability(vote, votes, weights, parameters["readings"])
    return Result(vote, typed_form(vote, readers), max(confidence, alone))


def nearest_to_all(texts: Sequence[str], weights: Sequence[float]) -> int:
    """The place of the text with the fewest weighted edits to the others; then the heavier, then by code point."""
    edits = [
        sum(weight * distance(text, other) for other, weight in zip(texts, weights, strict=True)) for text in texts
    ]
    return min(range(len(texts)), key=lambda place: (round(edits[place], 9), -round(weights[place], 9), texts[place]))


# ---- The network of words ----
#
# Each reading is laid beside a pivot of n words. That gives 2 n + 1 columns: before, on and behind each word. A column
# holds, for each reading, a tuple of keys (words without case and punctuation; mostly one, or none).


def vote_by_columns(
    typed: Sequence[str], weights: Sequence[float], pivot: str, parameters: Parameters
) -> tuple[str, float]:
    readings = [words_of(text) for text in typed]
    middle = tuple(key for key, _form in words_of(pivot))
    for _round in range(2):  # the winners of the first round are the pivot of the second
        rows = [lay_beside(middle, [key for key, _form in words]) for words in readings]
        columns = [
            [tuple(key for key, _form in words[start:end]) for words, (start, end) in zip(readings, slots, strict=True)]
            for slots in zip(*rows, strict=True)
        ]
        leaning = [weight * closeness(words, middle) ** 1.5 for words, weight in zip(readings, weights, strict=True)]
        own = [(middle[place // 2],) if place % 2 else () for place in range(len(columns))]
        winners = [elect(keys, leaning, mine) for keys, mine in zip(columns, own, strict=True)]
        before, middle = middle, tuple(key for winner in winners for key in winner)
        if middle == before:
            break
    text, confidence = "", 1.0
    for place, (keys, winner) in enumerate(zip(columns, winners, strict=True)):
        forms = [
            "".join(form for _key, form in words[slice(*row[place])]) for words, row in zip(readings, rows, strict=True)
        ]
        form, sure = form_of(winner, keys, forms, weights, leaning, bool(own[place]), parameters)
        text, confidence = text + form, confidence * sure
    return fold(text), confidence


def closeness(words: Sequence[tuple[str, str]], pivot: Sequence[str]) -> float:
    """The share of letters that a reading has in common with the pivot, at least a tenth."""
    one, other = " ".join(key for key, _form in words), " ".join(pivot)
    return max(1.0 - difference(one, other), 0.1)


def elect(keys: Sequence[tuple[str, ...]], leaning: Sequence[float], own: tuple[str, ...]) -> tuple[str, ...]:
    """What has most weight in a column, each reading's weight times its closeness; a tie goes to the pivot."""
    sums = add_up(keys, leaning)
    return min(sums, key=lambda key: (-round(sums[key], 9), key != own, key)) if len(sums) > 1 else keys[0]


def form_of(
    winner: tuple[str, ...],
    keys: Sequence[tuple[str, ...]],
    forms: Sequence[str],
    weights: Sequence[float],
    leaning: Sequence[float],
    is_word: bool,
    parameters: Parameters,
) -> tuple[str, float]:
    """How the winner of a column is written, and how sure that is."""
    size = parameters["readings"]
    if not any(keys):
        return "", 1.0
    if len(set(forms)) == 1:
        return forms[0], probability(forms[0], forms, weights, size)
    behind = [place for place, key in enumerate(keys) if key == winner]
    majority = 2 * math.fsum(weights[place] for place in behind) > math.fsum(weights)
    if is_word and len(set(keys)) > 2 and not majority:
        spelled = spell(forms, weights, size)
        if spelled:
            return spelled
    best = heaviest([forms[place] for place in behind], [leaning[place] for place in behind])
    compared = [compared_form(form, parameters) for form in forms]
    return best, probability(compared_form(best, parameters), compared, weights, size)


def compared_form(form: str, parameters: Parameters) -> str:
    parted = " " if form.endswith(" ") and not parameters["ignore_punctuation"] else ""
    return normalise(form, parameters) + parted


def spell(forms: Sequence[str], weights: Sequence[float], size: float) -> tuple[str, float] | None:
    """Vote letter by letter on a word that all spell alike but for a quarter; every letter needs a majority."""
    middle = forms[nearest_to_all(forms, weights)]
    if any(distance(middle, form) > max(1, len(middle) // 4) for form in forms):
        return None
    letters, confidence = "", 1.0
    for column in zip(*(letters_beside(middle, form) for form in forms), strict=True):
        letter = heaviest(column, weights)
        sums = add_up(column, weights)
        if round(2 * sums[letter] - math.fsum(sums.values()), 9) <= 0:
            return None
        letters += letter
        confidence *= probability(letter, column, weights, size) if len(sums) > 1 else 1.0
    return letters, confidence


def letters_beside(pivot: str, text: str) -> list[str]:
    """What ``text`` has before, on and behind each letter of ``pivot``."""
    slots, place = [""] * (2 * len(pivot) + 1), 0
    for mine, other in align(pivot, text):
        if mine is None:
            slots[2 * place] += text[other or 0]
        else:
            place = mine + 1
            slots[2 * mine + 1] = "" if other is None else text[other]
    return slots


def lay_beside(pivot: Sequence[str], keys: Sequence[str]) -> list[tuple[int, int]]:
    """Which words of a reading, from and to, stand in each of the 2 n + 1 slots of a pivot of n words.

    Equal words meet as the fewest edits have it; between them words meet that have letters in common.
    """
    slots = [(0, 0)] * (2 * len(pivot) + 1)
    source = start = 0
    for equal, run in groupby(align(pivot, keys), key=lambda pair: is_equal(pair, pivot, keys)):
        pairs = list(run)
        source_end = source + sum(mine is not None for mine, _other in pairs)
        end = start + sum(other is not None for _mine, other in pairs)
        if equal:
            slots[2 * source + 1 : 2 * source_end : 2] = [(place, place + 1) for place in range(start, end)]
        else:
            for slot, first, last in pair_words(pivot[source:source_end], keys[start:end]):
                if slot % 2 or first < last:
                    slots[2 * source + slot] = (start + first, start + last)
        source, start = source_end, end
    return slots


def is_equal(pair: tuple[int | None, int | None], pivot: Sequence[str], keys: Sequence[str]) -> bool:
    mine, other = pair
    return mine is not None and other is not None and pivot[mine] == keys[other]


def pair_words(pivot: Sequence[str], keys: Sequence[str]) -> list[tuple[int, int, int]]:
    """The cheapest way to lay one stretch beside another: slot, from, to.

    A word left out or put in costs 0.75, one for another 0.3 + 0.84 x the share of letters in which they differ.
    """
    if not pivot or not keys:
        return [(0, 0, len(keys))]
    if len(pivot) == len(keys) == 1:
        return [(1, 0, 1)]
    if len(pivot) * len(keys) > 4_000:  # too long to compare by letters: in turn
        shared = min(len(pivot), len(keys))
        return [*((2 * place + 1, place, place + 1) for place in range(shared)), (2 * shared, shared, len(keys))]
    costs = [[0.75 * place for place in range(len(keys) + 1)]]
    for i, word in enumerate(pivot, 1):
        above, row = costs[-1], [0.75 * i]
        for j, other in enumerate(keys):
            row.append(min(above[j] + cost_of(word, other), above[j + 1] + 0.75, row[j] + 0.75))
        costs.append(row)
    pairs, i, j, inserted = [], len(pivot), len(keys), len(keys)
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + cost_of(pivot[i - 1], keys[j - 1]):
            pairs += [(2 * i, j, inserted), (2 * i - 1, j - 1, j)]
            i, j, inserted = i - 1, j - 1, j - 1
        elif i and costs[i][j] == costs[i - 1][j] + 0.75:
            pairs.append((2 * i, j, inserted))
            i, inserted = i - 1, j
        else:
            j -= 1
    return [*pairs, (0, 0, inserted)]


def cost_of(word: str, other: str) -> float:
    return 0.0 if word == other else 0.3 + 0.84 * difference(word, other)


# ---- Levenshtein ----


@lru_cache(20_000)
def distance(one: str, other: str) -> int:
    """The fewest letters to put in, leave out or change."""
    one, other, _shared = without_common_ends(one, other)
    above = list(range(len(other) + 1))
    for i, mine in enumerate(one, 1):
        left = i
        row = [i]
        for j, theirs in enumerate(other):
            left = above[j] if mine == theirs else 1 + min(above[j], above[j + 1], left)
            row.append(left)
        above = row
    return above[-1]


def difference(one: str, other: str) -> float:
    """The distance as a share of the longer text."""
    longest = max(len(one), len(other))
    return distance(one, other) / longest if longest else 0.0


def without_common_ends(one: Sequence[Any], other: Sequence[Any]) -> tuple[Any, Any, int]:
    """Both without what they begin and end with in common, and how much they begin with."""
    shortest = min(len(one), len(other))
    start = next((place for place in range(shortest) if one[place] != other[place]), shortest)
    one, other, shortest = one[start:], other[start:], shortest - start
    end = next((place for place in range(shortest) if one[-1 - place] != other[-1 - place]), shortest)
    return one[: len(one) - end], other[: len(other) - end], start


def align(pivot: Sequence[str], other: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Pairs of places that stand beside one another, None for nothing. Of several ways with the fewest edits, from the
    end: first leave out, then put in, then change. What both begin and end with is equal beforehand."""
    one, two, start = without_common_ends(pivot, other)
    table = [list(range(len(two) + 1))]
    for i, mine in enumerate(one, 1):
        above, row = table[-1], [i]
        for j, theirs in enumerate(two):
            row.append(above[j] if mine == theirs else 1 + min(above[j], above[j + 1], row[j]))
        table.append(row)
    pairs: list[tuple[int | None, int | None]] = []
    i, j = len(one), len(two)
    while i or j:
        if not j or (i and table[i][j] == table[i - 1][j] + 1):
            i -= 1
            pairs.append((start + i, None))
        elif not i or (j > 1 and table[i][j - 1] == table[i - 1][j - 1] - 1):
            j -= 1
            pairs.append((None, start + j))
        else:
            i, j = i - 1, j - 1
            pairs.append((start + i, start + j))
    end = len(pivot) - start - len(one)
    behind = ((len(pivot) - end + place, len(other) - end + place) for place in range(end))
    return [*((place, place) for place in range(start)), *reversed(pairs), *behind]


# ---- When two texts are the same answer ----

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc\uff07]")
LOOSE = {"ignore_case": True, "ignore_punctuation": True}


def fold(text: str) -> str:
    """NFC, nothing invisible, single spaces."""
    return unicodedata.normalize("NFC", SPACE.sub(" ", INVISIBLE.sub("", text)).strip(" "))


def normalise(text: str, parameters: Parameters) -> str:
    """The form in which a text is compared, as the parameters declare it."""
    text = fold(text)
    if parameters.get("same_dates") and (found := read_date(text)):
        return found
    text = plain(text, parameters)
    pairs = parameters.get("abbreviations")
    if not pairs:
        return text
    if isinstance(pairs, str):  # a method's parameters have them as JSON, a question's as a list
        pairs = json.loads(pairs)
    full = {bare(short): plain(fold(meant), parameters) for short, meant in pairs}
    return fold(" ".join(full.get(bare(word), word) for word in text.split(" ")))


def plain(text: str, parameters: Parameters) -> str:
    if parameters["ignore_case"]:
        decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
        text = unicodedata.normalize("NFC", decomposed)
    return (without_punctuation(text) or text) if parameters["ignore_punctuation"] else text


def without_punctuation(text: str) -> str:
    text = APOSTROPHES.sub("", text)
    return fold("".join(" " if unicodedata.category(letter)[0] == "P" else letter for letter in text))


def bare(word: str) -> str:
    return without_punctuation(plain(fold(word), {"ignore_case": True, "ignore_punctuation": False}))


@lru_cache(20_000)
def words_of(text: str) -> tuple[tuple[str, str], ...]:
    """Words as (key, form): the key without case and punctuation, the form as typed with the space behind it. Words end
    at spaces and, within a chunk, behind punctuation; punctuation on its own goes with the word before it."""
    words: list[tuple[str, str]] = []
    pending = ""
    for chunk in filter(None, text.split(" ")):
        parts = pieces_of(chunk) if " " in normalise(chunk, LOOSE) else [chunk]
        for part in [*parts[:-1], parts[-1] + " "]:
            key = "" if all(map(parts_from_next, part.rstrip(" "))) else normalise(part, LOOSE)
            if key:
                words.append((key, pending + part))
                pending = ""
            elif words:
                words[-1] = (words[-1][0], words[-1][1] + part)
            else:
                pending += part
    return (*words, (pending.rstrip(" "), pending)) if pending else tuple(words)


def pieces_of(chunk: str) -> list[str]:
    cuts = [
        place
        for place in range(1, len(chunk))
        if parts_from_next(chunk[place - 1]) and not parts_from_next(chunk[place])
    ]
    return [chunk[start:end] for start, end in zip([0, *cuts], [*cuts, len(chunk)], strict=True)]


def parts_from_next(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "P" and not APOSTROPHES.match(letter)


# ---- Dates, where a question says that one date written in two ways is one answer ----

MONTHS = (
    "jan gen ene tammi|feb fev helmi|mar maa|apr avr abr huhti|may mai mei maj mag touko|jun juin giu kesa|"
    "jul juil lug heina|aug aou ago elo|sep set syys|oct okt ott loka|nov marras|dec dez dic joulu"
)
STEMS = {stem: number for number, stems in enumerate(MONTHS.split("|"), 1) for stem in stems.split()}
FILLERS = {"the", "of", "le", "du", "de", "den", "del", "am"}
PART = re.compile(r"\d+[a-z]*|[a-z]+")


def read_date(text: str) -> str | None:
    """A date as ISO 8601 writes it, None for what is none. Numbers alone begin with a four-digit year or the day."""
    letters = unicodedata.normalize("NFD", text.casefold())
    text_only = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if len(text) > 40 or re.sub(r"[\s.,/\-\u2013º°]+", "", PART.sub("", text_only)):
        return None
    found = [re.sub(r"(\d+)(?:st|nd|rd|th|er|re|e|o|ta)$", r"\1", part) for part in PART.findall(text_only)]
    parts = [part if part.isdigit() else month_of(part) for part in found if part not in FILLERS]
    years = [len(part) == 4 and part.isdigit() for part in parts]
    if len(parts) == 1:
        return parts[0] if years[0] else None
    if len(parts) == 2 and any(years):
        return iso_date(*(parts if years[0] and not years[1] else parts[::-1]))
    if len(parts) == 3 and years[0]:
        return iso_date(*parts)
    if len(parts) == 3 and years[2]:
        month_first = parts[0].startswith("m")
        return iso_date(parts[2], *(parts[:2] if month_first else parts[1::-1]))
    return None


def month_of(name: str) -> str:
    stem = max((stem for stem in STEMS if name.startswith(stem)), key=len, default="")
    return f"m{STEMS[stem]}" if stem else "m"


def iso_date(year: str, month: str, day: str = "") -> str | None:
    number = month.removeprefix("m")
    if not (number.isdigit() and (day or "1").isdigit()):
        return None
    try:
        found = date(int(year), int(number), int(day or 1)).isoformat()
    except ValueError:
        return None
    return found if day else found[:-3]


# ---- Rows ----

METHODS: dict[tuple[str, str], Callable[[Sequence[Answer], Parameters, str], Result]] = {
    (method, version): merge_readings if method != "weighted-choice" else weigh_choices
    for method in ("weighted-choice", "mark", "identical-readings", "columns")
    for version in ("2", "3")
}
BY_PEOPLE = {("reviewer", "1"), ("known", "1")}
DOUBTED = {("refit", "1"), ("refit", "2")}  # a fit of all answers no longer believes what these alone say: no value
STATUSES, CROWD, PEOPLE = {"agreed", "disputed", "unreadable"}, {"rule", "adjudication"}, {"reviewer", "gold"}
MARKS = {"blank": BLANK, "unreadable": UNREADABLE}
CELLS = {"yes": "true", "no": "false"}  # labels of verify, as they stand in a cell
LABELS = {cell: label for label, cell in CELLS.items()}

Row = dict[str, str]


class CannotTell(Exception):
    """This script knows too little to check a row; says what it does not know."""


class Release(NamedTuple):
    """From datapackage.json: parameters by method, version and key, and the questions by name and version."""

    methods: dict[tuple[str, str, str], Parameters]
    questions: dict[tuple[str, str], dict[str, Any]]


def differences(row: Row, given: Sequence[Row], release: Release) -> Iterator[str]:
    """Yield, in words, what of a row does not follow from its answers. Raises ``CannotTell``."""
    method = row["method"], row["method_version"]
    if method not in METHODS.keys() | BY_PEOPLE | DOUBTED:
        raise CannotTell("method {}, version {}".format(*method))
    yield from wrong_words(row, given, release)
    if method in DOUBTED:
        if row["status"] != "disputed" or row["value"] or row["mark"]:
            yield "it has a value, though it is in doubt"
        return
    parameters = release.methods.get((*method, row["parameters"]))
    if parameters is None:
        yield f"parameters is {row['parameters']!r}, which datapackage.json does not have for this method"
        return
    weighed = [answer for answer in given if answer["weight"]]
    if len(weighed) != number(row, "answers"):
        yield f"answers is {row['answers']}, but answers.csv has {len(weighed)} with a weight"
        return
    strange = [answer["volunteer"] for answer in weighed if is_strange(answer, row, release)]
    if strange:
        yield f"the vote of {', '.join(strange)} does not follow from what they answered"
        return
    votes = [voted(answer) for answer in weighed]
    if method in BY_PEOPLE:  # their value follows from nothing; how many said the same does
        vote, confidence = vote_of(row, row, release), parameters["confidence"]
    else:
        answers = [Answer(voted(answer), answer["value"], number(answer, "weight")) for answer in weighed]
        vote, value, raw = METHODS[method](heard(answers, method[1]), parameters, method[0])
        confidence = tempered(raw, parameters)
        yield from wrong_value(row, vote, value)
    yield from wrong_number(row, "confidence", confidence, OF_LONG_WEIGHTS if method[1] == "2" else ROUNDING)
    yield from wrong_number(row, "agreement", votes.count(vote) / max(len(votes), 1), ROUNDING)


def wrong_words(row: Row, given: Sequence[Row], release: Release) -> Iterator[str]:
    """Yield what a row says of itself that cannot be, or does not go together."""
    if row["status"] not in STATUSES:
        yield f"status is {row['status']!r}, which no row can have"
    if row["decided_by"] not in (PEOPLE if (row["method"], row["method_version"]) in BY_PEOPLE else CROWD):
        yield f"decided_by is {row['decided_by']!r}, but the method is {row['method']}"
    if (row["question"], row["question_version"]) not in release.questions:
        yield f"question_version is {row['question_version']!r}, which datapackage.json does not have"
    if late := [answer["volunteer"] for answer in given if answer["weight"] and answer["counted"] != "true"]:
        yield f"the answer of {', '.join(late)} has a weight, but did not count"


def heard(answers: Sequence[Answer], version: str) -> Sequence[Answer]:
    """Those who weigh anything; all where nobody does, and in version 2."""
    return (version != "2" and [answer for answer in answers if answer.weight]) or answers


def tempered(confidence: float, parameters: Parameters) -> float:
    """What known tasks of this question taught about its confidences, as far as there were any: on the scale of
    log-odds, a slope and an intercept."""
    slope, intercept = parameters.get("slope", 1.0), parameters.get("intercept", 0.0)
    if (slope, intercept) == (1.0, 0.0):
        return confidence
    odds = min(max(confidence, 0.000001), 0.999999)
    height = intercept + slope * math.log(odds / (1 - odds))
    return 1 / (1 + math.exp(-min(max(height, -30.0), 30.0)))


def wrong_value(row: Row, vote: str, value: str) -> Iterator[str]:
    mark = next((name for name, of_mark in MARKS.items() if of_mark == vote), "")
    said = "" if mark else CELLS[value] if row["kind"] == "verify" else value
    if row["status"] == "disputed":
        said = mark = ""
    elif (row["status"] == "unreadable") != (mark == "unreadable"):
        yield f"status is {row['status']}, but the answers say {mark or said!r}"
    for column, follows in (("value", said), ("mark", mark)):
        if row[column] != follows:
            yield f"{column} is {row[column]!r}, but {follows!r} follows from the answers"


def wrong_number(row: Row, column: str, follows: float, tolerance: float) -> Iterator[str]:
    if not abs(number(row, column) - follows) < tolerance:
        yield f"{column} is {row[column]}, but {follows:.6f} follows from the answers"


def number(row: Row, column: str) -> float:
    try:
        return float(row[column])
    except ValueError:
        raise ValueError(f"{column} of {row['id']} is {row[column]!r}, which is no number") from None


def is_strange(answer: Row, row: Row, release: Release) -> bool:
    """Whether an answer's vote is not what its value is as a vote; an answer to another wording is not looked at."""
    return answer["question_version"] == row["question_version"] and vote_of(answer, row, release) != voted(answer)


def voted(answer: Row) -> str:
    return MARKS.get(answer["mark"]) or TEXT + answer["vote"]


def vote_of(cells: Row, row: Row, release: Release) -> str:
    """What a value, an answer's or a reviewer's, is as a vote on the row's question."""
    if cells["mark"]:
        return MARKS[cells["mark"]]
    if row["kind"] == "verify":
        return TEXT + LABELS.get(cells["value"], "")
    if row["kind"] != "transcribe":
        raise CannotTell(f"kind of question {row['kind']}")
    question = release.questions[row["question"], row["question_version"]]
    declared = question["schema"].get("normalisation", {})
    return TEXT + normalise(cells["value"], {"ignore_case": False, "ignore_punctuation": False} | declared)


# ---- The files ----


def open_release(folder: Path) -> Release:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    methods, questions = package["civictasks:methods"], package["civictasks:questions"]
    return Release(
        {(one["method"], one["method_version"], one["key"]): one["parameters"] for one in methods},
        {(one["question"], str(one["version"])): one for one in questions},
    )


def rows_with_answers(folder: Path) -> Iterator[tuple[Row, list[Row]]]:
    """Yield each row of data.csv with its answers. Both files have one order, so little is held in memory.

    Raises ``ValueError`` when an answer belongs to no row or stands in another place.
    """
    none: tuple[str, Iterator[Row]] = ("", iter(()))
    with (
        (folder / "data.csv").open(encoding="utf-8", newline="") as data,
        (folder / "answers.csv").open(encoding="utf-8", newline="") as answers,
    ):
        groups = groupby(csv.DictReader(answers), key=lambda answer: answer["id"])
        id_, group = next(groups, none)
        for row in csv.DictReader(data):
            given = list(group) if row["id"] == id_ else []
            if given:
                id_, group = next(groups, none)
            yield row, given
        if id_:
            raise ValueError(f"answers.csv has answers to {id_} where data.csv has no such row")


def main(folder: Path) -> int:
    rows = differing = people = doubted = 0
    unknown: Counter[str] = Counter()
    try:
        release = open_release(folder)
        for row, given in rows_with_answers(folder):
            rows += 1
            try:
                found = list(differences(row, given, release))
            except CannotTell as refusal:
                unknown[str(refusal)] += 1
                continue
            people += (row["method"], row["method_version"]) in BY_PEOPLE
            doubted += (row["method"], row["method_version"]) in DOUBTED
            differing += bool(found)
            if found and differing <= SHOWN:
                print(f"{row['id']}: {'; '.join(found)}")
    except KeyError as error:
        print(f"This is not a release as it was published: there is no {error} in it", file=sys.stderr)
        return 2
    except (OSError, ValueError, TypeError, csv.Error) as error:
        print(f"This is not a release as it was published: {error or type(error).__name__}", file=sys.stderr)
        return 2
    if differing > SHOWN:
        print(f"… and {differing - SHOWN} rows more")
    for reason, count in sorted(unknown.items()):
        print(f"Not looked at: {count}, as this script does not know {reason}. The script of a later release may.")
    print(f"{rows - unknown.total()} of {rows} rows computed again, {differing} differ")
    if people:
        print(f"{people} of them a person decided: of these only the share of agreement follows from answers")
    if doubted:
        print(f"{doubted} of them a later look at all answers together put in doubt: these have no value")
    return 1 if differing or unknown else 0


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # whatever letters the terminal has
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
