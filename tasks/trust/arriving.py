"""What an answer counts for by how it came in."""

from dataclasses import dataclass, field

from .grouping import group_of
from .haste import Arrival, is_too_fast


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody outside answers, from this network (None: one that is shared with no matter whom)."""

    network: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Worth:
    """``share`` of a full vote (None: all of it), and the group of whoever may have been of one mind."""

    share: float | None = None
    group: bytes | None = None

    @property
    def heard(self) -> bool:
        return self.share != 0


def worth_of(visit: Visit | None, arrival: Arrival, project: int) -> Worth:
    """An answer that came too fast is counted, and answered, as any other is, and weighs nothing. What a simulation
    answers is no visit: it counts in full."""
    if visit is None:
        return Worth()
    return Worth(0.0 if is_too_fast(arrival) else None, group_of(visit.network, project, arrival.at))
