"""What the server is told from outside: variables set by `portique server run` or a host.

Without `PORTIQUE_SCHOOL` there is no school: enough to check the code, not to serve anybody.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from portique.core.errors import ConfigError
from portique.school.folder import SETTINGS, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
DATABASE = "server.db"
TIME_ZONE = "Europe/Paris"  # without a school: enough to check the code
PREPARED_AFTER = 5  # uses of a statement
POSTGRESQL = frozenset({"postgres", "postgresql"})
WAL_SAFE = (3, 51, 3)  # before it, WAL with two connections may corrupt (sqlite.org/wal.html)
WAIT_S = 20


@dataclass(frozen=True, slots=True)
class ServerEnvironment:
    """Where the school is, its database, and under which addresses it is reached.

    `secure`: pages are reached by HTTPS, directly or through a proxy. `stream` is the address of
    the live streams' process; empty for the pages' own, behind a proxy that parts them. Where it
    is another, `pages_port` is that of the pages that may listen to it. `address` is where people
    on other machines open it, without a slash at the end; empty where nobody named it.
    """

    school: Path | None
    database_url: str = ""
    hosts: tuple[str, ...] = LOOPBACK
    secure: bool = False
    proxied: bool = False
    stream: str = ""
    pages_port: str = ""
    address: str = ""


def read(variables: Mapping[str, str] = os.environ) -> ServerEnvironment:
    """Read the variables."""
    school = variables.get("PORTIQUE_SCHOOL", "")
    hosts = tuple(filter(None, variables.get("PORTIQUE_HOSTS", "").split(",")))
    return ServerEnvironment(
        Path(school) if school else None,
        variables.get("DATABASE_URL", ""),
        (*LOOPBACK, *hosts),
        variables.get("PORTIQUE_SECURE") == "1",
        variables.get("PORTIQUE_PROXIED") == "1",
        variables.get("PORTIQUE_STREAM", ""),
        variables.get("PORTIQUE_PAGES_PORT", ""),
        variables.get("PORTIQUE_ADDRESS", ""),
    )


def database_settings(environment: ServerEnvironment) -> dict[str, Any]:
    """Return Django's settings for the database: the school's own file unless a URL names another.

    Raises:
        ConfigError: The URL is not of a PostgreSQL database.
    """
    if environment.database_url:
        return _postgresql(environment.database_url)
    folder = environment.school
    return {
        "ENGINE": "portique.server.config.sqlite",
        "NAME": folder / DATABASE if folder else ":memory:",
        "CONN_MAX_AGE": None,  # the last one to close would fold the log back, for each request
        "TEST": {"NAME": ":memory:"},
        "OPTIONS": {
            # A transaction that will write takes its place at once: no deadlock in the middle.
            "transaction_mode": "IMMEDIATE",
            "timeout": WAIT_S,
            "init_command": "; ".join(_pragmas()),
        },
    }


def time_zone(school: Path | None) -> str:
    """Return whose hours pages tell: the school's own, wherever the server stands.

    Raises:
        ConfigError: The school's settings are damaged.
        EnvironmentProblem: They can't be read.
    """
    if school is None or not (school / SETTINGS).exists():
        return TIME_ZONE
    return read_settings(school).time_zone


def cookie_mark(school: Path | None) -> str:
    """Return what parts the cookies of two schools' servers on one machine, in clear.

    Browsers keep one cookie for all ports of a host: each would sign the other's people out.
    """
    if school is None:
        return ""
    return f"{hashlib.sha256(str(school.resolve()).encode()).hexdigest()[:8]}-"


def _pragmas() -> tuple[str, ...]:
    # The module that Django itself will have imported; `server run` puts a newer one in its place.
    import sqlite3  # noqa: PLC0415 -- after it was replaced, if it was

    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE else "DELETE"
    return (f"PRAGMA journal_mode={journal}", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON")


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in POSTGRESQL or not parts.path.strip("/"):
        raise ConfigError(
            "DATABASE_URL is of the form postgresql://user:password@host:port/name; "
            "without it the school's own SQLite file is used"
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or query.get("host", "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A statement is read and planned once for each connection, not at each of its uses: a
        # filing of one entry costs two processors 10 ms for 14.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER},
    }
