"""What the API says of datasets; replies are documented by these."""

from datetime import datetime

from ninja import Field, Schema


class DatasetReply(Schema):
    slug: str
    title: str
    project: str = Field(description="slug of the project behind it")
    version: int = Field(description="number of the newest release, in /releases/… that of this one")
    released_at: datetime
    licence: str = Field(description="SPDX identifier")
    rows: int


class DatasetsReply(Schema):
    items: list[DatasetReply]
    next: str | None


class ReleaseFileReply(Schema):
    name: str
    title: str
    bytes: int
    sha256: str
    media_type: str
    url: str


class CountsReply(Schema):
    rows: int
    pages: int
    people: int
    simulated: int = Field(description="simulated volunteers")
    answers: int
    agreed: int
    disputed: int
    unreadable: int
    blank: int = Field(description="agreed to be empty; among the agreed")
    confidence: float | None = Field(description="mean of the agreed rows")


class ReleaseReply(DatasetReply):
    publisher: str
    licence_url: str
    digest: str = Field(description="SHA-256 of the file SHA256SUMS")
    counts: CountsReply
    decided_by: dict[str, int]
    files: list[ReleaseFileReply]
