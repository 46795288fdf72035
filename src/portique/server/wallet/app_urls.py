"""Addresses of the wallet's own files."""

from __future__ import annotations

from django.urls import path

from portique.server.wallet import app_views

app_name = "wallet-app"
urlpatterns = [
    path("wallet/", app_views.page, name="page"),
    path("web/<path:path>", app_views.file, name="file"),
]
