"""The desk: every app brings the pages of its own work."""

from django.urls import include, path

from . import desk_pages

app_name = "desk"
urlpatterns = [
    path("", desk_pages.home, name="home"),
    path("", include("accounts.desk.urls")),
    path("", include("tasks.review.urls")),
    path("", include("ingestion.desk_urls")),
    path("", include("exports.desk_urls")),
    path("", include("tasks.desk.urls")),
    path("<slug:slug>/", desk_pages.project, name="project"),
]
