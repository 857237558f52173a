import os
import stat
import zipfile
from pathlib import Path

import pytest

from ingestion import unpacking
from ingestion.errors import Refused
from ingestion.gathering import gather
from ingestion.recognition import Sort, recognise
from ingestion.unpacking import Archives, entries_of

from .drawing import SHARED, page_bytes, write, zipped

NASTY = SHARED / "public" / "nasty" / "own" / "zip"
JPEG = page_bytes()
needs_scans = pytest.mark.skipif(not SHARED.exists(), reason="the shared scans do not lie beside the repository")


def verdicts(*paths: Path) -> dict[str, str]:
    """Return what is found, and why a file will not be opened: a code, or what it was recognised as."""
    return {file.label: file.refusal.code if file.refusal else file.sort.name.lower() for file in gather(paths)}


def archive(folder: Path, *files: tuple[str, bytes], name: str = "scans.zip") -> Path:
    (folder / name).write_bytes(zipped(files))
    return folder / name


@pytest.mark.parametrize(
    ("name", "head", "sort"),
    [
        ("a.jpg", JPEG[:64], Sort.PICTURE),
        ("without-ending", JPEG[:64], Sort.PICTURE),
        ("a.txt", b"II*\0", Sort.PICTURE),
        ("a.jpg", b"<html>", Sort.BROKEN),
        ("a.jpg", b"", Sort.BROKEN),
        ("a.jpg", b"%PDF-1.7", Sort.PDF),
        ("a.pdf", b"<html>", Sort.BROKEN),
        ("a.jp2", b"\0\0\0\x0cjP  ", Sort.PAGES),
        ("a.svg", b"<?xml", Sort.PAGES),
        ("a.xml", b"<alto", Sort.LAYOUT),
        ("a.zip", b"PK\x03\x04", Sort.ARCHIVE),
        ("a.7z", b"", Sort.ARCHIVE),
        ("a.xlsx", b"PK\x03\x04", Sort.OTHER),
        ("a.csv", b"BM;1", Sort.OTHER),
        ("a.exe", b"MZ", Sort.OTHER),
        ("__MACOSX/x/a.jpg", JPEG[:64], Sort.LITTER),
        ("x/._a.jpg", JPEG[:64], Sort.LITTER),
        ("x/Thumbs.db", b"", Sort.LITTER),
    ],
)
def test_a_file_is_known_by_its_first_bytes(name: str, head: bytes, sort: Sort):
    assert recognise(name, head) is sort


def test_a_folder_gives_everything_in_it_in_natural_order(tmp_path: Path):
    scans = write(
        tmp_path / "scans",
        {"p10.jpg": JPEG, "p2.jpg": JPEG, "b/p1.jpg": JPEG, "notes.txt": b"x", ".DS_Store": b"", "x.pdf": b"%PDF"},
    )

    assert list(verdicts(scans).items()) == [
        ("scans/.DS_Store", "litter"),
        ("scans/b/p1.jpg", "picture"),
        ("scans/notes.txt", "other"),
        ("scans/p2.jpg", "picture"),
        ("scans/p10.jpg", "picture"),
        ("scans/x.pdf", "not_a_picture"),
    ]


def test_a_zip_gives_its_files_under_its_name(tmp_path: Path):
    path = archive(
        tmp_path, ("box/a.jpg", JPEG), ("__MACOSX/._a.jpg", b"x"), ("more.zip", zipped([])), ("a.html", b"<")
    )

    assert verdicts(path) == {
        "scans.zip/__MACOSX/._a.jpg": "litter",
        "scans.zip/a.html": "other",
        "scans.zip/box/a.jpg": "picture",
        "scans.zip/more.zip": "nested_archive",
    }


@pytest.mark.parametrize("content", [{}, {"notes.txt": b"x", "Thumbs.db": b"x"}])
def test_a_place_without_pictures_is_refused_as_a_whole(content: dict[str, bytes], tmp_path: Path):
    write(tmp_path / "scans", content)
    (tmp_path / "scans").mkdir(exist_ok=True)
    path = archive(tmp_path, *content.items())

    assert (verdicts(tmp_path / "scans")["scans"], verdicts(path)["scans.zip"]) == ("no_pictures", "no_pictures")


def test_a_file_named_by_itself_must_be_of_use(tmp_path: Path):
    write(tmp_path, {"a.jpg": JPEG, "a.xml": b"<alto/>", "notes.txt": b"x"})

    assert verdicts(tmp_path / "a.jpg", tmp_path / "notes.txt") == {
        "a.jpg": "picture",
        "a.xml": "layout",
        "notes.txt": "not_a_picture",
    }


def test_the_same_file_named_twice_is_found_once(tmp_path: Path):
    write(tmp_path / "scans", {"a.jpg": JPEG, "a.xml": b"<alto/>"})

    assert verdicts(tmp_path / "scans", tmp_path / "scans" / "a.jpg") == verdicts(tmp_path / "scans")


def test_two_files_of_one_name_keep_apart(tmp_path: Path):
    write(tmp_path, {"x/scans/a.jpg": JPEG, "y/scans/a.jpg": JPEG})

    assert list(verdicts(tmp_path / "x" / "scans", tmp_path / "y" / "scans")) == ["scans/a.jpg", "scans/a (2).jpg"]


@pytest.mark.parametrize(
    "name",
    ["a.xml", "A.XML", "a.alto.xml", "a.page.xml", "a.jpg.xml", "alto/a.xml", "page/a.page.xml", "../alto/a.xml"],
)
def test_a_layout_file_belongs_to_the_picture_of_its_name(name: str, tmp_path: Path):
    write(tmp_path / "scans" / "images", {"a.jpg": JPEG, "b.jpg": JPEG, name: b"<alto/>"})
    found = {Path(file.label).stem: file.layout for file in gather([tmp_path / "scans"]) if file.sort is Sort.PICTURE}

    assert {stem: layout and layout.path.name.lower() for stem, layout in found.items()} == {
        "a": Path(name).name.lower(),
        "b": None,
    }


def test_a_picture_is_called_by_its_name_and_by_its_folder_where_two_have_one(tmp_path: Path):
    scans = write(
        tmp_path / "scans", {"1/a.jpg": JPEG, "2/a.jpg": JPEG, "2/b.jpg": JPEG, "c.jpg": JPEG, "c.tif": b"II*\0"}
    )

    assert [file.identifier for file in gather([scans])] == [
        "scans/1/a",
        "scans/2/a",
        "b",
        "scans/c.jpg",
        "scans/c.tif",
    ]


def test_a_label_shows_on_one_line_and_turns_nothing_round(tmp_path: Path):
    write(tmp_path / "scans", {"a\n\u202egpj.exe": JPEG, "e\u0301.jpg": JPEG, "x" * 200 + ".jpg": JPEG})

    assert sorted(verdicts(tmp_path / "scans")) == [
        "scans/a\ufffd\ufffdgpj.exe",
        "scans/" + "x" * 200 + ".jpg",
        "scans/é.jpg",
    ]


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path):
    write(tmp_path / "scans", {"a.jpg": JPEG})
    os.mkfifo(tmp_path / "scans" / "pipe.jpg")
    (tmp_path / "scans" / "gone.jpg").symlink_to(tmp_path / "nowhere")

    assert verdicts(tmp_path / "scans") == {
        "scans/a.jpg": "picture",
        "scans/gone.jpg": "unreadable_file",
        "scans/pipe.jpg": "not_a_file",
    }


@pytest.mark.parametrize(
    "name", ["../a.jpg", "/etc/a.jpg", "..\\..\\a.jpg", "C:\\a.jpg", "C:/a.jpg", "good/../../a.jpg", "x/../a.jpg"]
)
def test_a_name_that_leads_out_of_the_zip_is_refused(name: str, tmp_path: Path):
    path = archive(tmp_path, (name, JPEG), ("b.jpg", JPEG))

    assert sorted(verdicts(path).values()) == ["outside_entry", "picture"]


def test_a_link_in_a_zip_is_refused(tmp_path: Path):
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as opened:
        opened.writestr(link, "/etc/passwd")

    assert verdicts(tmp_path / "scans.zip") == {"scans.zip/a.jpg": "link_entry"}


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("MOST_ENTRIES", 1, "too_many_entries"),
        ("DIRECTORY", 90, "too_many_entries"),
        ("MOST_GIGABYTES", 0, "swollen_archive"),
    ],
)
def test_a_zip_is_judged_by_its_directory(limit: str, value: int, code: str, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(unpacking, limit, value)

    assert verdicts(archive(tmp_path, ("a.jpg", JPEG), ("b.jpg", JPEG))) == {"scans.zip": code}


@pytest.mark.parametrize("size", [0, 10, 100, -30])
def test_a_zip_that_is_cut_off_is_refused(size: int, tmp_path: Path):
    path = archive(tmp_path, ("a.jpg", JPEG))
    path.write_bytes(path.read_bytes()[:size])

    assert verdicts(path) == {"scans.zip": "damaged_archive"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("é.jpg".encode(), "é.jpg"),  # macOS: UTF-8 without saying so
        ("Größe.jpg".encode("cp850"), "Größe.jpg"),  # Windows
        ("Ál.jpg".encode("cp850"), "Ál.jpg"),  # a sign for drawing boxes in cp437
    ],
)
def test_names_in_a_zip_are_read_the_way_they_were_meant(written: bytes, shown: str, tmp_path: Path):
    placeholder = "#" * (len(written) - 4) + ".jpg"
    path = archive(tmp_path, (placeholder, JPEG))
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), written))

    assert verdicts(path) == {f"scans.zip/{shown}": "picture"}


def test_entries_are_unpacked_under_names_of_our_own(tmp_path: Path):
    path = archive(tmp_path, ("box/a.jpg", JPEG), ("box/b.jpg", b"b"))
    archives = Archives()
    for number, entry in enumerate(entries_of(path)):
        archives.unpack(path, entry.info, tmp_path / str(number))
    archives.close()

    assert [(tmp_path / "0").read_bytes(), (tmp_path / "1").read_bytes()] == [JPEG, b"b"]


def test_an_entry_that_is_damaged_is_refused(tmp_path: Path):
    path = archive(tmp_path, ("a.jpg", JPEG))
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    archives = Archives()
    with pytest.raises(Refused) as caught:
        archives.unpack(path, entries_of(path)[0].info, tmp_path / "out")
    archives.close()

    assert caught.value.code == "damaged_entry"


@needs_scans
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zip_slip.zip", {"outside_entry", "picture"}),
        ("symlinks.zip", {"link_entry", "not_a_picture"}),
        ("bomb_flat.zip", {"not_a_picture"}),
        ("bomb_nested.zip", {"nested_archive"}),
        ("bomb_overlap.zip", {"overlapping_archive"}),
        ("odd_names.zip", {"picture"}),
        ("bad_crc.zip", {"picture"}),
        ("truncated.zip", {"damaged_archive"}),
        ("empty.zip", {"no_pictures"}),
        ("local_name_differs.zip", {"damaged_entry"}),
        ("encrypted_flag.zip", {"locked_archive"}),
        ("only_junk.zip", {"litter", "no_pictures"}),
        ("html_exe.zip", {"picture", "other", "other_form"}),
    ],
)
def test_a_hostile_zip_is_sorted_entry_by_entry(name: str, expected: set[str]):
    assert set(verdicts(NASTY / name).values()) == expected


@needs_scans
def test_odd_names_are_shown_and_none_stands_for_two():
    assert len(verdicts(NASTY / "odd_names.zip")) == 23
