"""Somebody of the school's office, signed in, for benches that time what a click brings about.

By `python -m portique.testing.load.office FOLDER`, after the database was filled: prints a cookie,
and the keys of some people in the addresses of their pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PEOPLE = 40


def sign_in() -> dict[str, Any]:
    """Make an account of school life with its second factor, just proved, and a session."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- Django is set up now
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from portique.server.accounts.adapter import SecondFactorAdapter  # noqa: PLC0415
    from portique.server.accounts.models import User  # noqa: PLC0415
    from portique.server.accounts.roles import Role  # noqa: PLC0415
    from portique.server.clock import now  # noqa: PLC0415
    from portique.server.people.models import Person  # noqa: PLC0415

    user = User.objects.create_user("cpe", name="cpe", role=Role.SCHOOL_LIFE, password=None)
    secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    cookie = settings.SESSION_COOKIE_NAME
    people = Person.objects.order_by("label", "pk").values_list("pk", flat=True)[:PEOPLE]
    return {
        "cookie": f"{cookie}={client.cookies[cookie].value}",
        "people": [str(key) for key in people],
    }


if __name__ == "__main__":
    from portique.server.config import starting

    starting.make_ready(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(sign_in()) + "\n")
