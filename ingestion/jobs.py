"""What a worker process runs: any number of times, in any order, without harm."""

import logging

from tasks.enums import BatchState
from tasks.models import Batch

from .errors import CannotRead, ClaimLost
from .reading import read
from .turning import fulfil_turn
from .uploading import uploaded_files

logger = logging.getLogger(__name__)


def read_batch(batch_id: int) -> None:
    """Read an uploaded batch unless it is done, or another worker is at it."""
    batch = Batch.objects.select_related("project").exclude(source="").filter(pk=batch_id).first()
    if batch is None or batch.state not in {BatchState.UPLOADED, BatchState.READING}:
        return
    try:
        files = uploaded_files(batch)
        report = read(batch, files, files)
    except CannotRead as error:
        logger.warning("batch %s waits: %s", batch_id, error)
    except ClaimLost:
        logger.info("batch %s: another worker took over", batch_id)
    else:
        if report:
            logger.info("batch %s read: %s tasks", batch_id, report.tasks)


def turn_page(page_id: int) -> None:
    """Turn a page as somebody wished, unless that is done."""
    try:
        fulfil_turn(page_id)
    except ClaimLost:
        logger.info("page %s: another worker took over", page_id)
