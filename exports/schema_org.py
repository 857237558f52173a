"""A dataset as search engines for data read it: schema.org in the page's head (https://schema.org/Dataset)."""

import json
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from .columns import DATA
from .licences import licence_of
from .models import Release
from .releases import file_url
from .vocabularies import KEYWORDS

# What could end the element that holds the text.
HARMLESS = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


def described(release: Release, absolute: Callable[[str], str]) -> dict[str, Any]:
    project, snapshot = release.project, release.snapshot
    page = absolute(reverse("exports:version", args=[project.slug, release.number]))
    publisher = {"@type": "Organization", "name": snapshot["publisher"]}
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": page,
        "url": page,
        "identifier": page,
        "name": snapshot["title"],
        "description": snapshot.get("summary") or project.summary or snapshot["title"],
        "version": str(release.number),
        "datePublished": release.released_at.date().isoformat(),
        "license": licence_of(snapshot["licence"]).path,
        "creator": publisher,
        "publisher": publisher,
        "inLanguage": snapshot.get("language") or project.language,
        "keywords": [*KEYWORDS, snapshot["publisher"]],
        "isAccessibleForFree": True,
        "variableMeasured": [column.name for column in DATA],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Civic Tasks", "url": absolute("/data/")},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file["name"],
                "encodingFormat": file["media_type"],
                "contentUrl": absolute(file_url(release, file["name"])),
                "contentSize": f"{file['bytes']} B",
                "sha256": file["sha256"],
            }
            for file in snapshot["files"]
        ],
    }


def in_the_head(description: dict[str, Any]) -> SafeString:
    """Return JSON-LD as the text of an element; nothing in it can end that element."""
    text = json.dumps(description, ensure_ascii=False).translate(HARMLESS)
    return mark_safe(text)  # escaped just before, as JSON
