from collections.abc import Iterator

import pytest

from tests.live import LiveServer, child_environment


@pytest.fixture
def server(transactional_db) -> Iterator[LiveServer]:
    """A web process of this test's own, on the test's database."""
    server = LiveServer(child_environment())
    server.start()
    server.wait()
    yield server
    server.close()
