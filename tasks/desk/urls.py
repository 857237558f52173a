"""Pages of the desk about projects and their questions."""

from django.urls import path

from . import questions, views

urlpatterns = [
    path("new/", views.new, name="new"),
    path("<slug:slug>/settings/", views.settings, name="settings"),
    path("<slug:slug>/publish/", views.publish, name="publish"),
    path("<slug:slug>/close/", views.close, name="close"),
    path("<slug:slug>/questions/", questions.questions, name="questions"),
    path("<slug:slug>/questions/new/", questions.new_question, name="new-question"),
    path("<slug:slug>/questions/<slug:workflow>/", questions.question, name="question"),
    path("<slug:slug>/questions/<slug:workflow>/turn/", questions.turn, name="turn-question"),
]
