"""Write what a merge rests on as one page that needs nothing else: no script, no request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string

from ..consensus.crowds.scoring import Bin, calibration_error
from .checking import Merge, Step, check, sample, spend
from .people import Person, busiest
from .tables import Answers, Gold, Merged
from .writing import whole

WIDTH, HEIGHT = 360, 240  # of a plot, without its margins
LARGEST = 14  # radius of a dot
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Mark:
    """A place in a plot, written for SVG; ``words`` go with it."""

    x: str
    y: str
    size: str = ""
    words: str = ""


@dataclass(frozen=True)
class Cell:
    """A number in a table of what is taken for what; ``shade`` is its share of the row, in percent."""

    count: int
    shade: str


@dataclass(frozen=True)
class Row:
    value: str
    cells: tuple[Cell, ...]


def write_report(path: Path, answers: Answers, gold: Gold, merged: Merged, merge: Merge) -> None:
    fewer, known = sample(answers, gold)
    people = [picture_person(person, answers.values) for person in busiest(answers, merged)]
    page = render_to_string(
        "tasks/merge_report.html",
        {
            "answers": len(answers.task),
            "tasks": len(answers.tasks),
            "workers": len(answers.workers),
            "known": len(gold),
            "how": merged.how,
            "sampled": len(fewer.tasks) if len(fewer.tasks) < len(answers.tasks) else None,
            "plot": {"width": WIDTH, "height": HEIGHT, "across": across(), "upwards": upwards()},
            "reliability": picture_reliability(check(fewer, known, merge)) if known else None,
            "cost": picture_cost(list(spend(fewer, known, merge))),
            "people": people,
            "tabled": any(person["rows"] for person in people),
            "mistaken": any(person["mistakes"] for person in people),
            "values": answers.values,
        },
    )
    with whole(path) as file:
        file.write(page)


def across() -> list[Mark]:
    return [Mark(f"{tick * WIDTH:.1f}", f"{HEIGHT}", words=f"{tick:.0%}") for tick in TICKS]


def upwards() -> list[Mark]:
    return [Mark("0", f"{(1 - tick) * HEIGHT:.1f}", words=f"{tick:.0%}") for tick in TICKS]


def picture_reliability(bins: Sequence[Bin]) -> dict[str, object]:
    most = max(bin_.tasks for bin_ in bins)
    marks = [
        Mark(
            f"{bin_.confidence * WIDTH:.1f}",
            f"{(1 - bin_.right) * HEIGHT:.1f}",
            f"{3 + (LARGEST - 3) * (bin_.tasks / most) ** 0.5:.1f}",
        )
        for bin_ in bins
    ]
    rows = [(f"{bin_.confidence:.1%}", f"{bin_.right:.1%}", bin_.tasks) for bin_ in bins]
    return {"marks": marks, "rows": rows, "error": f"{calibration_error(list(bins)):.1%}"}


def picture_cost(steps: Sequence[Step]) -> dict[str, object]:
    """The curves end where all answers are used."""
    most = steps[-1].mean
    places = [f"{step.mean / most * WIDTH:.1f}" for step in steps]
    curves = [
        [Mark(x, f"{(1 - share) * HEIGHT:.1f}") for x, share in zip(places, shares, strict=True)]
        for shares in ([step.right for step in steps], [step.agreement for step in steps])
    ]
    rows = [(step.answers, f"{step.mean:.2f}", f"{step.right:.1%}", f"{step.agreement:.1%}") for step in steps]
    return {"right": curves[0], "agreement": curves[1], "rows": rows, "ticks": ticks(most)}


def ticks(most: float) -> Iterable[Mark]:
    apart = max(1, round(most / 5))
    return [Mark(f"{n / most * WIDTH:.1f}", f"{HEIGHT}", words=str(n)) for n in range(apart, int(most) + 1, apart)]


def picture_person(person: Person, values: Sequence[str]) -> dict[str, object]:
    rows = [Row(value, shaded(counts)) for value, counts in zip(values, person.table, strict=False)]
    told = {"number": person.number, "answers": person.answers, "agreed": f"{person.agreed:.1%}"}
    return told | {"rows": rows, "mistakes": person.mistakes}


def shaded(counts: Sequence[int]) -> tuple[Cell, ...]:
    whole_row = max(sum(counts), 1)
    return tuple(Cell(count, f"{count / whole_row:.2f}") for count in counts)
