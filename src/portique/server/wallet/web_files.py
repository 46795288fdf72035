"""Where the web side's files are: in the checkout's `web/`, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

import portique
from portique.core.errors import EnvironmentProblem

PACKAGE = Path(portique.__file__).resolve().parent
# A wheel carries the folder; a checkout has it beside `src`.
PLACES = (PACKAGE / "web", PACKAGE.parent.parent / "web")


def web_folder() -> Path:
    """Return the folder of `core`, `shared`, `wallet`, `scanner` and `third`.

    Raises:
        EnvironmentProblem: It is not there, or without the third-party modules.
    """
    for place in PLACES:
        if (place / "third" / "LICENCES.txt").is_file():
            return place
    raise EnvironmentProblem(
        "the phones' pages can't be served: web/ lacks the modules of others that they load; "
        "in the folder of the sources run make install, or before installing from it "
        "python tools/web.py modules"
    )
