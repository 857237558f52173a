"""Pages of the desk about people: ``/desk/team/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
