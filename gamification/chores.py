from datetime import timedelta

from tasks.chores import chore

from .announcing import Announcer
from .projection import project_lines
from .repairing import repair_credits

ROUNDS = 20  # after a long pause the boards are told of now and then

announcer = Announcer()


@chore(every=timedelta(seconds=0.5))
def keep_boards() -> int:
    """Project what is new and tell the sockets at once: a score shows elsewhere within a second."""
    done = 0
    for _round in range(ROUNDS):
        lines = project_lines()
        done += lines
        if not lines:
            break
    announcer.announce()
    return done


@chore(every=timedelta(seconds=15))
def credit_again() -> int:
    """Give the points of answers whose listeners failed."""
    return repair_credits()
