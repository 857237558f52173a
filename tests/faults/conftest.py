from collections.abc import Iterator

import pytest

from tests.live import LiveServer


@pytest.fixture
def server(live_server_process: LiveServer, live_url: str) -> Iterator[LiveServer]:
    """A web process on the test's database, which the test may kill and start again."""
    yield live_server_process
    live_server_process.wait()
