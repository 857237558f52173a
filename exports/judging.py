"""How good a release is, in sentences and figures, without claiming more than is known."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class Bar:
    """``share`` of all is in percent."""

    label: str
    count: int
    share: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """Percentages, and where they stand on a line from ``start`` to 100 that is 600 units long."""

    share: float
    low: float
    high: float
    start: float

    def at(self, percent: float) -> int:
        return round(600 * (percent - self.start) / (100 - self.start))

    @property
    def share_at(self) -> int:
        return self.at(self.share)

    @property
    def low_at(self) -> int:
        return self.at(self.low)

    @property
    def high_at(self) -> int:
        return self.at(self.high)

    @property
    def width(self) -> int:
        return max(self.high_at - self.low_at, 1)


STARTS = (99.5, 99, 98, 95, 90, 80, 50, 0)  # of the line, in percent: the first that leaves room on the left


def quality_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    trust = snapshot.get("trust")  # releases from before it was counted have none
    return {
        **{name: snapshot[name] for name in ("agreed", "disputed", "unreadable", "blank")},
        "sentence": sentence_of(snapshot),
        "readers": read_by(snapshot),
        "interval": interval_of(trust) if trust else None,
        "bars": confidence_bars(trust) if trust else [],
        "fates": fates_of(snapshot),
        "deciders": deciders_of(snapshot),
    }


def sentence_of(snapshot: dict[str, Any]) -> str:
    """Say how many values are expected to be wrong and how that is known."""
    if trust := snapshot.get("trust"):
        return _(
            "Of 1,000 values that readers agreed on, the method expects %(wrong)s to be wrong, with 95 %% certainty "
            "between %(least)s and %(most)s. That is what it thinks of itself: nobody has checked values drawn at "
            "random yet, so it may be too sure."
        ) % {
            "wrong": per_thousand(1 - trust["share"]),
            "least": per_thousand(1 - trust["high"]),
            "most": per_thousand(1 - trust["low"]),
        }
    if snapshot["confidence"] is None:
        return _("No value has been agreed upon yet.")
    return _(
        "The method that merged the answers expects %(percent)s %% of the agreed values to be right. It has not been "
        "checked against values known beforehand."
    ) % {"percent": number_format(round(100 * snapshot["confidence"], 1), 1)}


def per_thousand(share: float) -> str:
    number = 1000 * share
    return number_format(number, 1 if 0 < number < 1 else 0)


def interval_of(trust: dict[str, Any]) -> Interval:
    low = 100 * trust["low"]
    start = next(start for start in STARTS if low >= start + (100 - start) / 8 or start == 0)
    return Interval(100 * trust["share"], low, 100 * trust["high"], start)


def confidence_bars(trust: dict[str, Any]) -> list[Bar]:
    """Return how many values have which confidence, the surest first."""
    bounds = pairwise([None, *trust["edges"], None])
    bars = [
        Bar(span(lower, upper), count, 100 * count / trust["values"])
        for (lower, upper), count in zip(bounds, trust["bars"], strict=True)
    ]
    return bars[::-1]


def span(lower: float | None, upper: float | None) -> str:
    if lower is None:
        return _("below %(upper)s") % {"upper": upper}
    if upper is None:
        return _("%(lower)s and more") % {"lower": lower}
    return _("%(lower)s to %(upper)s") % {"lower": lower, "upper": upper}


def fates_of(snapshot: dict[str, Any]) -> list[Bar]:
    """Return what became of every line, those that still wait included."""
    return bars_of(
        (_("Read"), snapshot["agreed"] - snapshot["blank"], _("has a value")),
        (_("Empty"), snapshot["blank"], _("seen to be blank")),
        (_("Unreadable"), snapshot["unreadable"], _("no value, nothing guessed")),
        (_("Disputed"), snapshot["disputed"], _("no value until a reviewer decides")),
        (_("Waiting"), snapshot.get("waiting", 0), _("not in this version")),
    )


def deciders_of(snapshot: dict[str, Any]) -> list[Bar]:
    by = snapshot["decided_by"]
    return bars_of(
        (_("The rule"), by.get("rule", 0), _("from the answers alone")),
        (_("Adjudication"), by.get("adjudication", 0), _("volunteers compared the readings")),
        (_("A reviewer"), by.get("reviewer", 0), _("of the organisation")),
        (_("Known before"), by.get("gold", 0), _("nobody had to read it")),
    )


def bars_of(*counted: tuple[str, int, str]) -> list[Bar]:
    whole = sum(count for _label, count, _note in counted)
    return [Bar(label, count, 100 * count / whole, note) for label, count, note in counted if count]


def read_by(snapshot: dict[str, Any]) -> str:
    people, simulated = snapshot["people"], snapshot["simulated"]
    counted = ngettext("%(number)s person gave answers.", "%(number)s people gave answers.", people)
    more = ngettext("%(number)s simulated volunteer did too.", "%(number)s simulated volunteers did too.", simulated)
    only = ngettext(
        "All answers are those of %(number)s simulated volunteer, none of a person.",
        "All answers are those of %(number)s simulated volunteers, none of a person.",
        simulated,
    )
    said = [(counted, people), (more, simulated)] if people else [(only, simulated)]
    return " ".join(words % {"number": number_format(n, 0, force_grouping=True)} for words, n in said if n)
