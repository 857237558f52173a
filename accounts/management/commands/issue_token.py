"""``manage.py issue_token USERNAME NAME --scope ingest``: make a bearer token and print it, this once."""

from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.enums import Scope
from accounts.models import Token, Volunteer


class Command(BaseCommand):
    help = "Make a bearer token for an account and print it. It is shown this once: only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the account that the token acts for")
        parser.add_argument("name", help="what the token is for, e.g. “scanner in room 4”")
        parser.add_argument("--scope", action="append", choices=Scope.values, required=True, help="may be given again")
        parser.add_argument("--days", type=int, help="how long the token is valid; without it, until it is revoked")

    def handle(self, *args: Any, username: str, name: str, scope: list[str], days: int | None, **options: Any) -> None:
        volunteer = Volunteer.objects.filter(username=username).first()
        if volunteer is None:
            raise CommandError(f"There is no account “{username}”. Check the name; accounts are case-sensitive.")
        expires_at = timezone.now() + timedelta(days=days) if days else None
        self.stdout.write(Token.issue(volunteer, name, sorted(set(scope)), expires_at))
