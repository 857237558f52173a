from datetime import timedelta

from tasks.chores import chore

from .signs import SWEEPER, leave_sign


@chore(every=timedelta(seconds=10))
def say_that_the_sweeper_lives() -> int:
    leave_sign(SWEEPER)
    return 1
