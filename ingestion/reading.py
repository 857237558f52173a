"""Read a batch: every file gets a verdict, every good picture becomes a page with its tasks, and nothing comes twice.

The page's files are in place before its rows are written, in one transaction. Killed anywhere between, a second run
finds the page there or makes it again under the same names.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tasks.enums import BatchState
from tasks.machinery.pulsing import Pulse
from tasks.models import Batch, WorkflowVersion
from tasks.showing.projects import count_progress, current_versions

from .asking import make_page
from .checkpoints import checkpoint
from .claiming import Claim, claim
from .containment import Decoder
from .enums import FileState
from .errors import CannotRead
from .gathering import Found, gather, layout_names
from .intake import Document, Verdict, Workbench, already_there, batch_with, take_in
from .leafing import Leaf, Tally, leaves_of, note_page
from .listing import Outcome, enlist, judged_by_sight, pages_known, row_for, settle
from .storing import clear, disk_words, judge_room, workshop
from .unpacking import Archives

Tell = Callable[[Outcome], None]


@dataclass
class Report:
    """What a run did: the outcome of each file in natural order."""

    batch: Batch
    outcomes: list[Outcome]

    def count(self, state: FileState) -> int:
        return sum(outcome.state is state for outcome in self.outcomes)

    @property
    def pages(self) -> int:
        return sum(outcome.pages for outcome in self.outcomes)

    @property
    def tasks(self) -> int:
        return sum(outcome.tasks for outcome in self.outcomes)

    @property
    def useless(self) -> bool:
        """Nothing came in, and nothing had come in before."""
        return bool(self.count(FileState.REFUSED)) and not self.count(FileState.DONE) + self.count(FileState.DUPLICATE)


def read(
    batch: Batch,
    paths: Iterable[Path],
    labels: Mapping[Path, str] | None = None,
    *,
    take_over: bool = False,
    tell: Tell = lambda outcome: None,
) -> Report | None:
    """Read what lies at ``paths`` into the batch; None when another worker has it.

    Raises ``CannotRead`` when it cannot be done now, and ``ClaimLost`` when another worker took over.
    """
    mine = claim(batch.pk, take_over=take_over)
    if mine is None:
        return None
    checkpoint("claimed")
    questions = questions_of(batch, mine)
    with contextlib.ExitStack() as stack:
        stack.enter_context(pausing(mine))
        stack.enter_context(Pulse(mine.beat))  # it ends before a pause is written
        place = workshop(str(batch.pk), mine.fence)
        stack.callback(clear, place)
        archives = stack.enter_context(contextlib.closing(Archives()))
        decoder = stack.enter_context(Decoder())
        run = Run(Workbench(batch, decoder, archives, place), mine, questions, tell)
        return run.read(gather(paths, labels))


def questions_of(batch: Batch, mine: Claim) -> list[WorkflowVersion]:
    questions = current_versions(batch.project)
    if not questions:
        reason = _("The project has no open question, so its pages would have no tasks. Ask one first.")
        mine.finish(BatchState.FAILED, reason)
        raise CannotRead(reason)
    return questions


@contextlib.contextmanager
def pausing(mine: Claim) -> Iterator[None]:
    """Let the batch wait when the disk is full or broken: that is no fault of its files."""
    try:
        yield
    except CannotRead as error:
        mine.pause(str(error))
        raise
    except OSError as error:
        words = disk_words(error.strerror or str(error))
        mine.pause(words)
        raise CannotRead(words) from error


@dataclass
class Run:
    """One worker's way through one batch."""

    bench: Workbench
    mine: Claim
    questions: list[WorkflowVersion]
    tell: Tell
    results: dict[str, Outcome] = field(default_factory=dict)
    total: int = 0  # pictures and pages of documents
    done: int = 0
    known: dict[str, int] = field(default_factory=dict)  # pages of documents that were opened before

    @property
    def batch(self) -> Batch:
        return self.bench.batch

    def read(self, found: list[Found]) -> Report:
        by_sight = seen_in(found)
        enlist(self.batch, found, by_sight)
        for outcome in by_sight.values():
            self.keep(outcome)
        pictures = [file for file in found if file.is_page]
        self.known = pages_known(self.batch)
        self.total = sum(self.known.get(file.label, 1) for file in pictures)
        self.mine.hold(total=self.total, done=0)
        checkpoint("listed")
        for picture in pictures:
            judge_room()
            taken = take_in(picture, self.bench)
            if isinstance(taken, Document):
                self.read_document(taken)
            else:
                self.write(picture, taken)
            checkpoint("written")
        return self.finish(found)

    def read_document(self, document: Document) -> None:
        """Make the rows of each page by itself: a long document goes on where it stopped."""
        file = row_for(self.batch, document.found.label, document.sha256).pk
        self.total += document.pages - self.known.get(document.found.label, 1)
        tally = Tally(document, file)
        for leaf in leaves_of(document, self.bench):
            judge_room()
            self.write_leaf(leaf, tally)
            checkpoint("leaf written")
        result = tally.outcome
        settle(self.batch, result)
        self.keep(tally.told(result))

    def write_leaf(self, leaf: Leaf, tally: Tally) -> None:
        self.done += 1
        try:
            with transaction.atomic():
                self.mine.hold(total=self.total, done=self.done)
                tasks = make_page(leaf.scan, tally.file, self.questions) if leaf.scan else 0
                note_page(tally, leaf)
        except IntegrityError:
            leaf = leaf.found_there(self.batch.project_id)
            self.mine.hold(total=self.total, done=self.done)
            note_page(tally, leaf)
            tasks = 0
        tally.count(leaf, tasks)

    def write(self, found: Found, verdict: Verdict) -> None:
        """Make the rows of one picture, all or none. A picture that someone else brought meanwhile is a duplicate."""
        self.done += 1
        self.total -= self.known.get(found.label, 1) - 1
        try:
            with transaction.atomic():
                tasks = self.rows(verdict)
                checkpoint("before the commit")
        except IntegrityError:
            there = verdict.scan and batch_with(self.batch.project_id, verdict.scan.sha256)
            if not there:
                raise
            verdict, tasks = already_there(found, verdict.picture.sha256, there), 0
            with transaction.atomic():
                self.rows(verdict)
        self.keep(replace(verdict.picture, tasks=tasks))
        if verdict.layout:
            self.keep(verdict.layout)

    def rows(self, verdict: Verdict) -> int:
        self.mine.hold(total=self.total, done=self.done)
        file, *_layout = [settle(self.batch, outcome) for outcome in verdict.outcomes]
        return make_page(verdict.scan, file, self.questions) if verdict.scan else 0

    def keep(self, outcome: Outcome) -> None:
        self.results[outcome.name] = outcome
        self.tell(outcome)

    def finish(self, found: list[Found]) -> Report:
        report = Report(self.batch, [self.results[file.label] for file in found])
        if report.useless:
            self.mine.finish(BatchState.FAILED, _("None of the files could be taken in."))
        else:
            self.mine.finish(BatchState.DONE)
        count_progress(self.batch.project_id)
        checkpoint("finished")
        return report


def seen_in(found: list[Found]) -> dict[str, Outcome]:
    """Return the outcomes of all files that need not be opened."""
    chosen = {file.layout.label for file in found if file.layout}
    pictures = [PurePosixPath(file.label) for file in found if file.is_page]
    fitting = {name.casefold() for picture in pictures for name in layout_names(picture)}
    outcomes = {
        file.label: judged_by_sight(file, file.label.casefold() in fitting)
        for file in found
        if file.label not in chosen
    }
    return {label: outcome for label, outcome in outcomes.items() if outcome}
