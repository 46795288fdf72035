"""A served school on its machine: folder, keys, database, copies, and the gates that call."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from portique.cli.doctor_checks import Finding, State
from portique.cli.server_backup import PUBLIC
from portique.core.errors import PortiqueError
from portique.school.folder import KEYS, SETTINGS
from portique.school.keys import read_recovery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.server.gates.models import Gate

OTHERS = 0o077
DATABASE_URL = "DATABASE_URL"
DISK_BYTES_MIN = 1 << 30  # a year of a large school, and the copy that a backup writes
COPY_SUFFIX = ".age"
COPY_AGE_MAX = timedelta(hours=36)  # one each night, and a night that was missed
POSTGRESQL_MIN = 140_000  # what this Django works with


def check_folder(folder: Path) -> Iterator[Finding]:
    """Look at a school's folder and its keys; the database is looked at apart."""
    if not (folder / SETTINGS).exists():
        advice = f"make one: portique school init {folder} --uai UAI --name NAME; or is it another?"
        yield Finding("school", State.WRONG, f"there is no school in {folder}", advice)
        return
    yield _disk(folder)
    yield _keys(folder)
    yield _recovery(folder)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{folder} has {free // (1 << 20)} MB free"
    if not os.access(folder, os.W_OK):
        advice = "run this as the server's user: sudo -u portique portique doctor server …"
        return Finding("disk", State.WRONG, f"this user can't write into {folder}", advice)
    if free < DISK_BYTES_MIN:
        return Finding("disk", State.WRONG, found, f"free {DISK_BYTES_MIN // (1 << 20)} MB")
    return Finding("disk", State.OK, found)


def _keys(folder: Path) -> Finding:
    """Look whether each key is its owner's alone, and the owner the one of the folder."""
    owner = (folder / SETTINGS).stat().st_uid
    secret = sorted(path for path in (folder / KEYS).glob("*") if path.suffix != ".pub")
    open_ = [path for path in secret if path.stat().st_mode & OTHERS]
    foreign = [path for path in folder.rglob("*") if _owner(path) not in {owner, None}]
    if open_:
        told = f"{open_[0]} can be read by others"
        return Finding("keys", State.WRONG, told, f"chmod 600 {folder / KEYS}/*")
    if foreign:
        told = f"{foreign[0]} belongs to another user than {SETTINGS}: a command ran as root?"
        return Finding(
            "keys", State.WRONG, told, f"chown -R --reference={folder / SETTINGS} {folder}"
        )
    return Finding("keys", State.OK, f"{len(secret)}, for their owner alone")


def _owner(path: Path) -> int | None:
    """Return whose a file is; None: a live database removed it meanwhile."""
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None


def _recovery(folder: Path) -> Finding:
    """Look whether a restored server needs the word of a key that is on no machine."""
    try:
        key = read_recovery(folder / KEYS)
    except PortiqueError as error:
        return Finding("recovery key", State.WRONG, str(error), "restore it")
    if key is None:
        told = "none: gates follow whoever has the school's keys and an old copy"
        advice = f"portique server recovery-key --school {folder}"
        return Finding("recovery key", State.NOTE, told, advice)
    return Finding("recovery key", State.OK, "known to gates; the key itself is on paper")


# --- the database, with Django set up for the school ----------------------------------------------


def check_database() -> Iterator[Finding]:
    """Look at the database the server uses: there, new enough, with this version's tables."""
    from django.db import Error, connection

    try:
        connection.ensure_connection()
        yield _sqlite() if connection.vendor == "sqlite" else _postgresql()
        yield _migrations()
    except Error as error:
        # Only its kind: the words may repeat what a row holds, or an address with its password.
        where = connection.settings_dict["HOST"] or connection.settings_dict["NAME"]
        told = f"{where} can't be used ({type(error).__name__})"
        advice = "is it running, and DATABASE_URL right? is the disk full or the file damaged?"
        yield Finding("database", State.WRONG, told, advice)


def _sqlite() -> Finding:
    from django.db import connection

    from portique.server.config.environment import WAL_SAFE

    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    library = connection.Database  # type: ignore[attr-defined]  # of real backends
    found = f"SQLite {library.sqlite_version}, journal {mode}"
    if library.sqlite_version_info < WAL_SAFE and mode == "wal":
        advice = "a bug of this SQLite may damage it: install anew from requirements/run.txt"
        return Finding("database", State.WRONG, found, advice)
    if mode not in {"wal", "memory"}:
        advice = "writers wait for readers: install anew from requirements/run.txt"
        return Finding("database", State.NOTE, found, advice)
    return Finding("database", State.OK, found)


def _postgresql() -> Finding:
    from django.db import connection

    version = connection.pg_version  # type: ignore[attr-defined]  # of this backend alone
    found = f"PostgreSQL {version // 10_000}.{version % 10_000}"
    if version < POSTGRESQL_MIN:
        return Finding("database", State.WRONG, found, "upgrade it to 14 or newer")
    return Finding("database", State.OK, found)


def _migrations() -> Finding:
    """Look whether the tables are this version's: `server run` brings them there by itself."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    loader = executor.loader
    assert loader.applied_migrations is not None  # noqa: S101 - read from the database above
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations or ())
    ours = [name for app, name in unknown if app in {each for each, _ in loader.graph.nodes}]
    if ours:
        told = f"a newer version of Portique wrote it ({len(ours)} steps further)"
        return Finding("tables", State.WRONG, told, "install that version, or restore a copy")
    due = executor.migration_plan(loader.graph.leaf_nodes())
    if due:
        told = f"{len(due)} steps behind this version"
        return Finding("tables", State.NOTE, told, "a restart of portique-server takes them")
    return Finding("tables", State.OK, "of this version")


def check_gates(at: datetime) -> Iterator[Finding]:
    """Look at each gate as the server knows it."""
    from portique.server.gates.health import troubles
    from portique.server.gates.models import Gate

    for gate in Gate.objects.filter(removed_at=None).order_by("gate_id"):
        found = troubles(gate, at)
        name = f"gate {gate.gate_id}"
        if found:
            worst = found[0]
            yield Finding(name, State.NOTE, worst.what.en, f"{worst.do.en} {_heard(gate, at)}")
        else:
            yield Finding(name, State.OK, _heard(gate, at))


def _heard(gate: Gate, at: datetime) -> str:
    if gate.contact_at is None:
        return ""
    return f"Last heard {int((at - gate.contact_at).total_seconds())} s ago."


# --- copies ---------------------------------------------------------------------------------------


def check_backups(folder: Path, copies: Path | None, at: datetime) -> Iterator[Finding]:
    """Look whether copies can be made, and how old the newest is."""
    if not (folder / KEYS / PUBLIC).exists():
        advice = f"portique server backup-key --school {folder}, then a copy each night"
        yield Finding("backups", State.NOTE, "they have no key: none can be made", advice)
    elif copies is None:
        advice = "say where the copies are: --backups DIR"
        yield Finding("backups", State.NOTE, "a key is there; copies were not looked at", advice)
    else:
        yield _newest(copies, at)


def _newest(copies: Path, at: datetime) -> Finding:
    try:
        times = [path.stat().st_mtime for path in copies.glob(f"*{COPY_SUFFIX}")]
    except OSError as error:
        advice = "check its name and your rights"
        return Finding("backups", State.WRONG, f"{copies} can't be read ({error.strerror})", advice)
    if not times:
        told = f"no copy ({COPY_SUFFIX}) in {copies}"
        return Finding("backups", State.WRONG, told, "systemctl start portique-backup; see its log")
    age = at - datetime.fromtimestamp(max(times), UTC)
    hours = int(age.total_seconds() // 3600)
    if age > COPY_AGE_MAX:
        told = f"the newest copy is {hours} hours old"
        return Finding("backups", State.WRONG, told, "systemctl status portique-backup.timer")
    return Finding("backups", State.OK, f"{len(times)} copies, the newest {hours} hours old")


def make_ready(folder: Path) -> Finding | None:
    """Set Django up for the school; a finding says why it can't be.

    Nothing is made: a school that was never served has neither the server's keys nor a database.
    """
    from portique.server.config.environment import DATABASE
    from portique.server.vault.keyfiles import IDENTITY, SERVER

    needed = [folder / KEYS / IDENTITY, folder / KEYS / SERVER]
    if not os.environ.get(DATABASE_URL):
        needed.append(folder / DATABASE)
    missing = next((path for path in needed if not path.exists()), None)
    if missing is not None:
        advice = f"start it once: portique server run --school {folder}; or restore a copy"
        told = f"this school was never served: there is no {missing.name}"
        return Finding("database", State.NOTE, told, advice)
    from portique.server.config import starting

    try:
        starting.make_ready(folder)
    except PortiqueError as error:
        return Finding("database", State.WRONG, str(error), "mend that first")
    return None
