"""The plainest Django that takes something: one view, one insert, no middleware.

Its database is the one that DATABASE_URL names, else a file in the folder of PORTIQUE_SCHOOL.
"""

from __future__ import annotations

from portique.server.config import environment, starting

starting.use_current_sqlite()

import django  # noqa: E402 -- after the SQLite it will use
from django.conf import settings  # noqa: E402

MODULE = "portique.testing.load.plain_site"

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": environment.database_settings(environment.read())},
        ROOT_URLCONF=MODULE,
        SECRET_KEY="of nothing",  # noqa: S106 -- nothing is signed
        USE_TZ=True,
    )
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- Django is set up now
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Arrival(models.Model):
    """What is inserted."""

    gate = models.CharField(max_length=40)
    number = models.BigIntegerField()
    body = models.BinaryField()

    class Meta:
        """Of no app."""

        app_label = "plain"

    def __str__(self) -> str:
        """Name it."""
        return f"{self.gate}/{self.number}"


def insert(request: HttpRequest) -> HttpResponse:
    """Write one row."""
    Arrival(gate="plain", number=1, body=request.body).save(force_insert=True)
    return HttpResponse(status=200)


urlpatterns = [path("insert", insert)]
application = get_wsgi_application()


def make_table() -> None:
    """Make the table."""
    with connection.schema_editor() as editor:
        editor.create_model(Arrival)
    connection.close()
