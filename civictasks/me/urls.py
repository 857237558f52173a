from django.urls import path

from . import account, data, invitations, naming, pages, password

urlpatterns = [
    path("", pages.overview, name="me"),
    path("answers/", pages.answers, name="my-answers"),
    path("name/", naming.name, name="my-name"),
    path("account/", account.keep_work, name="my-account"),
    path("password/", password.password, name="my-password"),
    path("invitations/<int:invitation>/", invitations.answer_invitation, name="my-invitation"),
    path("bring/", account.bring, name="bring-my-work"),
    path("data.json", data.download, name="my-data"),
    path("erase/", data.erase_me, name="erase-me"),
    path("erased/", data.erased, name="erased"),
]
