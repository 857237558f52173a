"""What a fit of a whole workflow takes from the database: time, memory, and how many tasks it would settle or doubt.

    uv run python -m benchmarks.refitting --answers 1000000

Yes-or-no answers, or with ``--kind transcribe`` typed lines, five a task and five hundred a volunteer, most people
right most of the time; all but every five hundredth task are decided by four of five or disputed, two hundred are
known. The second fit settles nothing new.
"""

import argparse
import multiprocessing
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tasks.playing.mistyping import mistype

from .filling import DATABASE, fill, make_empty, set_up
from .peak import peak_megabytes

TASK_ANSWERS, PERSON_ANSWERS, KNOWN = 5, 500, 200
TASKS_AT_ONCE = 10_000
NOW = "2026-03-02 12:00:00"
LABELS = ("no", "yes")
VALUES = {
    "verify": """iif(said = 'yes', '{"matches": true}', '{"matches": false}')""",
    "transcribe": "json_object('text', said)",
}
ANSWER = f"""
INSERT INTO tasks_answer (project_id, version_id, task_id, subject, volunteer_id, key, body_hash, value, vote, purpose,
  counted, result, created_at, reopened, elapsed_ms)
SELECT 1, 1, task, task, who, lower(hex(randomblob(16))), x'', %s, '=' || said, 0, 1, '{{}}', '{NOW}', 0, 3000
FROM (SELECT ? AS task, ? AS who, ? AS said)"""
GOLD = f"""
INSERT INTO tasks_gold (task_id, project_id, workflow_id, value, vote, source, draw, created_at)
SELECT task, 1, 1, %s, '=' || said, 'archivist', task, '{NOW}' FROM (SELECT ? AS task, ? AS said)"""
DECISIONS = f"""
INSERT INTO tasks_decision (id, project_id, task_id, number, state, vote, agreement, confidence, answers, decided_by,
  method, method_version, parameters, parameters_hash, evidence, reason, created_at)
SELECT task_id, 1, task_id, 1, 2, vote, 1, 0.95, 5, 'rule', 'weighted-choice', '3', '{{}}', '', '[]', '', '{NOW}'
FROM tasks_answer WHERE task_id % 500 GROUP BY task_id, vote HAVING COUNT(*) > 3"""


def people(number: int) -> None:
    from accounts.models import Volunteer

    Volunteer.objects.bulk_create(
        [Volunteer(username=f"reader-{n}", password="!unusable") for n in range(number)], batch_size=500
    )


def answers(tasks: int, number: int, kind: str) -> Iterator[tuple[int, int, str]]:
    """Yield task, volunteer and what they said."""
    chance, slip = np.random.default_rng(2), random.Random(2)
    skill = chance.beta(8, 2, number)
    for first in range(1, tasks + 1, TASKS_AT_ONCE):
        task = np.arange(first, min(first + TASKS_AT_ONCE, tasks + 1)).repeat(TASK_ANSWERS)
        step = chance.integers(1, max(number // TASK_ANSWERS, 2), len(task) // TASK_ANSWERS).repeat(TASK_ANSWERS)
        start = chance.integers(0, number, len(task) // TASK_ANSWERS).repeat(TASK_ANSWERS)
        who = (start + step * np.resize(np.arange(TASK_ANSWERS), len(task))) % number
        right = chance.random(len(task)) < skill[who]
        for each, person, is_right in zip(task.tolist(), (who + 1).tolist(), right.tolist(), strict=True):
            yield each, person, truth(each, kind) if is_right else error(each, kind, slip)


def truth(task: int, kind: str) -> str:
    """Return what is right: a label, or a line of some 55 letters."""
    if kind == "verify":
        return LABELS[task % 2 == 0]
    return " ".join(WORDS[(task * prime) % len(WORDS)] for prime in PRIMES)


def error(task: int, kind: str, slip: random.Random) -> str:
    return LABELS[task % 2] if kind == "verify" else mistype(truth(task, kind), slip)


def words() -> list[str]:
    chance = random.Random(3)
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyzåäö", k=chance.randint(2, 9))) for _ in range(20_011)]


WORDS, PRIMES = words(), (2, 3, 5, 7, 11, 13, 17, 19, 23)


def prepare(database: Path, count: int, kind: str) -> None:
    tasks, number = count // TASK_ANSWERS, max(count // PERSON_ANSWERS, 20)
    fill(database, tasks)
    people(number)
    db = sqlite3.connect(database)
    for pragma in ("synchronous=OFF", "cache_size=-1000000", "ignore_check_constraints=ON"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("UPDATE tasks_workflowversion SET kind = ?", [kind])
    with without_indexes(db, "tasks_answer"):
        db.executemany(ANSWER % VALUES[kind], answers(tasks, number, kind))
    db.execute("UPDATE tasks_task SET wanted = 5, answered = 5, subject = id")
    db.executemany(GOLD % VALUES[kind], ((task, truth(task, kind)) for task in range(1, KNOWN + 1)))
    db.execute(DECISIONS)
    db.execute("UPDATE tasks_task SET state = 3, settled_at = ? WHERE id % 500", [NOW])
    db.execute("UPDATE tasks_task SET state = 2, decision = id WHERE id IN (SELECT id FROM tasks_decision)")
    db.commit()
    db.close()


@contextmanager
def without_indexes(db: sqlite3.Connection, table: str) -> Iterator[None]:
    """Many rows are sooner in their indexes when these are made at the end."""
    where = "type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
    indexes = db.execute(f"SELECT name, sql FROM sqlite_master WHERE {where}", [table]).fetchall()
    for name, _sql in indexes:
        db.execute(f"DROP INDEX {name}")
    yield
    for _name, sql in indexes:
        db.execute(sql)


def measure(count: int, folder: Path) -> None:
    """Runs in a process of its own, so that its peak is its own."""
    set_up(folder)
    from tasks.models import Workflow
    from tasks.refitting import fit, gather, refit

    workflow = Workflow.objects.get()
    for name, work in (
        ("read the answers", lambda: gather(workflow)),
        ("read and fit", lambda: fit(workflow)),
        ("read, fit, write", lambda: refit(workflow)),
        ("once more", lambda: refit(workflow)),
    ):
        begun, worked = time.perf_counter(), time.process_time()
        made = work()
        took, work_done = time.perf_counter() - begun, time.process_time() - worked
        told = (
            f"{made.settled} settled, {len(made.changed)} doubted, {made.records} records"
            if hasattr(made, "records")
            else ""
        )
        spent = f"{took:8.1f} s {work_done:8.1f} s of processor {peak_megabytes():7.0f} MB"
        print(f"{count:12,} {name:18} {spent}  {told}", flush=True)


def time_online() -> None:
    """Print what the consensus of one task takes in the answering transaction, beside its statements."""
    from tasks.consensus import Policy
    from tasks.consensus.tempering import Temper
    from tasks.settling.weighing import Learned, Question, Vote, weigh

    line = "Helsingin Sanomat, perustettu 1889, Ludviginkatu 2-10, Helsi"
    texts = [line[: 9 * n] + "x" + line[9 * n :] for n in range(5)]
    votes = [Vote(n, n, {"text": text}, f"={text}", None, 3, 1, prior=(6, 2)) for n, text in enumerate(texts)]
    learned = Learned((7, 2), Temper(0.9, 0.1))
    question = Question(1, 1, 1, 1, "transcribe", {}, Policy(), None, learned=learned)
    rounds = 200
    worked = time.process_time()
    for _round in range(rounds):
        weigh(question, votes)
    spent = 1000 * (time.process_time() - worked) / rounds
    print(f"five readings of {len(line)} characters, all different: {spent:.2f} ms of processor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--kind", choices=VALUES, default="verify")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        time_online()
        make_empty()
        prepare(folder / DATABASE, options.answers, options.kind)
        child = multiprocessing.get_context("spawn").Process(target=measure, args=(options.answers, folder))
        child.start()
        child.join()


if __name__ == "__main__":
    main()
