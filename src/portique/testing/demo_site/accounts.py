"""One fictional colleague for each role, with a second factor nobody has to type; and a pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from portique.core.values import Kind
from portique.server.accounts.models import User
from portique.server.accounts.roles import TWO_FACTORS, Role
from portique.server.holders.actions import make_account
from portique.server.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[Role, str] = {
    Role.HEAD: "Claire Fontaine",
    Role.SCHOOL_LIFE: "Marc Duvallon",
    Role.RECEPTION: "Inès Carvalhal",
    Role.AGENT: "Sami Bellacourt",
    Role.TECHNICIAN: "Yann Kerbraz",
    Role.DPO: "Hélène Sorbiac",
    Role.AUDITOR: "Paul Mirandole",
}


def make_accounts() -> None:
    """Make the accounts that are missing."""
    for role, name in NAMES.items():
        if not User.objects.filter(role=role).exists():
            user = User.objects.create_user(f"demo-{role}", name=name, role=role, password=None)
            if role in TWO_FACTORS:
                TOTP.activate(user, generate_totp_secret())


def make_holder() -> None:
    """Give one pupil an account of their own, if nobody has one yet."""
    if User.objects.filter(role=Role.HOLDER).exists():
        return
    pupil = Person.objects.filter(kind=Kind.PUPIL).order_by("pk").first()
    if pupil is not None:
        make_account(pupil, by=User.objects.get(role=Role.HEAD))
