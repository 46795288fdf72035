"""What every test has: a clean environment, hypothesis profiles, and no way out but loopback."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
CASES_DEFAULT = 200
WAIT_STEP_S = 0.02
LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNSPECIFIED = ("", "0.0.0.0", "::")  # noqa: S104 -- a name for any local address, never bound here

settings.register_profile(
    "portique",
    max_examples=int(os.environ.get("PORTIQUE_CASES", CASES_DEFAULT)),
    deadline=None,  # a loaded machine is not a bug
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # wall time again
)
settings.load_profile("portique")


class WayOutError(RuntimeError):
    """A test tried to talk to something else than this machine."""


def _is_local(host: object) -> bool:
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
    return text.startswith(LOOPBACK) or text in UNSPECIFIED


def _guard_sockets(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections, datagrams and name look-ups that leave the machine."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise WayOutError(f"a test may only talk to loopback, not to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_local(arguments[0]):
        raise WayOutError(f"a test may not look up {arguments[0]}")


# An audit hook sees every socket of the process, whichever library opens it; it can't be removed,
# so it is laid once, when this file is imported.
sys.addaudithook(_guard_sockets)


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> Iterator[None]:
    """Give every run the same environment, whatever terminal and zone it is started from."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            environment.delenv(name, raising=False)
        environment.setenv("LC_ALL", "C.UTF-8")
        environment.setenv("TZ", "UTC")
        yield


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Let no test leave its log's stream, which is closed with it, to the next one."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def media() -> Path:
    """Give the folder of real pictures, which are not part of the project."""
    folder = Path(os.environ.get("PORTIQUE_MEDIA", ROOT.parent / "shared" / "media"))
    if not folder.is_dir():
        pytest.skip(f"the real pictures are not at {folder}; PORTIQUE_MEDIA names their folder")
    return folder


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Give the one Chromium of the run: a second Playwright can't start beside the first."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: `apt-get install chromium` brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Give a way to wait for a fact without sleeping a fixed time."""
    return _wait_until


def _wait_until(
    predicate: Callable[[], object], deadline_s: float = 20.0, what: str = "the awaited fact"
) -> None:
    """Look at `predicate` until it is true; fail the test after `deadline_s`."""
    pause = threading.Event()
    for _ in range(max(1, round(deadline_s / WAIT_STEP_S))):
        if predicate():
            return
        pause.wait(WAIT_STEP_S)
    if not predicate():
        pytest.fail(f"{what} did not come within {deadline_s:g} s")
