"""Take in a document leaf by leaf: each page is opened, compared with what is there, and counted by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from tasks.identity import page_of_document
from tasks.models import Page

from .asking import Scan
from .checkpoints import checkpoint
from .enums import FileState
from .errors import Refused
from .intake import Document, Workbench, put_files
from .listing import Outcome, outcome, refusal
from .models import File
from .refusals import explain

HARMFUL = {"too_slow", "too_large", "crashed"}
MOST_HARM = 3  # pages that end the child process, or wear it out, until the rest of a document is left alone
MOST_NAMED = 5  # pages in a sentence


@dataclass(frozen=True)
class There:
    """A page that the project has already: the file it came from, and that file's batch."""

    file: int | None
    batch: str


@dataclass(frozen=True)
class Leaf:
    """What became of one page, counted from 0: a scan to be written as rows, one that is there, or a refusal."""

    number: int
    sha256: str
    scan: Scan | None = None
    there: There | None = None
    refused: Refused | None = None

    def found_there(self, project: int) -> "Leaf":
        """Return the leaf after someone else brought the same page meanwhile."""
        return replace(self, scan=None, there=page_there(project, self.sha256))


def page_there(project: int, sha256: str) -> There | None:
    row = Page.objects.filter(project=project, sha256=sha256).values_list("file", "item__batch__name").first()
    return There(*row) if row else None


def leaves_of(document: Document, bench: Workbench) -> Iterator[Leaf]:
    harm = 0
    for number in range(document.pages):
        leaf = Leaf(number, page_of_document(document.sha256, number))
        if there := page_there(bench.batch.project_id, leaf.sha256):
            yield replace(leaf, there=there)
        elif harm >= MOST_HARM:
            yield replace(leaf, refused=Refused("given_up"))
        else:
            leaf = open_leaf(leaf, document, bench)
            harm += leaf.refused is not None and leaf.refused.code in HARMFUL
            yield leaf


def open_leaf(leaf: Leaf, document: Document, bench: Workbench) -> Leaf:
    try:
        reading = bench.decoder.read(bench.wish(document.path, number=leaf.number))
    except Refused as refused:
        return replace(leaf, refused=refused)
    checkpoint("leaf opened")
    keys = put_files(bench, reading)
    found = document.found
    scan = Scan(bench.batch, found.label, found.identifier, leaf.sha256, reading, *keys, document.sha256, leaf.number)
    return replace(leaf, scan=scan)


@dataclass
class Tally:
    """What became of a document's pages; ``file`` is the row of the document."""

    document: Document
    file: int
    new: int = 0
    ours: int = 0  # new, or from an earlier run over the same file
    tasks: int = 0
    elsewhere: str = ""  # the batch that brought some page before
    refused: list[tuple[int, Refused]] = field(default_factory=list)

    def count(self, leaf: Leaf, tasks: int) -> None:
        self.tasks += tasks
        self.new += leaf.scan is not None
        self.ours += leaf.scan is not None or bool(leaf.there and leaf.there.file == self.file)
        if leaf.refused:
            self.refused.append((leaf.number + 1, leaf.refused))
        elif leaf.there and leaf.there.file != self.file:
            self.elsewhere = leaf.there.batch

    @property
    def outcome(self) -> Outcome:
        """What the document's row shall say, whether it was read at one go or in pieces."""
        name, sha256 = self.document.found.label, self.document.sha256
        if self.ours:
            done = outcome(name, FileState.DONE, "some_pages_read", sha256, **self.facts) if self.refused else None
            return replace(done or Outcome(name, FileState.DONE, sha256=sha256), tasks=self.tasks, pages=self.new)
        if self.elsewhere:
            return outcome(name, FileState.DUPLICATE, "already_there", sha256, batch=self.elsewhere)
        first = self.refused[0][1]
        whole = first if self.document.pages == 1 else Refused("no_page_read", **self.facts)
        return refusal(name, whole, sha256)

    def told(self, result: Outcome) -> Outcome:
        """Say to whoever waits that a run over a document that was there made nothing."""
        if self.new or result.state is not FileState.DONE or self.refused:
            return result
        return outcome(result.name, FileState.DUPLICATE, "already_there", result.sha256, batch=self.batch)

    @property
    def batch(self) -> str:
        return File.objects.values_list("batch__name", flat=True).get(pk=self.file)

    @property
    def facts(self) -> dict[str, str | int]:
        first, refused = self.refused[0]
        words = explain(refused)
        named = ", ".join(str(number) for number, _refused in self.refused[:MOST_NAMED])
        missing = named if len(self.refused) <= MOST_NAMED else _("%(pages)s and more") % {"pages": named}
        return {
            "pages": self.document.pages,
            "read": self.document.pages - len(self.refused),
            "page": first,
            "missing": missing,
            "why": words.reason,
            "step": words.step,
        }


def note_page(tally: Tally, leaf: Leaf) -> None:
    """Let the document's row say how far it is."""
    pages = tally.document.pages
    File.objects.filter(pk=tally.file).update(pages=pages, pages_done=leaf.number + 1)
