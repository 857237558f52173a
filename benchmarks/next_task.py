"""How long the next task takes, however many tasks there are and whatever the volunteer has answered.

Leases one task after the other in this process for three volunteers: one who is new, one with 50,000 answers to tasks
that are still open (nine tenths of the tasks where there are fewer), and one who has answered all that is left. Waiting
for the disk is left out (``synchronous=OFF``): it is the same for all of them. Then prints how the database finds what
the statements of a lease and an answer ask for.
"""

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script's own folder is on the path, the site's is not

from benchmarks.filling import DATABASE, PROJECT, Shelf
from benchmarks.volunteer_loop import numbers, percentiles

HEAVY = 50_000
CALLS = 400
WITHIN_MS, WITHIN_SHARE = 1.0, 0.2

ANSWER = """
INSERT INTO tasks_answer (project_id, task_id, subject, version_id, volunteer_id, key, body_hash, value, vote, counted,
  result, created_at)
SELECT project_id, id, subject, version_id, ?, printf('%032x', id), zeroblob(16), '{"text": "Oulu"}', 'oulu', 1, '{}',
  '2026-03-02 12:00:00' FROM tasks_task WHERE id IN (SELECT id FROM chosen)
"""
STARTED = "UPDATE tasks_task SET answered = 1, urgency = 1 WHERE id IN (SELECT id FROM chosen)"
SETTLED = "UPDATE tasks_task SET state = 2, settled_at = '2026-03-02 12:00:00' WHERE id NOT IN (SELECT id FROM chosen)"


@dataclass(frozen=True)
class Result:
    """``first_ms``: of the first call, which reads what the others find in memory, and may search everything once."""

    tasks: int
    volunteer: str
    answers: int
    p50_ms: float
    p95_ms: float
    first_ms: float


@contextmanager
def chosen(database: Path, ids: Iterator[int]) -> Iterator[sqlite3.Connection]:
    """Write to a database with a table of chosen task ids."""
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        db.executemany("INSERT INTO chosen VALUES (?)", ((id_,) for id_ in ids))
        yield db
        db.execute("ANALYZE")
        db.commit()


def some(tasks: int, wanted: int) -> Iterator[int]:
    return iter(random.Random(2).sample(range(1, tasks + 1), min(wanted, tasks)))


def nothing_answered(database: Path, tasks: int, volunteer: int) -> int:
    with chosen(database, some(tasks, tasks // 4)) as db:
        db.execute(STARTED)
    return 0


def much_answered(database: Path, tasks: int, volunteer: int) -> int:
    nothing_answered(database, tasks, volunteer)
    answers = min(HEAVY, tasks * 9 // 10)
    with chosen(database, some(tasks, answers)) as db:
        db.execute(STARTED)
        db.execute(ANSWER, [volunteer])
    return answers


def all_answered(database: Path, tasks: int, volunteer: int) -> int:
    answers = min(HEAVY, tasks)
    with chosen(database, some(tasks, answers)) as db:
        db.execute(STARTED)
        db.execute(SETTLED)
        db.execute(ANSWER, [volunteer])
    return answers


VOLUNTEERS: dict[str, Callable[[Path, int, int], int]] = {
    "new": nothing_answered,
    "50,000 answers": much_answered,
    "answered all": all_answered,
}


def use(database: Path) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(database)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


def measure(shelf: Shelf, tasks: int, volunteer: str) -> Result:
    from accounts.models import Volunteer

    database = shelf.copy(tasks) / DATABASE
    use(database)
    who = Volunteer.objects.anonymous().pk
    answers = VOLUNTEERS[volunteer](database, tasks, who)
    use(database)
    first, *others = [lease_once(who) for _call in range(CALLS + 1)]
    p50, p95, _p99 = percentiles(others)
    return Result(tasks, volunteer, answers, p50, p95, 1000 * first)


def lease_once(volunteer: int) -> float:
    """Return how many seconds a lease took; the seat is given back, so that the next call meets the same tasks."""
    from tasks.leasing.leases import free_seats
    from tasks.models import Lease
    from tasks.playing.scheduling import lease_tasks

    begun = time.perf_counter()
    lease_tasks(volunteer, PROJECT, 1, newcomer=False)
    took = time.perf_counter() - begun
    free_seats(Lease.objects.live().filter(volunteer=volunteer))
    return took


def steady(results: list[Result]) -> bool:
    """Whether the slowest is within 20 % or 1 ms of the fastest, in the median and at the 95th percentile."""
    for spans in ([result.p50_ms for result in results], [result.p95_ms for result in results]):
        if max(spans) > max(min(spans) + WITHIN_MS, min(spans) * (1 + WITHIN_SHARE)):
            return False
    return True


def plans(shelf: Shelf, tasks: int) -> Iterator[str]:
    """Yield each statement of a lease and an answer with its plan, for the volunteer with 50,000 answers."""
    from django.db import connection

    from accounts.models import Volunteer

    database = shelf.copy(tasks) / DATABASE
    use(database)
    volunteer = Volunteer.objects.anonymous()
    much_answered(database, tasks, volunteer.pk)
    use(database)
    for statement, parameters in statements_of_a_loop(volunteer):
        yield short(statement)
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters)
            yield from (f"    {row[3]}" for row in cursor.fetchall())


def statements_of_a_loop(volunteer) -> list[tuple[str, list[object]]]:
    from django.db import connection

    from tasks.playing.scheduling import lease_tasks
    from tasks.playing.submission import Submission, submit_answers

    seen: list[tuple[str, list[object]]] = []

    def note(execute, statement, parameters, many, context):
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "INSERT")):
            seen.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(note):
        [lease] = lease_tasks(volunteer.pk, PROJECT, 1, newcomer=False).leases
        submit_answers(volunteer, [Submission(lease.token, uuid4(), {"text": "Oulu"})])
    return seen


def short(statement: str) -> str:
    text = " ".join(statement.replace('"', "").replace("%s, " * 8, "").split())
    return text if len(text) < 200 else f"{text[:60]} … {text[text.index(' FROM ') :][:220]}"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=numbers, default=[1000, 100_000, 1_000_000], help="tasks in the project")
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of the table and the plans")
    return parser.parse_args()


def main() -> None:
    wish = options()
    folder = Path(tempfile.mkdtemp(prefix="civictasks-benchmark-"))
    try:
        shelf = Shelf(folder)
        results = [measure(shelf, tasks, volunteer) for tasks in wish.tasks for volunteer in VOLUNTEERS]
        if wish.json:
            print(json.dumps([asdict(result) for result in results]))
            return
        print("     tasks  volunteer        answers   p50 ms   p95 ms  first ms")
        for r in results:
            print(
                f"{r.tasks:>10}  {r.volunteer:<15} {r.answers:>8} {r.p50_ms:>8.2f} {r.p95_ms:>8.2f} {r.first_ms:>9.2f}"
            )
        for volunteer in VOLUNTEERS:
            own = [result for result in results if result.volunteer == volunteer]
            print(f"{volunteer}, whatever the size, within 20 % or 1 ms:", "yes" if steady(own) else "NO")
        print("all together:", "yes" if steady(results) else "NO")
        print(*plans(shelf, max(wish.tasks)), sep="\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
