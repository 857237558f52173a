from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import NOON

LATER = NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    """A data folder's files for each test."""
    settings.FILES = tmp_path / "files"
