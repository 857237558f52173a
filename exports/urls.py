from django.urls import path

from . import views

app_name = "exports"
urlpatterns = [
    path("data/", views.catalogue, name="catalogue"),
    path("data/catalog.jsonld", views.catalogue_for_machines, name="catalogue-for-machines"),
    path("data/<slug:slug>/", views.dataset, name="dataset"),
    path("data/<slug:slug>/<int:number>/", views.dataset, name="version"),
]
