"""The desk: every app brings the pages of its own work."""

from django.urls import include, path

app_name = "desk"
urlpatterns = [
    path("", include("accounts.desk.urls")),
    path("", include("tasks.review.urls")),
    path("", include("ingestion.desk_urls")),
    path("", include("exports.desk_urls")),
    path("", include("tasks.desk.urls")),  # last: it has <slug>/
]
