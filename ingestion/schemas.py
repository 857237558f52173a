"""Batches as the API shows them."""

from datetime import datetime

from ninja import Field, Schema


class FileReply(Schema):
    name: str = Field(description="path inside the upload")
    state: str
    reason: str = Field(description="why it was refused; else empty")
    step: str = Field(description="what to do next; else empty")


class FilesReply(Schema):
    items: list[FileReply]
    next: str | None


class BatchReply(Schema):
    id: int
    project: str = Field(description="short name of the project")
    name: str
    state: str
    reason: str = Field(description="why the whole batch failed; else empty")
    total: int = Field(description="pictures found")
    done: int = Field(description="pictures read or refused")
    pages: int
    tasks: int
    files: dict[str, int] = Field(description="all that was found, counted by state")
    refused: list[FileReply] = Field(description="at most a hundred; all of them are in the list of files")
    created_at: datetime
