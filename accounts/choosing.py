"""A volunteer chooses a public name, or none."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .errors import NameRefused
from .models import Organisation, Volunteer
from .naming import cleaned_name, skeleton
from .signals import volunteer_renamed


def choose_name(volunteer: Volunteer, text: str) -> str:
    """Give the volunteer the name and return it as it is kept. Raises ``NameRefused``."""
    name = cleaned_name(text, Organisation.objects.values_list("name", flat=True))
    try:
        rename(volunteer, name, skeleton(name))
    except IntegrityError:
        raise NameRefused(_("Somebody bears this name, or one that looks like it. Choose another.")) from None
    return name


def remove_name(volunteer: Volunteer) -> None:
    """Show the pen name again; the chosen name is free for others."""
    rename(volunteer, None, None)


@transaction.atomic
def rename(volunteer: Volunteer, name: str | None, looks: str | None) -> None:
    Volunteer.objects.filter(pk=volunteer.pk).update(display_name=name, name_skeleton=looks)
    volunteer.display_name, volunteer.name_skeleton = name, looks
    volunteer_renamed.send(Volunteer, volunteer=volunteer.pk)
