"""How far batches are, in absolute numbers: what a page or a socket needs to show, and nothing to add up."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Sum

from tasks.enums import BatchState
from tasks.models import Batch

from .claiming import fell_silent
from .models import Upload

MOVING = (BatchState.ARRIVING, BatchState.UPLOADED, BatchState.READING)


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` pages are read; ``arrived`` of ``size`` bytes are here, zero once they are handed over.

    ``silent``: its worker seems to be gone.
    """

    batch: int
    state: str
    total: int
    done: int
    arrived: int = 0
    size: int = 0
    silent: bool = False

    @property
    def message(self) -> dict[str, Any]:
        return asdict(self)


def progress_of(batches: Iterable[int]) -> dict[int, Progress]:
    """Return how far those of the batches are that there are, in two queries."""
    rows = Batch.objects.filter(pk__in=batches).values_list("pk", "state", "total", "done", "reason", "claimed_until")
    arriving = [row[0] for row in rows if row[1] == BatchState.ARRIVING]
    sums = Upload.objects.filter(batch__in=arriving).order_by().values("batch")
    sizes = {
        row["batch"]: (row["arrived"], row["whole"]) for row in sums.annotate(arrived=Sum("offset"), whole=Sum("size"))
    }
    return {
        row[0]: Progress(*row[:4], *sizes.get(row[0], (0, 0)), silent=fell_silent(row[1], *row[4:])) for row in rows
    }


def moving() -> list[int]:
    return list(Batch.objects.filter(state__in=MOVING).values_list("pk", flat=True))
