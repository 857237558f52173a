"""Pages of the desk about disputes, under ``/desk/<slug>/review/``."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:slug>/review/", views.review, name="review"),
    path("<slug:slug>/review/all/", views.disputes, name="disputes"),
    path("<slug:slug>/review/settled/", views.reviewed, name="reviewed"),
    path("<slug:slug>/review/undo/", views.take_back, name="review-undo"),
    path("<slug:slug>/review/<int:task>/", views.dispute, name="dispute"),
]
