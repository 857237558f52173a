from django.urls import include, path, re_path
from django.views.i18n import set_language

from . import offline, pages
from .api import api, nothing_here

urlpatterns = [
    # The API comes first: whoever plays asks for it most, and the patterns are tried one after the other.
    path("api/v1/docs", pages.api_docs, name="api-docs"),
    path("api/v1/", api.urls),
    re_path(r"^api/", nothing_here),
    path("", pages.home, name="home"),
    path("projects/", pages.projects, name="projects"),
    path("projects/<slug:slug>/", pages.project, name="project"),
    path("", include("civictasks.watching.urls")),
    path("", include("accounts.urls")),
    path("me/", include("civictasks.me.urls")),
    path("desk/", include("civictasks.desk_urls")),
    path("", include("tasks.urls")),
    path("", include("gamification.urls")),
    path("", include("exports.urls")),
    path("language/", set_language, name="language"),
    path("offline/", offline.page, name="offline"),
    path("offline-worker.js", offline.worker, name="offline-worker"),
]

handler400 = "civictasks.problems.bad_request_page"
handler404 = "civictasks.problems.missing_page"
handler500 = "civictasks.problems.fault_page"
