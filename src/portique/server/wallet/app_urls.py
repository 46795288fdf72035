"""Addresses of the apps' own files."""

from __future__ import annotations

from django.urls import path

from portique.server.wallet import app_views

app_name = "wallet-app"
urlpatterns = [
    path("wallet/", app_views.page, name="page"),
    path("scanner/", app_views.scanner, name="scanner"),
    path("scanner/web/<path:path>", app_views.scanner_file, name="scanner-file"),
    path("web/<path:path>", app_views.file, name="file"),
]
