"""The catalogue page by page, the newest dataset first, and its search."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q

from .models import Release
from .releases import is_number, published_datasets

PER_PAGE = 24
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """``further`` is the address of the next page, empty on the last."""

    releases: list[Release]
    wanted: str
    further: str


def page_of_catalogue(wanted: str, before: str) -> CataloguePage:
    """Return the datasets whose title, summary or organisation holds every word that is ``wanted``."""
    wanted = " ".join(wanted.replace("\x00", "").split())[:LONGEST_SEARCH]
    found = published_datasets().order_by("-pk")
    for word in wanted.split():
        found = found.filter(
            Q(project__title__icontains=word)
            | Q(project__summary__icontains=word)
            | Q(project__organisation__name__icontains=word)
        )
    if is_number(before):
        found = found.filter(pk__lt=int(before))
    releases = list(found[: PER_PAGE + 1])
    if len(releases) <= PER_PAGE:
        return CataloguePage(releases, wanted, "")
    last = releases[PER_PAGE - 1].pk
    return CataloguePage(releases[:PER_PAGE], wanted, "?" + urlencode({"q": wanted, "before": last}))
