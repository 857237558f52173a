"""Pages of the desk about batches, under ``/desk/<slug>/batches/``."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:slug>/batches/", views.batches, name="batches"),
    path("<slug:slug>/batches/<int:number>/", views.batch, name="batch"),
    path("<slug:slug>/batches/<int:number>/report.csv", views.report, name="batch-report"),
    path("<slug:slug>/batches/<int:number>/pages/", views.pages, name="batch-pages"),
    path("<slug:slug>/batches/<int:number>/pages/<int:page>/", views.page, name="batch-page"),
    path("<slug:slug>/batches/<int:number>/pages/<int:page>/<str:act>/", views.treat_page, name="treat-page"),
    path("<slug:slug>/batches/<int:number>/<str:act>/", views.treat, name="treat-batch"),
]
