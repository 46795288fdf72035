"""Write into each app's page the modules that its first screen waits for.

A browser finds a module's imports once the module has come. Named in the page, all come at once: a
slow line is crossed twice, and not once for each step of the way.

Example: `python -m portique.cli.web_preloads`
"""

from __future__ import annotations

import re

from portique.server.wallet.app_files import MOUNTS, first_modules
from portique.server.wallet.web_files import web_folder

LINE = '    <link rel="modulepreload" href="{address}" />\n'
_LINES = re.compile(r"(?: *<link rel=\"modulepreload\" [^>]*/>\n)+")


def page_of(app: str) -> str:
    """Return an app's page as it should be."""
    web = web_folder()
    page = (web / app / "index.html").read_text(encoding="utf-8")
    lines = "".join(LINE.format(address=address) for address in first_modules(web, app))
    return _LINES.sub(lambda _: lines, page, count=1)


def main() -> None:
    """Write the pages of both apps."""
    for app in MOUNTS:
        (web_folder() / app / "index.html").write_text(page_of(app), encoding="utf-8")


if __name__ == "__main__":
    main()
