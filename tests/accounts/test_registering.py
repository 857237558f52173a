import pytest

from accounts.errors import RegistrationRefused
from accounts.models import Volunteer
from accounts.registering import register
from tests.factories import NOON, make_volunteer

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"


def test_an_anonymous_volunteer_becomes_an_account_and_stays_the_same_person():
    volunteer = make_volunteer(display_name="Aino")

    register(volunteer, " aino ", GOOD)

    kept = Volunteer.objects.get()
    assert (kept.pk, kept.username, kept.display_name, bytes(kept.seed)) == (
        volunteer.pk,
        "aino",
        "Aino",
        bytes(volunteer.seed),
    )
    assert kept.check_password(GOOD)


@pytest.mark.parametrize("name", ["", "ab", "a" * 33, "ai no", "aino@example.org", "v-123", "ai\u202eno", "<aino>"])
def test_a_user_name_that_cannot_be_had_says_why(name):
    with pytest.raises(RegistrationRefused, match="A user name has 3 to 32") as refusal:
        register(make_volunteer(), name, GOOD)
    assert refusal.value.field == "username"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 10 characters"),
        ("password123", "too common"),
        ("20261123201", "entirely numeric"),
        ("ainotheowner", "too similar to the username"),
        ("x" * 1001, "at most 1000 characters"),
    ],
)
def test_a_weak_password_says_why(password, sentence):
    with pytest.raises(RegistrationRefused, match=sentence) as refusal:
        register(make_volunteer(), "ainotheowner", password)
    assert refusal.value.field == "password"
    assert not Volunteer.objects.get().has_usable_password()


def test_a_user_name_is_given_once():
    register(Volunteer(), "aino", GOOD)
    second = make_volunteer()

    with pytest.raises(RegistrationRefused, match="taken"):
        register(second, "aino", GOOD)

    assert not Volunteer.objects.get(pk=second.pk).has_usable_password()


def test_an_account_cannot_be_made_over():
    account = Volunteer()
    register(account, "aino", GOOD)
    stale = Volunteer.objects.get()

    with pytest.raises(RegistrationRefused, match="account already"):
        register(stale, "other", GOOD)

    assert Volunteer.objects.get().username == "aino"


def test_an_account_is_kept_though_it_has_not_answered_yet():
    account = Volunteer(created_at=NOON)
    register(account, "aino", GOOD)
    make_volunteer(created_at=NOON)

    unused = Volunteer.objects.unused(NOON.replace(year=NOON.year + 1))

    assert account.pk not in unused.values_list("pk", flat=True)
    assert unused.count() == 1
