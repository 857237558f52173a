"""What a worker process runs: any number of times, in any order, without harm."""

from .colluding import tie_colluders
from .models import Workflow
from .spreading import questions_to_spread, spread


def spread_question(workflow: int) -> None:
    for found in Workflow.objects.filter(pk__in=questions_to_spread().filter(pk=workflow)):
        spread(found)


def seek_rings(workflow: int) -> None:
    for found in Workflow.objects.filter(pk=workflow):
        tie_colluders(found)
