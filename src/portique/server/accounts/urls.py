"""Signing in, the first start, accounts."""

from __future__ import annotations

from django.urls import include, path

from portique.server.accounts import views

urlpatterns = [
    path("", include(([path("depart/", views.start, name="start")], "accounts"))),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
