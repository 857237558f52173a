"""Answers come in: each is stored once, counted at most once, and decides its task, in one transaction of its own."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Volunteer
from accounts.prepared import Given, Insertion, Selection, Update, each

from ..enums import Purpose, Status
from ..errors import MalformedValue
from ..gold.checking import Told, judge_check
from ..kinds import KINDS, Value
from ..leasing.leases import free_seats
from ..models import Answer, Lease
from ..settling.deciding import decide
from ..settling.resuming import resume
from ..settling.weighing import Question, ask_votes
from ..signals import CountedAnswer, Settlement, answer_counted
from ..trust.arriving import Visit, Worth, worth_of
from ..trust.haste import Arrival
from .replying import feedback_of, plain_result, refused, refused_for_its_key, result_of
from .seats import KEY, Counting, LeaseUsed, Seat, count, seats_of, use_for_check

logger = logging.getLogger(__name__)

NEW_ANSWER = Insertion(
    Answer,
    "project_id",
    "task_id",
    "subject",
    "version_id",
    "volunteer_id",
    "key",
    "body_hash",
    "value",
    "vote",
    "purpose",
    "counted",
    "weight",
    "elapsed_ms",
    "grp",
    "result",
    "created_at",
    "credited_at",
)
SEEN_EVERY = timedelta(hours=1)  # how exactly a volunteer's last answer is remembered


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer as it was posted. ``key`` is the client's, one for each answer whatever is sent again."""

    lease: str
    key: UUID
    value: object
    elapsed_ms: int | None = None

    @property
    def body_hash(self) -> bytes:
        body = json.dumps([self.lease, self.value], sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(body.encode(errors="surrogatepass"), digest_size=16).digest()


class NotHeard(Exception):
    """A listener failed: the transaction must be begun again without telling anybody."""


def submit_answers(
    volunteer: Volunteer,
    submissions: Sequence[Submission],
    *,
    visit: Visit | None = None,
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return one result of the API for each submission, in the order given.

    They are taken by ascending task, each in a transaction of its own: one bad answer does not spoil the others.
    ``visit`` is None for answers that a simulation gives.
    """
    now = now or timezone.now()
    keys = {submission.key for submission in submissions}
    seats = seats_of(volunteer.pk, [submission.lease for submission in submissions], keys)
    known = known_results(volunteer.pk, keys) if seats.may_be_known else {}
    results: dict[int, dict[str, Any]] = {}
    for index in sorted(range(len(submissions)), key=lambda i: task_of(seats.of.get(submissions[i].lease))):
        submission = submissions[index]
        results[index] = known.get(submission.key, {}).get(submission.body_hash) or submit(
            volunteer, submission, seats.of.get(submission.lease), known, visit, now
        )
        known.setdefault(submission.key, {})[submission.body_hash] = results[index]
    return [results[index] for index in range(len(submissions))]


def task_of(seat: Seat | None) -> int:
    return seat.question.task if seat else 0


def known_results(volunteer: int, keys: Iterable[UUID]) -> dict[UUID, dict[bytes, dict[str, Any]]]:
    """Return the first results of keys used before, by the body that they came with."""
    rows = first_replies.rows(volunteer=volunteer, keys=list(keys))
    return {key: {bytes(body): result} for key, body, result in rows}


@Selection
def first_replies(keys):
    mine = Answer.objects.filter(volunteer=Given("volunteer"), key__in=each("keys", keys, KEY))
    return mine.values_list("key", "body_hash", "result")


def submit(
    volunteer: Volunteer,
    submission: Submission,
    seat: Seat | None,
    known: dict[UUID, dict[bytes, dict[str, Any]]],
    visit: Visit | None,
    now: datetime,
) -> dict[str, Any]:
    if submission.key in known:
        return refused_for_its_key(submission.key)
    if seat is None or seat.volunteer != volunteer.pk:
        return refused(
            submission.key, _("This task is not yours to answer: ask for a new one. Your text is kept here.")
        )
    try:
        kind = KINDS[seat.question.kind]
        value = kind.clean(submission.value, seat.question.payload)
    except MalformedValue as error:
        return refused(submission.key, str(error))
    arrival = Arrival(bytes(volunteer.seed), kind.reading(value), submission.elapsed_ms, seat.leased_at, now)
    worth = worth_of(visit, arrival, seat.question.project)
    try:
        return store(volunteer, submission, seat, value, worth, now)
    except (IntegrityError, LeaseUsed):
        if result := result_of_the_first(volunteer.pk, submission, seat):
            return result
        raise


def store(
    volunteer: Volunteer, submission: Submission, seat: Seat, value: Value, worth: Worth, now: datetime
) -> dict[str, Any]:
    """Store it in a transaction of its own. Should nobody be able to credit it, which may come out as late as the
    commit, it is stored all the same, and the sweeper has the listeners told again."""
    try:
        with transaction.atomic():
            return write(volunteer, submission, seat, value, worth, now, credited_at=now)
    except IntegrityError:
        raise
    except (NotHeard, DatabaseError):
        logger.exception("an answer could not be credited; the sweeper will see to it")
        with transaction.atomic():
            return write(volunteer, submission, seat, value, worth, now, credited_at=None)


def write(
    volunteer: Volunteer,
    submission: Submission,
    seat: Seat,
    value: Value,
    worth: Worth,
    now: datetime,
    *,
    credited_at: datetime | None,
) -> dict[str, Any]:
    question = seat.question
    check = seat.purpose == Purpose.CHECK
    vote = KINDS[question.kind].vote(value, question.schema)
    expected = result_of(submission.key, counted=True, feedback=None, points=0)  # what most are told
    if check:
        use_for_check(seat, now)
    else:
        counting = count(seat, now)
    stored = insert(volunteer.pk, submission, seat, value, vote, worth, expected, now, credited_at)
    if check:
        heard, told = True, judge_check(question, volunteer.pk, stored, value, heard=worth.heard)
    else:
        heard, told = decided(question, counting, stored, now)
    settled, feedback = told
    answer, points = stored(), 0
    if heard and credited_at:
        points = credit(CountedAnswer(answer, question.project, question.task, volunteer.pk, now, worth.heard), settled)
    result = result_of(submission.key, counted=heard, feedback=feedback, points=points)
    if result != expected:
        keep_reply.ask(answer=answer, result=result)
    remember_activity(volunteer, now)
    return result


def insert(
    volunteer: int,
    submission: Submission,
    seat: Seat,
    value: Value,
    vote: str,
    worth: Worth,
    result: dict[str, Any],
    now: datetime,
    credited_at: datetime | None,
) -> Callable[[], int]:
    """Insert an answer that counts, or one to a check; call what is returned to have its id."""
    question, check = seat.question, seat.purpose == Purpose.CHECK
    return NEW_ANSWER.ask(
        project_id=question.project,
        task_id=question.task,
        subject=seat.subject,
        version_id=question.version,
        volunteer_id=volunteer,
        key=submission.key,
        body_hash=submission.body_hash,
        value=value,
        vote=vote,
        purpose=seat.purpose,
        counted=not check,
        weight=worth.share,
        elapsed_ms=submission.elapsed_ms,
        grp=None if check else worth.group,
        result=result,
        created_at=now,
        credited_at=credited_at,
    )


def decided(question: Question, counting: Counting, stored: Callable[[], int], now: datetime) -> tuple[bool, Told]:
    """Return whether an answer was counted, and with the settlement that it caused what its giver is told of it.

    The votes are asked for before it is known whether it counts, which it nearly always does: all travels together.
    """
    votes = ask_votes(question)
    if not counting.at_once:
        if not counting.after_all():
            Answer.objects.filter(pk=stored()).update(counted=False)
            return False, (None, None)
        votes = ask_votes(question)  # under the lock of the task, which it has taken only now
    settled = decide(question, votes(), now)
    if settled and question.parent:
        resume(question, settled, now)
    return True, (settled, feedback_of(settled, stored()) if settled else None)


@Update
def keep_reply():
    return Answer.objects.filter(pk=Given("answer")), {"result": Given("result")}


def credit(answer: CountedAnswer, settled: Settlement | None) -> int:
    """Tell the listeners without the savepoint of ``telling.tell``, which would cost every answer two statements."""
    try:
        told: list[Any] = answer_counted.send(Answer, answer=answer, settled=settled, at=answer.created_at)
    except Exception as error:
        raise NotHeard from error
    return sum(points for _receiver, points in told)


def remember_activity(volunteer: Volunteer, now: datetime) -> None:
    if volunteer.last_answer_at is None or now - volunteer.last_answer_at > SEEN_EVERY:
        volunteer.last_answer_at = now
        Volunteer.objects.filter(pk=volunteer.pk).update(last_answer_at=now)


def result_of_the_first(volunteer: int, submission: Submission, seat: Seat) -> dict[str, Any] | None:
    """Nothing was stored because something was first: the same post, another key on this lease, or an answer to the
    same subject. None: it was none of these."""
    first = Answer.objects.filter(volunteer=volunteer, key=submission.key).values_list("body_hash", "result").first()
    if first:
        return first[1] if bytes(first[0]) == submission.body_hash else refused_for_its_key(submission.key)
    if Lease.objects.filter(pk=seat.lease).exclude(used_at=None).exists():
        return refused(submission.key, _("This task was answered already from another window. Ask for a new one."))
    mine = Answer.objects.filter(project=seat.question.project, volunteer=volunteer, subject=seat.subject)
    if not mine.filter(reopened=False).exists():
        return None
    with transaction.atomic():
        free_seats(Lease.objects.live().filter(pk=seat.lease))
    return plain_result(submission.key, Status.REPEATED, _("You have read this line before. Thank you!"))
