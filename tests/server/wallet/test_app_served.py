"""The holder's app as the server gives it: types, marks, and nothing else of the disk."""

import gzip
import os
import shutil

import pytest
from django.test import Client

from portique.server.wallet import app_views
from portique.server.wallet.web_files import web_folder


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A copy of the web side, to be changed, which the server gives."""
    folder = shutil.copytree(web_folder(), tmp_path / "web")
    monkeypatch.setattr(app_views, "web_folder", lambda: folder)
    return folder


def text(answer) -> str:
    said: str = answer.content.decode()
    return said


def test_the_app_is_served_as_browsers_want_it(served):
    """Its page, a module, the manifest: each with its type, asked again when online."""
    types = {
        "/wallet/": "text/html; charset=utf-8",
        "/web/wallet/app.js": "text/javascript; charset=utf-8",
        "/web/wallet/manifest.webmanifest": "application/manifest+json",
    }
    answers = {address: Client().get(address) for address in types}

    assert {at: answer.headers["Content-Type"] for at, answer in answers.items()} == types
    assert {answer.headers["Cache-Control"] for answer in answers.values()} == {"no-cache"}
    assert not any(answer.cookies for answer in answers.values())


def test_a_file_that_did_not_change_is_not_sent_again(served):
    """By its mark; packed for who takes it so."""
    packed = Client().get("/web/wallet/app.js", headers={"accept-encoding": "gzip"})
    plain = Client().get("/web/wallet/app.js")
    mark = plain.headers["ETag"]

    assert gzip.decompress(packed.content) == plain.content
    assert mark.startswith('W/"')  # one mark for both forms
    for known in (mark, mark.removeprefix("W/"), f'"other", {mark}'):
        asked = Client().get("/web/wallet/app.js", headers={"if-none-match": known})
        assert asked.status_code == 304, known
    assert Client().get("/wallet/", headers={"if-none-match": mark}).status_code == 200


def test_files_of_the_same_content_have_marks_of_their_own(served, web):
    """A mark stands for one address."""
    for name in ("one.js", "two.js"):
        (web / "shared" / name).write_text("export const same = 1;\n")
    marks = {Client().get(f"/web/shared/{name}").headers["ETag"] for name in ("one.js", "two.js")}

    assert len(marks) == 2


def test_an_app_of_sixty_files_is_one_look_at_the_disk(served, web, monkeypatch):
    """Asked again within a second nothing is looked up; then a change shows, an older file too."""
    looks: list[float] = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: looks[0])
    address, file = "/web/wallet/app.js", web / "wallet" / "app.js"
    before = Client().get(address).content
    file.write_text("export const older = 1;\n")
    os.utime(file, (0, 0))

    assert Client().get(address).content == before
    looks[0] += app_views.LOOK_EVERY_S
    assert text(Client().get(address)) == "export const older = 1;\n"


def test_the_service_worker_may_serve_the_wallet_and_nothing_else(served):
    """Its scope is the app's address; it is told the app's files."""
    answer = Client().get("/web/wallet/service-worker.js")

    assert answer.headers["Service-Worker-Allowed"] == "/wallet/"
    assert text(answer).startswith("self.APP = ")
    assert "Service-Worker-Allowed" not in Client().get("/web/wallet/app.js").headers


@pytest.mark.parametrize(
    "path",
    [
        "package.json", "tests/third.test.js", "wallet/../package.json", "wallet",
        "../pyproject.toml", "%2e%2e/pyproject.toml", "wallet/nothing.js", "/etc/passwd",
        "../src/portique/server/frame/static/frame/icon.svg", "wallet/../../README.md",
        "%00", "a" * 9000,
    ],
)  # fmt: skip
def test_nothing_else_of_the_disk_is_served(served, path):
    """Only the parts an app is made of, and files of a known type."""
    assert Client().get(f"/web/{path}").status_code == 404
