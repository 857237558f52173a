"""Freeze what a project has found out as the next version of its dataset."""

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.enums import ProjectState
from tasks.models import Project, ProjectSecret
from tasks.snapshot import one_moment

from .datapackage import content_digest, describe
from .enums import ReleaseState
from .errors import NotReleasable
from .files import FILES, described
from .models import Release, shelf_of
from .readme import readme
from .settled import Selection, settled_rows
from .tables import durable, write_tables

logger = logging.getLogger(__name__)

UNFINISHED = ".unfinished-"
ABANDONED_AFTER = timedelta(days=1)  # nobody writes a release for so long


@dataclass(frozen=True, slots=True)
class NothingChanged:
    """A release of the present state would hold what ``release`` holds."""

    release: Release


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that lies complete in ``folder`` but has no number yet."""

    folder: Path
    tables: list[dict[str, Any]]
    description: dict[str, Any]
    summary: dict[str, Any]
    content: str


def release(project: Project, *, now: datetime | None = None) -> Release | NothingChanged:
    """Publish the tasks that were settled longer ago than an answer can be taken back.

    All is read at one moment and written beside the other versions; only a complete version gets its number, so a
    process killed half-way leaves nothing that anyone can see. Of two releases at once the second finds that nothing
    changed. Raises ``NotReleasable`` with a sentence for a draft project and for one without a settled task.
    """
    if project.state == ProjectState.DRAFT:
        raise NotReleasable(_("“%(project)s” is a draft: open it first.") % {"project": project.title})
    now = now or timezone.now()
    shelf = shelf_of(project)
    shelf.mkdir(parents=True, exist_ok=True)
    clear_abandoned(shelf)
    while True:
        with unfinished(shelf) as folder:
            draft = draw_up(project, now - settings.UNDO_WINDOW, folder)
            outcome = publish(project, draft, now)
        if outcome is not None:
            return outcome
        logger.info("release of %s: another one came first, looking again", project.slug)


def draw_up(project: Project, cutoff: datetime, folder: Path) -> Draft:
    secret, _created = ProjectSecret.objects.get_or_create(project=project)
    selection = Selection(project.pk, cutoff, bytes(secret.dataset))
    with one_moment():
        tally = write_tables(folder, settled_rows(selection))
        if not tally.rows:
            raise NotReleasable(
                _("Nothing in “%(project)s” has been settled for a minute: release it when there are results.")
                % {"project": project.title}
            )
        tables = [described(folder / name) for name in FILES if (folder / name).exists()]
        description = describe(project, tally, tables)
        volunteers = selection.count_volunteers()
    summary = tally.summary() | volunteers | {"preview": tally.preview}
    return Draft(folder, tables, description, summary, content_digest(description))


def publish(project: Project, draft: Draft, now: datetime) -> Release | NothingChanged | None:
    """Give the draft the next number; None when another release took that number meanwhile."""
    newest = project.releases.order_by("number").last()
    if newest and newest.state == ReleaseState.PUBLISHED and newest.content == draft.content:
        return NothingChanged(newest)
    number = newest.number + 1 if newest else 1
    files = finish(draft, number)
    try:
        with transaction.atomic():
            published = Release.objects.create(
                project=project,
                number=number,
                digest=next(file["sha256"] for file in files if file["name"] == "SHA256SUMS"),
                content=draft.content,
                snapshot=draft.summary | published_facts(project) | {"files": files},
                released_at=now,
            )
            shelve(draft.folder, published.folder)
    except IntegrityError:
        if project.releases.filter(number=number).exists():
            return None
        raise
    logger.info("released %s version %d: %d rows", project.slug, number, draft.summary["rows"])
    return published


def published_facts(project: Project) -> dict[str, str]:
    return {"title": project.title, "licence": project.licence, "publisher": project.organisation.name}


def finish(draft: Draft, number: int) -> list[dict[str, Any]]:
    """Write what tells the version's number, then the checksums; return what is to be known of each file."""
    description = draft.description | {"version": str(number)}
    write(draft.folder / "datapackage.json", json.dumps(description, ensure_ascii=False, indent=2) + "\n")
    write(draft.folder / "README", readme(draft.description, number))
    files = draft.tables + [described(draft.folder / name) for name in ("datapackage.json", "README")]
    write(draft.folder / "SHA256SUMS", sums(files))
    return [*files, described(draft.folder / "SHA256SUMS")]


def write(path: Path, text: str) -> None:
    with durable(path) as file:
        file.write(text)


def sums(files: list[dict[str, Any]]) -> str:
    """Return the lines that ``sha256sum -c`` reads, by name."""
    by_name = sorted(files, key=lambda file: file["name"])
    return "".join(f"{file['sha256']}  {file['name']}\n" for file in by_name)


def shelve(folder: Path, target: Path) -> None:
    """Move a finished folder to its number. What lies there has no row: a process died between move and commit."""
    shutil.rmtree(target, ignore_errors=True)
    sync(folder)
    folder.rename(target)
    sync(target.parent)


def sync(folder: Path) -> None:
    """Make names in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def unfinished(shelf: Path) -> Iterator[Path]:
    """Make a folder beside the versions that goes away again unless it became one."""
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=shelf))
    folder.chmod(0o755)  # a proxy that serves it may be another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(shelf: Path) -> None:
    """Remove what killed processes left half-written."""
    for folder in shelf.glob(f"{UNFINISHED}*"):
        newest = max(path.stat().st_mtime for path in [folder, *folder.iterdir()])
        if newest < time.time() - ABANDONED_AFTER.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)
