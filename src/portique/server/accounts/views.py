"""Pages of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from portique.server.accounts.access import public
from portique.server.accounts.queries import has_accounts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
def start(request: HttpRequest) -> HttpResponse:
    """Make the head's account, once, with the code that the first start printed."""
    if has_accounts():
        return redirect("account_login")
    return render(request, "accounts/start.html")
