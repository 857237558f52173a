"""What policies need and are worth with a usual crowd: the table that the desk reads until a project has its own.

    uv run python -m benchmarks.usual_crowd     # writes tasks/predicting/usual_crowd.json

Simulated people, most of them careful and some not, read the lines of specimen cards; the record is played once for
each minimum and confidence with ten answers at most. For each the table says which share of the lines is settled after
1, 2, ... 10 answers, and which share is settled wrongly: every smaller maximum follows from that. Texts are played once
more with others choosing between readings; then the table also has the shares that are settled by what was chosen, or
where nobody could agree, and how many choices are made for a line, after 1, 2, ... 10 answers.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Crowd:
    """People, their answers to each line, and the vote that is right."""

    people: list[Any]
    record: list[list[Any]]
    right: list[str]

    def choose(self, chance: Random, volunteer: int, task: int, offered: Sequence[str]) -> str:
        """Return what somebody chooses of the readings offered."""
        from tasks.consensus import UNREADABLE, said

        question = {"kind": "choose", "choices": [{"id": vote, "text": vote} for vote in offered]}
        answer = replace(self.people[volunteer], rng=chance).answer(question, self.right[task])
        if "choice" not in answer:
            return UNREADABLE
        return answer["choice"] if answer["choice"] in offered else said(answer["choice"])


def crowd_of(kind: str) -> Crowd:
    from accounts.models import Volunteer
    from tasks.consensus.replaying import Cast
    from tasks.enums import KindName
    from tasks.kinds import KINDS
    from tasks.playing.mistyping import mistype
    from tasks.playing.simulation import Persona, slips_of

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
    return Crowd(people, record, right)


def shares(kind: str, policy: Any, crowd: Crowd) -> dict[str, list[float]]:
    """Return shares of all lines by the number of answers: how they end, and how many choices they take."""
    from tasks.predicting.usual import MOST

    names = ("settled", "wrong", *(("chosen", "chosen_wrong", "in_vain", "choices") if policy.adjudicate else ()))
    counts = {name: [0] * MOST for name in names}
    for played in plays(kind, policy, crowd):
        count_end(counts, played, crowd.right[played.task])
        for each in played.rounds:
            counts["choices"][each.answers - 1] += each.choices
    lines = ORDERS * len(crowd.record)
    return {name: [round(count / lines, DIGITS) for count in column] for name, column in counts.items()}


def plays(kind: str, policy: Any, crowd: Crowd) -> Iterator[Any]:
    from tasks.consensus import said
    from tasks.consensus.crowds.learning import ByRefitting, BySettling
    from tasks.consensus.replaying import replay
    from tasks.enums import KindName
    from tasks.kinds import KINDS
    from tasks.predicting.choosing import Company

    labels = [said("yes"), said("no"), "!unreadable", "!blank"]
    merge = partial(KINDS[kind].merge, schema={})
    for order in range(ORDERS):
        learner = BySettling() if kind == KindName.TRANSCRIBE else ByRefitting(PEOPLE, labels)
        chance = Random(f"choosing {order}")
        company = Company(PEOPLE, partial(crowd.choose, chance), chance)
        yield from replay(crowd.record, merge, policy, learner, Random(order), company.about)


def count_end(counts: dict[str, list[int]], played: Any, right: str) -> None:
    from tasks.consensus import UNREADABLE, Outcome

    place = played.answers - 1
    if played.outcome in (Outcome.AGREED, Outcome.UNREADABLE):
        ended, wrong = ("chosen", "chosen_wrong") if played.by_choosing else ("settled", "wrong")
        counts[ended][place] += 1
        counts[wrong][place] += played.vote not in (right, UNREADABLE)
    elif played.by_choosing:
        counts["in_vain"][place] += 1


def rightly(crowd: Crowd) -> float:
    """Return the share of choices that are right where the right reading stands beside another one."""
    chance = Random("rightly")
    tries = [(task, chance.randrange(PEOPLE)) for task in range(len(crowd.record)) for _reader in range(READERS)]
    chosen = [crowd.choose(chance, who, task, [crowd.right[task], "=a slip"]) for task, who in tries]
    return sum(vote == crowd.right[task] for vote, (task, _who) in zip(chosen, tries, strict=True)) / len(tries)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civictasks.settings")
    import django

    django.setup()
    from tasks.consensus import Policy
    from tasks.enums import KindName
    from tasks.predicting.usual import CHOOSING, CONFIDENCES, MINIMUMS, MOST, TABLE

    table: dict[str, dict[str, dict[str, dict[str, list[float]]]]] = {}
    typing, judging = crowd_of(KindName.TRANSCRIBE), crowd_of(KindName.VERIFY)
    for name, kind, crowd, choosing in (
        (KindName.TRANSCRIBE.value, KindName.TRANSCRIBE, typing, False),
        (CHOOSING, KindName.TRANSCRIBE, typing, True),
        (KindName.VERIFY.value, KindName.VERIFY, judging, False),
    ):
        for minimum in MINIMUMS:
            policies = [Policy(minimum, MOST, confidence, choosing) for confidence in CONFIDENCES]
            rows = {f"{policy.confidence:g}": shares(kind, policy, crowd) for policy in policies}
            table.setdefault(name, {})[str(minimum)] = rows
        print(name, table[name]["2"]["0.9"])
    print(f"{rightly(typing):.3f} of {LINES * READERS} choices between a line and a slip are right")
    TABLE.write_text(json.dumps(table).replace('}, "', '},\n"') + "\n")


if __name__ == "__main__":
    main()
