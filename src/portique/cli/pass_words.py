"""What every `portique pass` command shares: how a pass is described, how a file is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import iso, pass_number
from portique.core import qr
from portique.core.values import from_ms

if TYPE_CHECKING:
    from portique.school.register import Issued

pass_id_argument = click.argument("number", metavar="PASS_ID", type=pass_number)
a_file = click.Path(dir_okay=False, path_type=Path)
out_option = click.option("--out", type=a_file, help="A .txt .png .svg or .pdf.")


def described(issued: Issued) -> dict[str, Any]:
    """Describe a pass in the fields every command answers with; no name."""
    return {
        "pass_id": issued.pass_id,
        "text": issued.text,
        "qr_version": qr.version_for(issued.text, "M"),
        "kind": issued.kind,
        "status": issued.status.name.lower(),
        "status_index": issued.status_index,
        "issued": iso(from_ms(issued.issued_ms)),
        "until": iso(from_ms(issued.expires_ms)),
        "holder": issued.holder,
        "replaced_by": issued.replaced_by,
    }
