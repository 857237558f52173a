"""The catalogue for machines: DCAT-AP 3 (https://semiceu.github.io/DCAT-AP/) as JSON-LD.

A dataset stands for all of its versions and is described as its newest one; the older ones are named by
``dcat:hasVersion``. It is no ``dcat:DatasetSeries``: its versions replace one another.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse

from .licences import licence_of
from .models import Release
from .releases import file_url, published_versions_of
from .vocabularies import AUTHORITY, CONFORMS, CONTEXT, FORMATS, KEYWORDS, LANGUAGES, MEDIA_TYPES, PROVENANCE

type Absolute = Callable[[str], str]


def catalogue_of(releases: Iterable[Release], absolute: Absolute) -> dict[str, Any]:
    """Describe each dataset in the version given; ``absolute`` makes an address from a path of this site."""
    newest = list(releases)
    older = defaultdict(list)
    for version in published_versions_of(release.project_id for release in newest):
        older[version.project_id].append(version)
    home = {"@id": absolute("/"), "@type": "foaf:Document"}
    return {
        "@context": CONTEXT,
        "@id": absolute(reverse("exports:catalogue")),
        "@type": "dcat:Catalog",
        "dct:title": "Civic Tasks",
        "dct:description": "Datasets read from scanned pages by volunteers.",
        "dct:publisher": agent("Civic Tasks", home),
        "dct:language": language_of("en"),
        "foaf:homepage": home,
        "dct:modified": instant(max((release.released_at for release in newest), default=None)),
        "dcat:themeTaxonomy": {
            "@id": AUTHORITY + "data-theme",
            "@type": "http://www.w3.org/2004/02/skos/core#ConceptScheme",
        },
        "dcat:dataset": [dataset_of(release, older[release.project_id], absolute) for release in newest],
    }


def dataset_of(release: Release, versions: Iterable[Release], absolute: Absolute) -> dict[str, Any]:
    project, snapshot = release.project, release.snapshot
    page = absolute(reverse("exports:dataset", args=[project.slug]))
    about = absolute(reverse("project", args=[project.slug]))
    versions = sorted(versions, key=lambda version: version.number)
    previous = [version for version in versions if version.number < release.number][-1:]
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:title": snapshot["title"],
        "dct:description": snapshot.get("summary") or project.summary or snapshot["title"],
        "dct:identifier": page,
        "dct:publisher": agent(snapshot["publisher"]),
        "dct:creator": agent(snapshot["publisher"]),
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": snapshot["publisher"],
            "vcard:hasURL": {"@id": about},
        },
        "dcat:keyword": KEYWORDS,
        "dcat:theme": {"@id": AUTHORITY + "data-theme/EDUC"},
        "dct:accessRights": {"@id": AUTHORITY + "access-right/PUBLIC", "@type": "dct:RightsStatement"},
        "dct:language": language_of(snapshot.get("language") or project.language),
        "dct:conformsTo": standards(CONFORMS["datapackage.json"]),
        "dct:accrualPeriodicity": {"@id": AUTHORITY + "frequency/IRREG", "@type": "dct:Frequency"},
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": PROVENANCE,
        },
        "dct:issued": instant(versions[0].released_at if versions else release.released_at),
        "dct:modified": instant(release.released_at),
        "dcat:version": str(release.number),
        "adms:versionNotes": release.notes if release.notes else [],
        "dcat:hasVersion": [version_of(version, absolute) for version in versions],
        "dcat:previousVersion": [{"@id": version_id(version, absolute)} for version in previous],
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "foaf:page": {"@id": about, "@type": "foaf:Document"},
        "dcat:distribution": [distribution_of(release, file, absolute) for file in snapshot["files"]],
    }


def version_id(release: Release, absolute: Absolute) -> str:
    return absolute(reverse("exports:version", args=[release.project.slug, release.number]))


def version_of(release: Release, absolute: Absolute) -> dict[str, Any]:
    title = release.snapshot["title"]
    return {
        "@id": version_id(release, absolute),
        "@type": "dcat:Dataset",
        "dct:title": f"{title}, release {release.number}",
        "dct:description": release.snapshot.get("summary") or title,
        "dcat:version": str(release.number),
        "dct:issued": instant(release.released_at),
    }


def distribution_of(release: Release, file: dict[str, Any], absolute: Absolute) -> dict[str, Any]:
    address = absolute(file_url(release, file["name"]))
    rights = release.snapshot.get("rights") or release.project.rights
    distribution = {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": f"{file['name']}: {file['title']}",
        "dct:description": file["title"],
        "dct:license": {
            "@id": licence_of(release.snapshot["licence"]).path,
            "@type": "dct:LicenseDocument",
        },
        "dct:rights": {
            "@type": "dct:RightsStatement",
            "rdfs:label": f"Licence of the data: {release.snapshot['licence']}. Pictures: {rights or 'not stated'}",
        },
        "dcat:accessURL": resource(absolute(reverse("exports:version", args=[release.project.slug, release.number]))),
        "dcat:downloadURL": resource(address),
        "dcat:mediaType": {"@id": MEDIA_TYPES + file["media_type"], "@type": "dct:MediaType"},
        "dcatap:availability": {"@id": AUTHORITY + "planned-availability/STABLE"},
        "adms:status": {"@id": AUTHORITY + "distribution-status/COMPLETED"},
        "dct:issued": instant(release.released_at),
        "dcat:byteSize": {"@value": str(file["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": {"@value": file["sha256"], "@type": "xsd:hexBinary"},
        },
    }
    if known := FORMATS.get(file["media_type"]):
        distribution["dct:format"] = {"@id": f"{AUTHORITY}file-type/{known}", "@type": "dct:MediaTypeOrExtent"}
    if file["name"] in CONFORMS:
        distribution["dct:conformsTo"] = standards(CONFORMS[file["name"]])
    return distribution


def agent(name: str, home: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": name} | ({"foaf:homepage": home} if home else {})


def resource(address: str) -> dict[str, str]:
    return {"@id": address, "@type": "rdfs:Resource"}


def standards(addresses: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": address, "@type": "dct:Standard"} for address in addresses]


def instant(moment: Any) -> Any:
    return {"@value": moment.isoformat(), "@type": "xsd:dateTime"} if moment else []


def language_of(tag: str) -> Any:
    """Return the language in the EU's authority table; nothing where it is unknown or not in the list above."""
    code = LANGUAGES.get(tag.partition("-")[0].lower())
    return {"@id": f"{AUTHORITY}language/{code}", "@type": "dct:LinguisticSystem"} if code else []
