"""Addresses that phones' wallets call."""

from __future__ import annotations

from django.urls import path

from portique.core.wire_wallet import WalletAct
from portique.server.wallet import calls

app_name = "wallet-calls"
urlpatterns = [
    path("challenge", calls.challenge, name="challenge"),
    *(path(act.value, calls.call, {"act": act.value}, name=act.value) for act in WalletAct),
]
