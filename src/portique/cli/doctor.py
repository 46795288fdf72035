"""`portique doctor`: what works on this machine, what is missing, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli import doctor_checks as checks
from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_knowledge import check_knowledge
from portique.cli.doctor_ports import check_ports, ports_of
from portique.cli.speaking import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXIT_ENVIRONMENT = 5
MARKS = {State.OK: "✓", State.NOTE: "·", State.WRONG: "✗"}
SCREENS_PORT = 8440
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A gate's configuration: also check it, its files, knowledge, ports, camera, certificate.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the journal will be. Default: the configuration's, or this folder.",
)
@click.option("--port", "ports", type=click.IntRange(1, 65535), multiple=True, help="Also free?")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def doctor(
    context: click.Context,
    config: Path | None,
    folder: Path | None,
    ports: tuple[int, ...],
    as_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    r"""Say what works on this machine, what is missing, and how to mend it.

    Changes nothing. The JSON answer is {"ok": …, "checks": [{"name", "state", "found", "advice"}]},
    state being ok, note (worth knowing) or wrong (something needed is missing).

    Exit code: 0 nothing needed is missing, 5 something is; 2 for a wrong command line.

    \b
    Example:
        portique doctor --config entry-1.toml
    """
    if context.invoked_subcommand is not None:
        return
    _tell(context, list(_findings(config, folder, ports)), as_json=as_json)


def _tell(context: click.Context, findings: Sequence[Finding], *, as_json: bool) -> None:
    """Say what was found, and leave with the code that fits."""
    ok = all(finding.state is not State.WRONG for finding in findings)
    if as_json:
        told = {"ok": ok, "checks": [asdict(finding) for finding in findings]}
        click.echo(json_line(told))
    else:
        for finding in findings:
            click.echo(_line(finding))
    if not ok:
        context.exit(EXIT_ENVIRONMENT)


def _findings(path: Path | None, folder: Path | None, ports: tuple[int, ...]) -> Iterator[Finding]:
    """Give every finding, the configuration's last."""
    yield from checks.check_python()
    yield from checks.check_reading()
    yield from checks.check_sqlite()
    yield from checks.check_clock()
    yield from checks.check_sandbox()
    yield from checks.check_tests_parts()
    asked = {f"a gate, number {n}": ("127.0.0.1", port) for n, port in enumerate(ports, 1)}
    if path is None:
        yield from checks.check_folder(folder or Path())
        yield from check_ports(asked or {"the screens": ("127.0.0.1", SCREENS_PORT)})
        yield from checks.check_camera(None)
        return
    yield from check_ports(asked)
    yield from _of_config(path, folder)


def _of_config(path: Path, folder: Path | None) -> Iterator[Finding]:
    config, finding = checks.check_config(path)
    yield finding
    if config is None:
        yield from checks.check_folder(folder or Path())
        return
    yield from checks.check_folder(folder or there(config.journal.file.parent))
    yield from checks.check_files(config)
    yield from check_knowledge(config)
    if config.server.address:
        from portique.cli.doctor_link import check_server

        yield from check_server(config)
    yield from check_ports(ports_of(config), config.journal.file)
    yield from checks.check_camera(config.camera.source)
    yield from checks.check_tls(config)


def there(folder: Path) -> Path:
    """Return the folder, or the nearest above it that exists: the gate makes the rest itself."""
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)


def _line(finding: Finding) -> str:
    advice = f" → {finding.advice}" if finding.advice else ""
    return f"{MARKS[finding.state]} {finding.name}: {finding.found}{advice}"


@doctor.command()
@click.option("--school", type=FOLDER, help="The served school's folder: keys, database, copies.")
@click.option("--env", type=FILE, help="The service's variables, such as /etc/portique/server.env.")
@click.option("--address", help="Where people open it; by default, what the variables say.")
@click.option("--ca", type=FILE, help="Authority to believe instead of this machine's, PEM.")
@click.option("--backups", type=FOLDER, help="Where the copies of the database are.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def server(context: click.Context, /, as_json: bool, **asked: Any) -> None:  # noqa: FBT001
    r"""Say whether a school's server is well: on its machine, and as a phone meets it.

    With --school on the server itself: how it is started, its certificate, keys, database, copies,
    and the gates that call. With --address from any machine: the name, trusted HTTPS, pages,
    cookies and the live streams. Changes nothing. The answer is that of `portique doctor`.

    \b
    Exit code: 0 nothing needed is missing, 5 something is, 2 for a wrong command line.

    \b
    Examples:
        portique doctor server --school /var/lib/portique/school --env /etc/portique/server.env
        portique doctor server --address https://portique.lycee.example/
    """
    from portique.cli import doctor_server

    _tell(context, list(doctor_server.findings(doctor_server.asked(**asked))), as_json=as_json)


@doctor.command()
@click.option("--source", default="0", help="A camera's number, a file, a folder, an address.")
@click.option("--seconds", default=10.0, type=click.FloatRange(1, 600), help="How long to look.")
@click.option("--clock", is_flag=True, help="Draw the time as a code here, to measure latency.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def camera(source: str, seconds: float, clock: bool, as_json: bool) -> None:  # noqa: FBT001
    r"""Measure a camera: frames a second, light, sharpness, pixels per module, latency.

    Hold a printed pass, the demonstration's for example, where people will hold theirs while it
    measures. With --clock the terminal shows the time as a code: turn the camera to this screen,
    and the delay from light to software is measured too.

    The JSON answer: frames, seconds, frames_per_second, width, height, brightness (0 to 255, of
    the whole picture), codes_seen (share of the pictures looked at), module_px, blur_px and
    blur_modules (of the code; reading becomes hard from 0.6), read_ms (decoding one picture),
    latency_ms, notices and advice. What could not be measured is null.

    Exit code: 0 measured, 5 no camera or no picture.

    \b
    Example:
        portique doctor camera --source 0 --seconds 10
    """
    from portique.cli.doctor_camera import measure

    measured = measure(source, seconds=seconds, show=_draw if clock else None)
    if as_json:
        click.echo(json_line(asdict(measured)))
        return
    for name, value in asdict(measured).items():
        if not isinstance(value, (list, tuple)):
            click.echo(
                f"{name.replace('_', ' '):>18}  {'not measured' if value is None else value}"
            )
    for sentence in (*measured.notices, *measured.advice):
        click.echo(f"→ {sentence}")


def _draw(text: str) -> None:
    """Draw a code in the terminal, over the one before."""
    import io

    import segno

    drawn = io.StringIO()
    segno.make(text, error="l", boost_error=False).terminal(drawn, compact=True)
    click.echo(f"\x1b[H\x1b[J{drawn.getvalue()}", err=True)
