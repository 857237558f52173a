"""Every text of the site goes through gettext: a translation that puts all of it in brackets leaves none without."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve
from django.utils.translation import trans_real

from accounts.enums import Role
from accounts.models import Membership
from ingestion.specimens import draw, write
from tasks.models import Project, Task, WorkflowVersion
from tasks.showing.projects import count_progress
from tests.factories import make_volunteer, post_answer

pytestmark = pytest.mark.django_db
SAID = {"alt", "aria-label", "aria-roledescription", "placeholder", "title"}  # attributes that are read out or shown
UNSAID = {"script", "style", "code", "pre", "kbd", "svg"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
THE_SAME_IN_ALL = {"Civic", "Tasks", "English", "Suomi", "Nederlands", "cards", "px"}
THE_SAME_IN_ALL |= {"API", "BibTeX", "CC", "CITATION", "cff", "CSL", "JSON", "DCAT", "AP", "SHA"}
FILES = re.compile(r"\S+://\S+|\S+\.(jpg|xml|jsonld)\b")
NEVER_MIND = {"api-docs"}  # written for programmers, in the language of the interface
PEOPLE = ("Άννα", "Βέρα", "Γωγώ", "Δάφνη", "Εύα")
TWICE = 2  # visits to a route, with and without a query for instance


class Words(HTMLParser):
    """The words of a page that stand outside of all brackets, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []  # tags, and whether what they hold is none of the site's own texts
        self.deep = 0  # in brackets
        self.found: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append((tag, tag in UNSAID or (tag != "html" and "lang" in dict(attributes))))
        for name, value in attributes:
            if name in SAID or (name.startswith("data-") and " " in (value or "")):
                self.found += words_outside(re.sub(r"⟦[^⟦⟧]*⟧", "", value or ""))
            if (tag, name) == ("a", "href"):
                self.links.append(value or "")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        outside = ""
        for letter in text:
            self.deep += (letter == "⟦") - (letter == "⟧")
            outside += letter if not self.deep else ""
        if not any(foreign for _tag, foreign in self.open):
            self.found += words_outside(outside)


def words_outside(text: str) -> list[str]:
    found = set(re.findall(r"[A-Za-z]{2,}", FILES.sub("", text))) - THE_SAME_IN_ALL
    return [" ".join(text.split())] if found else []


@pytest.fixture
def bracketed(monkeypatch):
    """Every text comes from gettext as ⟦text⟧, those that were asked for when a module was loaded too."""

    def bracket(text):
        return f"⟦{text.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}⟧"

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", lambda self, text: bracket(text))
    monkeypatch.setattr(
        trans_real.DjangoTranslation, "ngettext", lambda self, one, many, n: bracket(one if n == 1 else many)
    )


@pytest.fixture
def owner(tmp_path):
    """Owns a project whose own texts are Greek, of which some is read, some disputed, some waiting, some released."""
    write(tmp_path / "κάρτες", draw(7, 2))
    for file in (tmp_path / "κάρτες").iterdir():
        file.rename(file.with_stem(file.stem.replace("finnish-newspapers", "κάρτα")))
    (tmp_path / "κάρτες" / "truth.csv").unlink()
    (tmp_path / "κάρτες" / "χαλασμένο.jpg").write_bytes(b"no picture")
    with pytest.raises(SystemExit):  # one file is refused
        call_command("ingest", "cards", str(tmp_path / "κάρτες"))
    project = Project.objects.get(slug="cards")
    Project.objects.filter(pk=project.pk).update(title="Κάρτες", summary="Λίγα", story="Πολλά", rights="Δικά μας")
    project.batches.update(name="Κουτί")
    WorkflowVersion.objects.filter(workflow__project=project).update(prompt="Τι λέει;", hint="Όπως είναι", policy={})
    project.organisation.name = "Αρχείο"
    project.organisation.save()
    people = [make_volunteer(username=name, display_name=name, password="md5$a$b") for name in PEOPLE]
    first, *others = Task.objects.order_by("pk")
    for person in people:
        post_answer(first, person.display_name, person)
    for task in others[:3]:
        for person in people[:2]:
            post_answer(task, "Αθήνα", person)
    call_command("release", "cards", verbosity=0)
    count_progress(project.pk)
    Membership.objects.create(organisation=project.organisation, volunteer=people[0], role=Role.OWNER)
    return people[0]


def walk(client, start):
    """Follow every link from ``start``, each kind of address at most twice; yield path, route and page."""
    waiting, seen, visits = [start], {start}, {}
    for path in waiting:
        address = urlsplit(path)
        name = resolve(address.path).view_name
        visits[name] = visits.get(name, 0) + 1
        if visits[name] > TWICE:
            continue
        reply = client.get(path, follow=True)
        page = Words(reply.content.decode())
        yield path, name, page
        for link in page.links:
            to = urljoin(path, link).partition("#")[0]
            if urlsplit(to).path.endswith("/") and to.startswith("/") and to not in seen:  # others are files
                seen.add(to)
                waiting.append(to)


def test_no_page_says_a_word_that_cannot_be_translated(bracketed, owner):
    visitor, member = Client(), Client()
    member.force_login(owner)

    found = {}
    for client, start in ((visitor, "/"), (member, "/"), (member, "/desk/")):
        for path, name, page in walk(client, start):
            if page.found and name not in NEVER_MIND:
                found.setdefault(path, page.found)

    assert found == {}
