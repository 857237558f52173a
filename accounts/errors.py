"""What a person may have to be told; ``str(error)`` is a sentence that says what is wrong and what to do next."""


class AccountsError(Exception):
    """Base of the errors of this app."""


class NameRefused(AccountsError):
    """This public name cannot be had."""


class RegistrationRefused(AccountsError):
    """No account can be made of this; ``field`` is ``username`` or ``password``."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class TeamError(AccountsError):
    """The team stays as it is."""


class LastOwner(AccountsError):
    """An organisation would be left without an owner."""


class NotAGuest(AccountsError):
    """Only the work of an anonymous volunteer can be brought into an account."""
