"""What `portique doctor` looks at: each check gives findings, none changes anything."""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
import ssl
import sys
import tempfile
from ctypes.util import find_library
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portique.core.errors import ConfigError, EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.sections import GateConfig

PYTHON_MIN = (3, 11)
DISK_BYTES_MIN = 500 << 20  # half a million entries are 113 MB; room for copies and exports
READING_PARTS = {"cv2": "opencv-python-headless", "zxingcpp": "zxing-cpp", "av": "av"}
ZONE = "Europe/Paris"


class State(StrEnum):
    """How a finding weighs. The values are part of the JSON answer."""

    OK = "ok"
    NOTE = "note"  # worth knowing; a gate works
    WRONG = "wrong"  # something needed is missing


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what to do about it if anything."""

    name: str
    state: State
    found: str
    advice: str = ""


def check_python() -> Iterator[Finding]:
    """Look at the interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= PYTHON_MIN:
        yield Finding("python", State.OK, f"Python {version}")
    else:
        yield Finding(
            "python", State.WRONG, f"Python {version} is too old", "install Python 3.11 or newer"
        )


def check_reading() -> Iterator[Finding]:
    """Look for the parts that read pictures."""
    for module, name in READING_PARTS.items():
        try:
            importlib.import_module(module)
            version = metadata.version(name)
        except ImportError as error:
            yield Finding(
                module,
                State.WRONG,
                f"{name} can't be loaded ({error}): no picture can be read",
                "install from the checkout: make install, or pip install -r requirements/run.txt",
            )
        else:
            yield Finding(module, State.OK, f"{name} {version}")


def check_sqlite() -> Iterator[Finding]:
    """Say which SQLite a gate uses, and why the bug it may have can't reach the journal.

    A school's server, with several connections, brings a newer one and is looked at by itself.
    """
    from portique.gate.journal_schema import engine_sentence

    told = engine_sentence(sqlite3.sqlite_version_info)
    yield Finding("sqlite", State.OK, told or f"SQLite {sqlite3.sqlite_version}")


def check_folder(folder: Path) -> Iterator[Finding]:
    """Look whether a folder can be written and has room."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".portique-doctor-") as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield Finding(
            "disk",
            State.WRONG,
            f"the folder {folder} can't be written ({error.strerror}): no journal, so no door",
            "mend its rights or free the disk, or choose another folder",
        )
        return
    found = f"{folder} can be written, {free // (1 << 20)} MB free"
    if free >= DISK_BYTES_MIN:
        yield Finding("disk", State.OK, found)
    else:
        advice = f"free {DISK_BYTES_MIN // (1 << 20)} MB: entries refer when the journal is full"
        yield Finding("disk", State.WRONG, f"{found}, too little for a month offline", advice)


def check_clock() -> Iterator[Finding]:
    """Look whether the time can be trusted, and whether local time can be told."""
    from portique.gate.clock import GateClock, SystemTime

    doubt = GateClock().state.doubt
    if doubt is not None:
        yield Finding(
            "clock",
            State.WRONG,
            f"the clock can't be right ({doubt}): every pass would be referred",
            "set the date and time, and replace the machine's clock battery",
        )
    elif (error_ms := SystemTime().synchronised_ms()) is None:
        yield Finding(
            "clock",
            State.NOTE,
            "nobody synchronises the clock: phones' codes may look early or late after some weeks",
            "switch on time synchronisation (timedatectl set-ntp true), or check the time monthly",
        )
    else:
        yield Finding("clock", State.OK, f"synchronised to within {error_ms} ms")
    yield _zone()


def _zone() -> Finding:
    try:
        ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        return Finding(
            "time zone", State.WRONG, f"{ZONE} is unknown here", "pip install tzdata, or apt's"
        )
    return Finding("time zone", State.OK, f"{ZONE} is known")


def check_camera(source: str | None) -> Iterator[Finding]:
    """Look for cameras; `source` is the one that is needed, if any."""
    devices = sorted(str(path) for path in Path("/dev").glob("video*"))
    wanted = f"/dev/video{source}" if source and source.isdecimal() else source
    if wanted is None or not wanted.startswith("/dev/"):
        state = State.OK if devices else State.NOTE
        found = ", ".join(devices) or "no webcam: network cameras, files and readers still work"
        yield Finding("camera", state, found, "" if devices else "plug one in if you want one")
    elif wanted not in devices:
        yield Finding(
            "camera",
            State.WRONG,
            f"the configured camera {wanted} is missing",
            f"plug it in, or configure one of: {', '.join(devices)}" if devices else "plug it in",
        )
    elif not os.access(wanted, os.R_OK | os.W_OK):
        advice = "add this user to the group `video`, then sign in again"
        yield Finding("camera", State.WRONG, f"this user may not open {wanted}", advice)
    else:
        yield Finding("camera", State.OK, f"{wanted}; `portique doctor camera` measures it")


def check_tests_parts() -> Iterator[Finding]:
    """Look for what only the tests and benchmarks use."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    zbar = find_library("zbar")
    for name, found, package in (
        ("chromium", browser, "chromium"),
        ("libzbar", zbar, "libzbar0"),
    ):
        if found:
            yield Finding(name, State.OK, f"{found} (for tests and benchmarks only)")
        else:
            missing = f"{name} is missing: only tests and benchmarks use it"
            yield Finding(name, State.NOTE, missing, f"apt-get install {package}")


def check_sandbox() -> Iterator[Finding]:
    """Try to break out of the decoder's sandbox, in a process of its own."""
    from portique.gate.sandbox_probe import probe

    try:
        strength = probe()
    except EnvironmentProblem as problem:
        yield Finding("sandbox", State.WRONG, str(problem), "see above")
        return
    taken = ", ".join(strength.measures)
    if strength.full:
        found = f"strong: nothing tried got out ({taken}; Landlock {strength.landlock})"
        yield Finding("sandbox", State.OK, found)
        return
    loose = ", ".join(attempt for attempt, refused in strength.refused.items() if not refused)
    yield Finding(
        "sandbox",
        State.NOTE,
        f"weak: a decoder taken over could {loose} (in force: {taken or 'nothing'})",
        "use a kernel with seccomp and Landlock, 5.13 or newer; containers may hide both",
    )


def check_config(path: Path) -> tuple[GateConfig | None, Finding]:
    """Read a gate's configuration as the gate would."""
    from portique.gate.config import load

    try:
        config = load(path)
    except ConfigError as error:
        advice = "mend that key; docs/gate-configuration.md explains each"
        if not path.exists():
            advice = "check the name, or make one: portique gate init"
        return None, Finding("configuration", State.WRONG, str(error), advice)
    return config, Finding("configuration", State.OK, f"{path} is valid for {config.gate.lane}")


def check_files(config: GateConfig) -> Iterator[Finding]:
    """Look for the files a configuration names."""
    named = {"the gate's key": config.gate.key, "the school's key": config.knowledge.school_key}
    for what, path in named.items():
        if path.is_file():
            yield Finding(path.name, State.OK, f"{what} is there")
        else:
            advice = "run `portique gate init` again, or copy the file here"
            yield Finding(path.name, State.WRONG, f"{what}, {path}, is missing", advice)


def check_tls(config: GateConfig) -> Iterator[Finding]:
    """Look whether the certificate and key of the screens can be used together."""
    certificate, key = config.screens.tls_certificate, config.screens.tls_key
    if certificate is None or key is None:
        yield Finding("tls", State.OK, "not used: the screens answer this machine alone")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        yield Finding(
            "tls",
            State.WRONG,
            f"{certificate} and {key} can't be used ({error.strerror or error})",
            "no tablet can connect: check that both files are there, are PEM, and belong together",
        )
        return
    yield _expiry(certificate)


def _expiry(certificate: Path) -> Finding:
    from cryptography import x509

    from portique.cli.options import now

    ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    days = (ends - now()).days
    if days < 0:
        return Finding("tls", State.WRONG, f"{certificate} expired on {ends:%Y-%m-%d}", "renew it")
    if days < 30:
        found = f"{certificate} expires in {days} days"
        return Finding("tls", State.NOTE, found, "renew it before that day")
    return Finding("tls", State.OK, f"{certificate} is valid until {ends:%Y-%m-%d}")
