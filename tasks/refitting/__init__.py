"""All answers to a workflow are weighed together again: records of volunteers are rewritten, open tasks weighed anew,
and where a decided task would be decided otherwise a reviewer looks at it.

Read, fit, write. Everything is read and fitted in memory; then the records are written, each whole in itself, then what
holds for newcomers and confidences, then task after task, each in a transaction of its own. ``Fit.fitted_to`` moves at
the very end: a fit that dies before is begun again, and what it had written already is found to be right.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.utils import timezone

from ..consensus import said
from ..consensus.tempering import Temper
from ..enums import KindName
from ..errors import BeingFitted, FitLost
from ..kinds import transcribe, verify
from ..machinery.pulsing import Pulse
from ..models import Fit, Skill, Workflow
from ..settling.weighing import Learned, learned_by
from ..trust.reckoning import trust_anew
from .believing import Belief, Rival, believe_choices, believe_ranks, believe_texts
from .claiming import Claim, claim
from .doubting import Changed, raise_doubts
from .gathering import Gathered, gather
from .holding import Held, Known, read_held, read_known
from .judging import Judged, judge_people
from .rescoring import fit_confidence, is_outvoted, rescore
from .waiting import LEAST_REST, counted_now

logger = logging.getLogger(__name__)

SKILLS_AT_ONCE = 500
__all__ = ["Changed", "Refitted", "refit"]


@dataclass(frozen=True)
class Refitted:
    """What a fit changed, or would change: tasks for a reviewer by ascending id, and those that are ``waiting`` until
    reviewers have decided some; how many open tasks settled, how many records of volunteers were rewritten; and from
    how many answers and known tasks."""

    changed: tuple[Changed, ...] = ()
    waiting: tuple[Changed, ...] = ()
    settled: int = 0
    records: int = 0
    answers: int = 0
    known: int = 0


@dataclass(frozen=True)
class Fitted:
    """All that a fit found out before it writes anything."""

    found: Gathered
    known: Known
    rivals: list[tuple[int, Rival]]
    judged: Judged
    learned: Learned


def refit(
    workflow: Workflow, *, from_scratch: bool = False, write: bool = True, now: datetime | None = None
) -> Refitted:
    """Fit a workflow anew from all its answers.

    The same answers give the same records and confidences, whatever was known before and in whatever order they came.
    ``from_scratch`` weighs every open task anew, not only those that the fit touches, and takes over from a worker.
    Without ``write`` it only tells what would change. Raises ``BeingFitted`` when another worker is at it and
    ``FitLost`` when one takes over.
    """
    now = now or timezone.now()
    if not write:
        fitted = fit(workflow)
        return apply(workflow, fitted, None, everything=from_scratch, now=now)
    mine = claim(workflow.pk, take_over=from_scratch)
    if mine is None:
        raise BeingFitted
    try:
        with Pulse(mine.beat):
            return fit_and_write(workflow, mine, from_scratch=from_scratch, now=now)
    except FitLost:
        raise
    except Exception:
        with suppress(FitLost):  # what fails once may fail again at once
            mine.write(claimed_until=timezone.now() + LEAST_REST)
        raise


def fit_and_write(workflow: Workflow, mine: Claim, *, from_scratch: bool, now: datetime) -> Refitted:
    begun = time.monotonic()
    row = Fit.objects.get(workflow=workflow)
    interrupted = not row.findings.get("finished", True)
    totals = counted_now(workflow)
    fitted = fit(workflow)
    mine.hold(findings=row.findings | {"finished": False})
    made = apply(workflow, fitted, mine, everything=from_scratch or interrupted, now=now)
    seconds = time.monotonic() - begun
    mine.finish(
        fitted_to=fitted.found.newest,
        fitted_at=now,
        findings=told(fitted, made) | {"finished": True, "totals": totals, "seconds": round(seconds, 1)},
    )
    logger.info("workflow %s fitted from %s answers: %s", workflow.pk, made.answers, made.records)
    return made


def told(fitted: Fitted, made: Refitted) -> dict[str, object]:
    return {
        "answers": made.answers,
        "people": len(fitted.found.people),
        "known": made.known,
        "settled": made.settled,
        "doubted": len(made.changed),
        "waiting": len(made.waiting),
    }


def fit(workflow: Workflow) -> Fitted:
    found = gather(workflow)
    held, known = read_held(workflow, found.tasks), read_known(workflow, found.tasks)
    belief = believe(workflow, found, held, known)
    judged = judge_people(workflow, found, belief, known.votes)
    temper = fit_confidence({int(found.tasks[place]): vote for place, vote in known.votes.items()}, judged)
    several = found.voices > 1  # who asks one person only has chosen to believe them
    learned = Learned(judged.newcomer, temper)
    rivals = [(int(found.tasks[rival.place]), rival) for rival in belief.rivals if several[rival.place]]
    doubted = [
        (task, rival)
        for task, rival in rivals
        if rival.place not in held.adjudicated or is_outvoted(task, rival.holds, learned, judged)
    ]
    return Fitted(found, known, doubted, judged, learned)


def believe(workflow: Workflow, found: Gathered, held: Held, known: Known) -> Belief:
    version = workflow.current
    if version.kind == KindName.CHOOSE:
        return believe_ranks(found)
    if version.kind == KindName.TRANSCRIBE:
        return believe_texts(found, held, known, transcribe.rules(version.schema))
    return believe_choices(found, held, known, [said(label) for label in verify.LABELS.values()])


def apply(workflow: Workflow, fitted: Fitted, mine: Claim | None, *, everything: bool, now: datetime) -> Refitted:
    """Write what the fit found; without a claim only tell what it would do."""
    before = learned_by(workflow.pk)
    to_weigh = open_tasks(workflow, fitted, before, everything=everything)
    if mine:
        write_records(workflow, fitted.judged, mine)
        write_learned(fitted.learned, mine)
    settled = rescore(to_weigh, fitted.learned, fitted.judged, mine, now)
    changed, waiting = raise_doubts(workflow, fitted.rivals, fitted.found.rank, mine, now)
    answers, known = len(fitted.found.task), len(fitted.known.votes)
    return Refitted(changed, waiting, settled, len(fitted.judged.changed), answers, known)


def open_tasks(workflow: Workflow, fitted: Fitted, before: Learned, *, everything: bool) -> list[int]:
    """Return the open tasks that may settle now: with answers enough, by somebody whose record has moved or, when
    newcomers or confidences are judged otherwise, by anybody."""
    found, judged = fitted.found, fitted.judged
    enough = found.open & (found.voices >= workflow.current.rules.minimum)
    if not everything and before == fitted.learned:
        moved = np.isin(found.people, list(judged.moved(before.newcomer)))
        touched = np.zeros(len(found.tasks), bool)
        touched[found.task[moved[found.volunteer]]] = True
        enough &= touched
    ids: list[int] = found.tasks[enough].tolist()
    return ids


def write_records(workflow: Workflow, judged: Judged, mine: Claim) -> None:
    """A record is whole in itself: they are written in pieces, so that nobody's answer waits for them."""
    rows = [
        Skill(
            volunteer_id=who,
            workflow=workflow,
            right=record.right,
            wrong=record.wrong,
            prior_right=record.prior and record.prior[0],
            prior_wrong=record.prior and record.prior[1],
        )
        for who, record in sorted(judged.changed.items())
    ]
    for start in range(0, len(rows), SKILLS_AT_ONCE):
        with transaction.atomic():
            mine.hold()
            Skill.objects.bulk_create(
                rows[start : start + SKILLS_AT_ONCE],
                update_conflicts=True,
                unique_fields=["volunteer", "workflow"],
                update_fields=["right", "wrong", "prior_right", "prior_wrong"],
            )
            trust_anew([row.volunteer_id for row in rows[start : start + SKILLS_AT_ONCE]], workflow.pk)


def write_learned(learned: Learned, mine: Claim) -> None:
    right, wrong = learned.newcomer
    temper: Temper = learned.temper
    mine.hold(prior_right=right, prior_wrong=wrong, slope=temper.slope, intercept=temper.intercept)
