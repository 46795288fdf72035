"""The first page, and what belongs to no app."""

from __future__ import annotations

from django.urls import path

from portique.server.frame import views

app_name = "frame"
urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("langue", views.choose_language, name="language"),
]
