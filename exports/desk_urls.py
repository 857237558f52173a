"""Pages of the desk about releases, under ``/desk/<slug>/releases/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
