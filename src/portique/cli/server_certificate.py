"""`portique server certificate`: HTTPS by the school's own authority."""

from __future__ import annotations

from pathlib import Path

import click

from portique.cli.options import iso, json_option, now
from portique.cli.speaking import say
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words
from portique.school.authority import SERVER_DAYS_MAX

DAYS = 397  # a school year, and a month to think of the next


@click.command("certificate")
@click.argument("authority", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", "names", multiple=True, required=True, help="A name people type; several.")
@click.option("--address", "addresses", multiple=True, help="An IP address beside it; several.")
@click.option(
    "--within",
    multiple=True,
    help="A new authority's domain or network, such as lycee.example or 10.12.0.0/16; several. "
    "Default: as little as these names and addresses need.",
)
@click.option("--title", default="Portique", help="A new authority's name, as devices show it.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the certificate and its key.",
)
@click.option(
    "--days",
    type=click.IntRange(1, SERVER_DAYS_MAX),
    default=DAYS,
    show_default=True,
    help="How long the certificate lasts.",
)
@click.option("--again", is_flag=True, help="A certificate is there: this one takes its place.")
@json_option
def certificate(  # noqa: PLR0917 -- click passes options by name
    authority: Path,
    names: tuple[str, ...],
    addresses: tuple[str, ...],
    within: tuple[str, ...],
    title: str,
    out: Path,
    days: int,
    again: bool,  # noqa: FBT001 - a flag
    as_json: bool,  # noqa: FBT001
) -> None:
    r"""Make a server's certificate, signed by the school's own authority in a folder.

    The first time, the authority is made too: authority.crt is for every device, authority.key for
    nobody. Keep the folder off the server, on a stick in a safe.

    \b
    Exit code: 0 done, 2 wrong use, or names the authority may not speak for, 5 the disk refuses, or
    files are there already.

    \b
    Example:
        portique server certificate authority --name portique.lycee.example --out tls
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    from portique.school import authority as authorities

    at, place = now(), authorities.place_of(names, addresses)
    files = out / f"{place.names[0]}.pem", out / f"{place.names[0]}.key"
    _check_free(files, again=again)
    known = authorities.load(authority)
    if known is not None and within:
        raise click.UsageError("--within is for a new authority: this one's reach can't change")
    reach = known.reach if known else authorities.reach_of(within, place)
    authorities.check_reach(reach, place)
    signer = known or authorities.make(authority, title, reach, at=at)
    made, key = authorities.give(signer, place, at=at, days=days)
    _write(files, made.public_bytes(Encoding.PEM), authorities.pem_of(key))
    ends = made.not_valid_after_utc
    trusted = authority / authorities.CERTIFICATE
    say(
        {"certificate": str(files[0]), "key": str(files[1]), "until": iso(ends),
         "authority": str(trusted), "new_authority": known is None,
         "within": [*signer.reach.domains, *map(str, signer.reach.networks)]},
        as_json=as_json,
        words=_words(files, trusted, f"{ends:%Y-%m-%d}", new=known is None),
    )  # fmt: skip


def _check_free(files: tuple[Path, Path], *, again: bool) -> None:
    there = next((path for path in files if path.exists()), None)
    if there is not None and not again:
        raise EnvironmentProblem(f"{there} exists already: take --again if this one replaces it")


def _write(files: tuple[Path, Path], certificate: bytes, key: bytes) -> None:
    from portique.school.disk import write_durably

    try:
        files[0].parent.mkdir(parents=True, exist_ok=True)
        write_durably(files[1], key)
        write_durably(files[0], certificate)
    except OSError as error:
        raise EnvironmentProblem(
            f"{files[0].parent} can't be written ({error.strerror})"
        ) from error


def _words(files: tuple[Path, Path], trusted: Path, ends: str, *, new: bool) -> Words:
    made = Words(
        f"Certificat jusqu’au {ends}\N{NO-BREAK SPACE}: {files[0]}, et sa clé {files[1]}.",
        f"Certificate until {ends}: {files[0]}, and its key {files[1]}.",
    )
    if not new:
        return made
    return Words(
        f"{made.fr}\nNouvelle autorité\N{NO-BREAK SPACE}: installez {trusted} sur chaque appareil "
        "de l’établissement, puis rangez ce dossier hors de la machine, sous clé\N{NO-BREAK SPACE}:"
        " qui a authority.key peut tromper ces appareils.",
        f"{made.en}\nNew authority: install {trusted} on each of the school’s devices, then take "
        "the folder off this machine and lock it away: whoever has authority.key can deceive them.",
    )
