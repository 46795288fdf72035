"""Where the web side's files are, in a checkout and in an installed package."""

import gzip
import importlib.util
import re
from pathlib import Path

import pytest

from portique import __version__
from portique.core.errors import EnvironmentProblem
from portique.core.values import from_ms
from portique.gate.clock import BUILT_AT_MS
from portique.server.wallet import web_files

ROOT = Path(__file__).parents[2]


def carried() -> set[str]:
    """Name what a wheel takes of `web`."""
    spec = importlib.util.spec_from_file_location("wheel", ROOT / "tools" / "wheel.py")
    assert spec
    assert spec.loader
    wheel = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wheel)
    return {str(path.relative_to(ROOT / "web")) for path in wheel.served_files(ROOT / "web")}


def test_a_checkout_serves_its_own_folder():
    """The folder beside `src`, with the modules that npm gave."""
    assert web_files.web_folder() == ROOT / "web"


def test_a_package_serves_what_it_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folder inside the package comes first, once it is whole."""
    inside, beside = tmp_path / "inside", tmp_path / "beside"
    monkeypatch.setattr(web_files, "PLACES", (inside, beside))
    for place in (beside, inside):
        (place / "third").mkdir(parents=True)
        (place / "third" / "LICENCES.txt").touch()
        assert web_files.web_folder() == place


def test_a_folder_without_its_modules_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nothing half is served."""
    monkeypatch.setattr(web_files, "PLACES", (tmp_path,))

    with pytest.raises(EnvironmentProblem, match="make install"):
        web_files.web_folder()


def test_a_wheel_carries_what_browsers_load_and_nothing_else():
    """Our modules, the reader's binary and the licences; no test, no type, no npm file."""
    files = carried()

    assert {"core/passes.js", "third/uqr.js", "third/LICENCES.txt"} <= files
    assert "third/zxing-wasm/zxing_reader.wasm" in files
    assert not [name for name in files if name.startswith("tests/") or name.endswith(".d.ts")]
    assert not files & {"package.json", "package-lock.json", "tsconfig.json"}


def test_the_scanner_tells_the_school_the_projects_version():
    """The console shows it beside each phone, and knows phones by its first word."""
    text = (ROOT / "web" / "scanner" / "version.js").read_text(encoding="utf-8")

    assert f"VERSION = 'scanner {__version__}';" in text


def test_a_phone_and_a_gate_know_the_same_day_before_which_no_true_time_is():
    """The day of the newest release: a clock that tells an earlier one is known to be wrong."""
    text = (ROOT / "web" / "scanner" / "clock.js").read_text(encoding="utf-8")
    told = re.search(r"BUILT_AT_MS = ([\d_]+);", text)
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[\d\S*\] - (\d{4}-\d\d-\d\d)$", log, re.MULTILINE)

    assert told
    assert int(told[1]) == BUILT_AT_MS, "web/scanner/clock.js and portique.gate.clock differ"
    assert not released or f"{from_ms(BUILT_AT_MS):%Y-%m-%d}" == max(released)


def test_what_phones_load_stays_small():
    """Both apps together, compressed, are two fifths of what one may weigh."""
    packed = [gzip.compress((ROOT / "web" / name).read_bytes()) for name in carried()]

    assert sum(map(len, packed)) < 1_000_000


def test_every_work_of_others_is_served_with_its_licence():
    """The text of each, the one compiled into the reader's binary among them."""
    text = (ROOT / "web" / "third" / "LICENCES.txt").read_text(encoding="utf-8")

    for work in ("uqr\n\nMIT License", "zxing-wasm\n\nMIT License", "zxing-cpp\n\n"):
        assert work in text
    assert "Apache License" in text
