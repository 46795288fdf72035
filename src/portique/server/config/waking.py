"""How processes tell each other that there is something new to read: never what it is.

On PostgreSQL a commit wakes whoever listens. On SQLite nobody can be called: the streams' process
looks at the file, see `console.sources`.
"""

from __future__ import annotations

from django.db import connection

EVENTS, NOTES = "portique_events", "portique_notes"
EVENTS_LOCK = 0x506F7274  # any number nobody else's locks use: "Port"


def wake(channel: str, number: int) -> None:
    """Tell listeners of a channel, when this transaction is committed, how far it goes now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [channel, str(number)])


def one_at_a_time(lock: int = EVENTS_LOCK) -> None:
    """Let no other transaction number rows until this one ends.

    Numbers are drawn before rows are visible: without this, a reader who saw row 8 could miss
    row 7 that was committed after it. Who changes rows that others change too takes it before
    the first: nobody then holds one and waits for another. On SQLite there is one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
