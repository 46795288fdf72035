"""The demonstration's page, then every address of the real server."""

from __future__ import annotations

from django.urls import include, path

from portique.server.config.urls import (
    handler400,
    handler403,
    handler404,
    handler500,
)
from portique.testing.demo_site import views

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("demo/", views.roles, name="demo"),
    path("demo/entrer", views.enter, name="demo-enter"),
    path("demo/telephone", views.carry, name="demo-phone"),
    path("demo/scanner", views.scan, name="demo-scanner"),
    path("", include("portique.server.config.urls")),
]
