"""Files that the proxy in front sends instead of us: who may have them is judged here, the bytes go past Python."""

from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse


def handed_over(path: Path, content_type: str) -> HttpResponse | None:
    """Return a reply that makes the proxy send the file, or None where no proxy does (``FILES_BY_PROXY``)."""
    if not settings.FILES_BY_PROXY:
        return None
    place = path.relative_to(settings.FILES).as_posix()
    response = HttpResponse(content_type=content_type)
    response["X-Accel-Redirect"] = f"{settings.FILES_BY_PROXY.rstrip('/')}/{quote(place)}"
    return response
