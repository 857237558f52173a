"""Scans in, tasks out, by the command."""

import csv
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from PIL import Image

from accounts.models import Organisation
from ingestion import storing
from ingestion.enums import FileState
from ingestion.models import File
from ingestion.reading import read
from tasks.enums import BatchState, KindName, ProjectState
from tasks.identity import Region, natural_key, subject_of
from tasks.models import Batch, Item, Page, Project, Task
from tests.factories import make_project, make_workflow

from .drawing import SHARED, THREE_LINES, alto, draw_page, encoded, last_json, page_bytes, slice_of, write, zipped

pytestmark = pytest.mark.django_db
needs_scans = pytest.mark.skipif(not SHARED.exists(), reason="the shared scans do not lie beside the repository")
COUNTS = ("pages", "tasks", "duplicates", "refused", "skipped")


@pytest.fixture
def ingest(capsys: pytest.CaptureFixture[str]):
    """Run the command with ``--json``; return its exit code and what it printed last."""

    def run(*words: object) -> tuple[int, dict]:
        code = 0
        try:
            call_command("ingest", *map(str, words), "--json")
        except SystemExit as end:
            code = int(end.code or 0)
        return code, last_json(capsys.readouterr().out)

    return run


def counts(report: dict) -> tuple[int, ...]:
    return tuple(report[name] for name in COUNTS)


def verdicts(report: dict) -> list[tuple[str, str]]:
    return [(file["name"], file["state"]) for file in report["files"]]


def test_pictures_become_pages_with_a_task_for_each_line(ingest, tmp_path: Path):
    workflow = make_workflow(policy={"minimum": 3, "maximum": 7})
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes(1), "b.jpg": page_bytes(2)})
    code, report = ingest(workflow.project.slug, scans)

    assert (code, counts(report)) == (0, (2, 6, 0, 0, 0))
    assert verdicts(report) == [("scans/a.jpg", "done"), ("scans/b.jpg", "done")]
    page = Page.objects.select_related("item__batch").get(item__identifier="a")
    assert (page.width, page.height, page.item.batch.name, page.item.batch.state) == (
        640,
        400,
        "scans",
        BatchState.DONE,
    )
    assert page.item.metadata == {"file": "scans/a.jpg", "folder": "scans"}
    assert File.objects.get(pk=page.file).path_label == "scans/a.jpg"
    tasks = Task.objects.filter(page=page).order_by("position")
    assert [(task.position, task.wanted, task.maximum, task.suggestion) for task in tasks] == [
        (0, 3, 7, ""), (1, 3, 7, ""), (2, 3, 7, ""),
    ]  # fmt: skip
    assert [round((task.y - 40) / 60) for task in tasks] == [0, 1, 2]
    assert {task.shuffle for task in tasks} != {task.shuffle for task in Task.objects.exclude(page=page)}


def test_a_task_knows_its_crop_its_subject_and_its_key(ingest, tmp_path: Path):
    workflow = make_workflow()
    ingest(workflow.project.slug, write(tmp_path / "scans", {"a.png": encoded(draw_page(), "PNG")}))
    page = Page.objects.get()
    shown = Image.open(Path(settings.FILES, page.image_key))

    assert shown.size == (640, 400)
    shown.close()
    for task in Task.objects.all():
        crop = slice_of(page.crops_key, task.crop_at, task.crop_length)
        region = Region(task.x, task.y, task.width, task.height)
        assert crop.size == (task.crop_width, task.crop_height)
        assert crop.convert("L").getextrema()[0] < 80
        assert task.subject == subject_of(page.sha256, region)
        assert task.natural_key == natural_key(page.sha256, region, workflow.pk)


def test_a_layout_file_gives_regions_and_suggestions(ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes(), "a.xml": alto(THREE_LINES)})
    code, report = ingest("cards", scans)

    assert (code, verdicts(report)) == (0, [("scans/a.jpg", "done"), ("scans/a.xml", "used")])
    assert list(Task.objects.order_by("position").values_list("x", "y", "width", "height", "suggestion")) == [
        (*box, text) for text, box in THREE_LINES
    ]


def test_each_open_question_is_asked_and_nothing_to_verify_where_nothing_is_suggested(ingest, tmp_path: Path):
    project = make_project()
    transcribe, closed = make_workflow(project), make_workflow(project)
    verify = make_workflow(project, kind=KindName.VERIFY)
    closed.open = False
    closed.save()
    ingest(project.slug, write(tmp_path / "scans", {"a.jpg": page_bytes(), "a.xml": alto(THREE_LINES)}))

    asked = Task.objects.order_by("workflow", "position").values_list("workflow", "suggestion")
    assert list(asked) == [
        (transcribe.pk, "Helsinki 1891"), (transcribe.pk, "Turku"), (transcribe.pk, ""),
        (verify.pk, "Helsinki 1891"), (verify.pk, "Turku"),
    ]  # fmt: skip
    assert Task.objects.values("subject").distinct().count() == 3


def test_an_unknown_project_is_opened_and_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes()})
    call_command("ingest", "harbour-registers", str(scans))
    project = Project.objects.get()

    assert capsys.readouterr().out.splitlines() == [
        "There was no project “harbour-registers”, so a new one was opened.",
        "Batch “scans” is read. New pages: 1, with tasks: 3. Already there: 0. Left aside: 0. Refused: 0.",
    ]
    assert (project.title, project.state) == ("Harbour registers", ProjectState.OPEN)
    assert (project.organisation.slug, project.organisation.name) == ("local", "Local archive")
    question = project.workflows.get().current
    assert (question.kind, question.prompt) == (KindName.TRANSCRIBE, "What does this line say?")


def test_two_new_projects_belong_to_one_local_archive(ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes()})
    ingest("one", scans)
    ingest("two", scans)

    assert (Organisation.objects.count(), Page.objects.count(), Task.objects.count()) == (1, 2, 6)


def test_a_bad_file_is_listed_with_reason_and_step_and_the_rest_goes_on(tmp_path: Path, capsys):
    scans = write(
        tmp_path / "scans",
        {
            "a.jpg": page_bytes(),
            "cut.jpg": page_bytes(1)[:-900],
            "empty.png": b"",
            "x.pdf": b"%PDF-1.4",
            "notes.txt": b"",
        },
    )
    with pytest.raises(SystemExit) as end:
        call_command("ingest", "cards", str(scans))
    lines = capsys.readouterr().out.splitlines()

    assert end.value.code == 3
    assert [line.split(":")[0] for line in lines[1:-1]] == ["scans/empty.png", "scans/cut.jpg", "scans/x.pdf"]
    assert lines[-1].endswith("New pages: 1, with tasks: 3. Already there: 0. Left aside: 1. Refused: 3.")
    rows = File.objects.order_by("path_label").values_list("path_label", "state", "reason", "step")
    assert [(label, state, bool(reason), bool(step)) for label, state, reason, step in rows] == [
        ("scans/a.jpg", "done", False, False),
        ("scans/cut.jpg", "refused", True, True),
        ("scans/empty.png", "refused", True, True),
        ("scans/notes.txt", "skipped", True, False),
        ("scans/x.pdf", "refused", True, True),
    ]


def test_the_same_files_again_make_nothing(ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes(), "a.xml": alto(THREE_LINES), "b.jpg": page_bytes(1)})
    ingest("cards", scans)
    rows = list(File.objects.order_by("pk").values())
    code, report = ingest("cards", scans)

    assert (code, counts(report)) == (0, (0, 0, 3, 0, 0))
    assert report["files"][0]["reason"] == "Already there, in batch “scans”."
    assert list(File.objects.order_by("pk").values()) == rows
    assert (Batch.objects.get().state, Page.objects.count()) == (BatchState.DONE, 2)


def test_the_same_picture_in_another_batch_is_a_duplicate_and_its_row_says_so(ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes(), "copy of a.jpg": page_bytes()})
    again = tmp_path / "again.zip"
    again.write_bytes(zipped([("a.jpg", page_bytes()), ("b.jpg", page_bytes(1))]))
    _code, first = ingest("cards", scans)
    _code, second = ingest("cards", again, "--batch", "second box")

    assert verdicts(first) == [("scans/a.jpg", "done"), ("scans/copy of a.jpg", "duplicate")]
    assert verdicts(second) == [("again.zip/a.jpg", "duplicate"), ("again.zip/b.jpg", "done")]
    row = File.objects.get(batch__name="second box", path_label="again.zip/a.jpg")
    assert (row.state, row.reason) == (FileState.DUPLICATE, "Already there, in batch “scans”.")


def test_a_refused_file_comes_in_once_it_is_mended(ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes(), "b.jpg": page_bytes(1)[:-900]})
    ingest("cards", scans)
    write(scans, {"b.jpg": page_bytes(1)})
    code, report = ingest("cards", scans)

    assert (code, counts(report)) == (0, (1, 3, 1, 0, 0))
    assert set(File.objects.values_list("state", "reason")) == {(FileState.DONE, "")}


def test_another_picture_under_an_old_name_loses_nothing(ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes()})
    ingest("cards", scans)
    write(scans, {"a.jpg": page_bytes(1)})
    for _again in range(2):
        ingest("cards", scans)
    pages = Page.objects.order_by("pk")

    assert [page.item.identifier for page in pages] == ["a", f"a {pages[1].sha256[:12]}"]
    labels = [File.objects.get(pk=page.file).path_label for page in pages]
    assert labels == ["scans/a.jpg", f"scans/a.jpg [{pages[1].sha256[:12]}]"]
    assert File.objects.count() == 2


@pytest.mark.parametrize("xml", [b"<alto><Layout>", alto(THREE_LINES, width=400, height=640)])
def test_a_picture_waits_until_its_faulty_layout_is_mended_or_gone(xml: bytes, ingest, tmp_path: Path):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes(), "a.xml": xml, "b.jpg": page_bytes(1)})
    code, report = ingest("cards", scans)
    (scans / "a.xml").unlink()
    later, mended = ingest("cards", scans)

    assert (code, verdicts(report)) == (
        3,
        [("scans/a.jpg", "refused"), ("scans/a.xml", "refused"), ("scans/b.jpg", "done")],
    )
    assert "scans/a.xml" in report["files"][0]["reason"]
    assert (later, counts(mended)) == (0, (1, 3, 1, 0, 0))


def test_a_layout_file_says_what_became_of_it(ingest, tmp_path: Path):
    files = {
        "a.jpg": page_bytes(), "a.xml": alto([*THREE_LINES, ("off", (900, 900, 9, 9))]), "a.page.xml": b"<PcGts/>",
        "b.jpg": page_bytes(1)[:-900], "b.xml": alto(THREE_LINES),
        "c.jpg": page_bytes(2), "c.xml": alto([]),
        "mets.xml": b"<mets/>",
    }  # fmt: skip
    _code, report = ingest("cards", write(tmp_path / "scans", files))
    layouts = {
        file["name"]: (file["state"], file["reason"]) for file in report["files"] if file["name"].endswith("xml")
    }

    assert layouts == {
        "scans/a.xml": (
            "used",
            "Used; 1 of its lines lie outside the page, have no area or stand there twice and were left out.",
        ),
        "scans/a.page.xml": ("skipped", "Another layout file was used for its picture."),
        "scans/b.xml": ("skipped", "Its picture could not be taken in."),
        "scans/c.xml": ("skipped", "It holds no lines; the page was cut into lines automatically."),
        "scans/mets.xml": ("refused", "No picture of the same name lies beside this XML file."),
    }
    assert set(File.objects.values_list("path_label", "state")) == {tuple(pair) for pair in verdicts(report)}


def test_a_batch_of_nothing_but_refusals_has_failed(ingest, tmp_path: Path):
    code, report = ingest("cards", write(tmp_path / "scans", {"notes.txt": b""}))
    batch = Batch.objects.get()

    assert (code, counts(report)) == (3, (0, 0, 0, 1, 1))
    assert (batch.state, batch.reason) == (BatchState.FAILED, "None of the files could be taken in.")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("cards", "/nowhere/scans"), 2, "/nowhere/scans does not exist."),
        (("no slug!", "."), 2, "“no slug!” cannot name a project"),
    ],
)
def test_a_slip_of_the_hand_is_told_and_makes_nothing(words: tuple[str, str], code: int, sentence: str):
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("ingest", *words)

    assert (caught.value.returncode, Project.objects.count()) == (code, 0)


def test_what_cannot_be_done_now_is_told_and_can_be_done_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ingest):
    scans = write(tmp_path / "scans", {"a.jpg": page_bytes()})
    monkeypatch.setattr(storing, "LOW_WATER", 2**62)
    with pytest.raises(CommandError, match="The disk has only") as caught:
        call_command("ingest", "cards", str(scans))
    waiting = Batch.objects.get()
    monkeypatch.undo()
    code, report = ingest("cards", scans)

    assert (caught.value.returncode, waiting.state) == (1, BatchState.READING)
    assert (code, counts(report)) == (0, (1, 3, 0, 0, 0))


def test_a_project_without_an_open_question_takes_no_scans(tmp_path: Path):
    project = make_project()
    with pytest.raises(CommandError, match="no open question") as caught:
        call_command("ingest", project.slug, str(write(tmp_path / "scans", {"a.jpg": page_bytes()})))

    assert (caught.value.returncode, Page.objects.count()) == (1, 0)


def test_a_withdrawn_batch_stays_withdrawn(tmp_path: Path):
    project = make_workflow().project
    Batch.objects.create(project=project, name="scans", state=BatchState.WITHDRAWN)
    with pytest.raises(CommandError, match="was withdrawn") as caught:
        call_command("ingest", project.slug, str(write(tmp_path / "scans", {"a.jpg": page_bytes()})))

    assert (caught.value.returncode, Page.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_pictures_make_each_page_once(tmp_path: Path):
    project = make_workflow().project
    scans = write(tmp_path / "scans", {f"{number}.jpg": page_bytes(number) for number in range(4)})
    batches = [Batch.objects.create(project=project, name=name) for name in "ab"]
    together, reports = Barrier(2), []

    def work(batch: Batch) -> None:
        together.wait()
        reports.append(read(batch, [scans]))
        connection.close()

    threads = [Thread(target=work, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(report.count(FileState.DONE) for report in reports) == 4
    assert sum(report.count(FileState.DUPLICATE) for report in reports) == 4
    assert (Page.objects.count(), Item.objects.count(), Task.objects.count()) == (4, 4, 12)


@needs_scans
def test_real_registers_give_a_task_for_each_line_of_the_truth(ingest):
    code, report = ingest("registers", SHARED / "demo" / "registers")
    with (SHARED / "demo" / "line_truth.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "line" and row["image"].startswith("registers/")]
    truth = {
        (Path(row["image"]).stem, int(row["order"])): (*(int(row[side]) for side in "xywh"), row["text_nfc"])
        for row in rows
    }
    tasks = Task.objects.select_related("page__item")
    found = {(t.page.item.identifier, t.position): (t.x, t.y, t.width, t.height, t.suggestion) for t in tasks}

    assert (code, report["pages"], report["tasks"]) == (0, 2, len(rows))
    assert found.keys() == truth.keys()
    assert [key for key in truth if found[key][4] != truth[key][4]] == []
    assert [
        key for key in truth if max(abs(a - b) for a, b in zip(found[key][:4], truth[key][:4], strict=True)) > 3
    ] == []


@needs_scans
def test_hostile_files_are_refused_and_the_honest_ones_between_them_come_in(ingest, size):
    if not size(False, True):
        pytest.skip("all of them only with --endurance; tests/ingestion/test_hostile_uploads.py has one of each kind")
    code, report = ingest("nasty", SHARED / "public" / "nasty" / "own")
    names = {file["name"]: file["state"] for file in report["files"]}

    assert (code, report["pages"] > 25, report["refused"] > 80) == (3, True, True)
    assert [
        file for file in report["files"] if file["state"] == "refused" and not (file["reason"] and file["step"])
    ] == []
    assert names["own/polyglot/jpeg_plus_zip.jpg"] in {"done", "duplicate"}
    assert Page.objects.count() == report["pages"]
    assert not set(File.objects.values_list("state", flat=True)) & {FileState.WAITING}
