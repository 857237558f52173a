"""A prediction as a person reads it, and as a program does."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from ..consensus import Policy
from .forecasting import THREE, Prediction
from .material import Material


@dataclass(frozen=True)
class Pace:
    """``people`` a day who read for so many ``minutes``; the project has ``tasks`` (None: as many as the record)."""

    people: int = 20
    minutes: float = 10
    tasks: int | None = None


@dataclass(frozen=True)
class Effort:
    """``hours`` of volunteers in all, and how many ``days`` it takes them."""

    hours: float
    days: float


def effort_of(prediction: Prediction, material: Material, pace: Pace) -> Effort:
    tasks = material.drawn_from if pace.tasks is None else pace.tasks
    hours = work_of(prediction, material) * material.seconds * tasks / 3600
    return Effort(hours, hours * 60 / (pace.people * pace.minutes))


def work_of(prediction: Prediction, material: Material) -> float:
    """Return what a task takes in answers; a choice is as much of one as it takes of its time."""
    return prediction.answers + prediction.choices * material.choosing.seconds / material.seconds


def name_of(policy: Policy) -> str:
    choosing = ",adjudicate=yes" if policy.adjudicate else ""
    return f"minimum={policy.minimum},maximum={policy.maximum},confidence={policy.confidence:g}{choosing}"


def figures_of(policy: Policy | None, prediction: Prediction, material: Material, pace: Pace) -> dict[str, Any]:
    """Return everything about one policy; None: votes are counted."""
    figures = asdict(prediction) | asdict(effort_of(prediction, material, pace))
    work = work_of(prediction, material)
    figures["saved_of_three"] = 1 - work / THREE
    figures["saved_of_maximum"] = 1 - work / policy.maximum if policy else None
    rounded = {name: round(value, 6) if isinstance(value, float) else value for name, value in figures.items()}
    return {"policy": asdict(policy) if policy else None, **rounded}


def table_of(rows: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return lines with aligned columns."""
    head = [
        _("policy"),
        _("answers"),
        _("choices"),
        _("settled"),
        _("reviewer"),
        _("unreadable"),
        _("ran out"),
        _("wrong"),
    ]
    head += [_("saved of most"), _("of three"), _("hours"), _("days")]
    return aligned([head, *(cells_of(name, figures) for name, figures in rows)])


def cells_of(name: str, figures: dict[str, Any]) -> list[str]:
    of_maximum = figures["saved_of_maximum"]
    return [
        name,
        f"{figures['answers']:.2f}",
        f"{figures['choices']:.2f}",
        *(f"{figures[share]:.1%}" for share in ("settled", "disputed", "unreadable", "open")),
        error_of(figures),
        "–" if of_maximum is None else f"{of_maximum:.0%}",
        f"{figures['saved_of_three']:.0%}",
        f"{figures['hours']:,.1f}",
        f"{figures['days']:,.1f}",
    ]


def error_of(figures: dict[str, Any]) -> str:
    if figures["error"] is None:
        return "–"
    spread = f" ± {figures['error_se']:.1%}" if figures["error_se"] is not None else ""
    return f"{figures['error']:.1%}{spread}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def footnotes(material: Material, *, measured: bool, ran_out: bool) -> list[str]:
    """Return what has to be said about how these figures were come by."""
    notes = []
    if len(material.record) < material.drawn_from:
        drawn = {"drawn": len(material.record), "tasks": material.drawn_from}
        notes.append(_("Played with %(drawn)s tasks drawn at random from %(tasks)s.") % drawn)
    if not measured:
        notes.append(
            _("“Wrong” is what the confidences say: without known answers (--gold) nobody has checked them.")
            if any(material.record)
            else _("There are no answers yet.")
        )
    if ran_out:
        notes.append(_("“Ran out”: the record has too few answers of these tasks to say how many they would need."))
    return notes
