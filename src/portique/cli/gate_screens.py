"""`portique gate unpair`: take back what paired screens were given."""

from __future__ import annotations

from pathlib import Path

import click

from portique.cli.options import json_option
from portique.cli.speaking import say
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words


@click.command()
@click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def unpair(config: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Unpair every screen of the lane of CONFIG, because a tablet was lost or went elsewhere.

    It holds from the gate's next start. Each screen then pairs again, with a code that the gate
    prints when the screen asks for it.

    \b
    Exit code: 0 done, 2 a wrong configuration, 5 the disk refuses.

    \b
    Example:
        portique gate unpair gate/entry-1.toml
    """
    from portique.gate import config as configuration
    from portique.gate.wiring import secret_file

    loaded = configuration.load(config)
    secret = secret_file(loaded)
    try:
        secret.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"{secret} can't be removed ({error.strerror}): run this as the user the gate runs as"
        ) from error
    lane = loaded.gate.lane
    say(
        {"lane": lane},
        as_json=as_json,
        words=Words(
            f"Aucun écran ne sera plus associé à la voie {lane} dès que son portique aura "
            "redémarré. Ensuite\xa0: redémarrez-le, et associez les écrans de nouveau.",
            f"No screen is paired with lane {lane} any more once its gate has restarted. "
            "Next: restart it, and pair the screens again.",
        ),
    )
