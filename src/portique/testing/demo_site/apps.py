"""The demonstration's page as a Django app, for its template."""

from __future__ import annotations

from django.apps import AppConfig


class DemoSiteConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.testing.demo_site"
    label = "demo_site"
