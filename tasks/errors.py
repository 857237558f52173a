"""What can go wrong in the loop; each error carries a sentence that says what is wrong and what to do."""


class TasksError(Exception):
    """Base of the domain's errors; ``str(error)`` is fit for a person."""


class MalformedValue(TasksError):
    """An answer's value does not fit the question."""


class UnknownProject(TasksError):
    """No project that anyone may see has this name."""


class ProjectNotOpen(TasksError):
    """The project takes no answers now."""


class UnknownWorkflow(TasksError):
    """The project has no open workflow of that number."""


class UnknownAnswer(TasksError):
    """This volunteer never gave an answer under that key."""


class EnoughReports(TasksError):
    """This person has reported this task several times already."""


class TooLateToUndo(TasksError):
    """The answer can no longer be taken back."""
