from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    ARCHIVIST = "archivist", _("archivist")
    REVIEWER = "reviewer", _("reviewer")

    @property
    def and_above(self) -> list["Role"]:
        """An owner may do what an archivist may, who may do what a reviewer may."""
        ranks = [Role.REVIEWER, Role.ARCHIVIST, Role.OWNER]
        return ranks[ranks.index(self) :]


class Scope(models.TextChoices):
    """What a bearer token may be used for."""

    PLAY = "play", _("lease tasks and answer them")
    INGEST = "ingest", _("upload batches and read their reports")
