"""Pages of the desk about batches, under ``/desk/<slug>/batches/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
