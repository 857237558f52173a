"""Which part of the site works, and what to do about one that does not. Operators' words, like those of the log."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis import RedisError
from rq import Worker

from ingestion.storing import LOW_WATER
from tasks.machinery.queueing import impatient_queue

from .signs import PROBE, SWEEPER, age_of_sign, leave_sign

SEEN_LATELY = timedelta(minutes=2)


class State(StrEnum):
    WELL = "well"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What was found about one part; ``advice`` says what to do about it."""

    state: State
    found: str
    advice: str = ""

    def described(self, *, in_detail: bool) -> dict[str, str]:
        """``in_detail`` is for operators alone: what was found tells of the machine."""
        detail = {"found": self.found} | ({"do": self.advice} if self.advice else {})
        return {"state": self.state} | (detail if in_detail else {})


@dataclass(frozen=True)
class Readiness:
    """``parts`` by name. Volunteers can go on without any but the first: then the site is degraded, not down."""

    parts: dict[str, Finding]

    @property
    def status(self) -> str:
        if self.parts["database"].state != State.WELL:
            return "not ready"
        return "ready" if all(part.state == State.WELL for part in self.parts.values()) else "degraded"


def look_at_all() -> Readiness:
    return Readiness({name: look() for name, look in PARTS.items()})


def look_at_database() -> Finding:
    try:
        if not is_migrated():
            return Finding(State.WRONG, "The database is not prepared.", "Run “manage.py migrate”.")
        leave_sign(PROBE)
    except DatabaseError as error:
        where = "DATABASE_URL" if connection.vendor == "postgresql" else "CIVICTASKS_DATA"
        advice = f"See that it runs, has room and can be written; {where} says where it is."
        return Finding(State.WRONG, f"The database cannot be written ({type(error).__name__}).", advice)
    return Finding(State.WELL, f"It is migrated and can be written ({connection.vendor}).")


@cache
def prepared() -> set[str]:
    """Databases found migrated: once is enough for a process, and finding out takes long."""
    return set()


def is_migrated() -> bool:
    name = str(connection.settings_dict["NAME"])
    if name not in prepared():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        prepared().add(name)
    return True


def look_at_redis() -> Finding:
    try:
        impatient_queue().connection.ping()
    except (RedisError, OSError) as error:
        advice = "See that it runs; REDIS_URL says where. Answers count meanwhile; boards and uploads come late."
        return Finding(State.WRONG, f"Redis does not answer ({type(error).__name__}).", advice)
    return Finding(State.WELL, "It answers.")


def look_at_files() -> Finding:
    folder = settings.FILES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        advice = "Give the site's user write access to the folder “files” in CIVICTASKS_DATA, and room on its disk."
        return Finding(State.WRONG, f"Files cannot be written ({type(error).__name__}).", advice)
    room = f"{free // 2**20} MB are free."
    if free < LOW_WATER:
        return Finding(State.WRONG, room, "Make room on the disk: uploads and releases are refused until then.")
    return Finding(State.WELL, f"They can be written; {room}")


def look_at_worker() -> Finding:
    try:
        beats = [worker.last_heartbeat for worker in Worker.all(queue=impatient_queue())]
    except (RedisError, OSError):
        return Finding(State.UNKNOWN, "Workers report to Redis, which does not answer.", "Bring Redis back first.")
    ages = [datetime.now(UTC) - beat.replace(tzinfo=UTC) for beat in beats if beat]
    return seen(min(ages, default=None), "worker", "Start “manage.py work”: uploads wait for it.")


def look_at_sweeper() -> Finding:
    try:
        age = age_of_sign(SWEEPER)
    except DatabaseError:
        return Finding(State.UNKNOWN, "It reports to the database, which does not answer.", "Mend the database first.")
    return seen(age, "sweeper", "Start “manage.py sweep”: boards stand still and lost jobs wait for it.")


def seen(age: timedelta | None, who: str, advice: str) -> Finding:
    if age is None:
        return Finding(State.WRONG, f"No {who} has been seen.", advice)
    found = f"A {who} was seen {max(int(age.total_seconds()), 0)} s ago."
    return Finding(State.WELL, found) if age < SEEN_LATELY else Finding(State.WRONG, found, advice)


PARTS: dict[str, Callable[[], Finding]] = {
    "database": look_at_database,
    "redis": look_at_redis,
    "files": look_at_files,
    "worker": look_at_worker,
    "sweeper": look_at_sweeper,
}
