"""A data folder belongs to one demo, or one restore, at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderHeld(Exception):
    """Another process holds the data folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go when this process ends, however it does. Raises ``FolderHeld``."""
    with (folder / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderHeld from None
        yield
