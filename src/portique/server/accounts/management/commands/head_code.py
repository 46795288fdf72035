"""A way back in for the only head: a paper code made where the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from portique.server.accounts import actions
from portique.server.accounts.models import User, login_key
from portique.server.accounts.roles import Role

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Void a head's password and print the code to choose another; recorded as any act."""

    help = "Print a one-time code for a head of school who can't sign in any more."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the head's login."""
        parser.add_argument("login")
        parser.add_argument(
            "--second-factor", action="store_true", help="forget the second factor too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code.

        Raises:
            CommandError: No active head has this login.
        """
        _ = args
        key = login_key(options["login"])
        head = User.objects.filter(login_key=key, role=Role.HEAD, is_active=True).first()
        if head is None:
            raise CommandError("no active head has this login")
        if options["second_factor"]:
            actions.reset_second_factor(head, by=None)
            head.refresh_from_db()
        code, _until = actions.print_code(head, by=None)
        self.stdout.write(f"/compte/arrivee/  {code}")
