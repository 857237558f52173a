"""A tar whose last member sums up all others: a backup that was cut off or damaged is known before it is used."""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from .errors import BackupError

ABOUT = "site.json"
SUMS = "SHA256SUMS"
PIECE = 2**20  # bytes


class Writer:
    """Adds members one after the other, in constant memory; a block that ends well ends the archive with its sums."""

    def __init__(self, file: IO[bytes]) -> None:
        self.tar: Any = tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.sums = tempfile.TemporaryFile()  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *rest: object) -> None:
        with self.sums:
            if error is None:
                size = self.sums.tell()
                self.sums.seek(0)
                self._add(SUMS, self.sums, size)
                self.tar.close()
            else:
                self.tar.fileobj.closed = True  # else it would write its end when it is forgotten

    def add(self, name: str, content: bytes) -> None:
        self.add_stream(name, io.BytesIO(content), len(content))

    def add_stream(self, name: str, source: IO[bytes], size: int) -> None:
        """Add ``size`` bytes of ``source``."""
        summed = Summed(source)
        self._add(name, summed, size)
        self.sums.write(f"{summed.digest.hexdigest()}  {name}\n".encode())

    def _add(self, name: str, source: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self.tar.addfile(member, source)
        self.tar.members.clear()  # else a list of all members grows in memory


class Summed:
    """A file that is summed up while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.digest.update(piece)
        return piece


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and content of each member in order; a content must be read before the next one is asked for."""
    archive: Any = tarfile.open(path, "r|")  # noqa: SIM115  # whose stubs do not know ``members``
    with archive as tar:
        while member := tar.next():
            tar.members.clear()
            content = tar.extractfile(member) if member.isreg() else None
            if content is None or not is_plain(member.name):
                raise BackupError(f"{path} holds “{member.name}”, as no backup of ours does. Nothing was changed.")
            yield member.name, content


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise ``BackupError`` for a file that turns out damaged, cut off or no backup while the block reads it."""
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise BackupError(f"{path} is damaged, cut off or no backup ({error}). Nothing was changed.") from error


def is_plain(name: str) -> bool:
    """Whether a name leads to a place below where it is unpacked."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def verify(path: Path) -> dict[str, Any]:
    """Read the whole archive, compare each member with its sum, and return what it says of its site."""
    about: dict[str, Any] = {}
    with readable(path), tempfile.TemporaryFile() as sums:
        for name, content in members(path):
            if name == SUMS:
                judge_sums(path, sums, content)
                return about
            if name == ABOUT:
                read = content.read()
                about = json.loads(read)
                content = io.BytesIO(read)
            digest = hashlib.sha256()
            for piece in iter(lambda source=content: source.read(PIECE), b""):  # type: ignore[misc]  # as ``iter`` has it
                digest.update(piece)
            sums.write(f"{digest.hexdigest()}  {name}\n".encode())
    raise BackupError(f"{path} was cut off: its end is missing. Nothing was changed; take another backup.")


def judge_sums(path: Path, found: IO[bytes], written: IO[bytes]) -> None:
    found.seek(0)
    for line in found:
        if written.readline() != line:
            name = line.decode().rstrip("\n").partition("  ")[2]
            raise BackupError(f"{path} is damaged: “{name}” is not what was saved. Nothing was changed.")
    if written.read(1):
        raise BackupError(f"{path} is damaged: members are missing. Nothing was changed; take another backup.")
