"""Databases of any size to measure on: one project, pages of forty lines."""

import hashlib
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

LINES = 40  # tasks of a page
PROJECT = "periodicals"
DATABASE = "civictasks.sqlite3"


def set_up(data: Path) -> None:
    """Use ``data`` as the data folder of this process and of those that it starts."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ["CIVICTASKS_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "civictasks.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    import django

    django.setup()


def make_empty() -> None:
    """Migrate the database and make the project, its question and the shelf for its pages."""
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import Organisation
    from tasks.models import Batch, Item, Project, ProjectSecret, Workflow, WorkflowVersion

    call_command("migrate", verbosity=0)
    organisation = Organisation.objects.create(name="An archive", slug="an-archive")
    project = Project.objects.create(organisation=organisation, slug=PROJECT, title="Periodicals", rights="Drawn here")
    ProjectSecret.objects.create(project=project)
    workflow = Workflow.objects.create(project=project, slug="lines")
    WorkflowVersion.objects.create(workflow=workflow, number=1, kind="transcribe", prompt="What does this line say?")
    batch = Batch.objects.create(project=project, name="first", state="done")
    Item.objects.create(project=project, batch=batch, identifier="a-drawer")
    connection.close()


def fill(database: Path, tasks: int) -> None:
    """Add ``tasks`` open tasks to a database made by ``make_empty``."""
    db = sqlite3.connect(database)
    for pragma in ("synchronous=OFF", "cache_size=-1000000", "ignore_check_constraints=ON"):
        db.execute(f"PRAGMA {pragma}")
    ids = [
        db.execute(f"SELECT id FROM tasks_{t}").fetchone()[0]
        for t in ("project", "item", "workflow", "workflowversion")
    ]
    insert(db, "tasks_page", PAGE, pages(tasks, *ids[:2]))
    insert(db, "tasks_task", TASK, lines(tasks, *ids))
    db.execute("ANALYZE")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def insert(db: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
    marks = ",".join("?" * len(columns.split(",")))
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


PAGE = "id, project_id, item_id, position, image_key, crops_key, width, height, sha256"
TASK = (
    "project_id, workflow_id, version_id, page_id, subject, natural_key, x, y, width, height, crop_at, crop_length,"
    " crop_width, crop_height, suggestion, payload, position, shuffle"
)


def pages(tasks: int, project: int, item: int) -> Iterator[tuple[object, ...]]:
    for page in range(1, tasks // LINES + 2):
        sha256 = hashlib.sha256(b"%d" % page).hexdigest()
        yield page, project, item, page, f"pages/{sha256}.jpg", f"crops/{sha256}.pack", 1400, 2000, sha256


def lines(tasks: int, project: int, _item: int, workflow: int, version: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(1)
    shuffle = 0
    for number in range(tasks):
        page, line = divmod(number, LINES)
        if not line:
            shuffle = chance.randrange(2**62)
        region = (60, 40 * line, 1200, 36)
        crop = (9000 * line, 9000, 1200, 36)
        subject, key = chance.getrandbits(62), f"{chance.getrandbits(128):032x}"
        suggestion = f"Helsingin Sanomat {number}, kolmas vuosikerta"
        yield project, workflow, version, page + 1, subject, key, *region, *crop, suggestion, "{}", line, shuffle


class Shelf:
    """Filled databases, one for each size, and a fresh data folder with a copy for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        set_up(folder / "empty")
        make_empty()

    def filled(self, tasks: int) -> Path:
        path = self.folder / f"{tasks}.sqlite3"
        if not path.exists():
            shutil.copy(self.folder / "empty" / DATABASE, path)
            fill(path, tasks)
        return path

    def copy(self, tasks: int) -> Path:
        data = self.folder / "run"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        shutil.copy(self.filled(tasks), data / DATABASE)
        return data
