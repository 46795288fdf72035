"""The school's own mail server, for messages to guardians; off unless two variables are set.

`PORTIQUE_SMTP`       smtps://user:password@mail.school.example:465, or smtp://…:587 (STARTTLS)
`PORTIQUE_SMTP_FROM`  the address messages come from
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from portique.core.errors import ConfigError
from portique.school.people.spelling import read_email

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTS = {"smtps": 465, "smtp": 587}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Mail:
    """How to reach the mail server. Without `sender` there is none.

    `tls`: from the first byte on; `starttls`: asked for, and nothing is sent without it.
    """

    sender: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool = False


def read(variables: Mapping[str, str] = os.environ) -> Mail:
    """Read the variables.

    Raises:
        ConfigError: One is missing or is no address.
    """
    url, sender = variables.get("PORTIQUE_SMTP", ""), variables.get("PORTIQUE_SMTP_FROM", "")
    if not url and not sender:
        return Mail()
    try:
        parts = urlsplit(url)
        port = (parts.port or PORTS[parts.scheme]) if parts.scheme in PORTS else 0
    except ValueError:
        port = 0
    if not port or not parts.hostname:
        raise ConfigError(
            "PORTIQUE_SMTP is of the form smtps://user:password@host:port (or smtp:// for "
            "STARTTLS), with signs such as @ in the password written %40"
        )
    if not read_email(sender):
        raise ConfigError("PORTIQUE_SMTP_FROM is the e-mail address messages come from; set it")
    return Mail(
        sender,
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp" and parts.hostname not in LOOPBACK,
    )
