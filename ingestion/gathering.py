"""Find what lies at the given paths: pictures with the layout files that belong to them, and everything else."""

import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .errors import Refused
from .recognition import HEAD, Sort, ending, format_of_pages, is_litter, recognise
from .unpacking import HEAVIEST, clean, entries_of, head_of

LONGEST_LABEL = 255  # characters, and room for a number behind
LAYOUT_ENDINGS = (".xml", ".alto.xml", ".page.xml")
LAYOUT_FOLDERS = ("alto", "page")


@dataclass(frozen=True)
class Found:
    """A file at a path or in a ZIP (then ``entry`` says where). ``label`` is unique and for people only."""

    label: str
    path: Path
    sort: Sort
    entry: zipfile.ZipInfo | None = None
    refusal: Refused | None = None
    layout: "Found | None" = None
    identifier: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it is a picture or PDF that has to be opened."""
        return self.sort in {Sort.PICTURE, Sort.PDF} and self.refusal is None


def gather(paths: Iterable[Path], labels: Mapping[Path, str] | None = None) -> list[Found]:
    """Return everything at ``paths`` in natural order, each picture with its layout file where there is one.

    ``labels`` says what to call files whose names on disk are our own.
    """
    labels = labels or {}
    found = [file for path in dict.fromkeys(paths) for file in at(path, labels.get(path))]
    return identified(paired(distinct(sorted(without_repeats(found), key=natural_order))))


def natural_order(found: Found) -> list[tuple[int, int, str]]:
    """Page 2 comes before page 10."""
    parts = re.split(r"(\d+)", found.label.casefold())
    return [(0, int(part), "") if number % 2 else (1, 0, part) for number, part in enumerate(parts)] + [
        (0, 0, found.label)
    ]


def at(path: Path, label: str | None) -> Iterator[Found]:
    yield from in_folder(path) if path.is_dir() else single(path, shown(label or path.name))


def or_nothing(inside: list[Found], label: str, path: Path) -> list[Found]:
    """A folder or ZIP that holds nothing of use is itself refused."""
    if all(file.sort in {Sort.OTHER, Sort.LITTER} and not file.refusal for file in inside):
        return [*inside, Found(label, path, Sort.OTHER, refusal=Refused("no_pictures"))]
    return inside


def in_folder(folder: Path) -> list[Found]:
    top = folder.resolve().name
    inside: list[Found] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = Path(place) / name
            inside += opened(path, shown(f"{top}/{path.relative_to(folder).as_posix()}"), top=False)
    return or_nothing(inside, shown(top), folder)


def single(path: Path, label: str) -> Iterator[Found]:
    """A file named by itself; a layout file that lies beside it comes along."""
    found = list(opened(path, label, top=True))
    yield from found
    if len(found) == 1 and found[0].sort is Sort.PICTURE:
        for name in layout_names(PurePosixPath(path.name)):
            beside = path.parent / name
            if beside.is_file():
                yield from opened(beside, shown(name), top=False)


def opened(path: Path, label: str, *, top: bool) -> Iterator[Found]:
    """Yield the file, or what is in it when it is a ZIP. ``top`` tells a path that the person named."""
    try:
        head, refusal = look(path), None
    except Refused as refused:
        head, refusal = b"", refused
    sort = recognise(label, head)
    if refusal is None and sort is Sort.ARCHIVE and (head.startswith(b"PK") or ending(label) == "zip"):
        yield from in_archive(path, label)
    else:
        yield Found(label, path, sort, refusal=refusal or fault_of(label, head, sort, named=top))


def look(path: Path) -> bytes:
    """Return the first bytes. Raises ``Refused`` for what is no ordinary file or too heavy."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Refused("not_a_file")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise Refused("unreadable_file") from error
    if status.st_size > HEAVIEST and not head.startswith(b"PK"):
        raise Refused("too_heavy", limit=HEAVIEST // 2**20)
    return head


def fault_of(label: str, head: bytes, sort: Sort, *, named: bool) -> Refused | None:
    """Say what is wrong with a file of this sort; what nobody named and holds no page is merely left aside."""
    if sort is Sort.BROKEN:
        return Refused("not_a_picture" if head else "empty")
    if sort is Sort.PAGES:
        return Refused("other_form", form=format_of_pages(label, head) or "")
    if sort is Sort.ARCHIVE:
        return Refused("nested_archive")
    return Refused("not_a_picture") if named and sort in {Sort.OTHER, Sort.LITTER} else None


def in_archive(path: Path, label: str) -> Iterator[Found]:
    try:
        entries = entries_of(path)
    except Refused as refused:
        yield Found(label, path, Sort.ARCHIVE, refusal=refused)
        return
    inside = []
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            refusal, head = entry.refusal, b""
            if refusal is None and not is_litter(entry.label):
                try:
                    head = head_of(archive, entry.info, HEAD)
                except Refused as refused:
                    refusal = refused
            sort = recognise(entry.label, head)
            refusal = refusal or fault_of(entry.label, head, sort, named=False)
            inside.append(Found(shown(f"{label}/{entry.label}"), path, sort, entry.info, refusal))
    yield from or_nothing(inside, label, path)


def shown(label: str) -> str:
    """Return a label that fits its column and shows on one line; a very long one keeps its end."""
    label = "/".join(map(clean, label.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split("/")))
    return label if len(label) <= LONGEST_LABEL else "…" + label[1 - LONGEST_LABEL :]


def without_repeats(found: list[Found]) -> Iterator[Found]:
    """The same file on disk comes in once, however often it was named."""
    seen = set()
    for file in found:
        place = (file.path.resolve(), file.entry.header_offset if file.entry else None)
        if place not in seen:
            seen.add(place)
            yield file


def distinct(found: list[Found]) -> list[Found]:
    """Number the second and later files of one label; none overwrites another."""
    taken: set[str] = set()
    labels = []
    for file in found:
        label, number = file.label, 1
        while label in taken:
            number += 1
            path = PurePosixPath(file.label)
            label = f"{file.label[: len(file.label) - len(path.suffix)]} ({number}){path.suffix}"
        taken.add(label)
        labels.append(replace(file, label=label))
    return labels


def layout_names(picture: PurePosixPath) -> list[str]:
    """Return where a picture's layout file may lie, the best place first."""
    stem = str(picture.with_suffix(""))
    beside = [stem + ending for ending in LAYOUT_ENDINGS] + [f"{picture}.xml"]
    places = [picture.parent, picture.parent.parent] if picture.parent.name else [picture.parent]
    apart = [
        str(place / folder / (picture.stem + ending))
        for folder in LAYOUT_FOLDERS
        for place in places
        for ending in LAYOUT_ENDINGS
    ]
    return beside + apart


def paired(found: list[Found]) -> list[Found]:
    layouts = {file.label.casefold(): file for file in found if file.sort is Sort.LAYOUT and not file.refusal}
    return [replace(f, layout=layout_of(f, layouts)) if f.is_page and f.sort is Sort.PICTURE else f for f in found]


def layout_of(picture: Found, layouts: dict[str, Found]) -> Found | None:
    names = (name.casefold() for name in layout_names(PurePosixPath(picture.label)))
    return next((layouts[name] for name in names if name in layouts), None)


def identified(found: list[Found]) -> list[Found]:
    """Call each picture by its name without ending, with its folder where two would be called the same."""
    paths = [PurePosixPath(file.label) for file in found if file.is_page]
    stems = Counter(path.stem for path in paths)
    bare = Counter(str(path.with_suffix("")) for path in paths)
    return [replace(file, identifier=identifier_of(PurePosixPath(file.label), stems, bare)) for file in found]


def identifier_of(path: PurePosixPath, stems: Counter[str], bare: Counter[str]) -> str:
    if stems[path.stem] == 1:
        return path.stem
    name = str(path.with_suffix(""))
    return name if bare[name] == 1 else str(path)
