"""What tells for two days who shared a network, and nobody afterwards."""

from django.db import models


class GroupSalt(models.Model):
    """The key of one day's independence groups. Deleted after two days: then no group can be told from an address."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)
