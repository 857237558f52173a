"""Pages of the desk about projects and their questions."""

from django.urls import path

from . import known, questions, views

urlpatterns = [
    path("new/", views.new, name="new"),
    path("<slug:slug>/settings/", views.settings, name="settings"),
    path("<slug:slug>/publish/", views.publish, name="publish"),
    path("<slug:slug>/close/", views.close, name="close"),
    path("<slug:slug>/known/", known.known, name="known"),
    path("<slug:slug>/known/table/", known.table, name="known-table"),
    path("<slug:slug>/known/next/", known.next_line, name="known-next"),
    path("<slug:slug>/known/<int:task>/", known.line, name="known-line"),
    path("<slug:slug>/known/<int:task>/use/", known.use_line, name="known-use"),
    path("<slug:slug>/known/<int:task>/retire/", known.retire_line, name="known-retire"),
    path("<slug:slug>/questions/", questions.questions, name="questions"),
    path("<slug:slug>/questions/new/", questions.new_question, name="new-question"),
    path("<slug:slug>/questions/<slug:workflow>/", questions.question, name="question"),
    path("<slug:slug>/questions/<slug:workflow>/turn/", questions.turn, name="turn-question"),
]
