"""Freeze what a project has found out as the next version of its dataset."""

import gc
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Volunteer
from tasks.enums import ProjectState
from tasks.machinery.durability import sync
from tasks.machinery.snapshot import one_moment
from tasks.models import Project, ProjectSecret

from .comparing import Comparison, compare
from .datapackage import content_digest, describe, with_version
from .enums import ReleaseState
from .errors import FilesLost, NotReleasable
from .files import FILES, described
from .leaving_out import count_left_out
from .looking_up import build_index
from .models import Release, shelf_of
from .readme import readme
from .rows import Row
from .settled import Selection, settled_rows
from .tables import durable, write_tables

logger = logging.getLogger(__name__)

UNFINISHED = ".unfinished-"
SCRIPT = Path(__file__).with_name("recompute.py")
ROWS_BETWEEN_NEWS = 500
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
    left_out: dict[str, int]


def release(
    project: Project,
    *,
    notes: str = "",
    by: Volunteer | None = None,
    now: datetime | None = None,
    passing: Callable[[int], None] | None = None,
) -> Release | NothingChanged:
    """Publish the tasks that were settled longer ago than an answer can be taken back.

    ``notes`` say what a reader should know of this version. ``passing`` hears now and then how many rows are written.
    All is read at one moment and written beside the other versions; only a complete version gets its number, so a
    process killed half-way leaves nothing that anyone can see. Of two releases at once the second finds that nothing
    changed. Raises ``NotReleasable`` with a sentence for a draft project and for one without a settled task.
    """
    refuse_draft(project)
    now = now or timezone.now()
    shelf = shelf_of(project)
    shelf.mkdir(parents=True, exist_ok=True)
    clear_abandoned(shelf)
    while True:
        with unfinished(shelf) as folder:
            draft = draw_up(project, now - settings.UNDO_WINDOW, folder, passing)
            outcome = publish(project, draft, now, notes=notes, by=by)
        if outcome is not None:
            return outcome
        logger.info("release of %s: another one came first, looking again", project.slug)


def refuse_draft(project: Project) -> None:
    if project.state == ProjectState.DRAFT:
        raise NotReleasable(_("“%(project)s” is a draft: open it first.") % {"project": project.title})


def draw_up(project: Project, cutoff: datetime, folder: Path, passing: Callable[[int], None] | None = None) -> Draft:
    secret, _created = ProjectSecret.objects.get_or_create(project=project)
    selection = Selection(project.pk, project.slug, cutoff, bytes(secret.dataset))
    with one_moment(), looking_for_cycles_less():
        rows = settled_rows(selection)
        tally = write_tables(folder, counted(rows, passing) if passing else rows)
        if not tally.rows:
            raise NotReleasable(
                _("Nothing in “%(project)s” has been settled for a minute: release it when there are results.")
                % {"project": project.title}
            )
        tables = [described(folder / name) for name in FILES if (folder / name).exists()]
        description = describe(project, tally, tables)
        volunteers = selection.count_volunteers()
        waiting = selection.count_waiting()
        left_out = count_left_out(selection)
    known = {"preview": tally.preview, "trust": tally.trust.summary(), "waiting": waiting}
    summary = tally.summary() | volunteers | known
    return Draft(folder, tables, description, summary, content_digest(description), left_out)


@contextmanager
def looking_for_cycles_less() -> Iterator[None]:
    """Rows hold no reference cycles, and looking for some after each 700 of them took an eighth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def counted(rows: Iterable[Row], passing: Callable[[int], None]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number % ROWS_BETWEEN_NEWS == 0:
            passing(number)
        yield row


def publish(
    project: Project, draft: Draft, now: datetime, *, notes: str, by: Volunteer | None
) -> Release | NothingChanged | None:
    """Give the draft the next number; None when another release took that number meanwhile."""
    newest = project.releases.order_by("number").last()
    if newest and newest.state == ReleaseState.PUBLISHED and newest.content == draft.content:
        return NothingChanged(newest)
    number = newest.number + 1 if newest else 1
    comparison = compare_with_last(project, draft)
    files = finish(draft, number, comparison, notes)
    try:
        with transaction.atomic():
            published = Release.objects.create(
                project=project,
                number=number,
                digest=next(file["sha256"] for file in files if file["name"] == "SHA256SUMS"),
                content=draft.content,
                snapshot=draft.summary
                | published_facts(project)
                | {"files": files, "changes": asdict(comparison) if comparison else None},
                notes=notes,
                released_at=now,
            )
            record(project.organisation, by, "release.published", project=project.pk, number=number)
            shelve(draft.folder, published.folder)
    except IntegrityError:
        if project.releases.filter(number=number).exists():
            return None
        raise
    logger.info("released %s version %d: %d rows", project.slug, number, draft.summary["rows"])
    return published


def compare_with_last(project: Project, draft: Draft) -> Comparison | None:
    """Write what changed since the newest version that is still published; None where there is none to compare with."""
    index = build_index(draft.folder, draft.content)
    last = project.releases.filter(state=ReleaseState.PUBLISHED).order_by("number").last()
    if last is None:
        return None
    try:
        return compare(last, draft.folder, index)
    except FilesLost:
        logger.warning("the files of %s version %d are lost: nothing to compare with", project.slug, last.number)
        return None


def published_facts(project: Project) -> dict[str, str]:
    return {
        "title": project.title,
        "summary": project.summary,
        "licence": project.licence,
        "rights": project.rights,
        "language": project.language,
        "publisher": project.organisation.name,
    }


def finish(draft: Draft, number: int, comparison: Comparison | None, notes: str) -> list[dict[str, Any]]:
    """Write what tells the version's number, then the checksums; return what is to be known of each file."""
    write(draft.folder / SCRIPT.name, SCRIPT.read_text("utf-8"))
    more = [described(draft.folder / name) for name in (*(["changes.csv"] if comparison else []), SCRIPT.name)]
    description = with_version(draft.description, number, more, notes, draft.left_out)
    write(draft.folder / "datapackage.json", json.dumps(description, ensure_ascii=False, indent=2) + "\n")
    write(draft.folder / "README", readme(description, comparison))
    files = [*draft.tables, *more, *(described(draft.folder / name) for name in ("datapackage.json", "README"))]
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
