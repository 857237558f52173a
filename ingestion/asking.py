"""Turn a page that was read into rows: the item, the page, and a task for each question and region."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.enums import KindName
from tasks.identity import Region, digest, natural_key, subject_of
from tasks.models import Batch, Item, Page, Task, WorkflowVersion

from .exchange import Cut, Reading

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
    tasks = [task for question in questions for task in tasks_of(page, question, scan.reading.cuts)]
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks)


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
