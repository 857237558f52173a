"""Which answers a release does not tell, and how many of each sort: together with those told they are all there are."""

from django.db.models import Case, CharField, Count, Q, Value, When

from tasks.enums import BatchState, Purpose, TaskState
from tasks.models import Answer

from .settled import Selection

REASONS = {
    "known_lines": "Answers to lines whose reading was known beforehand. They are asked among the others, to teach and "
    "to measure, and had no say in any row; told here, they would give away which lines these are.",
    "taken_back": "Answers that their volunteers took back.",
    "withheld": "Answers about pages that the publisher withholds.",
    "unsettled": "Answers to lines that volunteers are still asked, be it again because a reviewer wished it. They "
    "come with the version in which their line is settled.",
}


def count_left_out(selection: Selection) -> dict[str, int]:
    """Return how many answers are left out for each of the ``REASONS``."""
    hidden = Q(task__page__withheld_at__isnull=False) | Q(task__page__item__batch__state=BatchState.WITHDRAWN)
    line_withdrawn = Q(task__parent=None, task__state=TaskState.WITHDRAWN) | Q(task__parent__state=TaskState.WITHDRAWN)
    why = Case(
        When(withdrawn_at__isnull=False, then=Value("taken_back")),
        When(purpose=Purpose.CHECK, then=Value("known_lines")),
        When(hidden | line_withdrawn, then=Value("withheld")),
        When(selection.answered & selection.firm, then=Value("told")),
        default=Value("unsettled"),
        output_field=CharField(),
    )
    rows = Answer.objects.filter(project=selection.project).order_by().values_list(why).annotate(n=Count("pk"))
    counted = dict(rows)
    return {reason: counted.get(reason, 0) for reason in REASONS}
