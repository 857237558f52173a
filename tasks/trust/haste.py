"""Answers that came faster than a person can read: they are kept and counted, and weigh nothing.

However letters get into a field, by fingers, dictation, completion or a suggestion that was accepted, whoever answers
has looked at the picture and read what they send. Adults read 238 words of English a minute (Brysbaert 2019,
doi:10.1016/j.jml.2019.104047), 44 ms a letter; the fastest of 168,000 typists take 100 ms a key (Dhakal et al. 2018,
doi:10.1145/3173574.3174220). A tenth of the second and less than a quarter of the first is allowed, so that nobody is
suspected for being good; the eye and the hand alone need the rest.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

LOOK = timedelta(milliseconds=300)  # to see a picture and press a key: simple reactions take 200 ms and more
LETTER = timedelta(milliseconds=10)
MOST_READERS = 20_000


def least_time(typed: str) -> timedelta:
    """Return the time in which nobody can have seen a picture and read an answer of these letters."""
    return LOOK + len(typed) * LETTER


@dataclass(frozen=True, slots=True)
class Arrival:
    """When and from whom an answer came. ``typed`` is empty where nothing is typed; a client that does not measure
    sends no ``elapsed_ms``, or nought."""

    reader: bytes
    typed: str
    elapsed_ms: int | None
    leased_at: datetime
    at: datetime


class Readers:
    """How long what each volunteer answered must have kept them busy, by the clock of this process.

    ``elapsed_ms`` is the client's word. But nobody reads a line before it was handed out, nor two at once: answers in
    a row end no sooner than one least time after the other, from the lease of the first. Who is ahead of that by more
    than ``READ_AHEAD`` reads nothing. That is wide because some programs answer for several people one after the
    other, and little is lost by it: what is wrong in it comes out against known answers. Processes count apart.
    """

    def __init__(self) -> None:
        self.busy_until: OrderedDict[bytes, datetime] = OrderedDict()
        self.lock = threading.Lock()

    def are_ahead(self, reader: bytes, leased_at: datetime, least: timedelta, now: datetime) -> bool:
        """Note an answer by ``reader``; True if it came sooner than they can have read all they answered."""
        with self.lock:
            ready = max(self.busy_until.get(reader, leased_at), leased_at) + least
            if ready > now + settings.READ_AHEAD:
                return True
            self.busy_until[reader] = ready
            self.busy_until.move_to_end(reader)
            if len(self.busy_until) > MOST_READERS:
                self.busy_until.popitem(last=False)
            return False


readers = Readers()


def is_too_fast(arrival: Arrival) -> bool:
    """Tell whether an answer came faster than a person can read."""
    least = least_time(arrival.typed)
    ahead = readers.are_ahead(arrival.reader, arrival.leased_at, least, arrival.at)
    return ahead or (bool(arrival.elapsed_ms) and timedelta(milliseconds=arrival.elapsed_ms or 0) < least)
