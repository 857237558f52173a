import asyncio
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from civictasks.embedded.valkey import Valkey, socket_path
from ingestion.containment import Decoder
from tasks.machinery.queueing import QUEUE

from .emptying import empty_tables
from .live import CHROMIUM, LiveServer, child_environment, stays_here
from .migrated import copy_migrated
from .postgres import Postgres
from .warm import Commands, Decoders

TransactionTestCase._fixture_teardown = empty_tables  # pytest-django's tests that commit are such cases
LEFT_OUT = pytest.StashKey[int]()  # how many tests


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--endurance", action="store_true", help="run the fault tests at full size")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL where the settings want one, in the first process alone; workers of xdist share it.

    Let Python keep what it compiles, as it usually does: the processes that the tests start would compile all anew.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if (folder := os.environ.get("POSTGRES_FOLDER")) and not hasattr(config, "workerinput"):
        postgres = Postgres(Path(folder))
        config.add_cleanup(postgres.forget)
        postgres.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    shutil.rmtree(settings.DATA, ignore_errors=True)  # a worker of xdist ends without its exit handlers


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[object]:
    """Let the collector of garbage never look at what was loaded until here: all of that stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    left_out = leave_out(config, items)
    config.stash[LEFT_OUT] = len(left_out)
    if hasattr(config, "workeroutput"):  # the first process hears it when this worker of xdist ends
        config.workeroutput["left_out"] = len(left_out)
    config.hook.pytest_deselected(items=left_out)
    yield
    # Once pytest-django has put them in order: what takes long begins first, or one worker waits for it at the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> list[pytest.Item]:
    """Take away what would show the same as a run on SQLite: at full size all tests but those with a ``size``, on
    PostgreSQL those that ask for no database, and those that look at one page by browser: its views and their
    statements have tests without one. What is marked ``endurance`` runs at full size only."""
    kept = [item for item in items if not item.get_closest_marker("endurance")]
    if config.getoption("--endurance"):
        kept = [item for item in items if item.get_closest_marker("endurance") or "size" in fixtures_of(item)]
    if "POSTGRES_FOLDER" in os.environ:
        kept = [item for item in kept if asks_for_the_database(item) and not looks_at_a_page(item)]
    left_out = list(set(items) - set(kept))
    items[:] = kept
    return left_out


def fixtures_of(item: pytest.Item) -> set[str]:
    """The fixtures that a test asks for; a parameter may go by the name of one."""
    parameters = getattr(item, "callspec", None)
    return set(getattr(item, "fixturenames", ())) - set(parameters.params if parameters else ())


def asks_for_the_database(item: pytest.Item) -> bool:
    """Whether pytest-django lets it at the database; to all others it is blocked."""
    case = getattr(item, "cls", None) or object
    marked = item.get_closest_marker("django_db") or issubclass(case, TransactionTestCase)
    return bool(marked) or not fixtures_of(item).isdisjoint({"db", "transactional_db", "django_db_setup"})


def looks_at_a_page(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("browser")) and not item.get_closest_marker("story")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Hear what a worker left out; all of them collect the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if number := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{number} tests left out: they {why_left_out(config)}.")


def why_left_out(config: pytest.Config) -> str:
    if config.getoption("--endurance"):
        return "have one size and would show what a run on SQLite shows"
    if "POSTGRES_FOLDER" in os.environ:
        return "ask for no database, or look at a page, and would show what a run on SQLite shows"
    return "run at full size only, with --endurance"


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings, django_db_blocker) -> bool:
    """Let Django find a database that went through these migrations already."""
    database = connection.settings_dict["TEST"]["NAME"]
    if connection.vendor != "sqlite" or not database or request.config.cache is None:
        return request.config.getoption("reuse_db")
    with django_db_blocker.unblock():
        copy_migrated(request.config.cache.mkdir("database"), Path(database))
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database that Django is to keep goes with the folder of ``settings.DATA``, closed."""
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def size(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """``size(small, full)``: how often a fault test repeats its fault."""
    full_size = request.config.getoption("--endurance")
    return lambda small, full: full if full_size else small


@pytest.fixture(scope="session")
def valkey_process() -> Iterator[Valkey]:
    """One embedded Valkey for each pytest process, at the address that the settings name."""
    path = socket_path(settings.REDIS_URL)
    assert path
    server = Valkey(path, Path(settings.DATA) / "valkey")
    server.start()
    yield server
    server.forget()


@pytest.fixture
def valkey(valkey_process: Valkey) -> Iterator[Valkey]:
    """The running Valkey, empty. Without this fixture a test has none, and the loop must do without."""
    valkey_process.flush()
    yield valkey_process
    valkey_process.flush()


@pytest.fixture
def in_thread() -> Callable[..., object]:
    """Call outside the thread that has Playwright's event loop; ``async_to_sync`` works there."""

    def call(function, *args, **kwargs):
        def with_own_connections():
            try:
                return function(*args, **kwargs)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as executor:
            return executor.submit(with_own_connections).result(60)

    return call


@pytest.fixture
def run_jobs(valkey, in_thread) -> Callable[[], None]:
    """Work off the queue, in a thread: no signal handlers and no SIGALRM there."""

    class ThreadWorker(SimpleWorker):
        death_penalty_class = TimerDeathPenalty

        def _install_signal_handlers(self):
            pass

    def work() -> None:
        with Redis.from_url(settings.REDIS_URL) as connection:
            ThreadWorker([QUEUE], connection=connection, serializer=JSONSerializer).work(burst=True)

    return lambda: in_thread(work)


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    decoders = Decoders()
    yield decoders
    decoders.close()


@pytest.fixture(autouse=True)
def warm_decoders(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests of this process share the children that open pictures."""
    monkeypatch.setattr(Decoder, "start", lambda decoder: decoders.take(decoder))
    monkeypatch.setattr(Decoder, "__exit__", lambda decoder, *error: decoders.hand_on(decoder, *error))


@pytest.fixture(scope="session")
def commands(django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Management commands on the test's database, each in a process of its own."""
    with django_db_blocker.unblock():
        log = tmp_path_factory.mktemp("commands") / "log"
        commands = Commands(child_environment(), log, "ingestion.management.commands.ingest")
    yield commands
    commands.close()


@pytest.fixture(scope="session")
def live_server_process(django_db_setup, django_db_blocker, valkey_process) -> Iterator[LiveServer]:
    with django_db_blocker.unblock():
        server = LiveServer(child_environment())
    server.start()
    server.wait()
    yield server
    server.close()


@pytest.fixture
def live_url(live_server_process: LiveServer, transactional_db, valkey) -> str:
    """The address of a server on the test's database; the test's rows are committed."""
    return live_server_process.url


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        reason = "no Chromium: install one, or set CHROMIUM=PATH"
        (pytest.fail if os.environ.get("CI_BROWSER_REQUIRED") == "1" else pytest.skip)(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(chromium, monkeypatch: pytest.MonkeyPatch):
    """Chromium by Playwright's sync API. It keeps an event loop in this thread; other tests must not see it."""
    browser, loop = chromium
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


# Who drives a browser answers in no time, which weighs nothing; by this clock they take as long as people.
HURRY = "const clock = performance.now.bind(performance); performance.now = () => 60 * clock();"


@pytest.fixture
def open_page(browser, live_url: str):
    """``open_page(**options)`` opens a page in a browser context of its own: another visitor.

    Movement is reduced and no service worker installed unless the options ask for it: a test waits for neither.
    The test fails when a console shows an error or a page asks another host for anything; ``page.problems`` lists
    them, and a test that means to cause one clears it.
    """
    pages = []

    def watched(**options):
        usual = {"reduced_motion": "reduce", "service_workers": "block"}
        context = browser.new_context(base_url=live_url, **(usual | options))
        context.add_init_script(HURRY)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
        context.on("request", lambda r: stays_here(r.url, live_url) or page.problems.append(f"asked {r.url}"))
        pages.append(page)
        return page

    yield watched
    for page in pages:
        page.context.close()
    assert [page.problems for page in pages] == [[] for _ in pages]


@pytest.fixture
def page(open_page):
    return open_page()
