from datetime import timedelta

from tasks.chores import chore
from tasks.machinery.queueing import hint

from .announcing import Announcer
from .claiming import give_up, overdue
from .jobs import read_batch, turn_page
from .receiving import forget_abandoned
from .turning import idle_turns
from .uploading import forget_orphans

announcer = Announcer()


@chore(every=timedelta(seconds=5))
def read_waiting_batches() -> int:
    """Hint again at batches whose hint or worker was lost."""
    give_up()
    waiting = overdue()
    for batch in waiting:
        hint(read_batch, batch)
    return len(waiting)


@chore(every=timedelta(seconds=5))
def turn_waiting_pages() -> int:
    """Hint again at pages whose hint or worker was lost."""
    waiting = idle_turns()
    for page in waiting:
        hint(turn_page, page)
    return len(waiting)


@chore(every=timedelta(seconds=0.5))
def announce_batches() -> int:
    return announcer.announce()


@chore(every=timedelta(hours=1))
def forget_orphaned_uploads() -> int:
    return forget_abandoned() + forget_orphans()
