import pytest

from accounts.choosing import choose_name, remove_name
from accounts.errors import NameRefused
from accounts.models import Volunteer
from accounts.naming import cleaned_name, pen_name, skeleton
from tests.factories import make_organisation, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Aino", "Aino"),
        ("  Aino   K. ", "Aino K."),
        ("O’Brien-Smith", "O’Brien-Smith"),
        ("A\u0308iti", "Äiti"),
        ("Ноябрь", "Ноябрь"),
        ("山田花子", "山田花子"),
        ("निशा", "निशा"),
        ("Badminton", "Badminton"),
        ("Ada 2", "Ada 2"),
        ("Quiet", "Quiet"),
    ],
)
def test_a_name_is_kept_as_it_is_read(typed, kept):
    assert cleaned_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "2 to 40 characters"),
        ("   ", "2 to 40 characters"),
        ("A", "2 to 40 characters"),
        ("A" * 41, "2 to 40 characters"),
        ("ﷺ" * 10, "2 to 40 characters"),
        ("...", "two letters or digits"),
        ("Ada\u200b", "letters, digits, spaces"),
        ("Ada\u202e", "letters, digits, spaces"),
        ("Ada\nBo", "letters, digits, spaces"),
        ("Ada\x00", "letters, digits, spaces"),
        ("<b>Ada</b>", "letters, digits, spaces"),
        ("Ada\u0301\u0301\u0301\u0301", "letters, digits, spaces"),
        ("Ada 🦉", "letters, digits, spaces"),
        ("Admin", "runs the site"),
        ("The Moderator", "runs the site"),
        ("АDМІN", "runs the site"),
        ("Adm1n", "runs the site"),
        ("Civic-Tasks", "runs the site"),
        ("Ada (simulated)", "letters, digits, spaces"),
        ("Ada simulated", "runs the site"),
        ("Quiet Heron 417", "Pen names"),
        ("quiet  heron", "Pen names"),
    ],
)
def test_a_name_that_cannot_be_had_says_why(typed, sentence):
    with pytest.raises(NameRefused, match=sentence):
        cleaned_name(typed)


@pytest.mark.parametrize("typed", ["Rijnmond Library", "rijnmond-library", "Rijnmond Library A", "Rіjnmоnd Lіbrаry"])
def test_an_organisation_s_name_is_its_own(typed):
    make_organisation(name="Rijnmond Library")

    with pytest.raises(NameRefused, match="organisation"):
        choose_name(make_volunteer(), typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marta", "marta"),
        ("Marta", "Márta"),
        ("Marta", "Маrtа"),  # Cyrillic
        ("Marta", "M a r t a"),
        ("Marta", "Marta."),
        ("Marta", "Ｍａｒｔａ"),
        ("Oili", "0i1i"),
        ("Bill", "BiIl"),
        ("Warner", "VVamer"),
    ],
)
def test_names_that_look_alike_are_given_once(one, other):
    choose_name(make_volunteer(), one)

    with pytest.raises(NameRefused, match="bears this name"):
        choose_name(make_volunteer(), other)


def test_names_that_differ_to_the_eye_stand_side_by_side():
    names = ["Marta", "Martha", "Marta K.", "Ада", "Ada", "Ada 2"]

    for name in names:
        choose_name(make_volunteer(), name)

    assert sorted(Volunteer.objects.values_list("display_name", flat=True)) == sorted(names)


def test_a_volunteer_may_spell_the_own_name_anew_and_remove_it():
    volunteer = make_volunteer()
    choose_name(volunteer, "Marta")
    assert choose_name(volunteer, "MÁRTA") == str(Volunteer.objects.get()) == "MÁRTA"

    remove_name(volunteer)

    volunteer.refresh_from_db()
    assert (str(volunteer), volunteer.name_skeleton) == (pen_name(bytes(volunteer.seed)), None)
    assert choose_name(make_volunteer(), "Marta") == "Marta"


def test_a_skeleton_is_never_longer_than_its_column():
    assert max(len(skeleton(chr(code) * 40)) for code in range(0x20, 0x3000)) <= 40 * 6
    with pytest.raises(NameRefused):
        choose_name(make_volunteer(), "㍿" * 40)
