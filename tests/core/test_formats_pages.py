"""The examples in `docs/formats` are what the code reads and writes, to the last byte."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import cbor2
import pytest

from portique.core import canonical, knowledge, passes, qr, revocation, seal
from portique.core.passes import KeyRing
from portique.core.revocation import Status
from portique.core.seal import PublicKey, Purpose, SecretKey
from portique.core.values import Uai, to_ms

ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "docs" / "formats"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def block(page: str, kind: str) -> str:
    """Return the first fenced block of a kind."""
    text = (FORMATS / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page}.md has no block of {kind}"
    return found[1]


def dump(page: str, kind: str = "hex") -> bytes:
    """Read an annotated dump back into bytes; what follows # is for people."""
    lines = block(page, kind).splitlines()
    return b"".join(bytes.fromhex(line.partition("#")[0]) for line in lines)


def text(page: str) -> str:
    """Join the lines of a code's text; spaces belong to it."""
    return block(page, "text").replace("\n", "")


def facts(page: str) -> dict:
    found: dict = json.loads(block(page, "json"))
    return found


def ring(page: str) -> KeyRing:
    keys = facts(page)["keys"]
    issuers = [_key(Purpose.PASS, {"x": x, "y": y}) for x, y in keys["issuers"]]
    names = [SecretKey(Purpose.NAME, bytes.fromhex(secret)) for secret in keys["name_keys"]]
    return KeyRing(Uai(keys["uai"]), {k.kid: k for k in issuers}, {k.kid: k for k in names})


def _key(purpose: Purpose, point: dict) -> PublicKey:
    return PublicKey.from_point(purpose, bytes.fromhex(point["x"]), bytes.fromhex(point["y"]))


@pytest.mark.parametrize("page", ["pass", "phone-code"])
def test_the_text_and_the_bytes_of_a_page_are_one(page: str):
    """Base45 of the dump is the text shown above it."""
    assert text(page)[4:] == qr.to_base45(dump(page))


@pytest.mark.parametrize("page", ["pass", "phone-code", "status", "knowledge"])
def test_every_dump_is_canonical(page: str):
    """What the pages show is the one encoding."""
    assert canonical.encode(cbor2.loads(dump(page))) == dump(page)


def test_the_pass_of_the_page_reads_as_it_says():
    """Every field of the example, opened with the keys beside it."""
    verified = passes.verify(passes.parse(text("pass")), ring("pass"))
    held, identity = verified.held, verified.held.identity
    assert identity is not None
    read = {
        "pass_id": held.pass_id,
        "not_before": to_ms(held.window.opens) // 1000,
        "expires": to_ms(held.window.closes) // 1000,
    }
    names = ("holder", "kind", "name", "label", "regime", "status_index")

    assert read | {name: getattr(identity, name) for name in names} == facts("pass")["read"]


def test_the_sealed_part_of_the_page_is_what_the_pass_holds():
    """The opened dump is what the name key finds inside the pass."""
    sealed = passes.parse(text("pass")).sealed.signed
    claims = canonical.decode(sealed.payload, bytes_max=640)
    encrypted = seal.encrypted_from(claims[passes.SEALED])
    key = ring("pass").name_keys[encrypted.kid]

    assert seal.decrypt(encrypted, key, aad=claims[passes.CTI]) == dump("pass", "inside")


def test_the_phone_code_of_the_page_proves_itself():
    """The proof holds, and was drawn when the page says."""
    verified = passes.verify(passes.parse(text("phone-code")), ring("phone-code"))

    assert facts("phone-code")["read"] == {
        "pass_id": verified.held.pass_id,
        "not_before": to_ms(verified.held.window.opens) // 1000,
        "expires": to_ms(verified.held.window.closes) // 1000,
        "proof": verified.proof,
        "proof_seconds": verified.proof_seconds,
    }


def test_the_status_list_of_the_page_reads_as_it_says():
    """Each index, and that there is nothing beyond the end."""
    said = facts("status")
    listed = revocation.read(dump("status"), _key(Purpose.STATUS, said["key"]), uai="0990001S")
    read = {str(i): Status(listed.of(i) or 0).name.lower() for i in range(listed.length)}

    assert (read, listed.length) == (said["statuses"], said["beyond"])
    assert listed.of(said["beyond"]) is None
    assert listed.packed.hex(" ") == block("status", "packed").strip()


def test_the_knowledge_of_the_page_reads_as_it_says():
    """Manifest and parts, and the status token is that of its own page."""
    said = facts("knowledge")
    key = _key(Purpose.KNOWLEDGE, said["key"])
    bundle = knowledge.read_bundle(dump("knowledge"), key, uai=Uai("0990001S"))
    manifest = bundle.manifest

    assert said["read"] == {
        "uai": manifest.uai,
        "epoch": manifest.version.epoch,
        "version": manifest.version.number,
        "issued_ms": to_ms(manifest.issued_at),
        "expires_ms": to_ms(manifest.expires_at),
        "alarms": bundle.parts["alarms"],
    }
    assert bundle.parts["status"] == dump("status")
    assert manifest.issued_at == datetime(2026, 11, 21, 6, tzinfo=UTC)


def test_the_grammars_name_every_part_and_claim():
    """A part or claim added to the code is missing here until the grammar has it."""
    grammar = (FORMATS / "knowledge.cddl").read_text(encoding="utf-8")
    claims = (FORMATS / "pass.cddl").read_text(encoding="utf-8")
    every = (*knowledge.PARTS, *knowledge.OPTIONAL)

    assert [name for name in every if f"\n{name} = " not in grammar] == []
    for label in (passes.ISS, passes.EXP, passes.NBF, passes.CTI, passes.CNF, passes.SEALED):
        assert re.search(rf"^  (\? )?{label} => ", claims, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path):
    """Relative links of every page point to files of the project."""
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in local if not (page.parent / link).exists()] == []
