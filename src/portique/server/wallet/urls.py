"""Addresses of `wallet`."""

from __future__ import annotations

from django.urls import path

from portique.server.wallet import views

app_name = "wallet"
urlpatterns = [
    path("", views.phones, name="phones"),
    path("choix/", views.choose, name="choose"),
    path("classe/", views.group, name="group"),
    path("installer/", views.install, name="install"),
    path("personne/<uuid:key>/", views.person, name="person"),
    path("personne/<uuid:key>/code/", views.new, name="new"),
    path("personne/<uuid:key>/code/etat/", views.state, name="state"),
    path("personne/<uuid:key>/papier/", views.paper, name="paper"),
    path("personne/<uuid:key>/changer/", views.change, name="change"),
]
