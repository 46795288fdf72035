"""The files that each app works with offline: all of them, no other, few bytes."""

import base64
import gzip
import hashlib
import json
import shutil
from typing import Any

import pytest

from portique.cli.web_preloads import page_of
from portique.server.wallet.app_files import MOUNTS, app_files, first_modules, service_worker
from portique.server.wallet.web_files import web_folder

APP = "wallet"
OTHERS = {"wallet": ("scanner/", "zxing"), "scanner": ("wallet/", "uqr")}
# 2.5 MB would do for each; more than this is a mistake. The reader of codes is 380 KB of them.
PACKED_BYTES_MAX = {"wallet": 100_000, "scanner": 800_000}


@pytest.fixture
def web(tmp_path):
    """A copy of the web side, to be changed."""
    return shutil.copytree(web_folder(), tmp_path / "web")


@pytest.mark.parametrize("app", MOUNTS)
def test_every_file_of_an_app_is_kept_and_nothing_of_the_other(app):
    """Its folder whole; of the others what it loads."""
    files, mount = app_files(web_folder(), app), MOUNTS[app]
    folder = web_folder() / app
    own = {f"{mount}{app}/{one.relative_to(folder)}" for one in folder.rglob("*") if one.is_file()}

    assert own - set(files) == {f"{mount}{app}/index.html"}
    assert files[0] == f"/{app}/"
    assert not any(other in file.removeprefix(mount) for file in files for other in OTHERS[app])


@pytest.mark.parametrize("app", MOUNTS)
def test_the_page_asks_at_once_for_every_module_of_its_first_screen(app):
    """None waits until another that imports it has come; the rest follows the first screen."""
    page = (web_folder() / app / "index.html").read_text()

    assert page == page_of(app), "in the folder of the sources: python -m portique.cli.web_preloads"
    assert page.count("modulepreload") == len(first_modules(web_folder(), app))


def test_a_first_screen_over_a_slow_line_waits_for_few_files():
    """A browser asks for six at a time: the agent's lane is no part of it."""
    first = first_modules(web_folder(), "scanner")

    assert len(first) < 50
    assert "/scanner/web/scanner/duty.js" not in first
    assert "/scanner/web/scanner/duty.js" in app_files(web_folder(), "scanner")


@pytest.mark.parametrize("app", MOUNTS)
def test_the_app_is_small(app):
    """As it comes over the line."""
    web, mount = web_folder(), MOUNTS[app]
    page = (web / app / "index.html").read_bytes()
    files = [(web / one.removeprefix(mount)).read_bytes() for one in app_files(web, app)[1:]]

    assert sum(len(gzip.compress(data)) for data in (page, *files)) < PACKED_BYTES_MAX[app]


@pytest.mark.parametrize(
    "file",
    ["wallet/index.html", "core/seal.js", "wallet/icon-180.png", "shared/service-worker.js"],
)
def test_any_change_makes_another_worker(web, file):
    """So that browsers notice."""
    before = service_worker(web, APP)
    with (web / file).open("ab") as changed:
        changed.write(b"\n")

    assert version_of(service_worker(web, APP)) != version_of(before)


def test_the_worker_is_told_the_digest_of_each_file(web):
    """So that it keeps none that came otherwise."""
    told = told_to(service_worker(web, APP))
    page = hashlib.sha256((web / APP / "index.html").read_bytes()).digest()

    assert list(told["files"]) == app_files(web, APP)
    assert base64.b64decode(told["files"][f"/{APP}/"]) == page


def version_of(worker: bytes) -> str:
    """Return the version a worker is told, which names its cache."""
    return str(told_to(worker)["version"])


def told_to(worker: bytes) -> dict[str, Any]:
    """Read what the server put before a worker's text."""
    line = worker.decode().partition(";\n")[0]
    told: dict[str, Any] = json.loads(line.removeprefix("self.APP = "))
    return told


def test_a_file_that_is_imported_is_kept(web):
    """However the import is written."""
    (web / APP / "newer.js").write_text("export const newer = 1;\n")
    app = web / APP / "app.js"
    app.write_text("import {\n  newer,\n} from './newer.js';\n" + app.read_text())

    assert "/web/wallet/newer.js" in app_files(web, APP)


def test_a_module_that_is_loaded_later_is_kept(web):
    """It is not asked for at once, but is there without network."""
    (web / APP / "newer.js").write_text("export const newer = 1;\n")
    with (web / APP / "app.js").open("a") as app:
        app.write("export const later = () => import('./newer.js');\n")

    assert "/web/wallet/newer.js" in app_files(web, APP)
    assert "/web/wallet/newer.js" not in first_modules(web, APP)


def test_a_type_named_in_a_comment_is_no_file_of_the_app(web):
    """Browsers never ask for it, and most types have no module."""
    with (web / APP / "app.js").open("a") as app:
        app.write("export function f() {}\n/** @type {import('./nothing.js').T} */\n")
        app.write("/** @type {() => import('./nothing.js').T} */\n")

    assert not any("nothing" in file for file in app_files(web, APP))
