"""Put the web side into the wheel, as `portique/web`: the build backend calls this.

An editable install finds `web/` in the checkout instead (`portique.server.wallet.web_files`).
"""
# ruff: noqa: INP001 -- a script of the checkout, named in pyproject.toml

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SERVED = {".js", ".css", ".html", ".json", ".webmanifest", ".svg", ".png", ".wasm", ".txt"}
LEFT_OUT = {"tests", "licences"}  # the licences are part of what npm gave: third/LICENCES.txt


class WebSide(BuildHookInterface[BuilderConfig]):
    """Lists the files that a browser may be given."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them to a wheel; an editable one needs none, nor does a machine without npm."""
        web = Path(self.root) / "web"
        if version == "editable" or not (web / "third").is_dir():
            return
        for path in served_files(web):
            target = Path("portique") / "web" / path.relative_to(web)
            build_data["force_include"][str(path)] = str(target)


def served_files(web: Path) -> list[Path]:
    """List what is served: in folders, by suffix; tests and what only npm reads stay out."""
    folders = [path for path in web.iterdir() if path.is_dir() and path.name not in LEFT_OUT]
    found = [path for folder in sorted(folders) for path in sorted(folder.rglob("*"))]
    return [path for path in found if path.is_file() and path.suffix in SERVED]
