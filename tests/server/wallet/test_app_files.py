"""The files that the wallet works with offline: all of them, no other, few bytes."""

import gzip
import shutil

import pytest

from portique.server.wallet.app_files import app_files, service_worker
from portique.server.wallet.web_files import web_folder

APP = "wallet"
PACKED_BYTES_MAX = 100_000  # 2.5 MB would do; more than this is a mistake


@pytest.fixture
def web(tmp_path):
    """A copy of the web side, to be changed."""
    return shutil.copytree(web_folder(), tmp_path / "web")


def test_every_file_of_the_wallet_is_kept_and_nothing_of_another_app():
    """Its folder whole; of the others what it imports."""
    files = app_files(web_folder(), APP)
    folder = web_folder() / APP
    own = {f"/web/{APP}/{one.relative_to(folder)}" for one in folder.rglob("*") if one.is_file()}

    assert own - set(files) == {f"/web/{APP}/index.html"}
    assert files[0] == f"/{APP}/"
    assert not any("scanner" in file or "zxing" in file for file in files)


def test_the_page_asks_for_every_module_at_once():
    """None waits until another that imports it has come."""
    page = (web_folder() / APP / "index.html").read_text()
    modules = [file for file in app_files(web_folder(), APP) if file.endswith(".js")]

    assert [file for file in modules if f'="{file}"' not in page] == []


def test_the_app_is_small():
    """As it comes over the line."""
    web = web_folder()
    page = (web / APP / "index.html").read_bytes()
    files = [(web / one.removeprefix("/web/")).read_bytes() for one in app_files(web, APP)[1:]]

    assert sum(len(gzip.compress(data)) for data in (page, *files)) < PACKED_BYTES_MAX


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
