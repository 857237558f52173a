"""What goes over the API: requests are validated by these, replies are documented by them.

The requests of the loop are pydantic's own models: a ``Schema`` can also be read from rows, and looks at each value of
each request for that.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Schema
from pydantic import AfterValidator, BaseModel

from .consensus import fold
from .enums import KindName, ProjectState, Status
from .machinery.paging import LIMIT, MOST
from .playing.submission import Submission

SIGNED_IN: dict[str, Any] = {"security": [{"session": []}, {"bearer": []}]}  # for operations that need somebody

PROJECT = Path(..., description="short name of the project, as in its address")
KEY = Path(..., description="the key that the answer was sent with")
KEYS = Query(..., max_length=50, description="the keys that the answers were sent with; repeat the parameter for each")
PAGE_SIZE = Query(LIMIT, description=f"how many entries at most, 1 to {MOST}")
AFTER = Query("", description="the key after which the page begins; follow `next` instead of building it")
VALUE = (
    'What was read, by the kind of question: `transcribe` takes `{"text": string}`, `verify` takes '
    '`{"matches": true or false}`, `choose` takes `{"choice": id of one of the choices}`. Every kind also takes '
    '`{"unreadable": true}` and `{"blank": true}`.'
)


class Problem(Schema):
    """What every error is answered with (RFC 9457, `application/problem+json`)."""

    type: str = Field(description="`about:blank`: the status says it all", examples=["about:blank"])
    title: str = Field(description="what is wrong, in a few words")
    status: int = Field(description="the HTTP status again")
    detail: str = Field(description="what is wrong and what to do next, in a sentence fit for a person")


class WrongField(Schema):
    where: str = Field(description="path to the field, e.g. `body.body.count`")
    what: str


class MisfitProblem(Problem):
    """The problem document of a request whose fields do not fit (422)."""

    errors: list[WrongField]


class LeaseRequest(BaseModel):
    count: int = Field(1, ge=1, le=20, description="how many tasks to hold at once")
    workflow: int | None = Field(
        default=None,
        description="one question of the project and nothing else; without it any that is open, and first the choices "
        "between readings that others typed",
    )


class NextRequest(LeaseRequest):
    project: str = Field(max_length=100, description="short name of the project to lease from")


class Image(Schema):
    url: str = Field(description="address on this site; a JPEG")
    width: int = Field(description="pixels")
    height: int = Field(description="pixels")


class PageImage(Image):
    region: list[int] = Field(description="x, y, width and height of the task's region in pixels of the page")


class Stretch(Schema):
    text: str = Field(description="empty where only the others have something")
    differs: bool = Field(description="whether the other readings have something else here")


class Choice(Schema):
    """A reading to choose. The last one offered is `none`: none of these."""

    id: str = Field(description="to answer with; `none` says that none of the readings is right")
    text: str
    parts: list[Stretch] | None = Field(None, description="the text cut where the other readings differ")


class Question(Schema):
    """A task as it is shown to a volunteer."""

    id: str = Field(description="opaque name of the task, the same for everybody")
    kind: KindName
    workflow: int = Field(description="number of the question")
    prompt: str = Field(description="the question to ask")
    hint: str = Field(description="how to answer it; may be empty")
    image: Image = Field(description="the region cut out")
    page: PageImage = Field(description="the whole page that the region lies on")
    suggestion: str | None = Field(
        None, description="the reading to be confirmed (`verify`), or a machine's reading where the project shows it"
    )
    choices: list[Choice] | None = Field(None, description="the readings to choose from (`choose`), in no order")


class LeaseReply(Schema):
    lease: str = Field(description="the token to answer with; it is yours alone")
    expires_at: datetime = Field(description="until then the seat is held; a later answer counts if a seat is free")
    task: Question


class LeasesReply(Schema):
    leases: list[LeaseReply] = Field(description="fewer than asked for where fewer are left, or more may not be held")
    exhausted: bool = Field(description="nothing is left for this volunteer")


class AnswerRequest(BaseModel):
    lease: str = Field(max_length=100, description="token of the lease")
    key: UUID = Field(description="made by the client, one for each answer; the same again returns the first result")
    value: Any = Field(description=VALUE, examples=[{"text": "Åbo Tidningar"}, {"matches": True}, {"unreadable": True}])
    elapsed_ms: int | None = Field(
        None, ge=0, le=2**31 - 1, description="milliseconds between showing the task and answering"
    )

    def submission(self) -> Submission:
        return Submission(self.lease, self.key, self.value, self.elapsed_ms)


class AnswersRequest(BaseModel):
    answers: list[AnswerRequest] = Field(max_length=50, description="each is taken by itself: a bad one spoils none")
    next: NextRequest | None = Field(None, description="lease these in the same request, after the answers are kept")


class KnownReading(Schema):
    """What a line says that an archivist knows, told to whoever answered otherwise."""

    text: str = Field(description="the right reading, or the right answer in words")
    written: bool = Field(description="whether the text is what stands on the page")
    parts: list[list[str]] = Field(
        description="both readings in pieces, [yours, the right one]; empty where not both were typed"
    )
    words: list[str] = Field(description="up to five sentences on words that differ, to be heard")


class Feedback(Schema):
    """What became of a task that this answer settled."""

    settled: str = Field(description="`agreed`, `disputed` or `unreadable`")
    agrees: bool | None = Field(None, description="whether this answer is among those that agree")
    readers: int | None = Field(None, description="how many agree")
    known: KnownReading | None = Field(None, description="what it says, where an archivist knew and you read otherwise")


class AnswerResult(Schema):
    key: UUID
    status: Status = Field(
        description="`counted`: stored and weighed. `repeated`: you had answered this before. `late`: the seat was "
        "gone; stored, not counted. `refused`: nothing was stored, and `reason` says why"
    )
    reason: str | None = Field(None, description="a sentence fit for a person")
    feedback: Feedback | None = Field(None, description="only once the task is settled, so that nobody is led")
    points: int = Field(description="points for an answer that is confirmed; 0 while it is pending")
    pending: bool = Field(description="others have still to confirm")


class AnswersReply(Schema):
    results: list[AnswerResult] = Field(description="one for each answer, in the order sent")
    leases: list[LeaseReply] | None = Field(None, description="only where `next` was sent")
    exhausted: bool | None = Field(None, description="only where `next` was sent")


class OutcomesReply(Schema):
    items: list[AnswerResult] = Field(description="as in the first reply, with what is known by now; oldest first")
    next: None = Field(description="always null: the answers asked for are all here")


class RevivedLease(Schema):
    expires_at: datetime
    task: Question


class WithdrawalReply(Schema):
    status: str = Field(description="`withdrawn`")
    lease: RevivedLease | None = Field(description="the same lease under its old token; null: the seat is another's")


class GivenBackRequest(Schema):
    leases: list[Annotated[str, Field(max_length=100)]] = Field(max_length=50, description="tokens of leases")


class GivenBackReply(Schema):
    released: int = Field(description="how many of them still held a seat")


def visible(text: str) -> str:
    """Return the text without what nobody can see; raises ``ValueError`` when nothing is left."""
    if not (folded := fold(text)):
        raise ValueError(_("Say in a few words what is wrong."))
    return folded


class FlagRequest(Schema):
    lease: str = Field(max_length=100, description="token of the lease, used or not")
    reason: Annotated[str, AfterValidator(visible)] = Field(
        min_length=1, max_length=500, description="what the archivist should look at"
    )


class WorkflowReply(Schema):
    id: int
    slug: str
    kind: KindName
    prompt: str = Field(description="the question as it is asked now")


class ProjectReply(Schema):
    slug: str = Field(description="short name, used in addresses")
    title: str
    summary: str
    language: str = Field(description="of the pages (BCP 47)")
    state: ProjectState
    licence: str = Field(description="of the readings (SPDX identifier)")
    tasks: int = Field(description="how many there are, counted some seconds ago")
    settled: int = Field(description="how many of them need no more answers")


class ProjectDetail(ProjectReply):
    story: str = Field(description="what these pages are; paragraphs of plain text")
    organisation: str
    workflows: list[WorkflowReply] = Field(description="the open questions")


class ProjectsReply(Schema):
    items: list[ProjectReply]
    next: str | None = Field(description="address of the next page; null on the last")
