"""What can't be done with a person's own account."""

from __future__ import annotations

from portique.core.plain import Words

HAS_ACCOUNT = Words("Cette personne a déjà un compte.", "This person has an account already.")
NO_ACCOUNT = Words("Cette personne n’a pas de compte.", "This person has no account.")
