"""What the parts that open strangers' files say when they cannot: a code and facts; ``refusals`` has the words."""


class Refused(Exception):
    """A file that is not taken in. ``code`` is a key of ``refusals.WORDS``, ``facts`` fill in its sentences."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class ClaimLost(Exception):
    """Another worker has taken over the batch; nothing more may be written for it here."""


class UploadRefused(Exception):
    """An upload or a piece of it cannot be taken; ``str(error)`` tells a person why and what to do.

    ``status`` is HTTP's for it, ``offset`` says where to go on.
    """

    def __init__(self, words: str, status: int = 409, offset: int | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.offset = offset


class ActRefused(Exception):
    """A batch or page cannot be treated so now; ``str(error)`` tells a person why and what to do."""


class CannotRead(Exception):
    """The batch cannot be read now; ``str(error)`` tells a person why and what to do."""
