"""What a phone's wallet asks, against vectors made without this code."""

import json
from pathlib import Path

import pytest

from portique.core import wire_wallet
from portique.core.errors import LinkError
from portique.core.seal import PublicKey, Purpose, private_key
from portique.core.values import Language, PassId, Uai
from portique.core.wire_wallet import Asked, Enrolment, WalletAct, read_call, sign_call, verify_call

VECTORS = Path(__file__).parents[1] / "vectors" / "wallet"
VALID = json.loads((VECTORS / "valid.json").read_text(encoding="utf-8"))
INVALID = json.loads((VECTORS / "invalid.json").read_text(encoding="utf-8"))
PHONE = PublicKey.from_point(Purpose.PHONE, *(bytes.fromhex(VALID["phone"][part]) for part in "xy"))
OWN = private_key(Purpose.PHONE, bytes(range(40)))


def vector(name: str) -> wire_wallet.WalletCall:
    return read_call(bytes.fromhex(VALID[name]))


def asked(act: WalletAct, language: Language = Language.FR) -> Asked:
    return Asked(act, bytes.fromhex(VALID["challenge"]), Uai(VALID["school"]), language)


def test_an_enrolment_brings_its_code_and_key():
    """Another implementation's enrolment reads, with the key that signed it."""
    call = vector("enrol")
    assert (call.asked, call.about) == (asked(WalletAct.ENROL), Enrolment(VALID["code"], PHONE))


def test_a_screens_code_is_shorter():
    """Eight characters are a code too, and the answer may be wanted in English."""
    call = vector("enrol by a screen's code, in English")
    assert call.asked.language is Language.EN
    assert isinstance(call.about, Enrolment)
    assert call.about.code == VALID["short code"]


@pytest.mark.parametrize("act", [WalletAct.STATE, WalletAct.RENEW, WalletAct.DATA])
def test_a_question_names_its_pass(act: WalletAct):
    """State, renewal and data are asked of one pass, and verify by its phone's key."""
    call = vector(act.value)
    assert (call.asked, call.about) == (asked(act), PassId(VALID["pass"]))
    verify_call(call, PHONE)


def test_a_question_of_another_phone_is_refused():
    """A pass's data is for the phone that holds its key."""
    with pytest.raises(LinkError):
        verify_call(vector("data"), OWN.public)


@pytest.mark.parametrize("name", INVALID)
def test_any_other_form_is_refused(name: str):
    """One form, one refusal for all others."""
    with pytest.raises(LinkError):
        read_call(bytes.fromhex(INVALID[name]))


@pytest.mark.parametrize(
    "about", [(WalletAct.ENROL, VALID["short code"]), (WalletAct.DATA, VALID["pass"])]
)
def test_what_is_signed_reads_back(about: tuple[WalletAct, str]):
    """Python's own wallet, used in tests, writes what the server reads."""
    act, text = about
    call = read_call(sign_call(asked(act, Language.EN), text, OWN))
    verify_call(call, OWN.public)
    expected = Enrolment(text, OWN.public) if act is WalletAct.ENROL else PassId(text)
    assert (call.asked, call.about) == (asked(act, Language.EN), expected)


def test_a_code_stays_out_of_logs():
    """What is printed of an enrolment does not hold its code."""
    assert VALID["code"] not in repr(vector("enrol"))
