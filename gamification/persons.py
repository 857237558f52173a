"""What the boards show of a person follows the person: another name, points brought from elsewhere, or nothing more.

Written in the transaction of the change itself, beside the projector: the sums are added, so the order does not
matter, and rebuilding finds nothing to mend.
"""

from collections import Counter

from django.db.models import Exists, OuterRef

from tasks.models import Answer

from .models import Ledger, Standing
from .projection import LINE_FIELDS as FIELDS
from .projection import Changes, Line, apply, calendars, changes_of, move_players, raise_versions
from .rules import Amounts

TALLIED = ("board", "period", "period_start", "points")


def show_again(volunteer: int) -> None:
    """Let the boards on which a volunteer stands be fetched anew."""
    raise_versions(Standing.objects.filter(volunteer=volunteer).values_list("board", flat=True).distinct())


def leave_boards(volunteer: int) -> None:
    """Take a volunteer off all boards; the projector leaves their lines out from now on.

    On PostgreSQL a line that the projector adds at this very moment may still put a pseudonym there, which
    ``rebuild_leaderboards`` takes off again.
    """
    waiting = Ledger.objects.unprojected().filter(volunteer=volunteer).select_for_update()
    list(waiting.values_list("pk"))  # the projector has finished with them, or leaves them for later
    held = Standing.objects.filter(volunteer=volunteer)
    rows = list(held.select_for_update().values_list(*TALLIED))
    held.delete()
    fewer = Counter(rows)
    move_players({place: -players for place, players in fewer.items()})
    raise_versions({place[0] for place in rows})


def move_points(before: int, after: int) -> None:
    """Give the ledger lines of answers that are another's now to their new owner, on the boards too."""
    lines = Ledger.objects.filter(volunteer=before)
    lines = lines.filter(Exists(Answer.objects.filter(pk=OuterRef("answer"), volunteer=after)))
    rows = list(lines.order_by("pk").select_for_update().values_list("projected", *FIELDS))
    shown = [Line(*row[1:]) for row in rows if row[0]]
    lines.update(volunteer=after)
    taken = changes_of(shown, calendars({line.project for line in shown}))
    given: Changes = {place._replace(volunteer=after): amounts for place, amounts in taken.items()}
    apply({place: Amounts(*(-amount for amount in amounts)) for place, amounts in taken.items()} | given)
