"""The audit trail: a chain that nobody changes unseen."""

import re
from pathlib import Path

import pytest
from django.db import models

from accounts.audit import WORDS, first_broken, record
from accounts.models import Act
from tests.factories import make_organisation, make_volunteer

pytestmark = pytest.mark.django_db


def trail():
    organisation, who = make_organisation(), make_volunteer()
    for number in (1, 2, 3):
        record(organisation, who, "project.changed", title=f"Näyte {number}")
    return organisation


def tamper(line, **fields):
    models.QuerySet(Act).filter(number=line).update(**fields)


def test_each_organisation_has_a_trail_of_its_own():
    first, second = trail(), trail()

    numbers = list(Act.objects.order_by("organisation", "number").values_list("organisation", "number"))
    assert numbers == [(first.pk, 1), (first.pk, 2), (first.pk, 3), (second.pk, 1), (second.pk, 2), (second.pk, 3)]
    assert (first_broken(first), first_broken(second)) == (None, None)


def test_the_site_itself_may_act():
    organisation = make_organisation()

    assert record(organisation, None, "member.added", role="owner").volunteer is None
    assert first_broken(organisation) is None


@pytest.mark.parametrize(
    "fields", [{"details": {}}, {"what": "project.closed"}, {"volunteer": None}, {"digest": bytes(32)}, {"number": 7}]
)
def test_a_line_that_was_changed_shows(fields):
    organisation = trail()

    tamper(2, **fields)

    assert first_broken(organisation) == 2


def test_a_line_that_was_taken_out_shows():
    organisation = trail()

    models.QuerySet(Act).filter(number=2)._raw_delete("default")

    assert first_broken(organisation) == 2


@pytest.mark.parametrize("change", [lambda: Act.objects.update(what="x"), lambda: Act.objects.all().delete()])
def test_our_own_code_cannot_change_what_is_recorded(change):
    trail()

    with pytest.raises(TypeError):
        change()


def test_every_act_that_the_code_records_has_words():
    told = re.compile(r'(?:record|write_down)\((?:[^"()]*(?:\([^()]*\))?[^"()]*, )?"([a-z]+\.[a-z]+)"')
    root = Path(__file__).parents[2]
    apps = ("accounts", "tasks", "ingestion", "exports", "gamification", "civictasks")
    acts = {act for app in apps for path in (root / app).rglob("*.py") for act in told.findall(path.read_text())}

    assert {"project.founded", "task.settled", "release.published", "member.added"} <= acts
    assert acts - WORDS.keys() == set()
