from django.urls import path

from . import views

urlpatterns = [
    path("desk/sign-in/", views.sign_in, name="sign-in"),
    path("desk/sign-out/", views.sign_out, name="sign-out"),
]
