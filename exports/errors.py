"""What can go wrong with a release; each error carries a sentence that says what is wrong and what to do."""


class ExportsError(Exception):
    """Base of this app's errors; ``str(error)`` is fit for a person."""


class NotReleasable(ExportsError):
    """The project has nothing that may be published now."""


class UndecidedTask(ExportsError):
    """A settled task has no decision, so a release would leave it out."""


class FilesLost(ExportsError):
    """The files of a release are not where they were put."""


class AlreadyOrdered(ExportsError):
    """A version of this dataset is being made at this moment."""


class ReasonMissing(ExportsError):
    """A version is withdrawn for a reason that everybody may read."""


class Withdrawn(ExportsError):
    """A version was published and taken back; the sentence says when and why."""
