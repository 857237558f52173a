"""Nothing personal is left in any table; the tables are read from the models, so a new one cannot be forgotten."""

import pytest
from django.apps import apps
from django.test import Client

from accounts.audit import first_broken
from accounts.choosing import choose_name
from accounts.enums import Role
from accounts.erasing import erase
from accounts.errors import LastOwner
from accounts.models import Act, Invitation, Membership, Organisation, Token, Volunteer
from accounts.registering import register
from tasks.models import Answer, Flag, Skill
from tests.factories import make_lease, make_organisation, make_task, make_volunteer, post_answer, settle_task
from tests.gamification.builders import project_all

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
RING = b"of a ring"[:8]
# What still refers to somebody erased: readings and what follows from them. Nothing of it says who that was.
STAYS = {"Answer", "Ledger", "Lease", "Skill", "Flag", "Act", "ReleaseOrder"}


def person():
    """A volunteer with a row in every table that refers to volunteers, and a browser."""
    volunteer, task = make_volunteer(), make_task()
    post_answer(task, "Helsinki", volunteer)
    Skill.objects.create(volunteer=volunteer, workflow=task.workflow, ring=RING)
    choose_name(volunteer, "Erja Esimerkki")
    register(volunteer, "erja.esimerkki", PASSWORD)
    Flag.objects.create(project=task.project, page=task.page, volunteer=volunteer, reason="Ask Erja Esimerkki")
    Token.issue(volunteer, "Erja Esimerkki’s phone", ["play"])
    client = Client()
    client.force_login(volunteer)
    client.post(f"/api/v1/projects/{make_task().project.slug}/leases", {"count": 1}, "application/json")
    project_all()
    return volunteer, client


def stored_models():
    return [model for model in apps.get_models() if model._meta.managed]


def everything_stored():
    """Yield ``(model, text of a row)`` for every row of every table; bytes also as hexadecimal digits."""
    for model in stored_models():
        for row in model._base_manager.values():
            yield model.__name__, repr({k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()})


def referring_to(volunteer):
    """Return the names of the models with rows that refer to the volunteer."""
    relations = [
        (model, field.name)
        for model in stored_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Volunteer and not field.many_to_many
    ]
    return {m.__name__ for m, name in relations if m._base_manager.filter(**{name: volunteer.pk}).exists()}


def test_nothing_personal_is_left_in_any_table():
    volunteer, client = person()
    token = Token.objects.get()
    Membership.objects.create(organisation=make_organisation(), volunteer=volunteer, role=Role.REVIEWER)
    for person_meant in (volunteer, None):  # invited before the account was made, too
        Invitation.objects.create(
            organisation=make_organisation(), username=volunteer.username, volunteer=person_meant, role=Role.OWNER
        )
    traces = [
        *("erja.esimerkki", "Erja Esimerkki", volunteer.name_skeleton, volunteer.password),
        *(RING.hex(), bytes(volunteer.seed).hex(), bytes(token.digest).hex(), client.session.session_key),
    ]
    before = {trace for trace, (_model, row) in ((t, r) for t in traces for r in everything_stored()) if trace in row}
    assert before == set(traces)

    erase(volunteer)

    assert [(model, trace) for model, row in everything_stored() for trace in traces if trace in row] == []
    assert referring_to(volunteer) <= STAYS


def test_the_answers_stay_valid_and_pseudonymous():
    task = settle_task()
    volunteer = Volunteer.objects.earliest("pk")
    before = list(Answer.objects.order_by("pk").values())

    erase(volunteer)

    assert list(Answer.objects.order_by("pk").values()) == before
    task.refresh_from_db()
    assert task.answered == 2


def test_seats_held_go_back():
    volunteer, task = make_volunteer(), make_task()
    make_lease(task, volunteer)

    erase(volunteer)

    task.refresh_from_db()
    assert task.leased == 0


def test_every_session_ends():
    volunteer, here = person()
    elsewhere = Client()
    elsewhere.force_login(volunteer)

    erase(volunteer)

    assert [client.get("/me/answers/").status_code for client in (here, elsewhere)] == [302, 302]


def test_erasing_twice_does_no_harm():
    volunteer, _client = person()
    erase(volunteer)
    once = Volunteer.objects.values("display_name", "name_skeleton").get(pk=volunteer.pk)
    erase(volunteer)
    assert Volunteer.objects.values("display_name", "name_skeleton").get(pk=volunteer.pk) == once


def owners(organisation, *people):
    for one in people:
        Membership.objects.create(organisation=organisation, volunteer=one, role=Role.OWNER)


def test_the_last_owner_has_to_pass_the_organisation_on_first():
    archive, museum, last, other = make_organisation(name="Town Archive"), make_organisation(), *make_two()
    owners(archive, last)
    owners(museum, last, other)
    Membership.objects.create(organisation=archive, volunteer=other, role=Role.ARCHIVIST)

    with pytest.raises(LastOwner, match="last owner of Town Archive"):
        erase(last)
    last.refresh_from_db()
    assert (last.erased_at, Membership.objects.filter(volunteer=last).count(), Act.objects.count()) == (None, 2, 0)

    owners_of_archive = Membership.objects.filter(organisation=archive, volunteer=other)
    owners_of_archive.update(role=Role.OWNER)
    erase(last)
    assert set(Membership.objects.values_list("volunteer", flat=True)) == {other.pk}


def make_two():
    return make_volunteer(), make_volunteer()


def test_the_audit_trail_keeps_its_chain_and_names_nobody():
    volunteer, owner = make_two()
    archive = make_organisation()
    owners(archive, volunteer, owner)
    choose_name(volunteer, "Erja Esimerkki")

    erase(volunteer)

    assert [act.what for act in Act.objects.all()] == ["member.erased"]
    assert first_broken(Organisation.objects.get(pk=archive.pk)) is None
    assert "Erja" not in repr(list(Act.objects.values()))
