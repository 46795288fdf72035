"""A phone with its key, as the app has one, that speaks to the server's own addresses."""

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from tests.server.passes.conftest import by, person

from portique.core import passes
from portique.core.seal import PrivateKey, Purpose, private_key
from portique.core.values import Language, PassId, Uai
from portique.core.wire_wallet import Asked, WalletAct, sign_call
from portique.server.people.models import Person
from portique.server.wallet.actions import Lasts, codes_for

__all__ = ["by", "person"]


@dataclass
class Phone:
    """One phone: a key of its own, its pass once it has one, no cookie ever."""

    key: PrivateKey = field(default_factory=lambda: private_key(Purpose.PHONE, os.urandom(40)))
    language: Language = Language.FR
    held: dict[str, Any] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def challenge(self) -> dict[str, Any]:
        """Ask for the server's time and what to sign."""
        said: dict[str, Any] = self.client.get("/wallet/v1/challenge").json()
        return said

    def sign(self, act: WalletAct, about: str) -> bytes:
        """Sign a call over a fresh challenge."""
        told = self.challenge()
        challenge = base64.urlsafe_b64decode(told["challenge"])
        asked = Asked(act, challenge, Uai(told["school"]["uai"]), self.language)
        return sign_call(asked, PassId(about), self.key)

    def send(self, act: WalletAct, body: bytes) -> Any:
        """Post a call as it is."""
        return self.client.post(f"/wallet/v1/{act.value}", body, content_type="application/cose")

    def ask(self, act: WalletAct, about: str = "") -> tuple[int, dict[str, Any]]:
        """Ask about the pass it holds, or about another."""
        answer = self.send(act, self.sign(act, about or self.held["pass_id"]))
        return answer.status_code, answer.json()

    def enrol(self, code: str) -> tuple[int, dict[str, Any]]:
        """Ask for a pass, and hold it."""
        status, said = self.ask(WalletAct.ENROL, code.replace("-", ""))
        if status == 200:
            self.held = said
        return status, said

    def shown(self, seconds: int) -> str:
        """Draw the code of an instant."""
        sealed = passes.parse(self.held["pass"]).sealed.signed
        return passes.phone_text(
            sealed, self.key, uai=Uai(self.held["school"]["uai"]), seconds=seconds
        )


@pytest.fixture
def phone(served) -> Phone:
    """A phone without a pass."""
    return Phone()


@pytest.fixture
def enrolled(served, by, person) -> Callable[..., Phone]:
    """Make a phone that holds a pass of somebody's."""

    def make(somebody: Person | None = None) -> Phone:
        one = Phone()
        (new,) = codes_for(by, [somebody or person()], Lasts.SCREEN)
        assert one.enrol(new.code)[0] == 200
        return one

    return make
