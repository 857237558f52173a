"""Pages of the desk about releases, under ``/desk/<slug>/releases/``."""

from django.urls import path

from . import desk

urlpatterns = [
    path("<slug:slug>/releases/", desk.releases, name="releases"),
    path("<slug:slug>/releases/<int:number>/withdraw/", desk.withdrawal, name="withdrawal"),
]
