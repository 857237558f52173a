"""Turn a page that was read into rows: the item, the page, and a task for each question and region."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from tasks.enums import KindName, TaskState
from tasks.identity import Region, digest, natural_key, subject_of
from tasks.models import Batch, Item, Page, Task, WorkflowVersion
from tasks.showing.projects import latest_versions

from .exchange import Cut, Reading
from .models import Turn

LONGEST_IDENTIFIER = 180  # characters, and room for what tells two apart


@dataclass(frozen=True)
class Scan:
    """A picture on its way in: whose it is, what it is called, what is in it, where its files lie."""

    batch: Batch
    label: str
    identifier: str
    sha256: str
    reading: Reading
    image_key: str
    crops_key: str
    document: str = ""  # SHA-256 of the document that it is a page of
    number: int = 0  # which one, from 0


def make_page(scan: Scan, file: int, questions: list[WorkflowVersion]) -> int:
    """Insert item, page and tasks in the caller's transaction; return the number of tasks.

    Raises ``IntegrityError`` when the project has this picture already.
    """
    page = Page.objects.create(
        project_id=scan.batch.project_id,
        item=item_of_document(scan) if scan.document else make_item(scan),
        position=scan.number,
        file=file,
        image_key=scan.image_key,
        crops_key=scan.crops_key,
        width=scan.reading.width,
        height=scan.reading.height,
        sha256=scan.sha256,
    )
    if scan.reading.sideways:
        Turn.objects.create(page=page, sideways=True)
    return ask(page, questions, scan.reading.cuts)


def ask(page: Page, questions: Iterable[WorkflowVersion], cuts: tuple[Cut, ...]) -> int:
    tasks = [task for question in questions for task in tasks_of(page, question, cuts)]
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks)


def cut_anew(page: Page, turned: int, reading: Reading, image_key: str, crops_key: str) -> None:
    """Give a page that was turned its new picture and tasks in place of the old ones, in the caller's transaction.

    Whoever reads a release learns from the item's metadata by how many degrees each page was turned.
    """
    tasks = Task.objects.filter(page=page)
    known = Q(open=True, source_workflow=None) | Q(pk__in=tasks.filter(parent=None).values("workflow"))
    questions = latest_versions(page.project.workflows.filter(known))
    tasks.delete()
    page.turned, page.width, page.height = turned, reading.width, reading.height
    page.image_key, page.crops_key = image_key, crops_key
    page.save(update_fields=["turned", "width", "height", "image_key", "crops_key"])
    describe_turn(page)
    ask(page, questions, reading.cuts)
    if page.withheld_at:
        tasks.all().update(state=TaskState.WITHDRAWN, settled_at=page.withheld_at)


def describe_turn(page: Page) -> None:
    item = Item.objects.select_for_update().get(pk=page.item_id)
    turns = item.metadata.pop("turned", {}) | {str(page.position): page.turned}
    if turns := {position: degrees for position, degrees in turns.items() if degrees}:
        item.metadata["turned"] = turns
    item.save(update_fields=["metadata"])


def make_item(scan: Scan) -> Item:
    """An item that is there already describes another picture of that name: this one is called by its content too."""
    metadata = metadata_of(scan)
    identifier = scan.identifier[-LONGEST_IDENTIFIER:]
    if Item.objects.filter(project=scan.batch.project_id, batch=scan.batch, identifier=identifier).exists():
        identifier = f"{identifier} {scan.sha256[:12]}"
    return Item.objects.create(
        project_id=scan.batch.project_id, batch=scan.batch, identifier=identifier, metadata=metadata
    )


def metadata_of(scan: Scan) -> dict[str, str]:
    return {"file": scan.label, "folder": scan.label.rpartition("/")[0]}


def item_of_document(scan: Scan) -> Item:
    """All pages of a document lie in one item; another document of that name has another one."""
    metadata = metadata_of(scan) | {"sha256": scan.document}
    name = scan.identifier[-LONGEST_IDENTIFIER:]
    key = {"project_id": scan.batch.project_id, "batch": scan.batch}
    item, made = Item.objects.get_or_create(**key, identifier=name, defaults={"metadata": metadata})
    if made or item.metadata.get("sha256") == scan.document:
        return item
    other = f"{name} {scan.document[:12]}"
    return Item.objects.get_or_create(**key, identifier=other, defaults={"metadata": metadata})[0]


def tasks_of(page: Page, question: WorkflowVersion, cuts: tuple[Cut, ...]) -> Iterator[Task]:
    """Nothing is to be verified where nothing is suggested."""
    shuffle = shuffle_of(page)
    for position, cut in enumerate(cuts):
        if question.kind == KindName.VERIFY and not cut.text:
            continue
        region = Region(cut.x, cut.y, cut.width, cut.height)
        yield Task(
            project_id=page.project_id,
            workflow_id=question.workflow_id,
            version=question,
            page=page,
            subject=subject_of(page.sha256, region),
            natural_key=natural_key(page.sha256, region, question.workflow_id),
            **region._asdict(),
            crop_at=cut.crop_at,
            crop_length=cut.crop_length,
            crop_width=cut.crop_width,
            crop_height=cut.crop_height,
            suggestion=cut.text,
            position=position,
            shuffle=shuffle,
            wanted=question.rules.minimum,
            maximum=question.rules.maximum,
        )


def shuffle_of(page: Page) -> int:
    """Return the page's place among all pages, in [0, 2**62): random to people, the same at every attempt."""
    return int.from_bytes(digest("shuffle", page.project_id, page.sha256)[:8]) >> 2
