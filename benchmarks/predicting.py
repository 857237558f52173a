"""How far a prediction is from what then happens.

    uv run python -m benchmarks.predicting --scans ../shared/scans --seeds 3

The people and lines are those of ``benchmarks.adjudication``: a seventh of the lines is hard, a third of the people
careless or ill-willed; only those who copy the answer before theirs are left out, for nobody sees it here. What they
type, eight answers a line, is the record from which a policy is predicted, with the truth of each line; what happens
is what the same people do under that policy, with and without choosing between readings. Prediction and play are
written apart: the one replays and lets usual people choose, the other lets each of these people choose.
"""

import tempfile
from pathlib import Path
from random import Random
from typing import Any

from tasks.consensus import Policy, merge_readings, said
from tasks.consensus.replaying import Cast

from .adjudication import Crowd, Line, Spent
from .filling import set_up
from .simulated_crowds import COPYING, lines_and_seeds

ANSWERS = 8


def crowd_of(lines: list[str], seed: int, *, choosing: bool) -> Crowd:
    crowd = Crowd(lines, seed, adjudicates=choosing)
    crowd.people = [person for person in crowd.people if crowd.world.people[person].character != COPYING]
    return crowd


def recorded(lines: list[str], seed: int) -> Any:
    """Return what these people type when eight of them read each line."""
    from tasks.predicting.material import SECONDS, Material

    crowd = crowd_of(lines, seed, choosing=False)
    record = []
    for number, text in enumerate(lines):
        line = Line(crowd, text, Random(f"recorded {number}"))
        for _answer in range(ANSWERS):
            line.type()
        record.append([Cast(who, said(typed), typed) for who, typed in line.typed])
    known = dict(enumerate(map(said, lines)))
    return Material(record, len(crowd.world.people), [], merge_readings, known, SECONDS["text"], len(lines))


def told(name: str, answers: float, choices: float, disputed: float, wrong: float | None) -> str:
    shown = "" if wrong is None else f"{wrong:10.1%}"
    return f"  {name:22}{answers:9.2f}{choices:9.2f}{disputed:10.1%}{shown}"


def happened(spent: Spent) -> tuple[float, float, float, float]:
    of = spent.lines
    return spent.typed / of, spent.chosen / of, spent.disputed / of, spent.wrong / (of - spent.disputed)


def main() -> None:
    lines, seeds = lines_and_seeds(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        from tasks.predicting.forecasting import predict

        for seed in range(seeds):
            material = recorded(lines, seed)
            for choosing in (False, True):
                print(f"seed {seed}, {'with' if choosing else 'without'} choosing: answers, choices, reviewer, wrong")
                foretold = predict(material, Policy(adjudicate=choosing), orders=2)
                print(told("predicted", foretold.answers, foretold.choices, foretold.disputed, foretold.error))
                print(told("happened", *happened(crowd_of(lines, seed, choosing=choosing).settle_all())))


if __name__ == "__main__":
    main()
