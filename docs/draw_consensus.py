"""Draw the pictures of ``docs/consensus.md``: ``uv run python -m docs.draw_consensus``.

They show a simulated crowd: people of different skill, some who press anything, tasks of which some are hard. The same
code draws the same picture.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.consensus import Truth, majority, part_of, play, sure_at, turns
from tasks.consensus.crowds.blending import Known, blend
from tasks.consensus.crowds.crowd import Real, gather
from tasks.consensus.crowds.scoring import Bin, reliability

HERE = Path(__file__).parent
WIDTH, HEIGHT, LEFT, TOP = 420, 300, 70, 30
INK, FAINT, RULE, ONE, TWO = "#1d1b18", "#6a655c", "#d8d2c6", "#1f5a8a", "#b0651a"
TASKS, VOLUNTEERS, ASKED, KNOWN = 3000, 80, 7, 50
CONFIDENCES = (0.6, 0.7, 0.8, 0.9, 0.95, 0.98)

type Dot = tuple[float, float, float, str]  # x and y between 0 and 1, radius, words


def crowd(hard: float) -> Truth:
    """One person in seven presses anything; a share ``hard`` of the tasks fools people, often the same way."""
    chance = np.random.default_rng(5)
    label = chance.integers(0, 3, TASKS)
    skill = np.where(np.arange(VOLUNTEERS) % 7 == 0, 1 / 3, chance.beta(9, 2, VOLUNTEERS))
    task = np.repeat(np.arange(TASKS), ASKED)
    volunteer = np.concatenate([chance.choice(VOLUNTEERS, ASKED, replace=False) for _task in range(TASKS)])
    fooled = (chance.random(TASKS) < hard)[task] & (chance.random(len(task)) < 0.6)
    wrong = (label[task] + np.where(fooled, 1, chance.integers(1, 3, len(task)))) % 3
    said = np.where(~fooled & (chance.random(len(task)) < skill[volunteer]), label[task], wrong)
    sizes = {"tasks": TASKS, "volunteers": VOLUNTEERS, "labels": 3}
    return Truth("simulated", gather(task, volunteer, said, **sizes), label)


def draw_reliability(truth: Truth) -> str:
    known = np.arange(KNOWN)
    share = np.sqrt(1 / TASKS)
    before = dots(binned(truth, blend(truth.crowd).belief), share)
    after = dots(binned(truth, blend(truth.crowd, Known(known, truth.label[:KNOWN])).belief), share)
    return plot(
        [path([(0, 0), (1, 1)], FAINT, "4 4"), *circles(before, TWO), *circles(after, ONE)],
        {0: "0 %", 0.5: "50 %", 1: "100 %"},
        {0: "0 %", 0.5: "50 %", 1: "100 %"},
        "confidence that a value claims",
        "values that are right",
        {ONE: f"with {KNOWN} known tasks", TWO: "without"},
    )


def binned(truth: Truth, belief: Real) -> list[Bin]:
    unseen = slice(KNOWN, None)
    return reliability(belief.max(0)[unseen], (belief.argmax(0) == truth.label)[unseen])


def dots(bins: Iterable[Bin], share: float) -> list[Dot]:
    return [(bin_.confidence, bin_.right, 3 + 12 * share * bin_.tasks**0.5, "") for bin_ in bins]


def draw_policies(truth: Truth) -> str:
    """How right and how dear: the answers a task (across) and the share of right values (upwards)."""
    sure = [(*spent(truth, confidence), 4.0, f"{confidence:g}") for confidence in CONFIDENCES]
    turn = turns(truth.crowd, np.random.default_rng(0))
    counted = [(number, right(truth, majority(part_of(truth.crowd, turn < number))), 4.0, "") for number in range(1, 8)]
    scaled = [[(x / ASKED, (y - 0.6) / 0.4, size, words) for x, y, size, words in one] for one in (sure, counted)]
    lines = [path([dot[:2] for dot in one], colour) for one, colour in zip(scaled, (ONE, TWO), strict=True)]
    return plot(
        [*lines, *circles(scaled[0], ONE), *circles(scaled[1], TWO)],
        {number / ASKED: str(number) for number in range(1, ASKED + 1)},
        {0: "60 %", 0.25: "70 %", 0.5: "80 %", 0.75: "90 %", 1: "100 %"},
        "answers a task, on average",
        "values that are right",
        {ONE: "stop at a confidence", TWO: "always ask so many, count votes"},
    )


def spent(truth: Truth, confidence: float) -> tuple[float, float]:
    belief, used = play(truth.crowd, np.random.default_rng(1), sure_at(confidence))
    return used * ASKED, right(truth, belief)


def right(truth: Truth, belief: Real) -> float:
    return float((belief.argmax(0) == truth.label).mean())


def plot(
    shapes: Iterable[str], across: dict[float, str], upwards: dict[float, str], x: str, y: str, key: dict[str, str]
) -> str:
    frame = [text(0, HEIGHT * (1 - place) + 4, words, "end", -10) for place, words in upwards.items()]
    frame += [text(WIDTH * place, HEIGHT + 20, words, "middle") for place, words in across.items()]
    frame += [path([(0, place), (1, place)], RULE, width=1) for place in upwards]
    frame += [text(WIDTH, HEIGHT + 42, x, "end"), text(0, -12, y, "start")]
    legend = [
        f'<circle cx="8" cy="{HEIGHT + 66 + 20 * row}" r="5" fill="{colour}"/>'
        + text(20, HEIGHT + 70 + 20 * row, words, "start")
        for row, (colour, words) in enumerate(key.items())
    ]
    size = f"0 0 {WIDTH + LEFT + 30} {HEIGHT + TOP + 110}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" font-family="sans-serif" font-size="13">\n'
        f'<rect width="100%" height="100%" fill="#fbf9f4"/>\n<g transform="translate({LEFT} {TOP})">\n'
        + "\n".join([*frame, *shapes, *legend])
        + "\n</g>\n</svg>\n"
    )


def text(x: float, y: float, words: str, anchor: str, shift: float = 0) -> str:
    return f'<text x="{x + shift:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{words}</text>'


def path(places: Sequence[Sequence[float]], colour: str, dashes: str = "none", width: float = 2) -> str:
    points = " ".join(f"{x * WIDTH:.1f},{(1 - y) * HEIGHT:.1f}" for x, y in places)
    style = f'fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"'
    return f'<polyline points="{points}" {style}/>'


def circles(places: Iterable[Dot], colour: str) -> list[str]:
    return [
        f'<circle cx="{x * WIDTH:.1f}" cy="{(1 - y) * HEIGHT:.1f}" r="{size:.1f}" fill="{colour}" fill-opacity="0.8"/>'
        + (text(x * WIDTH, (1 - y) * HEIGHT - 10, words, "middle") if words else "")
        for x, y, size, words in places
    ]


def main() -> None:
    (HERE / "consensus-confidence.svg").write_text(draw_reliability(crowd(0.4)), encoding="utf-8")
    (HERE / "consensus-policies.svg").write_text(draw_policies(crowd(0.2)), encoding="utf-8")


if __name__ == "__main__":
    main()
