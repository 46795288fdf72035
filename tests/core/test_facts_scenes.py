"""Whole scenes: a school's calendar, a holder's rights, an instant, and what the gate decides."""

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from portique.core.calendars import PARIS, Calendar, default_calendar
from portique.core.dayplans import plan_day
from portique.core.decide import Outcome, decide
from portique.core.exit_words import answer_in_words
from portique.core.exits import BUILT_IN, ExitRegime, Rule
from portique.core.facts import Known, PassState, Presented, Situation, exit_answer, gather
from portique.core.localtime import local_day, read_instant
from portique.core.passes import Identity, Pass, Proof
from portique.core.plain import Words
from portique.core.revocation import Status, StatusList, pack
from portique.core.rights import Rights
from portique.core.values import HolderId, Kind, Medium, PassId, Uai, Window, to_ms
from portique.core.zones import default_site

VECTORS = Path(__file__).parent.parent / "vectors" / "decision"
NEVER = ExitRegime("never", Words("accompagné", "accompanied"), Rule.PERMISSION_ONLY)
REGIMES = {regime.code: regime for regime in (*BUILT_IN, NEVER)}
SCENES = {
    path.stem.removeprefix("scene-"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(VECTORS.glob("scene-*.json"))
}
NAMED = [
    (f"{name}-{i}", scene, case)
    for name, scene in SCENES.items()
    for i, case in enumerate(scene["cases"])
]
CASES = [pytest.param(scene, case, id=name) for name, scene, case in NAMED]
WORDED = [pytest.param(scene, case, id=name) for name, scene, case in NAMED if "words" in case]


def present(case: dict[str, Any]) -> Presented:
    """Hold up a genuine pass on paper."""
    at = read_instant(case["at"], PARIS)
    until = read_instant(case["until"], PARIS) if "until" in case else at + timedelta(days=365)
    identity = Identity(
        HolderId("00000000000000aa"),
        Kind(case.get("kind", "pupil")),
        "Aminata Diallo",
        "2A",
        case.get("sealed_regime", "green"),
        status_index=5,
    )
    window = Window(at.astimezone(UTC) - timedelta(days=1), until.astimezone(UTC))
    held = Pass(PassId("00000000000000ab"), Uai("0000000A"), window, b"", None, identity)
    return Presented(PassState.GENUINE, held, Medium.PAPER, Proof.NOT_NEEDED)


def situate(scene: dict[str, Any], case: dict[str, Any]) -> Situation:
    """Stand at a lane of a new school whose calendar is the scene's."""
    at = read_instant(case["at"], PARIS)
    calendar = Calendar.from_data(default_calendar().to_data() | scene["calendar"])
    rights = Rights.from_data(Rights().to_data() | case["rights"]) if "rights" in case else None
    status = StatusList(pack({5: Status.VALID}, 64), at, at + timedelta(days=1), 3600)
    known = Known(
        plan=plan_day(calendar, local_day(to_ms(at), PARIS)),
        rights=rights,
        regimes=REGIMES,
        status=status,
        until_ms=to_ms(at) + 1,
    )
    return Situation(to_ms(at), default_site().lane(case["lane"]), known)


@pytest.mark.parametrize(("scene", "case"), CASES)
def test_a_scene_decides_as_written(scene: dict[str, Any], case: dict[str, Any]):
    """Each case of each scene gives its outcome and reasons."""
    decision = decide(gather(present(case), situate(scene, case)))

    assert decision.outcome is Outcome[case["outcome"].upper()]
    assert list(decision.reasons) == case["reasons"]


@pytest.mark.parametrize(("scene", "case"), WORDED)
def test_an_exit_is_explained_in_words(scene: dict[str, Any], case: dict[str, Any]):
    """The agent reads the regime, what it rests on, and from when on the pupil may leave."""
    answer = exit_answer(present(case), situate(scene, case))

    assert answer
    french = answer_in_words(answer, PARIS).fr
    assert french.replace("\u00a0", " ").replace("\u202f", " ") == case["words"]


def test_the_scenes_cover_the_nights_and_days_that_break_clocks():
    """None of the named scenes went missing."""
    assert {
        *("dst-spring", "dst-autumn", "midnight", "leap-day", "year-end", "eight-groups"),
        *("boarders-sunday", "candidate-saturday", "permanent-permission", "meal-days"),
    } <= SCENES.keys()
