"""How to cite a version, in the forms that people and reference managers read."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Release

LATEX = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"}
)


class Citation(NamedTuple):
    """What a citation says; ``url`` is the permanent address of this version. There are no names of volunteers."""

    slug: str
    title: str
    publisher: str
    version: int
    date: str
    people: int
    licence: str
    url: str

    @property
    def year(self) -> str:
        return self.date[:4]


class Form(NamedTuple):
    media_type: str
    title: str | Promise
    write: Callable[[Citation], str]


def citation_of(release: Release, url: str) -> Citation:
    snapshot = release.snapshot
    return Citation(
        slug=release.project.slug,
        title=snapshot["title"],
        publisher=snapshot["publisher"],
        version=release.number,
        date=release.released_at.date().isoformat(),
        people=snapshot["people"],
        licence=snapshot["licence"],
        url=url,
    )


def as_text(cited: Citation) -> str:
    return f"{as_sentence(cited)}\n"


def as_sentence(cited: Citation) -> str:
    return _("%(publisher)s (%(year)s). %(title)s. Release %(number)s. Civic Tasks. %(url)s") % {
        "publisher": cited.publisher,
        "year": cited.year,
        "title": cited.title,
        "number": cited.version,
        "url": cited.url,
    }


def as_bibtex(cited: Citation) -> str:
    fields = {
        "author": f"{{{escaped(cited.publisher)}}}",  # in double braces: an organisation has no first name
        "title": f"{{{escaped(cited.title)}}}",
        "year": cited.year,
        "date": cited.date,
        "version": str(cited.version),
        "publisher": "Civic Tasks",
        "type": "Dataset",
        "note": escaped(read_by(cited)),
        "url": cited.url,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@dataset{{{cited.slug}-{cited.version},\n{lines}}}\n"


def escaped(text: str) -> str:
    return text.translate(LATEX)


def read_by(cited: Citation) -> str:
    return f"Read by {cited.people} volunteers" if cited.people else ""


def as_csl(cited: Citation) -> str:
    """CSL-JSON, which Zotero and most others take."""
    entry: dict[str, Any] = {
        "id": f"{cited.slug}-{cited.version}",
        "type": "dataset",
        "title": cited.title,
        "author": [{"literal": cited.publisher}],
        "issued": {"date-parts": [[int(part) for part in cited.date.split("-")]]},
        "version": str(cited.version),
        "publisher": "Civic Tasks",
        "URL": cited.url,
    }
    if cited.people:
        entry["note"] = read_by(cited)
    return json.dumps([entry], ensure_ascii=False, indent=2) + "\n"


def as_cff(cited: Citation) -> str:
    """Citation File Format 1.2; a JSON string is a YAML string too."""
    facts = {
        "cff-version": "1.2.0",
        "message": "Please cite this dataset as below.",
        "type": "dataset",
        "title": cited.title,
        "version": str(cited.version),
        "date-released": cited.date,
        "license": cited.licence,
        "url": cited.url,
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items()]
    return "\n".join([*lines, "authors:", f"  - name: {json.dumps(cited.publisher, ensure_ascii=False)}"]) + "\n"


FORMS = {
    "citation.txt": Form("text/plain", gettext_lazy("Text"), as_text),
    "citation.bib": Form("application/x-bibtex", "BibTeX", as_bibtex),
    "citation.json": Form("application/vnd.citationstyles.csl+json", "CSL-JSON", as_csl),
    "CITATION.cff": Form("application/yaml", "CITATION.cff", as_cff),
}
