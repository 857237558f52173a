"""``backup`` and ``restore``: the whole site in one file, from one database to another."""

import json
import os
import signal
import sqlite3
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Organisation
from civictasks.backups import archive, resting, restoring, saving
from civictasks.backups.rows import kept_models
from civictasks.embedded.holding import held
from civictasks.settings_test import data_folder
from exports.releasing import release
from tasks.models import Answer, Task, Workflow
from tests.factories import make_organisation, make_page, make_task, make_volunteer, make_workflow, post_answer
from tests.faults.test_killed_web import assert_good_books
from tests.migrated import copy_migrated
from tests.postgres import Postgres
from tests.warm import Commands

pytestmark = pytest.mark.django_db(transaction=True)
# Like our own data and unlike: quotes, other scripts, ends of lines that are none, keys in no order.
WORDS = ("Helsingin “Sanomat”", "Ääni\u2028ja kaiku", "東京 12½", "Wiborg\tN:o 3")


@pytest.fixture(autouse=True)
def files() -> Iterator[None]:
    """Some files of the site, and none of other tests'."""
    for name, content in (
        ("pages/aa/1.jpg", b"picture"),
        ("crops/aa/1.pack", bytes(70_000)),
        ("unfinished/7/1/x", b"half"),
    ):
        place = settings.FILES / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    yield
    for path in sorted(settings.FILES.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


@pytest.fixture(autouse=True)
def others_hold_database(monkeypatch) -> Callable[[], bool]:
    """Return the question, to which here the answer is no: the live server of other tests stays connected."""
    question = resting.others_hold_database
    monkeypatch.setattr(resting, "others_hold_database", lambda: False)
    return question


@pytest.fixture
def site():
    """A project with settled and open tasks, released once. Returns its workflow."""
    workflow = make_workflow()
    page = make_page(workflow.project)
    readers = [make_volunteer(display_name="Aino", name_skeleton="aino"), make_volunteer()]
    for word in WORDS:
        task = make_task(workflow, page=page, payload={"b": 1, "a": [2.5, None, {"z": "å"}]})
        for reader in readers:
            post_answer(task, word, reader)
    make_task(workflow, page=page)
    return workflow


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "site.tar"


@contextmanager
def another_site(folder: Path, database: str | None = None) -> Iterator[Commands]:
    """Commands of an empty site of its own in the folder, on SQLite or at the address of a PostgreSQL."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "civictasks.settings", "CIVICTASKS_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    env |= {"DATABASE_URL": database} if database else {}
    site = Commands(env, folder.with_suffix(".log"), "tests.site.dying")
    try:
        assert site.run("migrate", "--verbosity=0") == 0, site.log.read_text()
        yield site
    finally:
        site.close()


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Commands]:
    if connection.vendor == "sqlite" and request.config.cache:
        (tmp_path / "elsewhere").mkdir()
        copy_migrated(request.config.cache.mkdir("database"), tmp_path / "elsewhere/civictasks.sqlite3")
    with another_site(tmp_path / "elsewhere") as site:
        yield site


@pytest.fixture
def on_postgresql(tmp_path: Path) -> Iterator[Commands]:
    postgres = Postgres(Path(data_folder()))
    try:
        postgres.start()
        with another_site(tmp_path / "elsewhere", postgres.url) as site:
            yield site
    finally:
        postgres.forget()


def rows_of_site() -> dict[str, list]:
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in kept_models()}


def files_of_site() -> dict[str, bytes]:
    kept = [path for path in settings.FILES.rglob("*") if path.is_file()]
    return {str(path.relative_to(settings.FILES)): path.read_bytes() for path in kept if "unfinished" not in path.parts}


def assert_releases_the_same(workflow: Workflow, elsewhere: Commands) -> None:
    """To the byte what we release of the workflow's project, the other site does too."""
    made = release(workflow.project)
    ours = {path.name: path.read_bytes() for path in made.folder.iterdir()}
    assert elsewhere.run("release", workflow.project.slug, "--json") == 0, elsewhere.log.read_text()
    report = json.loads(elsewhere.log.read_text().splitlines()[-1])
    theirs = {path.name: path.read_bytes() for path in Path(report["folder"]).iterdir()}
    assert (report["digest"], theirs) == (made.digest, ours)


def test_a_restored_site_has_the_same_rows_and_files(site, saved):
    rows, files = rows_of_site(), files_of_site()
    call_command("backup", str(saved))
    Task.objects.update(suggestion="changed")
    make_organisation()
    (settings.FILES / "pages/aa/1.jpg").unlink()
    (settings.FILES / "pages/aa/2.jpg").write_bytes(b"later")

    call_command("restore", str(saved), "--replace")

    assert rows_of_site() == rows
    assert files_of_site() == files
    assert saved.stat().st_mode & 0o777 == 0o600
    assert not (settings.FILES / "unfinished").exists()
    assert make_organisation().pk > max(row["id"] for row in rows["accounts.Organisation"])
    post_answer(make_task(site), "Oulu")


def test_a_copy_on_postgresql_releases_the_same_bytes(site, saved, on_postgresql):
    call_command("backup", str(saved))

    assert on_postgresql.run("restore", str(saved)) == 0, on_postgresql.log.read_text()

    assert_releases_the_same(site, on_postgresql)


def test_a_restore_to_sqlite_killed_on_its_way_changes_nothing_and_is_run_again(site, saved, on_sqlite, tmp_path):
    call_command("backup", str(saved))

    killed = on_sqlite.run("restore", str(saved), DIE_BEFORE_FILES="1")
    with closing(sqlite3.connect(tmp_path / "elsewhere" / "civictasks.sqlite3")) as database:
        between = database.execute("SELECT count(*) FROM tasks_answer").fetchone()[0]
    again = on_sqlite.run("restore", str(saved))

    assert (killed, between, again) == (-signal.SIGKILL, 0, 0)
    assert (tmp_path / "elsewhere" / "files/pages/aa/1.jpg").read_bytes() == b"picture"
    assert_releases_the_same(site, on_sqlite)


def test_a_backup_of_a_busy_site_is_of_one_moment(site, saved, monkeypatch):
    tasks = [make_task(site, page=make_page(site.project)) for _ in range(12)]
    started, answered = threading.Event(), threading.Event()
    files = saving.all_files

    def answer_on() -> None:
        try:
            started.wait(10)
            for task in tasks:
                post_answer(task, "Oulu")
            answered.set()
        finally:
            connections.close_all()

    def while_answers_arrive():
        started.set()
        assert answered.wait(30)
        yield from files()

    monkeypatch.setattr(saving, "all_files", while_answers_arrive)
    before = Answer.objects.count()
    busy = threading.Thread(target=answer_on)
    busy.start()
    call_command("backup", str(saved))
    busy.join()
    assert Answer.objects.count() == before + len(tasks)

    call_command("restore", str(saved), "--replace")

    assert Answer.objects.count() == before
    assert_good_books()


def test_a_site_with_rows_is_not_restored_to_unless_told(site, saved):
    call_command("backup", str(saved))
    rows = rows_of_site()

    with pytest.raises(CommandError, match="This site is not empty: it has rows of accounts") as caught:
        call_command("restore", str(saved))

    assert (caught.value.returncode, rows_of_site()) == (1, rows)


def test_a_running_demo_is_not_restored_to(site, saved):
    call_command("backup", str(saved))
    rows = rows_of_site()

    with held(settings.DATA), pytest.raises(CommandError, match="The site is running on the data folder"):
        call_command("restore", str(saved), "--replace")

    assert rows_of_site() == rows
    call_command("restore", str(saved), "--replace")


def test_a_database_that_others_hold_is_not_restored_to(site, saved, monkeypatch, others_hold_database):
    monkeypatch.setattr(resting, "others_hold_database", others_hold_database)
    call_command("backup", str(saved))
    rows = rows_of_site()
    connected, done = threading.Event(), threading.Event()

    def stay_connected() -> None:
        Organisation.objects.count()
        connected.set()
        done.wait(30)
        connections.close_all()

    other = threading.Thread(target=stay_connected)
    other.start()
    assert connected.wait(10)
    try:
        with pytest.raises(CommandError, match="other processes have its database open"):
            call_command("restore", str(saved), "--replace")
    finally:
        done.set()
        other.join()

    assert rows_of_site() == rows


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    content = path.read_bytes()
    at = content.index(b"picture")
    path.write_bytes(content[:at] + b"Picture" + content[at + 7 :])


def no_archive(path: Path) -> None:
    path.write_bytes(b"once upon a time" * 500)


def lead_astray(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo("files/../../evil"))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut, "damaged, cut off or no backup|was cut off"),
        (flip, "is damaged: “files/pages/aa/1.jpg” is not what was saved"),
        (no_archive, "damaged, cut off or no backup"),
        (lead_astray, "holds “files/../../evil”"),
    ],
)
def test_a_damaged_backup_is_known_before_anything_is_changed(site, saved, damage, words):
    call_command("backup", str(saved))
    rows = rows_of_site()
    damage(saved)

    with pytest.raises(CommandError, match=words):
        call_command("restore", str(saved), "--replace")

    assert rows_of_site() == rows
    assert (settings.FILES / "pages/aa/1.jpg").read_bytes() == b"picture"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"format": 9}, "has format 9"), ({"migrations": ["tasks.0001_the_loop"]}, "whose tables differ")],
)
def test_a_backup_of_another_version_is_refused_and_says_what_to_do(saved, monkeypatch, change, words):
    about = saving.about
    monkeypatch.setattr(saving, "about", lambda now: about(now) | change)
    call_command("backup", str(saved))

    with pytest.raises(CommandError, match=words):
        call_command("restore", str(saved), "--replace")


def test_a_restore_that_fails_at_the_end_leaves_rows_and_files(site, saved, monkeypatch):
    call_command("backup", str(saved))
    Organisation.objects.update(name="Renamed since")
    monkeypatch.setattr(restoring, "exchange_files", lambda new: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        call_command("restore", str(saved), "--replace")

    assert set(Organisation.objects.values_list("name", flat=True)) == {"Renamed since"}
    assert (settings.FILES / "pages/aa/1.jpg").read_bytes() == b"picture"


def test_a_backup_that_fails_leaves_nothing_and_one_that_exists_is_kept(site, saved, monkeypatch):
    def full(writer, now):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(saving, "write", full)
        with pytest.raises(CommandError, match="No space left on device"):
            call_command("backup", str(saved))
    assert list(saved.parent.iterdir()) == []

    saved.write_bytes(b"yesterday's")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(saved))
    assert saved.read_bytes() == b"yesterday's"


def test_a_backup_can_be_judged_by_everybodys_tools(site, saved, tmp_path):
    call_command("backup", str(saved))

    subprocess.run(["tar", "-xf", saved, "-C", tmp_path], check=True)
    judged = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=True)

    assert judged.stdout == b""
    about = json.loads((tmp_path / "site.json").read_text())
    assert (about["format"], about["version"]) == (saving.FORMAT, settings.VERSION)


def test_saving_and_checking_take_no_more_memory_for_more_files(saved, measure):
    for number in range(300):
        place = settings.FILES / f"pages/{number:03}.jpg"
        place.write_bytes(bytes(200_000))

    peak = measure(lambda: saving.save(saved, timezone.now()))
    checked = measure(lambda: archive.verify(saved))

    assert saved.stat().st_size > 60_000_000
    assert (peak < 8_000_000, checked < 8_000_000) == (True, True)


@pytest.fixture
def measure():
    """Call and return the peak of memory that Python took, in bytes."""
    import tracemalloc

    def run(call) -> int:
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return run
