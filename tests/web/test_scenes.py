"""The scenes of the decision's vectors, as bytes: JavaScript decides and says what is written."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest
from tests.core.test_facts_scenes import REGIMES, SCENES
from tests.web.drawing import Drawing
from tests.web.node_lines import Answers, answering
from tests.web.schools import UAI, Secrets, device_data

from portique.core import canonical, knowledge, passes, revocation
from portique.core.alarms import CALM
from portique.core.calendars import PARIS, default_calendar
from portique.core.decide import Outcome
from portique.core.exits import write_regimes
from portique.core.knowledge import Manifest, SchoolKeys, Version
from portique.core.localtime import read_instant
from portique.core.passes import Draft, Identity
from portique.core.revocation import Status, StatusList, pack
from portique.core.rights import Rights
from portique.core.rules import TABLE_HASH
from portique.core.values import HolderId, Kind, PassId, Window, to_ms
from portique.core.zones import default_site

HOLDER = HolderId("00000000000000aa")
DRAWING = Drawing(4)
KEYS = Secrets.drawn(DRAWING)
NAMED = [
    pytest.param(scene, case, id=f"{name}-{number}")
    for name, scene in SCENES.items()
    for number, case in enumerate(scene["cases"])
]


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


def parts(scene: dict[str, Any], case: dict[str, Any]) -> dict[str, bytes]:
    """Write what a new school with this calendar tells, this holder's rights among it."""
    at = read_instant(case["at"], PARIS)
    told = SchoolKeys((KEYS.issuer.public,), KEYS.status.public, KEYS.orders.public, KEYS.names)
    status = StatusList(pack({5: Status.VALID}, 64), at, at + timedelta(days=1), 3600)
    rights = {HOLDER: Rights().to_data() | case["rights"]} if "rights" in case else {}
    entropy = (DRAWING.bytes(52) for _ in repeat(None))
    held = {
        "keys": knowledge.keys_part(told, [KEYS.device.public], entropy=entropy),
        "status": revocation.issue(status, KEYS.status, uai=UAI),
        "calendar": default_calendar().to_data() | scene["calendar"],
        "rights": rights,
        "zones": default_site().to_data(),
        "alarms": CALM.to_data(),
        "settings": {
            "name": "Lycée d’essai",
            "regimes": write_regimes(REGIMES.values()),
            "table": TABLE_HASH,
        },
    }
    return {name: canonical.encode(part) for name, part in held.items()}


def text(case: dict[str, Any]) -> str:
    """Write the holder's printed code."""
    at = read_instant(case["at"], PARIS)
    until = read_instant(case["until"], PARIS) if "until" in case else at + timedelta(days=365)
    kind, regime = Kind(case.get("kind", "pupil")), case.get("sealed_regime", "green")
    identity = Identity(HOLDER, kind, "Aminata Diallo", "2A", regime, status_index=5)
    draft = Draft(UAI, PassId("00000000000000ab"), Window(at - timedelta(days=1), until), identity)
    return passes.text_of(passes.issue(draft, KEYS.issuer, KEYS.names[0], iv=DRAWING.bytes(12)))


@pytest.mark.parametrize(("scene", "case"), NAMED)
def test_a_scene_decides_as_written(node: Answers, scene: dict[str, Any], case: dict[str, Any]):
    """From the signed bundle and the code's text to the outcome, the reasons and the words."""
    at = read_instant(case["at"], PARIS)
    manifest = Manifest(UAI, Version(1, 1), at - timedelta(days=1), at + timedelta(days=1))
    bundle = knowledge.write_bundle(manifest, parts(scene, case), KEYS.knowledge)
    point = KEYS.knowledge.public
    shown = {
        "text": text(case),
        "typed": False,
        "lane": case["lane"],
        "atMs": to_ms(at),
        "memory": {
            "sameLaneMs": None,
            "otherLaneMs": None,
            "lastDirection": None,
            "proofUsed": False,
        },
        "better": {},
    }
    question = {
        "bundle": bundle.hex(),
        "key": {"x": point.x.hex(), "y": point.y.hex()},
        "uai": UAI,
        "mine": device_data(KEYS.device),
        "cases": [shown],
    }

    [answer] = node.ask("showings", question)
    assert answer["decision"] == [Outcome[case["outcome"].upper()], *case["reasons"]]
    if "words" in case:
        french = answer["note"]["fr"].replace("\u00a0", " ").replace("\u202f", " ")
        assert french == case["words"]
