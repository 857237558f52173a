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
    """The answer, or the reviewer's decision, can no longer be taken back."""


class OwnReading(TasksError):
    """A reviewer has answered this subject and must not judge it."""


class DecidedMeanwhile(TasksError):
    """The task is no longer as the reviewer saw it; ``str(error)`` says to look at what holds now."""


class NotReviewable(TasksError):
    """The task is not settled, or was withdrawn, or cannot be asked again."""


class NotReady(TasksError):
    """A project cannot be published yet; ``missing`` has a sentence for each thing to do."""

    def __init__(self, missing: list[str]):
        super().__init__(" ".join(missing))
        self.missing = missing


class ChangedMeanwhile(TasksError):
    """Somebody else saved a newer version of what is being edited; nothing was saved over it."""


class FitLost(TasksError):
    """Another worker fits the workflow now, so this one writes nothing more."""


class BeingFitted(TasksError):
    """A worker is fitting this workflow at the moment."""
