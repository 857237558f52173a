"""What the demo has to show, and whether it is there: light enough for the supervisor to ask."""

from pathlib import Path

from django.conf import settings


def sample_folder() -> Path:
    return settings.DATA / "sample"


def mark() -> Path:
    """Return the file that tells that all of the sample was filled in once."""
    return sample_folder() / "filled"


def is_filled() -> bool:
    return mark().exists()
