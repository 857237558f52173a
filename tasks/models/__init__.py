from .answers import Answer, Decision, Flag, Lease, Pace, Watermark
from .gold import Gold
from .groups import GroupSalt
from .pages import Batch, Item, Page
from .projects import Progress, Project, ProjectSecret, Workflow, WorkflowVersion
from .skills import Fit, Skill
from .tasks import Task

__all__ = [
    "Answer",
    "Batch",
    "Decision",
    "Fit",
    "Flag",
    "Gold",
    "GroupSalt",
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
