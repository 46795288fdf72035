"""The scanner's own files: served with a policy of their own, whole or without a worker."""

import shutil

import pytest
from django.test import Client

from portique.server.wallet import app_views
from portique.server.wallet.web_files import web_folder

PAGE, MODULE = "/scanner/", "/scanner/web/scanner/app.js"
WORKER = "/scanner/web/scanner/service-worker.js"
COMPILES = "script-src 'self' 'wasm-unsafe-eval'"


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A web side whose scanner is a page, a module, its worker and the reader's binary."""
    folder = tmp_path / "web"
    shutil.copytree(web_folder(), folder, ignore=shutil.ignore_patterns("scanner", "tests"))
    (folder / "scanner").mkdir()
    parts = {
        "index.html": '<script type="module" src="/scanner/web/scanner/app.js"></script>',
        "app.js": "new Worker(new URL('./reading_worker.js', import.meta.url));\n",
        "reading_worker.js": "const binary = new URL(\n"
        "  '../third/zxing-wasm/zxing_reader.wasm',\n  import.meta.url,\n);\n",
    }
    for name, text in parts.items():
        (folder / "scanner" / name).write_text(text)
    monkeypatch.setattr(app_views, "web_folder", lambda: folder)
    return folder


@pytest.mark.parametrize("address", [PAGE, MODULE])
def test_the_scanner_may_compile_its_reader_and_start_workers(web, address):
    """Its page, and its files: a worker goes by the policy that its own file came with."""
    policy = Client().get(address).headers["Content-Security-Policy"].split("; ")

    assert COMPILES in policy
    assert {"worker-src 'self'", "connect-src 'self'", "default-src 'self'"} <= set(policy)


@pytest.mark.parametrize("address", ["/wallet/", "/web/wallet/app.js", "/compte/connexion/"])
def test_nothing_else_may_compile_or_use_a_camera(served, address):
    """Neither the holder's app nor the server's pages."""
    headers = Client().get(address).headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_scanners_page_may_use_the_camera_and_nothing_more(web):
    """Not the microphone, not the place."""
    policy = Client().get(PAGE).headers["Permissions-Policy"]

    assert "camera=(self)" in policy
    assert {"microphone=()", "geolocation=()"} <= set(policy.split(", "))


def test_its_service_worker_keeps_workers_and_the_readers_binary(web):
    """What a module names by its address is kept like what it imports."""
    answer = Client().get(WORKER)

    assert answer.headers["Service-Worker-Allowed"] == PAGE
    for kept in (
        "/scanner/web/scanner/reading_worker.js",
        "/scanner/web/third/zxing-wasm/zxing_reader.wasm",
    ):
        assert kept in answer.content.decode()


def test_an_app_gives_no_file_of_the_other(web):
    """Each has its own address, its own policy."""
    assert Client().get("/web/scanner/app.js").status_code == 404
    assert Client().get("/scanner/web/wallet/app.js").status_code == 404


def test_a_scanner_that_lacks_a_file_has_no_worker_and_harms_no_wallet(web):
    """Half an app is kept by nobody; the other app's worker is as before."""
    (web / "scanner" / "reading_worker.js").unlink()

    assert Client().get(PAGE).status_code == 200
    assert Client().get(WORKER).status_code == 404
    assert Client().get("/web/wallet/service-worker.js").status_code == 200
