"""Pages of the desk about projects and their questions."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.project, name="project"),
]
