from datetime import timedelta

from tasks.chores import chore

from .announcing import Announcer
from .projection import LINES, project_lines
from .rebuilding import follow_time_zones
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
        if lines < LINES:  # the next ones can wait for the next look: a few at a time they cost more
            break
    announcer.announce()
    return done


@chore(every=timedelta(minutes=1))
def keep_days() -> int:
    """A project's days follow its time zone, also when an archivist corrects it later."""
    return follow_time_zones()


@chore(every=timedelta(seconds=15))
def credit_again() -> int:
    """Give the points of answers whose listeners failed."""
    return repair_credits()
