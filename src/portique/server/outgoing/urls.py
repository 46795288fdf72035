"""Addresses of `outgoing`."""

from __future__ import annotations

from django.urls import path

from portique.server.outgoing import views

app_name = "outgoing"
urlpatterns = [
    path("", views.destinations, name="destinations"),
    path("<uuid:destination_id>/essai/", views.try_out, name="try-out"),
    path("<uuid:destination_id>/secret/", views.renew, name="renew"),
    path("<uuid:destination_id>/marche/", views.switch, name="switch"),
    path("<uuid:destination_id>/retirer/", views.remove, name="remove"),
]
