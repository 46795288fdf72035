"""Addresses of `people`."""

from __future__ import annotations

from django.urls import path

from portique.server.people import views, views_import

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("nouvelle/", views.add, name="add"),
    path("importer/", views_import.choose, name="import"),
    path("importer/colonnes/", views_import.columns, name="columns"),
    path("importer/apercu/", views_import.preview, name="preview"),
    path("importer/abandon/", views_import.give_up, name="give-up"),
    path("importer/<uuid:import_id>/annuler/", views_import.undo, name="undo"),
    path("<uuid:person_id>/", views.person, name="person"),
    path("<uuid:person_id>/modifier/", views.edit, name="edit"),
    path("<uuid:person_id>/depart/", views.leave, name="leave"),
    path("<uuid:person_id>/retour/", views.back, name="back"),
    path("<uuid:person_id>/effacer/", views.erase, name="erase"),
]
