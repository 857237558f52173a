"""Look into a ZIP without trusting it: the directory is judged before anything is unpacked, names are only labels."""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from .errors import Refused

MOST_ENTRIES = 10_000
MOST_GIGABYTES = 50  # declared by all entries together
HEAVIEST = 768 * 2**20  # bytes of one file: an A2 page at 600 dpi, uncompressed, in colour, has 420 MB
DIRECTORY = 24 * 2**20  # bytes of the central directory: ten thousand entries with very long names
END = struct.Struct("<4s4H2LH")
END_OF_64 = struct.Struct("<4sQ2H2L4Q")
DRIVE = re.compile("[A-Za-z]:/")
ENCRYPTED = 1  # bit of the entry's flags
CHUNK = 2**20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
DAMAGE = (*BROKEN, OSError)


@dataclass(frozen=True)
class Entry:
    """A file in a ZIP; ``refusal`` says why it will not be unpacked."""

    label: str
    info: zipfile.ZipInfo
    refusal: Refused | None


def entries_of(archive: Path) -> list[Entry]:
    """Return the files in a ZIP, folders left out. Raises ``Refused`` for a ZIP that is not to be opened at all."""
    try:
        judge_directory_size(archive)
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
    except Refused:
        raise
    except DAMAGE:
        raise Refused("damaged_archive") from None
    judge(infos)
    return [Entry(label_of(info), info, fault_of(info)) for info in infos]


def judge_directory_size(archive: Path) -> None:
    """``zipfile`` reads the whole directory into memory, so its size is looked up first."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2**16 - END.size))
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < END.size:
            raise Refused("damaged_archive")
        directory = END.unpack_from(tail, at)[5]
        if directory == 2**32 - 1:
            directory = directory_of_64(file, tail, at)
    if directory > DIRECTORY:
        raise Refused("too_many_entries", limit=MOST_ENTRIES)


def directory_of_64(file: IO[bytes], tail: bytes, at: int) -> int:
    """Return the directory's size by the ZIP64 record that the 20 bytes before the end record point to."""
    file.seek(struct.unpack_from("<Q", tail, at - 12)[0])
    return END_OF_64.unpack(file.read(END_OF_64.size))[8]


def judge(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_ENTRIES:
        raise Refused("too_many_entries", limit=MOST_ENTRIES)
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise Refused("locked_archive")
    spans = sorted((info.header_offset, info.header_offset + info.compress_size) for info in infos)
    if any(following[0] < span[1] for span, following in pairwise(spans)):
        raise Refused("overlapping_archive")
    if sum(info.file_size for info in infos) > MOST_GIGABYTES * 2**30:
        raise Refused("swollen_archive", limit=MOST_GIGABYTES)


def fault_of(info: zipfile.ZipInfo) -> Refused | None:
    name = written_name(info)
    if name.startswith("/") or DRIVE.match(name) or ".." in name.split("/"):
        return Refused("outside_entry")
    if stat.S_ISLNK(info.external_attr >> 16):
        return Refused("link_entry")
    if info.file_size > HEAVIEST:
        return Refused("too_heavy", limit=HEAVIEST // 2**20)
    return None


def written_name(info: zipfile.ZipInfo) -> str:
    """Return the name with slashes, decoded the way its maker most likely meant it.

    Without the UTF-8 flag ``zipfile`` reads cp437; macOS writes UTF-8 all the same, Windows in Western Europe cp850,
    which differs where cp437 has line-drawing and Greek signs.
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp850") if any("\u2500" <= sign <= "\u259f" for sign in name) else name
    return name.replace("\\", "/")


def label_of(info: zipfile.ZipInfo) -> str:
    parts = [part for part in written_name(info).split("/") if part not in {"", ".", ".."}]
    return "/".join(map(clean, parts)) or "?"


def clean(name: str) -> str:
    """Return a name fit to be shown: NFC, no control characters, nothing that turns the direction of writing."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in unicodedata.normalize("NFC", name))


def head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(size)
    except DAMAGE:
        raise Refused("damaged_entry") from None


class Archives:
    """Keeps the ZIP that was read last open: its directory is read once for all of its entries."""

    def __init__(self) -> None:
        self.last: tuple[Path, zipfile.ZipFile] | None = None

    def opened(self, archive: Path) -> zipfile.ZipFile:
        if self.last is None or self.last[0] != archive:
            self.close()
            self.last = archive, zipfile.ZipFile(archive)
        return self.last[1]

    def close(self) -> None:
        if self.last:
            self.last[1].close()
            self.last = None

    def unpack(self, archive: Path, info: zipfile.ZipInfo, place: Path) -> None:
        """Write one entry to ``place``, a name of our own. A declared size that lies ends as ``Refused``."""
        try:
            with self.opened(archive).open(info) as source, place.open("wb") as target:
                for part in parts_of(source, info.file_size):
                    target.write(part)
        except BROKEN:
            raise Refused("damaged_entry") from None


def parts_of(source: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while part := source.read(CHUNK):
        left -= len(part)
        if left < 0:
            raise Refused("damaged_entry")
        yield part
