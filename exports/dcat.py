"""The catalogue for machines: DCAT-AP 3 (https://semiceu.github.io/DCAT-AP/) as JSON-LD."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse

from .licences import licence_of
from .models import Release
from .releases import file_url

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
SHA256 = {"@id": "spdx:checksumAlgorithm_sha256"}

type Absolute = Callable[[str], str]


def catalogue_of(releases: Iterable[Release], absolute: Absolute) -> dict[str, Any]:
    """Describe each dataset in the version given; ``absolute`` makes an address from a path of this site."""
    return {
        "@context": CONTEXT,
        "@id": absolute(reverse("exports:catalogue")),
        "@type": "dcat:Catalog",
        "dct:title": "Civic Tasks",
        "dct:description": "Datasets read from scanned pages by volunteers.",
        "dct:publisher": agent("Civic Tasks"),
        "dcat:dataset": [dataset_of(release, absolute) for release in releases],
    }


def dataset_of(release: Release, absolute: Absolute) -> dict[str, Any]:
    project, page = release.project, absolute(reverse("exports:dataset", args=[release.project.slug]))
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:title": release.snapshot["title"],
        "dct:description": project.summary or release.snapshot["title"],
        "dct:identifier": project.slug,
        "dct:publisher": agent(release.snapshot["publisher"]),
        "dct:issued": {"@value": release.released_at.isoformat(), "@type": "xsd:dateTime"},
        "dcat:version": str(release.number),
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [distribution_of(release, file, absolute) for file in release.snapshot["files"]],
    }


def distribution_of(release: Release, file: dict[str, Any], absolute: Absolute) -> dict[str, Any]:
    address = {"@id": absolute(file_url(release, file["name"]))}
    return {
        **address,
        "@type": "dcat:Distribution",
        "dct:title": file["title"],
        "dct:license": {"@id": licence_of(release.snapshot["licence"]).path},
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dcat:mediaType": {"@id": MEDIA_TYPES + file["media_type"]},
        "dcat:byteSize": {"@value": str(file["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": SHA256,
            "spdx:checksumValue": {"@value": file["sha256"], "@type": "xsd:hexBinary"},
        },
    }


def agent(name: str) -> dict[str, str]:
    return {"@type": "foaf:Agent", "foaf:name": name}
