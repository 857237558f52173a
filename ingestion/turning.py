"""Turn a page that was scanned on its side: picture, regions and crops are made anew from the file that came in.

The wish stands in the page's row of turns; a worker claims that row, puts the new files in place, and changes page and
tasks in one transaction. Killed anywhere between, the page is as it was and the next worker begins anew. Answers would
lie beside other lines than those they were given to: once one counts, nothing is turned.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Volunteer
from tasks.machinery.pulsing import CLAIM_TIME, Pulse
from tasks.models import Answer, Batch, Page, Task
from tasks.showing.projects import count_progress

from .asking import cut_anew
from .checkpoints import checkpoint
from .claiming import MOST_CLAIMS
from .containment import Decoder
from .errors import ActRefused, CannotRead, ClaimLost, Refused
from .exchange import Reading
from .gathering import Found, gather
from .intake import Workbench, put_files, sha256_of
from .models import File, Turn
from .noting import note
from .refusals import explain
from .storing import clear, disk_words, judge_room, workshop
from .unpacking import Archives
from .uploading import uploaded_files

FULL_TURN = 360
PAUSE = timedelta(minutes=1)  # while the disk is full


@transaction.atomic
def order_turn(page: Page, who: Volunteer, by: int) -> None:
    """Have a page turned by so many degrees clockwise. Raises ``ActRefused``."""
    degrees = Page.objects.select_for_update().values_list("turned", flat=True).get(pk=page.pk)
    judge_source(page)
    judge_answers(page)
    row, _made = Turn.objects.get_or_create(page=page)
    if row.wanted is not None:
        raise ActRefused(_("The page is being turned already. Wait a moment, then look at it again."))
    row.wanted, row.reason, row.claimed_until = (degrees + by) % FULL_TURN, "", None
    row.save(update_fields=["wanted", "reason", "claimed_until"])
    note(page.item.batch, who, "page.turned", page=page.pk, degrees=by)


@transaction.atomic
def call_upright(page: Page, who: Volunteer) -> None:
    """The page lies as it should, whatever it looked like."""
    if Turn.objects.filter(page=page, sideways=True).update(sideways=False):
        note(page.item.batch, who, "page.called_upright", page=page.pk)


def judge_source(page: Page) -> None:
    if not (page.item.batch.source and page.file):
        raise ActRefused(
            _("Its file was read at the command line and is not kept here. Turn the picture there, then read it anew.")
        )


def judge_answers(page: Page) -> None:
    """What was taken back is nobody's answer any more."""
    answers = Answer.objects.filter(task__page=page, withdrawn_at=None).count()
    if answers:
        words = ngettext(
            "%(count)d answer was given to this page, and would lie beside another line once it is turned. Withhold "
            "the page, turn its picture in an image program and bring it anew.",
            "%(count)d answers were given to this page, and would lie beside other lines once it is turned. Withhold "
            "the page, turn its picture in an image program and bring it anew.",
            answers,
        )
        raise ActRefused(words % {"count": answers})


@dataclass(frozen=True)
class TurnClaim:
    """The right to turn a page, until someone claims it after us."""

    page: int
    fence: int
    wanted: int

    def beat(self) -> bool:
        return self.write(claimed_until=timezone.now() + CLAIM_TIME)

    def give_up(self, reason: str) -> None:
        self.write(wanted=None, claimed_until=None, reason=reason)

    def write(self, **fields: object) -> bool:
        """Write the row; False when another worker has taken over."""
        mine = Turn.objects.filter(page=self.page, fence=self.fence, wanted=self.wanted)
        return bool(mine.update(**fields))


@transaction.atomic
def claim_turn(page: int) -> TurnClaim | None:
    """Claim a page to be turned; None when another worker has it or nobody wants it turned."""
    now = timezone.now()
    if not Turn.objects.idle(now).filter(page=page).update(claimed_until=now + CLAIM_TIME, fence=F("fence") + 1):
        return None
    row = Turn.objects.get(page=page)
    return TurnClaim(page, row.fence, row.wanted or 0)


def idle_turns() -> list[int]:
    """Return the pages that wait to be turned; those at which worker after worker died are left as they are."""
    idle = Turn.objects.idle(timezone.now())
    reason = _("Turning was begun %(times)s times and never ended. Turn its picture in an image program.")
    idle.filter(fence__gte=MOST_CLAIMS).update(wanted=None, reason=reason % {"times": MOST_CLAIMS})
    return list(idle.values_list("page", flat=True))


def fulfil_turn(number: int) -> None:
    """Turn a page unless another worker is at it; what stands in the way is written into its row."""
    mine = claim_turn(number)
    if mine is None:
        return
    page = Page.objects.select_related("item__batch__project").get(pk=number)
    try:
        with Pulse(mine.beat):
            turn(page, mine)
    except ActRefused as error:
        mine.give_up(str(error))
    except Refused as refused:
        mine.give_up(" ".join(explain(refused)))
    except (CannotRead, OSError) as error:
        words = str(error) if isinstance(error, CannotRead) else disk_words(error.strerror or str(error))
        mine.write(claimed_until=timezone.now() + PAUSE, reason=words)


def turn(page: Page, mine: TurnClaim) -> None:
    judge_room()
    with at_work(page.item.batch, f"page-{page.pk}", mine.fence) as bench:
        checkpoint("turn claimed")
        reading = read_turned(page, mine.wanted, bench)
        checkpoint("turn read")
        keys = put_files(bench, reading)
        with transaction.atomic():
            page = Page.objects.select_for_update().get(pk=page.pk)
            # Whoever is just answering holds the row of a task: after this wait the answer is seen, or cannot come.
            child_first = (F("parent").desc(nulls_last=True), "pk")
            list(Task.objects.select_for_update().filter(page=page).order_by(*child_first).values_list("pk", flat=True))
            judge_answers(page)
            if not mine.write(wanted=None, claimed_until=None, reason="", sideways=reading.sideways):
                raise ClaimLost
            cut_anew(page, mine.wanted, reading, *keys)
            checkpoint("turn before the commit")
    count_progress(page.project_id)


@contextlib.contextmanager
def at_work(batch: Batch, name: str, fence: int) -> Iterator[Workbench]:
    place = workshop(name, fence)
    try:
        with contextlib.closing(Archives()) as archives, Decoder() as decoder:
            yield Workbench(batch, decoder, archives, place)
    finally:
        clear(place)


def read_turned(page: Page, degrees: int, bench: Workbench) -> Reading:
    file = File.objects.get(pk=page.file or 0)
    found, picture = original_of(file, bench)
    layout = bench.fetch(found.layout, "layout") if found.layout else None
    return bench.decoder.read(bench.wish(picture, layout, page.position if file.pages else None, degrees))


def original_of(file: File, bench: Workbench) -> tuple[Found, Path]:
    """Return the file as it lies here, if it is still what it was. Raises ``Refused``."""
    places = uploaded_files(bench.batch)
    for found in gather(places, places):
        if found.is_page and file.path_label in {found.label, f"{found.label} [{file.sha256[:12]}]"}:
            picture = bench.fetch(found, "picture")
            if sha256_of(picture) == file.sha256:
                return found, picture
    raise Refused("original_gone")
