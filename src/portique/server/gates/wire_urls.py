"""Addresses of the wire between gates and server."""

from __future__ import annotations

from django.urls import path

from portique.server.gates import wire_views

app_name = "wire"
urlpatterns = [
    path("enrol", wire_views.enrol, name="enrol"),
    path("entries", wire_views.entries, name="entries"),
    path("knowledge", wire_views.knowledge, name="knowledge"),
    path("news", wire_views.news, name="news"),
]
