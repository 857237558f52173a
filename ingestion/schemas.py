"""Batches as the API shows them."""

from datetime import datetime

from ninja import Field, Schema

MOST_FILES = 2000  # announced at once


class FileReply(Schema):
    name: str = Field(description="path inside the upload")
    state: str
    reason: str = Field(description="why it was refused; else empty")
    step: str = Field(description="what to do next; else empty")


class FilesReply(Schema):
    items: list[FileReply]
    next: str | None


class NewUpload(Schema):
    name: str = Field(min_length=1, max_length=1000, description="path of the file; a label only")
    size: int = Field(ge=0, le=2**53, description="in bytes")
    sha256: str = Field(
        "", pattern=r"^([0-9a-f]{64})?$", description="of the whole file, in hexadecimal; checked at the end"
    )
    again: bool = Field(False, description="take it anew, even if a file of this name and size is here")


class MoreUploads(Schema):
    files: list[NewUpload] = Field(max_length=MOST_FILES)


class NewUploads(MoreUploads):
    name: str = Field("", max_length=200, description="what to call the batch; else as its folder or first file")


class UploadReply(Schema):
    id: int
    name: str
    size: int
    offset: int = Field(description="bytes that are on disk; go on from here")
    finished: bool = Field(description="whether it has been handed over to be read")
    url: str = Field(description="where to send its bytes")


class UploadsReply(Schema):
    batch: int = Field(description="number of the batch")
    name: str = Field(description="what the batch is called")
    uploads: list[UploadReply] = Field(description="in the order in which the files were named")


class UploadListReply(Schema):
    items: list[UploadReply]
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
