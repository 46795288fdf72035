"""The address that people are told: what stands on paper, or is typed on another device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from portique.server.config.mail import LOOPBACK

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Told:
    """An address of this server; `only_here`: it means another machine wherever it is typed."""

    address: str
    only_here: bool


def told_address(request: HttpRequest, path: str) -> Told:
    """Return where others find a page: by the server's public name, or as whoever asks did."""
    if settings.PORTIQUE_ADDRESS:
        return Told(settings.PORTIQUE_ADDRESS + path, only_here=False)
    address = request.build_absolute_uri(path)
    return Told(address, urlsplit(address).hostname in LOOPBACK)
