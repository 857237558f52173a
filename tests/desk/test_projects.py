"""Found a project, say what it is, publish and close it."""

import re

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Act, Membership
from exports.licences import KNOWN
from tasks.enums import Licence
from tasks.models import Project, ProjectSecret
from tasks.showing.projects import count_progress
from tests.factories import make_organisation, make_project, make_task, make_workflow

pytestmark = pytest.mark.django_db
SAID = {
    "title": "Cards of Åbo",
    "slug": "",
    "summary": "Type out cards.",
    "story": "",
    "language": "sv-FI",
    "letters": "å ä ö Å å",
    "licence": "CC0-1.0",
    "rights": "Public domain",
    "time_zone": "Europe/Helsinki",
    "cover_alt": "",
    "way": "bridge",
}


def shown_in(form):
    """What a browser sends back of a form that nobody touched."""
    fields = {field.html_name: field.value() or "" for field in form}
    return fields | {field.html_initial_name: field.value() or "" for field in form}


def acts():
    return list(Act.objects.order_by("pk").values_list("what", flat=True))


def found(client, archive, **said):
    return client.post("/desk/new/", SAID | {"organisation": archive.pk} | said)


def faults(reply):
    return {name: list(errors) for name, errors in reply.context["form"].errors.items()}


def test_a_founded_project_is_a_draft_with_a_secret_of_its_own(client, archivist, archive):
    reply = found(client, archive)

    project = Project.objects.get()
    assert reply.url == "/desk/cards-of-abo/questions/new/"
    assert (project.state, project.organisation, project.letters) == ("draft", archive, "åäöÅ")
    assert (project.language, project.time_zone, project.way) == ("sv-FI", "Europe/Helsinki", "bridge")
    assert ProjectSecret.objects.filter(project=project).exists()
    assert acts() == ["project.founded"]


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ({"title": "Cards of Åbo"}, "cards-of-abo-2"),
        ({"title": "東京"}, "project"),
        ({"title": "Team"}, "team-2"),
        ({"title": "Anything", "slug": "cards"}, "cards"),
    ],
)
def test_a_short_name_is_made_from_the_title_where_none_is_given(client, archivist, archive, said, slug):
    make_project(slug="cards-of-abo")

    found(client, archive, **said)

    assert Project.objects.filter(slug=slug, organisation=archive).exists()


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"slug": "taken"}, "slug", "This short name is taken. How about “taken-2”?"),
        ({"slug": "audit"}, "slug", "This short name is taken. How about “audit-2”?"),
        ({"time_zone": "Turku"}, "time_zone", "There is no such time zone. Choose one, for example Europe/Helsinki."),
        ({"language": "swedish language"}, "language", None),
        ({"title": ""}, "title", "This field is required."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(client, archivist, archive, said, field, sentence):
    make_project(slug="taken")

    reply = found(client, archive, **said)

    assert reply.status_code == 422
    assert list(faults(reply)) == [field]
    assert sentence is None or faults(reply)[field] == [sentence]
    assert "Type out cards." in reply.content.decode()
    assert Project.objects.filter(organisation=archive).count() == 0


def test_a_short_name_that_somebody_takes_at_the_same_moment_is_said_to_be_taken(
    client, archivist, archive, monkeypatch
):
    make_project(slug="cards")
    monkeypatch.setattr("tasks.desk.project_forms.is_free", lambda slug: True)

    assert faults(found(client, archive, slug="cards")) == {"slug": ["This short name is taken. Choose another."]}


def test_nobody_founds_a_project_for_another_organisation(client, archivist, archive):
    other = make_project().organisation

    reply = found(client, other)

    assert list(faults(reply)) == ["organisation"]


def test_settings_are_saved_and_the_trail_tells_which(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", title="Old", time_zone="Europe/Helsinki")

    client.post("/desk/cards/settings/", SAID | {"title": "New", "story": "Once.\n\nTwice."})

    project.refresh_from_db()
    assert (project.title, project.slug, project.story.splitlines()) == ("New", "cards", ["Once.", "", "Twice."])
    assert acts() == ["project.changed"]
    assert "story" in Act.objects.get().details["fields"]


def test_saving_what_was_there_changes_nothing(client, archivist, archive):
    make_project(organisation=archive, slug="cards", story="Once.", letters="åä", language="sv")
    form = client.get("/desk/cards/settings/").context["form"]

    client.post("/desk/cards/settings/", shown_in(form))

    assert acts() == []


def test_two_who_edit_at_once_both_keep_what_they_changed(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", title="Cards", summary="Old.")
    first = second = shown_in(client.get("/desk/cards/settings/").context["form"])

    client.post("/desk/cards/settings/", first | {"title": "Cards of Åbo"})
    client.post("/desk/cards/settings/", second | {"summary": "New."})

    project.refresh_from_db()
    assert (project.title, project.summary) == ("Cards of Åbo", "New.")
    assert [act.details["fields"] for act in Act.objects.order_by("pk")] == [["title"], ["summary"]]


def test_an_open_project_keeps_its_licence_and_rights(client, archivist, archive):
    make_project(organisation=archive, slug="cards")

    reply = client.post("/desk/cards/settings/", SAID | {"licence": "", "rights": ""})

    assert reply.status_code == 422
    assert len(faults(reply)["__all__"]) == 2
    assert Project.objects.get().rights == "Public domain"


@pytest.mark.parametrize("missing", [{"rights": ""}, {"licence": ""}])
def test_the_database_itself_refuses_an_open_project_without_licence_or_rights(archive, missing):
    project = make_project(organisation=archive, state="draft", **missing)

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(state="open")


def test_publishing_says_all_that_is_missing(client, archivist, archive):
    make_project(organisation=archive, slug="cards", state="draft", licence="", rights="")

    page = client.post("/desk/cards/publish/", follow=True).content.decode()

    assert Project.objects.get().state == "draft"
    assert "Say under which licence the readings are published." in page
    assert "Say who holds the rights of the pictures, or that nobody does." in page
    assert "Ask a question first: volunteers must know what to do." in page


def test_a_draft_is_published_closed_and_opened_again(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", state="draft")
    make_workflow(project)
    states = []

    for act in ("publish", "close", "publish"):
        client.post(f"/desk/cards/{act}/")
        project.refresh_from_db()
        states.append(project.state)

    assert states == ["open", "closed", "open"]
    assert acts() == ["project.published", "project.closed", "project.reopened"]


def test_settings_close_an_open_project_and_open_a_closed_one(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", state="open")
    make_workflow(project)

    def offered() -> list[str]:
        return re.findall(r'action="/desk/cards/(\w+)/"', client.get("/desk/cards/settings/").text)

    first = offered()
    client.post("/desk/cards/close/")

    assert (first, offered()) == (["close"], ["publish"])
    assert "Once it is open they may play again" in client.get("/desk/cards/settings/").text


def test_doing_it_twice_does_it_once(client, archivist, archive):
    make_workflow(make_project(organisation=archive, slug="cards", state="draft"))

    for act in ("publish", "publish", "close", "close"):
        client.post(f"/desk/cards/{act}/")

    assert acts() == ["project.published", "project.closed"]


def test_members_see_a_draft_as_visitors_will_and_nobody_else_does(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", state="draft", title="Secret cards")
    make_task(make_workflow(project))
    count_progress(project.pk)
    address = "/projects/cards/"

    page = client.get(address).content.decode()
    shown = ("Secret cards", "Only members of your organisation", "Rights of the pictures: Public domain")
    assert [words for words in shown if words not in page] == []
    assert "/play/cards/" not in page
    client.logout()
    assert client.get(address).status_code == 404


def test_a_closed_project_invites_nobody_to_read(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", state="open")
    make_task(make_workflow(project))
    count_progress(project.pk)
    address = "/projects/cards/"

    def invited() -> bool:
        return "/play/cards/" in client.get(address).content.decode()

    was_invited = invited()
    client.post("/desk/cards/close/")

    assert (was_invited, invited()) == (True, False)
    assert "This project takes no answers now." in client.get(address).content.decode()


def test_the_form_offers_the_organisation_of_the_newest_project(client, archivist, archive):
    attic = make_organisation(name="Attic of the archive")
    Membership.objects.create(organisation=attic, volunteer=archivist, role="owner")
    make_project(organisation=archive, slug="cards")

    assert client.get("/desk/new/").context["form"]["organisation"].value() == archive.pk


def test_every_licence_of_the_form_is_one_that_releases_know():
    assert set(Licence.values) == set(KNOWN)
