"""Shared devices: paired once, known by a cookie, where agents sign in with their own PIN."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from portique.server import clock
from portique.server.accounts import audit, throttle
from portique.server.accounts.codes import (
    SHORT_GROUPS,
    code_hash,
    keyed_hash,
    new_code,
    new_token,
)
from portique.server.accounts.errors import WEAK_PIN, WRONG_CODE, WRONG_PIN, AccountRefused
from portique.server.accounts.models import Deed, Device, PairingCode, User
from portique.server.accounts.roles import Role

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

PAIRING, TOKEN = "pairing", "device-token"
PAIRING_LASTS = timedelta(minutes=10)
COOKIE_LASTS = timedelta(days=400)
PIN_DIGITS = 6
_DIGITS = re.compile(r"[0-9]{6}")
_RISING, _FALLING = "01234567890", "09876543210"


def offer(device_name: str, *, by: User) -> str:
    """Return a code that makes one browser a shared device within ten minutes."""
    code, at = new_code(SHORT_GROUPS), clock.now()
    with transaction.atomic():
        PairingCode.objects.filter(expires_at__lte=at).delete()
        PairingCode.objects.create(
            code_hash=code_hash(PAIRING, code),
            device_name=device_name,
            expires_at=at + PAIRING_LASTS,
        )
        audit.record(by, Deed.DEVICE_OFFERED, detail=device_name)
    return code


@transaction.atomic
def pair(code: str) -> tuple[Device, str]:
    """Take a code in, once; return the device and the token for its cookie.

    Raises:
        AccountRefused: The code is wrong, used or too old.
    """
    hashed, at = code_hash(PAIRING, code), clock.now()
    offered = PairingCode.objects.filter(code_hash=hashed, expires_at__gt=at).first()
    if offered is None or PairingCode.objects.filter(pk=offered.pk).delete()[0] != 1:
        raise AccountRefused(WRONG_CODE)
    token = new_token()
    device = Device.objects.create(
        name=offered.device_name, token_hash=keyed_hash(TOKEN, token), paired_at=at
    )
    audit.record(None, Deed.DEVICE_PAIRED, detail=device.name)
    return device, token


@transaction.atomic
def remove(device: Device, *, by: User) -> None:
    """Take a shared device away; sessions on it end at their next request."""
    audit.record(by, Deed.DEVICE_REMOVED, detail=device.name)
    device.delete()


def remember(response: HttpResponse, token: str) -> None:
    """Give the browser its cookie."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=int(COOKIE_LASTS.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def device_of(request: HttpRequest) -> Device | None:
    """Return the shared device that a request comes from."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
    if not token:
        return None
    return Device.objects.filter(token_hash=keyed_hash(TOKEN, token)).first()


def set_pin(user: User, pin: str) -> None:
    """Set an agent's PIN.

    Raises:
        AccountRefused: Not six digits, or the first ones anybody would try.
    """
    if not _DIGITS.fullmatch(pin) or is_weak(pin):
        raise AccountRefused(WEAK_PIN)
    user.pin = make_password(pin)
    user.session_round += 1
    user.save(update_fields=["pin", "session_round"])


def is_weak(pin: str) -> bool:
    """Say whether six digits repeat few of them or count up or down."""
    return len(set(pin)) < 3 or pin in _RISING or pin in _FALLING or pin[:3] == pin[3:]


def agent_by_pin(device: Device, user_id: UUID, pin: str) -> User:
    """Return the agent whose PIN was given on a shared device.

    Wrong ones make this agent wait on this device, and the device a little; elsewhere nobody.

    Raises:
        AccountRefused: It was wrong, or came too soon after wrong ones.
    """
    own = throttle.guess(throttle.PIN, "pin", device.pk, user_id)
    guesses = (own, throttle.guess(throttle.DEVICE, "device", device.pk))
    throttle.hold_back(guesses)
    user = User.objects.filter(pk=user_id, role=Role.AGENT, is_active=True).first()
    if user is None or not user.pin or not check_password(pin, user.pin):
        throttle.count_failure(guesses)
        raise AccountRefused(WRONG_PIN)
    throttle.forget_failures((own,))
    return user


def change_pin(user: User, former: str, pin: str, *, at: Device) -> User:
    """Give an agent another PIN for their present one, on a shared device; other sessions end.

    Wrong ones wait as they do at signing in: a device left open is no place to guess from.

    Raises:
        AccountRefused: The present one is wrong or comes too soon, or the new one too easy.
    """
    known = agent_by_pin(at, user.pk, former)
    with transaction.atomic():
        set_pin(known, pin)
        audit.record(known, Deed.PIN_CHANGED, about=known.pk)
    return known
