"""Pages of the desk about disputes, under ``/desk/<slug>/review/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
