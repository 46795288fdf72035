"""The server's own settings, with the demonstration's page put before its addresses."""

from __future__ import annotations

from portique.server.config.settings import *  # noqa: F403 -- Django's way to extend settings
from portique.server.config.settings import INSTALLED_APPS as SERVED
from portique.server.config.settings import PORTIQUE_PAGES_PORT

INSTALLED_APPS = [*SERVED, "portique.testing.demo_site"]
ROOT_URLCONF = "portique.testing.demo_site.urls"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# Browsers keep one cookie for all ports: a school's own server, or another demonstration, may run
# on this machine too. By port, not by school: each run has a new one, and cookies would heap up.
NAME = f"portique-demo-{PORTIQUE_PAGES_PORT}"
SESSION_COOKIE_NAME = NAME
CSRF_COOKIE_NAME = f"{NAME}-form"
DEVICE_COOKIE_NAME = f"{NAME}-device"
LANGUAGE_COOKIE_NAME = f"{NAME}-language"
