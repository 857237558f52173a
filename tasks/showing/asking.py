"""In which words a line is asked: in those of its own version, but a known one always in the newest.

Else whoever saw a question's old words, once it was reworded, would know which lines are known.
"""

from django.db.models import Case, F, OuterRef, Q, Subquery, When

from ..models import WorkflowVersion

WORDS = ("prompt", "hint", "schema")
KNOWN = Q(gold__active=True)


def newest(column: str) -> Subquery:
    """Of the versions of the workflow that a row belongs to."""
    versions = WorkflowVersion.objects.filter(workflow=OuterRef("workflow")).order_by("-number")
    return Subquery(versions.values(column)[:1])


def words_of_task() -> dict[str, Case]:
    return {column: Case(When(KNOWN, then=newest(column)), default=F(f"version__{column}")) for column in WORDS}
