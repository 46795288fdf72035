"""What `portique doctor server` looks at, in the order in which one would mend it."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from portique.cli import doctor_checks as checks
from portique.cli import doctor_https, doctor_school, doctor_service, doctor_tls
from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_visit import Visit
from portique.cli.options import machine_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.server.config.supervising import Place


@dataclass(frozen=True, slots=True)
class Asked:
    """What the doctor is to look at; what is None is found out, or left out."""

    school: Path | None
    env: Path | None
    address: str | None
    ca: Path | None
    backups: Path | None


def asked(**options: Any) -> Asked:
    """Read the options of the command.

    Raises:
        click.UsageError: There is nothing to look at, or the authority's file is none.
    """
    if not any(options[name] for name in ("school", "env", "address")):
        raise click.UsageError("say what to look at: --school, --env or --address")
    if options["ca"]:
        try:
            ssl.create_default_context(cafile=options["ca"])
        except (OSError, ssl.SSLError) as error:
            raise click.BadParameter("not a certificate in PEM", param_hint="--ca") from error
    return Asked(**options)


def findings(asked: Asked) -> Iterator[Finding]:
    """Give every finding, the address's last.

    Raises:
        EnvironmentProblem: The service's file can't be read.
    """
    service = doctor_service.read(asked.env, os.environ)
    yield from checks.check_python()
    yield from checks.check_clock()
    place = None
    if asked.env is not None or doctor_service.OPTIONS in service.variables:
        place, finding = doctor_service.check_options(service)
        yield finding
        yield from _certificate(place, asked.ca)
    if asked.school is not None:
        yield from _school(
            asked.school, asked.backups, service.variables.get(doctor_school.DATABASE_URL)
        )
    address = asked.address or (place.address if place else None)
    if address is None:
        advice = "name it with --address, or the service's variables with --env"
        yield Finding("address", State.NOTE, "not looked at", advice)
        return
    if place is not None:
        yield _on_codes(place, address)
    yield from doctor_https.check_address(Visit(address, asked.ca))


def _on_codes(place: Place, address: str) -> Finding:
    """Look whether the codes that phones join by lead to the address that is looked at."""
    name, told = "codes for phones", place.variables()["PORTIQUE_ADDRESS"]
    looked_at = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    if told == looked_at:
        return Finding(name, State.OK, f"they lead to {told}, looked at below")
    if told:
        advice = f"look there as a phone does: --address {told}/"
        return Finding(name, State.NOTE, f"they lead to {told}, not to {looked_at}", advice)
    advice = "add --public-name NAME, or --behind-proxy NAME: what is printed then leads there"
    found = "they lead to whichever address the office's page was opened by"
    return Finding(name, State.NOTE, found, advice)


def _certificate(place: Place | None, ca: Path | None) -> Iterator[Finding]:
    if place is None or place.tls is None:
        return
    if not place.name:
        advice = "add --public-name NAME, the one that the certificate has"
        yield Finding("public name", State.WRONG, "people and gates are given none", advice)
        return
    yield from doctor_tls.check_files(place.tls, (place.name,), machine_time(), ca)


def _school(folder: Path, copies: Path | None, database_url: str | None) -> Iterator[Finding]:
    found = list(doctor_school.check_folder(folder))
    yield from found
    if found[0].name == "school":
        return
    yield from doctor_school.check_backups(folder, copies, machine_time())
    if database_url:
        os.environ[doctor_school.DATABASE_URL] = database_url
    problem = doctor_school.make_ready(folder)
    if problem is not None:
        yield problem
        return
    told = list(doctor_school.check_database())
    yield from told
    if all(finding.state is not State.WRONG for finding in told):
        yield from doctor_school.check_gates(machine_time())
