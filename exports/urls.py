from django.urls import path

from . import views

app_name = "exports"
urlpatterns = [
    path("data/", views.catalogue, name="catalogue"),
    path("data/catalog.jsonld", views.catalogue_for_machines, name="catalogue-for-machines"),
    path("data/<slug:slug>/", views.dataset, name="dataset"),
    path("data/<slug:slug>/rows/<slug:row>/", views.row, name="row"),
    path("data/<slug:slug>/<int:number>/", views.dataset, name="version"),
    path("data/<slug:slug>/<int:number>/<str:name>", views.citation, name="citation"),
]
