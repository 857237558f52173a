"""What a worker process runs: any number of times, in any order, without harm."""

import logging

from .curating.spreading import questions_to_spread, spread
from .errors import BeingFitted, FitLost
from .models import Workflow
from .refitting import refit
from .trust.colluding import tie_colluders

logger = logging.getLogger(__name__)


def spread_question(workflow: int) -> None:
    for found in Workflow.objects.filter(pk__in=questions_to_spread().filter(pk=workflow)):
        spread(found)


def seek_rings(workflow: int) -> None:
    for found in Workflow.objects.filter(pk=workflow):
        tie_colluders(found)


def fit_workflow(workflow: int) -> None:
    for found in Workflow.objects.filter(pk=workflow):
        try:
            refit(found)
        except (BeingFitted, FitLost):
            logger.info("workflow %s: another worker fits it", workflow)
