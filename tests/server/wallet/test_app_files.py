"""The files that each app works with offline: all of them, no other, few bytes."""

import gzip
import shutil

import pytest

from portique.server.wallet.app_files import MOUNTS, app_files, service_worker
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


def test_the_page_asks_for_every_module_at_once():
    """None waits until another that imports it has come; `web/tests` see to the scanner's."""
    page = (web_folder() / APP / "index.html").read_text()
    modules = [file for file in app_files(web_folder(), APP) if file.endswith(".js")]

    assert [file for file in modules if f'="{file}"' not in page] == []


@pytest.mark.parametrize("app", MOUNTS)
def test_the_app_is_small(app):
    """As it comes over the line."""
    web, mount = web_folder(), MOUNTS[app]
    page = (web / app / "index.html").read_bytes()
    files = [(web / one.removeprefix(mount)).read_bytes() for one in app_files(web, app)[1:]]

    assert sum(len(gzip.compress(data)) for data in (page, *files)) < PACKED_BYTES_MAX[app]


@pytest.mark.parametrize("file", ["wallet/index.html", "core/seal.js", "wallet/icon-180.png"])
def test_any_change_makes_another_worker(web, file):
    """So that browsers notice."""
    before = service_worker(web, APP)
    with (web / file).open("ab") as changed:
        changed.write(b"\n")

    assert service_worker(web, APP) != before


def test_a_file_that_is_imported_is_kept(web):
    """However the import is written."""
    (web / APP / "newer.js").write_text("export const newer = 1;\n")
    app = web / APP / "app.js"
    app.write_text("import {\n  newer,\n} from './newer.js';\n" + app.read_text())

    assert "/web/wallet/newer.js" in app_files(web, APP)


def test_a_type_named_in_a_comment_is_no_file_of_the_app(web):
    """Browsers never ask for it, and most types have no module."""
    with (web / APP / "app.js").open("a") as app:
        app.write("export function f() {}\n/** @type {import('./nothing.js').T} */\n")

    assert not any("nothing" in file for file in app_files(web, APP))
