"""Addresses of `console`; `flux` beside them is the streams' process's."""

from __future__ import annotations

from django.urls import path

from portique.server.console import views

app_name = "console"
urlpatterns = [
    path("", views.live, name="live"),
    path("arbitrage", views.rule, name="rule"),
    path("admission", views.admit, name="admit"),
    path("ouverture", views.open_door, name="open"),
    path("alerte", views.dismiss, name="dismiss"),
]
