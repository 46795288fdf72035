"""The server's own settings, with the demonstration's page put before its addresses."""

from __future__ import annotations

from portique.server.config.settings import *  # noqa: F403 -- Django's way to extend settings
from portique.server.config.settings import INSTALLED_APPS as SERVED

INSTALLED_APPS = [*SERVED, "portique.testing.demo_site"]
ROOT_URLCONF = "portique.testing.demo_site.urls"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# Browsers keep one cookie for all ports: a school's own server may run on this machine too.
SESSION_COOKIE_NAME = "portique-demo"
CSRF_COOKIE_NAME = "portique-demo-form"
DEVICE_COOKIE_NAME = "portique-demo-device"
