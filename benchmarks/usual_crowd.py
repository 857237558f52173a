"""What policies need and are worth with a usual crowd: the table that the desk reads until a project has its own.

    uv run python -m benchmarks.usual_crowd     # writes tasks/predicting/usual_crowd.json

Simulated people, most of them careful and some not, read the lines of specimen cards; the record is played once for
each minimum and confidence with ten answers at most. For each the table says which share of the lines is settled after
1, 2, ... 10 answers, and which share is settled wrongly: every smaller maximum follows from that.
"""

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

LINES, PEOPLE, READERS, ORDERS = 600, 40, 12, 2
MISREAD_BY_MACHINE = 0.3
DIGITS = 4


def texts() -> list[str]:
    from ingestion.specimens.cataloguing import WORDINGS, in_order, word

    rng = Random("usual lines")
    cards = [word(each, slug, rng) for slug in sorted(WORDINGS) for each in in_order(1, slug)]
    lines = [line for card in cards for line in card]
    return [lines[number % len(lines)] for number in range(LINES)]


def record_of(kind: str) -> tuple[Any, list[str]]:
    """Return the answers to each line and the vote that is right."""
    from accounts.models import Volunteer
    from tasks.consensus.replaying import Cast
    from tasks.enums import KindName
    from tasks.kinds import KINDS
    from tasks.mistyping import mistype
    from tasks.simulation import Persona, slips_of

    rng = Random(f"usual crowd {kind}")
    people = [Persona(Volunteer(), slips_of(rng), 1.0, rng) for _ in range(PEOPLE)]
    record, right = [], []
    for text in texts():
        suggestion = mistype(text, rng) if rng.random() < MISREAD_BY_MACHINE else text
        question = {"kind": kind, "suggestion": suggestion}
        truth = {"text": text} if kind == KindName.TRANSCRIBE else {"matches": suggestion == text}
        readers = rng.sample(range(PEOPLE), READERS)
        given = [(who, KINDS[kind].clean(people[who].answer(question, text))) for who in readers]
        record.append([Cast(who, KINDS[kind].vote(value, {}), KINDS[kind].reading(value)) for who, value in given])
        right.append(KINDS[kind].vote(KINDS[kind].clean(truth), {}))
    return record, right


def shares(kind: str, minimum: int, confidence: float, record: Any, right: list[str]) -> dict[str, list[float]]:
    from tasks.consensus import Outcome, Policy, said
    from tasks.consensus.crowds.learning import ByRefitting, BySettling
    from tasks.consensus.replaying import replay
    from tasks.enums import KindName
    from tasks.kinds import KINDS
    from tasks.predicting.usual import MOST

    settled, wrong = [0] * MOST, [0] * MOST
    labels = [said("yes"), said("no"), "!unreadable", "!blank"]
    for order in range(ORDERS):
        learner = BySettling() if kind == KindName.TRANSCRIBE else ByRefitting(PEOPLE, labels)
        merge = partial(KINDS[kind].merge, schema={})
        for played in replay(record, merge, Policy(minimum, MOST, confidence), learner, Random(order)):
            if played.outcome in (Outcome.AGREED, Outcome.UNREADABLE):
                settled[played.answers - 1] += 1
                wrong[played.answers - 1] += played.vote not in (right[played.task], "!unreadable")
    tasks = ORDERS * len(record)
    return {
        "settled": [round(count / tasks, DIGITS) for count in settled],
        "wrong": [round(count / tasks, DIGITS) for count in wrong],
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civictasks.settings")
    import django

    django.setup()
    from tasks.enums import KindName
    from tasks.predicting.usual import CONFIDENCES, MINIMUMS, TABLE

    table: dict[str, dict[str, dict[str, dict[str, list[float]]]]] = {}
    for kind in (KindName.TRANSCRIBE, KindName.VERIFY):
        record, right = record_of(kind)
        for minimum in MINIMUMS:
            rows = {f"{each:g}": shares(kind, minimum, each, record, right) for each in CONFIDENCES}
            table.setdefault(kind.value, {})[str(minimum)] = rows
        print(kind.value, table[kind.value]["2"]["0.9"])
    TABLE.write_text(json.dumps(table).replace('}, "', '},\n"') + "\n")


if __name__ == "__main__":
    main()
