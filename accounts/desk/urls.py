"""Pages of the desk about people."""

from django.urls import path

from . import views

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/tokens/", views.tokens, name="tokens"),
    path("team/tokens/<int:token>/revoke/", views.revoke, name="revoke-token"),
    path("team/members/<int:member>/", views.member, name="member"),
    path("team/<slug:organisation>/invite/", views.invite_member, name="invite-member"),
    path("team/invitations/<int:invitation>/revoke/", views.revoke_invited, name="revoke-invitation"),
    path("audit/", views.audit, name="audit"),
]
