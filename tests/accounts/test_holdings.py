import json

import pytest
from django.apps import apps

from accounts.enums import Role
from accounts.holdings import HOLDINGS, as_json
from accounts.models import Membership, Token, Volunteer
from gamification.models import Ledger
from tasks.models import Answer, Flag
from tests.factories import make_organisation, make_task, make_volunteer, make_workflow, post_answer
from tests.gamification.builders import project_all

pytestmark = pytest.mark.django_db


def read(volunteer):
    return json.loads("".join(as_json(volunteer)))


def models_that_refer_to_volunteers():
    return {
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Volunteer and not field.many_to_many
    }


def test_every_table_that_refers_to_volunteers_belongs_to_the_download():
    held = [model for part in HOLDINGS.values() for model in part.models]

    assert {model.__name__ for model in held} == {m.__name__ for m in models_that_refer_to_volunteers() | {Volunteer}}
    assert len(held) == len(set(held))


def test_the_download_holds_as_many_rows_as_the_database():
    volunteer, stranger, workflow = make_volunteer(display_name="Äiti"), make_volunteer(), make_workflow()
    for text in ("Helsinki", "Åbo"):
        task = make_task(workflow)
        for reader in (volunteer, stranger):
            post_answer(task, text, reader)
    for reader in (volunteer, stranger):
        Flag.objects.create(project=task.project, page=task.page, volunteer=reader, reason="upside down")
        Token.issue(reader, "phone", ["play"])
        Membership.objects.create(organisation=make_organisation(), volunteer=reader, role=Role.REVIEWER)
    project_all()

    found = read(volunteer)

    for part in HOLDINGS.values():
        rows = 0
        for model in part.models:
            key = "pk" if model is Volunteer else "reviewer" if part.name == "decisions_as_reviewer" else "volunteer"
            rows += model._base_manager.filter(**{key: volunteer.pk}).count()
        assert (part.name, len(found[part.name])) == (part.name, rows)
    assert found["answers"][0]["project_slug"] == workflow.project.slug
    assert [name for rows in found.values() for row in rows for name in row if "__" in name] == []
    assert {name for name, rows in found.items() if rows} >= {
        *("account", "answers", "leases", "points", "standings", "tokens", "memberships", "reports"),
    }


def test_the_download_says_what_is_stored():
    volunteer = make_volunteer(display_name="Äiti")
    post_answer(make_task(), "Åbo Tidningar", volunteer)

    found = read(volunteer)

    answer, line = Answer.objects.get(), Ledger.objects.get()
    assert (found["account"][0]["shown_as"], found["account"][0]["seed_of_pseudonyms"]) == (
        "Äiti",
        bytes(volunteer.seed).hex(),
    )
    [told] = found["answers"]
    assert (told["id"], told["value"], told["key"]) == (answer.pk, {"text": "Åbo Tidningar"}, str(answer.key))
    assert [(p["answer"], p["rule"], p["points"]) for p in found["points"]] == [(line.answer, "took_part", 1)]


def test_the_download_names_no_key_that_would_let_somebody_in_and_no_known_answer():
    volunteer = make_volunteer()
    text = Token.issue(volunteer, "phone", ["play"])
    post_answer(make_task(), "Åbo", volunteer)

    written = "".join(as_json(volunteer))

    assert text not in written
    assert Token.digest_of(text).hex() not in written
    assert '"purpose"' not in written
