"""The catalogue: for people with a search, for machines by DCAT-AP 3."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from exports import catalogue
from exports.columns import DATA
from exports.models import Release
from exports.releasing import release
from tests.factories import make_organisation, make_project, make_workflow, settle_task

from .conftest import LATER

pytestmark = pytest.mark.django_db


def make_release(**fields: Any) -> Release:
    organisation = make_organisation(name=fields.pop("archive", "Archive of Turku"))
    workflow = make_workflow(make_project(organisation=organisation, **fields))
    settle_task(workflow, "Åbo", "Åbo")
    return release(workflow.project, now=LATER)


def titles(client, address: str) -> list[str]:
    return [dataset["title"] for dataset in client.get(address).context["datasets"]]


def test_words_of_title_summary_and_archive_find_a_dataset(client):
    make_release(title="Letters", summary="What people wrote home")
    make_release(title="Songs", archive="Archive of Oulu")

    assert titles(client, "/data/?q=letters") == ["Letters"]
    assert titles(client, "/data/?q=HOME+turku") == ["Letters"]
    assert titles(client, "/data/?q=oulu") == ["Songs"]
    assert "Nothing speaks of “&lt;b&gt;”" in client.get("/data/?q=<b>").text


def test_the_catalogue_comes_page_by_page_and_keeps_the_words(client, monkeypatch):
    monkeypatch.setattr(catalogue, "PER_PAGE", 2)
    for title in ("One card", "Two cards", "Three cards", "A song"):
        make_release(title=title)

    first = client.get("/data/?q=card")

    assert titles(client, "/data/?q=card") == ["Three cards", "Two cards"]
    assert titles(client, "/data/" + first.context["further"]) == ["One card"]
    assert titles(client, "/data/?before=nonsense") == ["A song", "Three cards"]


# Of the classes that the catalogue describes, by https://semiceu.github.io/DCAT-AP/releases/3.0.0/: first the mandatory
# properties, then the recommended ones and the optional ones that we promise.
WANTED = {
    "dcat:Catalog": {"dct:title", "dct:description", "dct:publisher", "dcat:dataset", "foaf:homepage", "dct:language"}
    | {"dct:modified", "dcat:themeTaxonomy"},
    "dcat:Dataset": {"dct:title", "dct:description", "dcat:contactPoint", "dcat:distribution", "dcat:keyword"}
    | {"dct:publisher", "dcat:theme", "dct:accessRights", "dct:identifier", "dct:issued", "dct:modified"}
    | {"dcat:landingPage", "dct:language", "dcat:version", "dct:provenance", "dct:conformsTo", "dcat:hasVersion"}
    | {"dct:accrualPeriodicity", "foaf:page"},
    "dcat:Distribution": {"dcat:accessURL", "dcatap:availability", "dct:description", "dct:license", "dct:title"}
    | {"dcat:byteSize", "spdx:checksum", "dcat:downloadURL", "dcat:mediaType", "dct:rights", "adms:status"},
    "spdx:Checksum": {"spdx:algorithm", "spdx:checksumValue"},
    "foaf:Agent": {"foaf:name"},
    "vcard:Organization": {"vcard:fn", "vcard:hasURL"},
    "dct:RightsStatement": set(),
    "dct:LicenseDocument": {"@id"},
}
OF_A_VERSION = {"dct:title", "dct:description", "dcat:version", "dct:issued"}
RANGES = {
    "dct:publisher": "foaf:Agent",
    "dcat:contactPoint": "vcard:Organization",
    "dcat:distribution": "dcat:Distribution",
    "dcat:dataset": "dcat:Dataset",
    "dcat:hasVersion": "dcat:Dataset",
    "spdx:checksum": "spdx:Checksum",
    "dct:license": "dct:LicenseDocument",
    "dct:accessRights": "dct:RightsStatement",
    "dct:rights": "dct:RightsStatement",
    "dct:language": "dct:LinguisticSystem",
    "dcat:mediaType": "dct:MediaType",
    "dct:format": "dct:MediaTypeOrExtent",
    "dct:conformsTo": "dct:Standard",
    "dct:provenance": "dct:ProvenanceStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dcat:landingPage": "foaf:Document",
    "foaf:homepage": "foaf:Document",
    "foaf:page": "foaf:Document",
}
ONE_AT_MOST = {"dct:publisher", "dct:issued", "dct:modified", "dct:accessRights", "dct:license", "dcat:byteSize"}
ONE_AT_MOST |= {"spdx:checksum", "dcat:mediaType", "dct:format", "dcatap:availability", "adms:status", "dcat:version"}
DATATYPES = {
    "dct:issued": "xsd:dateTime",
    "dct:modified": "xsd:dateTime",
    "dcat:byteSize": "xsd:nonNegativeInteger",
    "spdx:checksumValue": "xsd:hexBinary",
}


def nodes(value: Any, under: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every node of a JSON-LD document with the property that leads to it."""
    if isinstance(value, list):
        for each in value:
            yield from nodes(each, under)
    elif isinstance(value, dict) and "@value" not in value:
        yield under, value
        for name, each in value.items():
            if name != "@context":
                yield from nodes(each, name)


def faults_of(under: str, node: dict[str, Any]) -> Iterator[str]:
    kind = node.get("@type", "")
    missing = (OF_A_VERSION if under == "dcat:hasVersion" else WANTED.get(kind, set())) - {
        k for k, v in node.items() if v
    }
    yield from (f"{kind} lacks {name}" for name in sorted(missing))
    if under in RANGES and kind != RANGES[under]:
        yield f"{under} leads to {kind or node}"
    for name, value in node.items():
        if name in ONE_AT_MOST and isinstance(value, list) and len(value) > 1:
            yield f"{kind} has several {name}"
        if name in DATATYPES and value and value.get("@type") != DATATYPES[name]:
            yield f"{name} is no {DATATYPES[name]}"
        if name.partition(":")[0] not in {"@id", "@type", "@context", "@value"} | PREFIXES:
            yield f"{name} has no prefix of the context"
    if "@id" in node and not re.match(r"https?://|spdx:", node["@id"]):
        yield f"{node['@id']} is no address"


PREFIXES = {"adms", "dcat", "dcatap", "dct", "foaf", "rdfs", "spdx", "vcard"}


@pytest.fixture
def described(client) -> dict[str, Any]:
    """A catalogue of two datasets, one of them in its second version."""
    made = make_release(slug="letters", title="Letters", language="sv", rights="Public domain")
    make_release(slug="songs", title="Songs", language="und")
    settle_task(made.project.workflows.get())
    release(made.project, notes="More letters.", now=LATER)
    reply = client.get("/data/catalog.jsonld")
    assert reply["Content-Type"] == "application/ld+json"
    return reply.json()


def test_the_catalogue_keeps_the_rules_of_dcat_ap(described):
    assert set(described["@context"]) == PREFIXES | {"xsd"}
    assert [fault for under, node in nodes(described) for fault in faults_of(under, node)] == [
        "dcat:Dataset lacks dct:language"  # of the songs: nobody said which
    ]


def test_the_check_of_the_catalogue_can_fail(described):
    letters = described["dcat:dataset"][0]
    del letters["dct:title"], letters["dcat:distribution"][0]["spdx:checksum"]["spdx:algorithm"]
    letters["dct:publisher"] = {"@id": "nowhere"}
    letters["dct:issued"] = {"@value": "yesterday"}

    assert [fault for under, node in nodes(described) for fault in faults_of(under, node)] == [
        "dcat:Dataset lacks dct:title",
        "dct:issued is no xsd:dateTime",
        "dct:publisher leads to {'@id': 'nowhere'}",
        "nowhere is no address",
        "spdx:Checksum lacks spdx:algorithm",
        "dcat:Dataset lacks dct:language",
    ]


def test_a_dataset_of_the_catalogue_names_its_versions_files_and_language(client, described):
    letters, _songs = described["dcat:dataset"]
    made = Release.objects.get(project__slug="letters", number=2)

    assert letters["@id"] == "http://testserver/data/letters/"
    assert (letters["dcat:version"], letters["adms:versionNotes"]) == ("2", "More letters.")
    assert [version["@id"] for version in letters["dcat:hasVersion"]] == [
        "http://testserver/data/letters/1/",
        "http://testserver/data/letters/2/",
    ]
    assert letters["dcat:previousVersion"] == [{"@id": "http://testserver/data/letters/1/"}]
    assert letters["dct:language"]["@id"].endswith("/language/SWE")
    files = letters["dcat:distribution"]
    assert [file["spdx:checksum"]["spdx:checksumValue"]["@value"] for file in files] == [
        file["sha256"] for file in made.snapshot["files"]
    ]
    for file in files:
        assert client.get(file["dcat:downloadURL"]["@id"]).status_code == 200


def test_the_catalogue_for_machines_costs_the_same_for_one_and_for_three(client, django_assert_num_queries):
    make_release()
    with django_assert_num_queries(2):
        client.get("/data/catalog.jsonld")
    make_release()
    make_release()
    with django_assert_num_queries(2):
        assert len(client.get("/data/catalog.jsonld").json()["dcat:dataset"]) == 3


def test_search_engines_read_the_dataset_in_the_head_of_its_page(client):
    made = make_release(slug="letters", title="</script><b>Letters</b>")

    text = client.get("/data/letters/").text

    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    dataset = json.loads(found)
    assert (dataset["@type"], dataset["name"], dataset["version"]) == ("Dataset", "</script><b>Letters</b>", "1")
    assert dataset["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert dataset["variableMeasured"] == [column.name for column in DATA]
    assert [(file["name"], file["sha256"]) for file in dataset["distribution"]] == [
        (file["name"], file["sha256"]) for file in made.snapshot["files"]
    ]


TITLE = 'Cards & "books", 50 % {left}'


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [
        (
            "citation.txt",
            "text/plain",
            [f"Archive of Turku (2026). {TITLE}. Release 1. Civic Tasks. http://testserver/data/letters/1/\n"],
        ),
        (
            "citation.bib",
            "application/x-bibtex",
            ["@dataset{letters-1,", r'title = {{Cards \& "books", 50 \% \{left\}}},', "note = {Read by 2 volunteers},"],
        ),
        (
            "CITATION.cff",
            "application/yaml",
            ['cff-version: "1.2.0"', f"title: {json.dumps(TITLE)}", 'version: "1"', '  - name: "Archive of Turku"'],
        ),
    ],
)
def test_a_version_is_cited_in_the_forms_that_people_and_programs_read(client, name, kind, parts):
    make_release(slug="letters", title=TITLE)

    reply = client.get(f"/data/letters/1/{name}")

    assert reply["Content-Type"] == f"{kind}; charset=utf-8"
    assert reply["Content-Disposition"] == f'attachment; filename="letters-1-{name}"'
    assert [part for part in parts if part not in reply.text] == []


def test_a_reference_manager_reads_a_citation(client):
    make_release(slug="letters", title=TITLE)

    assert client.get("/data/letters/1/citation.json").json() == [
        {
            "id": "letters-1",
            "type": "dataset",
            "title": TITLE,
            "author": [{"literal": "Archive of Turku"}],
            "issued": {"date-parts": [[2026, 3, 2]]},
            "version": "1",
            "publisher": "Civic Tasks",
            "URL": "http://testserver/data/letters/1/",
            "note": "Read by 2 volunteers",
        }
    ]
    assert client.get("/data/letters/1/citation.doc").status_code == 404
    assert client.get("/data/letters/2/citation.bib").status_code == 404
