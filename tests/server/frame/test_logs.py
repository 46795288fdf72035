"""What a server process writes of a fault: one JSON line each, that names nobody."""

import json
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
SECRET = "Vantreuil"
READY = """
import logging, sys, threading
from pathlib import Path
from portique.server.config import starting
starting.make_ready(Path(sys.argv[1]))
"""
A_PAGE_FAILS = """
from django.test import Client  # the database has no tables yet: every page fails
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
client.get("/compte/depart/?login=Vantreuil")
client.get("/nowhere/Vantreuil")
"""
A_THREAD_FAILS = """
from portique.server.frame import logs
logs.take_uncaught()
def fail():
    raise OSError(28, "Vantreuil")
thread = threading.Thread(target=fail)
thread.start(); thread.join()
"""
UVICORN_SPEAKS = """
import asyncio
from portique.server.config.connections import quieten
quieten()
log = logging.getLogger("uvicorn.error")
log.warning("Invalid HTTP request received from Vantreuil.")
log.error("Cancel %s running task(s), timeout graceful shutdown exceeded", 1)
log.error("Exception in ASGI application\\n", exc_info=asyncio.CancelledError())
log.error("Exception in ASGI application\\n", exc_info=LookupError("Vantreuil"))
"""


@pytest.fixture
def lines(folder_made_once, tmp_path):
    """Run statements in a process of the server's own, and return what it logged."""
    folder = shutil.copytree(folder_made_once, tmp_path / "school")

    def run(statements: str) -> list[dict[str, object]]:
        command = [sys.executable, "-c", READY + statements, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        assert SECRET not in done.stderr
        return [json.loads(line) for line in done.stderr.splitlines()]

    return run


def test_a_page_that_fails_is_told_where_and_of_nobody(lines):
    """The kind of fault and the line of ours: what was asked for is not repeated."""
    (line,) = lines(A_PAGE_FAILS)

    assert (line["from"], line["status_code"]) == ("django.request", 500)
    assert line["error"] == "OperationalError"
    assert str(line["raised"]).startswith("portique.server.accounts.")


def test_what_nobody_caught_is_a_line_too(lines):
    """Not Python's own text, with the exception's."""
    (line,) = lines(A_THREAD_FAILS)

    assert (line["event"], line["error"], line["errno"]) == ("uncaught", "OSError", "ENOSPC")


def test_of_what_uvicorn_says_only_faults_are_told(lines):
    """Streams are cut at every stop, and malformed calls come by themselves."""
    assert [line["error"] for line in lines(UVICORN_SPEAKS)] == ["LookupError"]
