from datetime import timedelta

from tasks.chores import chore
from tasks.machinery.queueing import hint

from .jobs import make_release
from .ordering import give_up, idle_orders


@chore(every=timedelta(seconds=10))
def make_ordered_releases() -> int:
    """Hint again at orders whose hint or worker was lost."""
    give_up()
    waiting = idle_orders()
    for order in waiting:
        hint(make_release, order)
    return len(waiting)
