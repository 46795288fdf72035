"""Addresses of `gates`."""

from __future__ import annotations

from django.urls import path

from portique.server.gates import views

app_name = "gates"
urlpatterns = [
    path("", views.gates, name="gates"),
    path("ajouter/", views.add, name="add"),
    path("ajouter/<uuid:invitation_id>/", views.invitation, name="invitation"),
    path("ajouter/<uuid:invitation_id>/telephone/", views.phone, name="phone"),
    path("ajouter/<uuid:invitation_id>/etat/", views.invitation_state, name="invitation-state"),
    path("ajouter/<uuid:invitation_id>/annuler/", views.withdraw, name="withdraw"),
    path("alarmes/vue/", views.see_alarm, name="see-alarm"),
    path("<str:gate_id>/retirer/", views.remove, name="remove"),
]
