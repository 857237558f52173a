from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.authentication import NotSignedIn, bearer_of
from accounts.models import Token
from tests.factories import make_token, make_volunteer

pytestmark = pytest.mark.django_db
PAST = timezone.now() - timedelta(seconds=1)


def test_only_the_hash_of_a_token_is_kept():
    volunteer = make_volunteer()
    text = make_token(volunteer)

    [row] = Token.objects.values()

    assert bearer_of(text).volunteer == volunteer
    assert text not in repr(row)
    assert text.removeprefix(Token.PREFIX) not in repr(row)


@pytest.mark.parametrize(
    "change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(seconds=1)}]
)
def test_a_revoked_or_expired_token_opens_nothing(change):
    text = make_token()
    Token.objects.update(**change)

    with pytest.raises(NotSignedIn):
        bearer_of(text)


def test_the_command_prints_a_token_that_works(capsys):
    volunteer = make_volunteer(username="archivist")

    call_command("issue_token", "archivist", "scanner", "--scope", "ingest")

    caller = bearer_of(capsys.readouterr().out.strip())
    assert (caller.volunteer, caller.scopes) == (volunteer, {"ingest"})


def test_the_command_names_an_account_that_does_not_exist():
    with pytest.raises(CommandError, match="nobody"):
        call_command("issue_token", "nobody", "scanner", "--scope", "ingest")
