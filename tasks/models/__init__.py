from .answers import Answer, Decision, Flag, Lease, Pace, Skill, Watermark
from .pages import Batch, Item, Page
from .projects import Progress, Project, ProjectSecret, Workflow, WorkflowVersion
from .tasks import Task

__all__ = [
    "Answer",
    "Batch",
    "Decision",
    "Flag",
    "Item",
    "Lease",
    "Pace",
    "Page",
    "Progress",
    "Project",
    "ProjectSecret",
    "Skill",
    "Task",
    "Watermark",
    "Workflow",
    "WorkflowVersion",
]
