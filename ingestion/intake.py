"""Take in one picture: fetch it, look whether it is there already, have it opened, put its files in their place."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tasks.models import Batch, Page

from .asking import Scan
from .checkpoints import checkpoint
from .containment import Decoder
from .enums import FileState
from .errors import Refused
from .exchange import Reading, Wish
from .gathering import Found
from .listing import Outcome, outcome, refusal
from .recognition import HEAD, may_hold_several
from .refusals import is_about_layout
from .storing import key_of, put
from .unpacking import Archives


@dataclass(frozen=True)
class Verdict:
    """What became of a picture and of the layout file that belongs to it; ``scan`` waits to be written as rows."""

    picture: Outcome
    layout: Outcome | None = None
    scan: Scan | None = None

    @property
    def outcomes(self) -> list[Outcome]:
        return [self.picture] if self.layout is None else [self.picture, self.layout]


@dataclass(frozen=True)
class Document:
    """A file of several pages, fetched and counted; ``path`` is good until the next file is fetched."""

    found: Found
    path: Path
    sha256: str
    pages: int


@dataclass(frozen=True)
class Workbench:
    """What is needed to take pictures into a batch; ``place`` is a folder for half-finished files."""

    batch: Batch
    decoder: Decoder
    archives: Archives
    place: Path

    def fetch(self, found: Found, name: str) -> Path:
        """Return where the file's content lies: where it was found, or unpacked here."""
        if found.entry is None:
            return found.path.absolute()
        self.archives.unpack(found.path, found.entry, self.place / name)
        return self.place / name

    def wish(self, picture: Path, layout: Path | None = None, number: int | None = None, turned: int = 0) -> Wish:
        page, crops = self.place / "page", self.place / "crops"
        return Wish(str(picture), str(layout) if layout else None, str(page), str(crops), number, turned)


def take_in(found: Found, bench: Workbench) -> Verdict | Document:
    """Open a picture; what has pages of its own is only counted.

    Raises ``CannotRead`` and ``OSError`` when the disk is at fault and not the picture.
    """
    sha256 = ""
    try:
        picture = bench.fetch(found, "picture")
        sha256 = sha256_of(picture)
        if there := batch_with(bench.batch.project_id, sha256):
            return already_there(found, sha256, there)
        if pages := pages_in(picture, bench):
            judge_layout(found, pages)
            return Document(found, picture, sha256, pages)
        reading = bench.decoder.read(bench.wish(picture, bench.fetch(found.layout, "layout") if found.layout else None))
    except Refused as refused:
        return refusals_of(found, sha256, refused)
    checkpoint("opened")
    scan = Scan(bench.batch, found.label, found.identifier, sha256, reading, *put_files(bench, reading))
    return Verdict(Outcome(found.label, FileState.DONE, sha256=sha256, pages=1), used(found, reading), scan)


def pages_in(picture: Path, bench: Workbench) -> int:
    """Return the number of pages of a document, 0 for a single picture; most need not be asked."""
    with picture.open("rb") as file:
        head = file.read(HEAD)
    return bench.decoder.survey(picture) if may_hold_several(head) else 0


def judge_layout(found: Found, pages: int) -> None:
    if found.layout:
        raise Refused("layout_for_one_page", pages=pages)


def sha256_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused("unreadable_file") from error


def batch_with(project: int, sha256: str) -> str | None:
    """Return the name of the batch that brought this very picture into the project."""
    return Page.objects.filter(project=project, sha256=sha256).values_list("item__batch__name", flat=True).first()


def put_files(bench: Workbench, reading: Reading) -> tuple[str, str]:
    """Move page and crops to their places and return these."""
    project = bench.batch.project_id
    image_key = key_of("pages", project, reading.page_sha256, "jpg")
    crops_key = key_of("crops", project, reading.crops_sha256, "pack")
    put(bench.place / "page", image_key)
    checkpoint("page in place")
    put(bench.place / "crops", crops_key)
    checkpoint("crops in place")
    return image_key, crops_key


def already_there(found: Found, sha256: str, batch: str) -> Verdict:
    picture = outcome(found.label, FileState.DUPLICATE, "already_there", sha256, batch=batch)
    if found.layout is None:
        return Verdict(picture)
    return Verdict(picture, outcome(found.layout.label, FileState.DUPLICATE, "already_there", batch=batch))


def refusals_of(found: Found, sha256: str, refused: Refused) -> Verdict:
    """A picture whose layout file is faulty is held back: its regions are the archivist's to decide."""
    if found.layout is None:
        return Verdict(refusal(found.label, refused, sha256))
    if is_about_layout(refused):
        held_back = Refused("layout_refused", layout=found.layout.label)
        return Verdict(refusal(found.label, held_back, sha256), refusal(found.layout.label, refused))
    skipped = outcome(found.layout.label, FileState.SKIPPED, "picture_refused")
    return Verdict(refusal(found.label, refused, sha256), skipped)


def used(found: Found, reading: Reading) -> Outcome | None:
    if found.layout is None:
        return None
    if reading.cut_by != "layout":
        return outcome(found.layout.label, FileState.SKIPPED, "no_lines")
    if reading.left_out:
        return outcome(found.layout.label, FileState.USED, "lines_left_out", count=reading.left_out)
    return Outcome(found.layout.label, FileState.USED)
