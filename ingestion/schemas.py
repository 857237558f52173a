"""Batches as the API shows them."""

from datetime import datetime

from ninja import Schema


class FileReply(Schema):
    name: str
    state: str
    reason: str
    step: str


class FilesReply(Schema):
    items: list[FileReply]
    next: str | None


class BatchReply(Schema):
    """``total`` and ``done`` count pictures; ``files`` counts all that was found, by state."""

    id: int
    project: str
    name: str
    state: str
    reason: str
    total: int
    done: int
    pages: int
    tasks: int
    files: dict[str, int]
    refused: list[FileReply]
    created_at: datetime
