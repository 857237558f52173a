"""``manage.py add_member ORGANISATION USERNAME``: how the first owner of an organisation comes to the desk."""

import secrets
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify

from accounts.audit import record
from accounts.enums import Role
from accounts.errors import RegistrationRefused
from accounts.models import Membership, Organisation, Volunteer
from accounts.registering import cleaned_username


class Command(BaseCommand):
    help = "Add an account to the team of an organisation; both are made where there are none, and a password is shown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="its name, e.g. “City Archive of Turku”, or its short name")
        parser.add_argument("username", help="the account; it is made, with a new password, where there is none")
        parser.add_argument("--role", choices=Role.values, default=Role.OWNER, help="owner unless said otherwise")

    @transaction.atomic
    def handle(self, *args: Any, organisation: str, username: str, role: str, **options: Any) -> None:
        slug = slugify(organisation)[:60]
        if not slug:
            raise CommandError("The organisation's name needs some letters or digits of the Latin alphabet.")
        known = {"name": organisation[:120]}
        team, _made = Organisation.objects.get_or_create(slug=slug, defaults=known)
        account = Volunteer.objects.filter(username=username).first() or self.new_account(username)
        Membership.objects.update_or_create(organisation=team, volunteer=account, defaults={"role": role})
        record(team, None, "member.added", member=account.pk, role=role)
        self.stdout.write(f"{username} is {Role(role).label} of {team.name}; sign in at /desk/.")

    def new_account(self, username: str) -> Volunteer:
        try:
            username = cleaned_username(username)
        except RegistrationRefused as refused:
            raise CommandError(str(refused)) from None
        password = secrets.token_urlsafe(12)
        account = Volunteer(username=username, display_name=username)
        account.set_password(password)
        account.save(force_insert=True)
        self.stdout.write(f"New account “{username}”, password {password} (shown this once)")
        return account
