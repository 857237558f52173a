from django.urls import path

from . import views
from .showing import scans

urlpatterns = [
    path("play/<slug:slug>/", views.play, name="play"),
    path("scans/<str:name>.jpg", scans.crop, name="crop"),
    path("scans/pages/<str:name>.jpg", scans.page, name="page"),
]
