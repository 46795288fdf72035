"""Addresses of `holders`. Whose pages they are is in the session, never in the address."""

from __future__ import annotations

from django.urls import path

from portique.server.holders import views, views_office

app_name = "holders"
urlpatterns = [
    path("", views.own, name="own"),
    path("consultations/", views.seen, name="seen"),
    path("conservation/", views.kept, name="kept"),
    path("droits/", views.rights, name="rights"),
    path("compte/<uuid:person_id>/", views_office.account, name="account"),
]
