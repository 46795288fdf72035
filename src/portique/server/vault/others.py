"""What is said of the tables that Django and other packages make."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from portique.core.charter import Charter, Recipient, Sensitivity, personal, technical
from portique.core.charter_retention import WHILE_ACCOUNT, WHILE_SESSION

if TYPE_CHECKING:
    from collections.abc import Mapping

_signing_in = partial(
    personal,
    activity="accounts",
    purpose="sign-in",
    retention=WHILE_ACCOUNT,
    recipients=(Recipient.HOLDER,),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_SECRET = _signing_in(recipients=(), sensitivity=Sensitivity.SECRET)
_WHEN = _signing_in(purpose="protect")

OTHERS: Mapping[str, Charter] = {
    "contenttypes.ContentType": Charter(
        id=technical("key"), app_label=technical(), model=technical()
    ),
    "auth.Permission": Charter(
        id=technical("key"), name=technical(), content_type=technical(), codename=technical()
    ),
    "auth.Group": Charter(id=technical("key"), name=technical("empty")),
    "auth.Group_permissions": Charter(
        id=technical("key"), group=technical("empty"), permission=technical("empty")
    ),
    "sessions.Session": Charter(
        session_key=_signing_in(recipients=(), retention=WHILE_SESSION),
        session_data=_signing_in(retention=WHILE_SESSION),
        expire_date=technical(),
    ),
    # Nobody's e-mail address is kept by the package that signs people in.
    "account.EmailAddress": Charter(
        id=technical("empty"), user=technical("empty"), email=technical("empty"),
        verified=technical("empty"), primary=technical("empty"),
    ),
    "account.EmailConfirmation": Charter(
        id=technical("empty"), email_address=technical("empty"), created=technical("empty"),
        sent=technical("empty"), key=technical("empty"),
    ),
    "mfa.Authenticator": Charter(
        id=technical("key"), user=_signing_in(), type=_signing_in(), data=_SECRET,
        created_at=_WHEN, last_used_at=_WHEN,
    ),
}  # fmt: skip
"""By Django's name of the model."""

# Kept in a form that the database alone does not open: a slow hash, or sealed by an adapter.
UNREADABLE = frozenset({"accounts.User.password", "mfa.Authenticator.data"})
