"""What goes over the API: requests are validated by these, replies are documented by them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from .submission import Submission


class LeaseRequest(Schema):
    count: int = Field(1, ge=1, le=20)
    workflow: int | None = None


class NextRequest(LeaseRequest):
    project: str


class Image(Schema):
    url: str
    width: int
    height: int


class PageImage(Image):
    region: list[int] = Field(description="x, y, width and height of the task's region in pixels of the page")


class Question(Schema):
    id: str
    kind: str
    workflow: int
    prompt: str
    hint: str
    image: Image
    page: PageImage
    suggestion: str | None = None
    choices: list[dict[str, Any]] | None = None
    fields: list[dict[str, Any]] | None = None


class LeaseReply(Schema):
    lease: str
    expires_at: datetime
    task: Question


class LeasesReply(Schema):
    leases: list[LeaseReply]
    exhausted: bool


class AnswerRequest(Schema):
    lease: str = Field(max_length=100)
    key: UUID
    value: Any
    elapsed_ms: int | None = Field(None, ge=0, le=2**31 - 1)

    def submission(self) -> Submission:
        return Submission(self.lease, self.key, self.value, self.elapsed_ms)


class AnswersRequest(Schema):
    answers: list[AnswerRequest] = Field(max_length=50)
    next: NextRequest | None = None


class AnswerResult(Schema):
    key: UUID
    status: str = Field(description="counted, repeated, late or refused")
    reason: str | None = None
    feedback: dict[str, Any] | None = None
    points: int
    pending: bool


class AnswersReply(Schema):
    results: list[AnswerResult]
    leases: list[LeaseReply] | None = None
    exhausted: bool | None = None


class RevivedLease(Schema):
    expires_at: datetime
    task: Question


class WithdrawalReply(Schema):
    status: str
    lease: RevivedLease | None = Field(description="the same lease under its old token; null: the seat is another's")


class ReleaseRequest(Schema):
    leases: list[str] = Field(max_length=50)


class ReleaseReply(Schema):
    released: int


class FlagRequest(Schema):
    lease: str = Field(max_length=100)
    reason: str = Field(min_length=1, max_length=500)


class WorkflowReply(Schema):
    id: int
    slug: str
    kind: str
    prompt: str


class ProjectReply(Schema):
    slug: str
    title: str
    summary: str
    language: str
    state: str
    licence: str
    tasks: int
    settled: int


class ProjectDetail(ProjectReply):
    story: str
    organisation: str
    workflows: list[WorkflowReply]


class ProjectsReply(Schema):
    items: list[ProjectReply]
    next: str | None


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
