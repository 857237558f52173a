"""How soon pages finish while a crowd reads, and what one more answer is spent on.

    uv run python -m benchmarks.finishing --pages 2000 --people 40
    uv run python -m benchmarks.finishing --anywhere     # the same crowd without a front
    uv run python -m benchmarks.finishing --three        # every line three times

Volunteers take turns in this process, eight lines at a time, which they hold until their next turn, by the statements
of the site; every ten seconds of theirs the sweeper's chore is due, as on the site. Some misread a line. Now and then
two people are made to look at the same moment: the share of lines that both would take although only one seat is free
is what would be lost.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import filling
from benchmarks.filling import PROJECT, set_up

A_LINE = timedelta(seconds=9)
SWEPT = timedelta(seconds=10)
AT_A_TIME = 8
MISREAD = 0.06  # share of answers; one in seven people misreads four times as often
MARKS = (0.1, 0.25, 0.5, 0.75)
LOOKS = 5  # in so many turns once


@dataclass
class Story:
    """``finished[n]``: pages without an open line when the n-th answer had come."""

    answers: int = 0
    finished: list[int] = field(default_factory=list)
    at_once: int = 0
    lost: int = 0
    alike: int = 0  # pairs of answers to one line by the two people who meet most
    pairs: int = 0
    settled: int = 0
    pages: int = 0
    wrong: int = 0  # lines settled with a misreading
    disputed: int = 0


def begin(pages: int, people: int) -> list[Any]:
    from accounts.models import Volunteer

    filling.make_empty()
    use_no_disk()
    from django.db import connection

    filling.fill(Path(connection.settings_dict["NAME"]), pages * filling.LINES)
    return [Volunteer.objects.anonymous() for _ in range(people)]


def use_no_disk() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


def ask_three_times() -> None:
    """Ask everything just three times and believe what leads, as is the custom elsewhere."""
    from tasks.models import Task, WorkflowVersion

    WorkflowVersion.objects.update(policy={"minimum": 3, "maximum": 3, "confidence": 0.01})
    Task.objects.update(wanted=3, maximum=3)


def play(pages: int, people: int, *, front: bool, three: bool) -> Story:
    from tasks.enums import TaskState
    from tasks.leasing.advancing import move_fronts
    from tasks.models import Decision, Task
    from tasks.playing.scheduling import lease_tasks
    from tasks.playing.submission import Submission, submit_answers

    crowd = begin(pages, people)
    use_no_disk()
    if three:
        ask_three_times()
    story, chance = Story(pages=pages), random.Random(1)
    random.seed(1)
    careless = {volunteer.pk for volunteer in crowd[::7]}
    open_lines = dict.fromkeys(range(1, pages + 1), filling.LINES)
    page_of = dict(Task.objects.values_list("pk", "page"))
    readers: dict[int, list[int]] = {}
    now, swept, finished, turn = datetime.fromisoformat("2026-03-02T12:00:00+00:00"), None, 0, 0
    at_work, held = list(crowd), dict[int, list[Any]]()
    while at_work:
        if front and (swept is None or now - swept >= SWEPT):
            move_fronts(now)
            swept = now
        volunteer = chance.choice(at_work)
        turn += 1
        if turn % LOOKS == 0:
            look_at_once(chance.sample(crowd, 2), story)
        for lease in held.pop(volunteer.pk, []):
            now += A_LINE / people
            task = task_of(lease.task["id"])
            value = {"text": reading(task, volunteer.pk, careless, chance)}
            [result] = submit_answers(volunteer, [Submission(lease.token, uuid4(), value, 9000)], now=now)
            readers.setdefault(task, []).append(volunteer.pk)
            story.answers += 1
            if "feedback" in result:
                page = page_of[task]
                open_lines[page] -= 1
                finished += open_lines[page] == 0
                story.settled += 1
            story.finished.append(finished)
        grant = lease_tasks(volunteer.pk, PROJECT, AT_A_TIME, newcomer=False, now=now)
        held[volunteer.pk] = list(grant.leases)
        if grant.exhausted and not any(held.values()):
            at_work.remove(volunteer)
        elif grant.exhausted:
            now += A_LINE  # until somebody's answer leaves a doubt
    met = Counter((min(a, b), max(a, b)) for who in readers.values() for i, a in enumerate(who) for b in who[i + 1 :])
    story.disputed = Task.objects.filter(state=TaskState.DISPUTED).count()
    story.wrong = Decision.objects.filter(state=TaskState.AGREED).exclude(vote__endswith="as it is").count()
    story.alike, story.pairs = max(met.values()), sum(met.values())
    return story


def task_of(public: str) -> int:
    from tasks.showing.opaque import reveal

    return reveal(public, "task")


def reading(task: int, volunteer: int, careless: set[int], chance: random.Random) -> str:
    wrong = chance.random() < MISREAD * (4 if volunteer in careless else 1)
    return f"line {task} {chance.randrange(8)} misread" if wrong else f"line {task} as it is"


def look_at_once(two: list[Any], story: Story) -> None:
    """Let two people choose from the same state of the database, and count what both would take."""
    from tasks.leasing.walking import Walker, load_cursors, look, pick
    from tasks.models import Pace, Workflow
    from tasks.playing.scheduling import Asked

    workflow = Workflow.objects.get()
    asked = Asked(workflow.project_id, workflow.pk, workflow.front_from, workflow.frontier, source=None)
    chosen: list[set[int]] = []
    state = random.getstate()
    for volunteer in two:
        pace = Pace.objects.filter(volunteer=volunteer).first()
        walker = Walker(
            volunteer.pk, asked.project, asked.workflow, load_cursors(pace.cursors if pace else {}, asked.front)
        )
        rings = look(walker, 16)
        passed: set[int] = set()
        picked: list[Any] = []
        for urgency, ring in rings.items():
            picked += pick(ring, passed, walker.cursors[urgency], AT_A_TIME - len(picked))
        chosen.append({task.id for task in picked})
    random.setstate(state)
    story.at_once += len(chosen[0])
    story.lost += single_seats(chosen[0] & chosen[1])


def single_seats(tasks: set[int]) -> int:
    from tasks.models import Task

    return Task.objects.filter(pk__in=tasks, seats=1).count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--lines", type=int, default=20, help="of a page")
    parser.add_argument("--anywhere", action="store_true", help="without a front")
    parser.add_argument("--three", action="store_true", help="ask everything three times instead of stopping when sure")
    wish = parser.parse_args()
    filling.LINES = wish.lines
    folder = Path(tempfile.mkdtemp(prefix="civictasks-finishing-"))
    try:
        set_up(folder)
        story = play(wish.pages, wish.people, front=not wish.anywhere, three=wish.three)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{wish.pages} pages of {wish.lines} lines, {wish.people} people, front: {not wish.anywhere}")
    for mark in MARKS:
        place = int(mark * story.answers) - 1
        print(f"  at {mark:4.0%} of the answers {story.finished[place] / story.pages:6.1%} of the pages are finished")
    print(f"  {story.answers} answers, {story.answers / story.settled:.3f} a settled line, {story.settled} settled")
    print(f"  {story.wrong / story.settled:.2%} of the lines are settled wrongly, {story.disputed} go to a reviewer")
    print(f"  looked at once: {story.lost / max(story.at_once, 1):.2%} of the lines would be lost")
    print(f"  the pair that meets most shares {story.alike / story.pairs:.2%} of all meetings of two")


if __name__ == "__main__":
    main()
