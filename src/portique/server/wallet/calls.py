"""What phones ask: a challenge, a pass, how it stands, what is kept. See docs/formats/wallet.md.

The call's signature is the proof: no session is looked at, and nothing is kept of a question.
"""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.http import JsonResponse
from django.http.request import UnreadablePostError
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portique.core.errors import LinkError, PortiqueError
from portique.core.plain import Words
from portique.core.values import to_ms
from portique.core.wire_wallet import CALL_BYTES_MAX, Enrolment, WalletAct, read_call, verify_call
from portique.server.accounts import throttle
from portique.server.accounts.access import by_proof, public
from portique.server.accounts.bodies import announced, go_on, is_unread
from portique.server.accounts.codes import GROUP_CHARS, SHORT_GROUPS
from portique.server.accounts.errors import TooManyTries
from portique.server.clock import now
from portique.server.passes.phones import phones_on
from portique.server.school.house import served_school
from portique.server.wallet import actions
from portique.server.wallet.challenges import is_fresh, new_challenge
from portique.server.wallet.errors import (
    CHALLENGE,
    CODE,
    LATER,
    MALFORMED,
    NOT_COUNTING,
    TOO_LONG,
    UNKNOWN_PASS,
    Refusal,
    WalletRefused,
)
from portique.server.wallet.queries import (
    HeldPass,
    PhoneStatus,
    held_pass,
    is_outdated,
    status_of,
    successor,
)
from portique.server.wallet.telling import sections_for
from portique.server.words import spoken

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portique.core.wire_wallet import WalletCall

    Answer = dict[str, Any]

ENROLMENTS = throttle.Limit(free=60, first_s=10, longest_s=120, memory_s=900)
"""Wrong codes of a screen, of 40 bits, from one address, which may be a whole school's.

Nobody guesses a code on paper, of 60 bits: it never waits, so that no pupil keeps a school's out.
"""
SCREEN_CHARS = SHORT_GROUPS * GROUP_CHARS
log = logging.getLogger(__name__)

STATUS_WORDS = {
    PhoneStatus.VALID: Words("Votre laissez-passer compte.", "Your pass counts."),
    PhoneStatus.SUSPENDED: Words(
        "Suspendu\u00a0: voyez la vie scolaire. Votre carte ou un billet du jour vous fait passer.",
        "Suspended: see the school office. Your card or a day slip lets you through.",
    ),
    PhoneStatus.REVOKED: Words(
        "Annulé\u00a0: un autre téléphone l’a remplacé, ou l’établissement l’a annulé.",
        "Revoked: another phone took its place, or the school revoked it.",
    ),
    PhoneStatus.ENDED: Words("Périmé\u00a0: sa date est passée.", "Expired: its date is over."),
    PhoneStatus.OFF: Words(
        "L’établissement n’utilise plus les téléphones\u00a0: présentez votre carte.",
        "The school uses phones no more: show your card.",
    ),
}
RECORDED = (
    Words(
        "L’établissement garde le numéro de ce laissez-passer, ses dates et la clé publique de ce"
        " téléphone, jusqu’à l’automne qui suit sa fin.",
        "The school keeps this pass’s number, its dates and this phone’s public key, until the"
        " autumn after its end.",
    ),
    Words(
        "Ni le numéro, ni le modèle, ni le réseau de ce téléphone ne sont notés\u00a0; la clé"
        " secrète ne le quitte pas.",
        "Neither this phone’s number nor its model nor its network is noted; the secret key does"
        " not leave it.",
    ),
)


@public
@require_GET
def challenge(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Give the server's time, sealed, to be signed in the next call."""
    at_ms, text = to_ms(now()), base64.urlsafe_b64encode
    said = {
        "time_ms": at_ms,
        "challenge": text(new_challenge(at_ms)).decode().rstrip("="),
        "school": _school(),
        "phones": phones_on(),
    }
    return JsonResponse(said)


@by_proof
@csrf_exempt
@require_POST
def call(request: HttpRequest, act: str) -> HttpResponse:
    """Answer a call of a phone's."""
    if announced(request) > CALL_BYTES_MAX:
        return _refused(TOO_LONG)
    if is_unread(request):
        return go_on()
    try:
        asked = read_call(request.body)
    except (LinkError, UnreadablePostError):
        return _refused(MALFORMED)
    with translation.override(asked.asked.language.value):
        return _answer(request, asked, act)


def _answer(request: HttpRequest, asked: WalletCall, act: str) -> HttpResponse:
    try:
        _check(asked, act)
        if isinstance(asked.about, Enrolment):
            return JsonResponse(_pass(_enrolled(request, asked.about)))
        return JsonResponse(_ANSWERS[asked.asked.act](_proved(asked)))
    except WalletRefused as refused:
        return _refused(refused.refusal)
    except TooManyTries as early:
        return _refused(Refusal(429, "wait", early.words), wait_s=early.wait_s)
    except (OperationalError, PortiqueError):
        log.exception("phone-asked-to-come-again")
        return _refused(LATER)


def _check(asked: WalletCall, act: str) -> None:
    """Hold a call to the address it came to, to this school and to the last two minutes."""
    if asked.asked.act != act or asked.asked.uai != served_school().settings.uai:
        raise WalletRefused(MALFORMED)
    if not is_fresh(asked.asked.challenge):
        raise WalletRefused(CHALLENGE)


def _refused(refusal: Refusal, **more: int) -> HttpResponse:
    said = {"error": refusal.error, "words": spoken(refusal.words), **more}
    return JsonResponse(said, status=refusal.status)


def _enrolled(request: HttpRequest, asked: Enrolment) -> HeldPass:
    guesses: list[throttle.Guess] = []
    if len(asked.code) == SCREEN_CHARS:
        guesses += [throttle.guess(ENROLMENTS, "phone", throttle.address_of(request))]
    throttle.hold_back(guesses)
    try:
        return actions.enrol(asked)
    except WalletRefused as refused:
        if refused.refusal is CODE:
            throttle.count_failure(guesses)
        raise


def _proved(asked: WalletCall) -> HeldPass:
    """Find the pass a question is about, and hold the question to its key."""
    held = held_pass(asked.about) if isinstance(asked.about, str) else None
    if held is None:
        raise WalletRefused(UNKNOWN_PASS)
    try:
        verify_call(asked, held.key)
    except LinkError as error:
        raise WalletRefused(UNKNOWN_PASS) from error
    return held


def _state(held: HeldPass) -> Answer:
    at = now()
    status, renew = status_of(held, at), is_outdated(held, at) or successor(held, at) is not None
    words = spoken(STATUS_WORDS[status])
    return {"status": status.value, "renew": renew, "words": words, "time_ms": to_ms(at)}


def _renew(held: HeldPass) -> Answer:
    return _pass(actions.renew(held.issued.pass_id))


def _data(held: HeldPass) -> Answer:
    at = now()
    if held.person is None or status_of(held, at) is not PhoneStatus.VALID:
        raise WalletRefused(NOT_COUNTING)
    return {"time_ms": to_ms(at), "sections": sections_for(held.person, at)}


_ANSWERS = {WalletAct.STATE: _state, WalletAct.RENEW: _renew, WalletAct.DATA: _data}


def _pass(held: HeldPass) -> Answer:
    identity, window = held.inside.identity, held.inside.window
    return {
        "pass": held.issued.text,
        "pass_id": held.issued.pass_id,
        "not_before": to_ms(window.opens) // 1000,
        "expires": to_ms(window.closes) // 1000,
        "kind": held.issued.kind.value,
        "name": identity.name if identity else "",
        "label": identity.label if identity else "",
        "school": _school(),
        "recorded": [spoken(one) for one in RECORDED],
    }


def _school() -> dict[str, str]:
    held = served_school().settings
    return {"uai": held.uai, "name": held.name}
