"""From the board to words: complete, in both languages, inert."""

import json
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.sentences import AdmitReason, DenyReason, ManualReason
from portique.core.values import Direction, Kind, Language, Medium
from portique.gate.board import (
    Advice,
    Alert,
    AlertKind,
    Board,
    Card,
    Fault,
    Freshness,
    FreshnessState,
    HolderState,
    Mode,
    Organ,
    Posture,
    Ruled,
    Snapshot,
    Words,
)
from portique.gate.screen.catalogue import catalogue, language_of
from portique.gate.screen.pages import _PAGES
from portique.gate.screen.plain import MARKS_MAX, TEXT_MAX, plain
from portique.gate.screen.preview import LANE, MONDAY_MS, sample_board
from portique.gate.screen.render import AgentRenderer, holder_payload

PARIS = ZoneInfo("Europe/Paris")
UNPLUGGED = Words("débranchée", "unplugged")
BOTH = pytest.mark.parametrize("language", list(Language))
SAID = re.compile(r"""say\(\s*"([a-z.-]+)"(?:\s*~\s*\w+)?""")


def rendered(language: Language = Language.FR, *, locked: bool = False, **fields: Any) -> Any:
    renderer = AgentRenderer(catalogue(language), PARIS, locked=locked)
    return renderer.payload(Snapshot(version=1, lane=LANE, **fields))


def card(
    outcome: Outcome = Outcome.REFER, reasons: tuple[Reason, ...] = (Reason.EXPIRED,), **fields: Any
) -> Card:
    return Card(1, MONDAY_MS, outcome, fields.pop("medium", Medium.PAPER), reasons, **fields)


def test_both_languages_have_the_same_keys_and_holes():
    """A text added to one language only fails here."""
    french, english = catalogue(Language.FR), catalogue(Language.EN)
    assert french.keys == english.keys

    for key in french.keys:
        holes = [sorted(re.findall(r"{(\w+)}", c._words[key])) for c in (french, english)]
        assert holes[0] == holes[1], key


def test_french_texts_follow_french_typography():
    """Narrow spaces before double signs and inside quotes, curly apostrophes."""
    for key, text in catalogue(Language.FR)._words.items():
        assert not re.search(r"[^\u202f\u00a0]?[ \w][;!?]", text.replace("\u202f", "·")), key
        assert not re.search(r"[^\u00a0]:(?=\s|$)", text), key
        assert "'" not in text, key
        assert not re.search(r"«(?!\u202f)|(?<!\u202f)»", text), key


def families() -> Iterator[str]:
    yield from (f"mode.{each}{end}" for each in Mode for end in ("", ".text"))
    yield from (f"posture.{each}" for each in Posture)
    yield from (f"advice.{each}" for each in Advice)
    yield from (f"holder.{each}" for each in HolderState)
    yield from (f"fault.{each}" for each in Organ)
    yield from (f"alert.{each}" for each in AlertKind)
    yield from (f"alert.{each}.text" for each in set(AlertKind) - {AlertKind.NOTICE})
    yield from (f"asked.{each}" for each in (Advice.ONE_AT_A_TIME, Advice.TAKE_AWAY))
    yield from (f"fresh.{end}{each}" for each in FreshnessState for end in ("", "all."))
    yield from (f"{each}.{way}" for way in Direction for each in ("admit", "deny", "count"))
    yield from (f"ruled.{end}{each}" for each in Ruling for end in ("", "first."))


def test_every_value_a_screen_can_show_has_words():
    """A new member of any enumeration needs its words."""
    assert set(families()) <= catalogue(Language.FR).keys


def test_every_text_a_template_asks_for_exists():
    """And a page never fails for a missing word."""
    assert _PAGES.loader is not None
    for name in _PAGES.list_templates(["html"]):
        source = _PAGES.loader.get_source(_PAGES, name)[0]
        for key in SAID.findall(source):
            known = catalogue(Language.FR).keys
            assert key in known or any(k.startswith(key) for k in known), f"{name}: {key}"


def test_a_missing_word_is_a_bug_that_stops():
    """Never an empty place on a screen."""
    with pytest.raises(KeyError):
        catalogue(Language.FR).say("no.such.key")
    with pytest.raises(KeyError):
        catalogue(Language.FR).say("sign.wait")


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("en", "fr", "en"),
        ("fr", "en", "fr"),
        ("de", "", "fr"),
        (None, "", "fr"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "de, en;q=0.8, fr;q=0.7", "en"),
        (None, "fr-CH, en;q=0.9", "fr"),
        (None, "en;q=0, de", "fr"),
        (None, "en;q=lots", "fr"),
    ],
)
def test_a_page_speaks_what_was_chosen_then_what_its_browser_prefers(asked, accepted, language):
    """Anything else is French."""
    assert language_of(asked, accepted) == language


@BOTH
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_shown_in_words_with_a_next_step(language, reason):
    """What is the matter, what to say, what to do: none is empty, no hole stays."""
    shown = rendered(language, waiting=(card(reasons=(reason,)),))["waiting"][0]

    for text in (*shown["reasons"], shown["aloud"], shown["next"]):
        assert text
        assert "{" not in text


@BOTH
def test_the_next_step_names_the_lanes_own_staffed_point(language):
    """People are sent somewhere, not away."""
    shown = rendered(language, waiting=(card(),))["waiting"][0]

    assert LANE.point.in_language(language) in shown["next"]


@BOTH
@pytest.mark.parametrize("reason", [*AdmitReason, *DenyReason, *ManualReason])
def test_every_preset_reason_is_said_with_its_agent(language, reason):
    """Who, and why."""
    ruling = Ruling.DENY if isinstance(reason, DenyReason) else Ruling.ADMIT
    shown = rendered(language, recent=(card(ruled=Ruled(ruling, reason, "cpe", 0)),))

    assert "cpe" in shown["recent"][0]["ruledBy"]


def test_a_locked_screen_receives_neither_names_nor_reasons():
    """What is not sent can't leak."""
    named = card(name="Zoé Tarrigue", label="2de 4", kind=Kind.PUPIL, note=Words("a", "b"))
    text = json.dumps(rendered(locked=True, waiting=(named,), recent=(named,)), ensure_ascii=False)

    assert "Zoé" not in text
    assert "2de 4" not in text
    assert "date de fin" not in text
    assert '"outcome": "refer"' in text


def test_times_are_the_schools_own():
    """Eight past eight in Paris, not in Greenwich."""
    assert rendered(waiting=(card(),))["waiting"][0]["time"] == "08:08"


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        (None, "rien reçu"),
        (0, "à l’instant"),
        (59, "à l’instant"),
        (60, "1\xa0min"),
        (3599, "59\xa0min"),
        (3600, "1\xa0h"),
        (172799, "47\xa0h"),
        (172800, "2\xa0j"),
    ],
)
def test_ages_are_said_in_one_unit(age_s, said):
    """An agent reads it in one glance."""
    part = Freshness("status", age_s, FreshnessState.FRESH)

    assert rendered(freshness=(part,))["freshness"]["parts"][0]["age"] == said


def test_the_worst_part_gives_the_summary_and_no_knowledge_is_missing_knowledge():
    """Nothing looks fresh because nothing was said."""
    parts = [Freshness(str(n), 1, state) for n, state in enumerate(FreshnessState)]

    assert rendered(freshness=tuple(parts))["freshness"]["state"] == "missing"
    assert rendered(freshness=tuple(parts[:3]))["freshness"]["state"] == "stale"
    assert rendered()["freshness"]["state"] == "missing"


@BOTH
def test_a_gate_that_was_told_nothing_says_so_once(language):
    """What it means and what to do; each part then says it in one way."""
    clock = Freshness("clock", 1, FreshnessState.FRESH)
    missing = Freshness("keys", None, FreshnessState.MISSING)
    known = Freshness("status", 60, FreshnessState.FRESH)
    nothing = rendered(language, freshness=(missing, clock))

    assert [len(fault["detail"]) > 20 for fault in nothing["faults"]] == [True]
    assert nothing["freshness"]["parts"][0]["word"] == ""
    assert rendered(language, freshness=(missing, known))["faults"] == []


def test_the_times_doubt_does_not_make_knowledge_stale():
    """A fault tells of it; the badge is about what the school said."""
    parts = (
        Freshness("keys", 60, FreshnessState.FRESH),
        Freshness("clock", 300, FreshnessState.STALE),
    )
    shown = rendered(freshness=parts)["freshness"]

    assert (shown["state"], shown["word"]) == ("fresh", "Informations à jour")
    assert [part["age"] for part in shown["parts"]] == ["1\u00a0min", "pas sûre"]


@BOTH
def test_old_information_tells_its_age(language):
    """The age of the oldest part of the worst sort."""
    parts = (
        Freshness("keys", 9000, FreshnessState.STALE),
        Freshness("status", 90_000, FreshnessState.STALE),
        Freshness("rights", 200_000, FreshnessState.FRESH),
    )

    assert "(25\u00a0h)" in rendered(language, freshness=parts)["freshness"]["word"]


@BOTH
def test_a_notice_is_its_detail(language):
    """No sentence that says to read the next one; long ones are shown whole."""
    detail = Words("détail " * 50, "detail " * 50)
    [shown] = rendered(language, alerts=(Alert(1, AlertKind.NOTICE, MONDAY_MS, detail),))["alerts"]

    assert (shown["text"], shown["detail"]) == (None, detail.in_language(language))


def test_the_lane_and_what_the_queue_is_asked_are_said():
    """In the page's own language, and nothing when nothing is asked."""
    assert rendered()["lane"] == LANE.title.fr
    assert rendered()["asked"] is None
    assert "un seul code" in rendered(asked=Advice.ONE_AT_A_TIME)["asked"]


def test_a_part_this_version_does_not_know_is_shown_by_its_own_name():
    """Newer knowledge does not break an older screen."""
    part = Freshness("canteen", 1, FreshnessState.FRESH)

    assert rendered(freshness=(part,))["freshness"]["parts"][0]["part"] == "canteen"


@BOTH
def test_alerts_faults_postures_and_lost_cards_are_said(language):
    """Whatever an agent must know has a sentence."""
    shown = rendered(
        language,
        posture=Posture.EVACUATION,
        drill=True,
        set_aside=2,
        faults=(Fault(Organ.CAMERA, UNPLUGGED),),
        alerts=(Alert(1, AlertKind.EXIT_REFUSED, MONDAY_MS, Words("détail", "detail")),),
    )

    assert shown["posture"]["drill"]
    assert shown["setAside"].startswith("2")
    assert shown["faults"][0]["detail"] == (
        "débranchée" if language is Language.FR else "unplugged"
    )
    assert LANE.title.in_language(language) in shown["alerts"][0]["text"]
    assert rendered(language, set_aside=1)["setAside"].startswith("1")
    assert rendered(language)["posture"] is None


def test_a_manual_admission_shows_no_person():
    """There is none to show."""
    ruled = Ruled(Ruling.ADMIT, ManualReason.FORGOTTEN, "loge", MONDAY_MS)
    manual = Card(5, MONDAY_MS, Outcome.GRANT, None, name="never shown", ruled=ruled)
    shown = rendered(recent=(manual,))["recent"][0]

    assert (shown["name"], shown["medium"], shown["outcomeWord"]) == (
        None,
        None,
        "Admission manuelle",
    )


@pytest.mark.parametrize(
    ("language", "word", "nobody"),
    [(Language.FR, "Refus", "Sans nom lisible"), (Language.EN, "Refuse", "No readable name")],
)
def test_a_forged_code_of_which_nothing_is_known_is_a_refusal(language, word, nobody):
    """Without medium, holder or label it is still no manual admission."""
    forged = card(Outcome.REFUSE, (Reason.BAD_SEAL,), medium=None)
    shown = rendered(language, waiting=(forged,))["waiting"][0]

    assert (shown["outcomeWord"], shown["nameless"], shown["medium"]) == (word, nobody, None)


def test_a_forged_code_that_an_agent_answered_is_no_manual_admission():
    """The answer's reason is one for a card."""
    ruled = Ruled(Ruling.DENY, DenyReason.SENT, "loge", MONDAY_MS)
    forged = card(Outcome.REFUSE, (Reason.BAD_SEAL,), medium=None, ruled=ruled)

    assert rendered(recent=(forged,))["recent"][0]["outcomeWord"] == "Refus"


def test_a_card_without_name_says_so():
    """An empty place would look like a fault of the screen."""
    assert rendered(waiting=(card(),))["waiting"][0]["nameless"] == "Sans nom lisible"


def test_the_payload_is_plain_json():
    """The sample board survives a round trip."""
    shown = AgentRenderer(catalogue(Language.FR), PARIS, locked=False).payload(
        sample_board().snapshot()
    )

    assert json.loads(json.dumps(shown)) == shown


def test_the_holders_payload_rounds_its_corners():
    """A ten-thousandth of the frame is finer than any screen."""
    board = Board(LANE)
    board.aim([])

    assert holder_payload(board.holder())["aspect"] == 1.3333


@given(st.text(max_size=300))
def test_plain_text_holds_nothing_that_deceives(text):
    """No control, no invisible character, no turned direction, and a bounded length."""
    shown = plain(text)

    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]", shown)
    assert len(shown) <= TEXT_MAX * len("⟨U+10FFFF⟩")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoé d’Arc-Noël", "Zoé d’Arc-Noël"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\x00\n\x7f", "a␀␊␡"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("\u2028\ue000\ud800", "⟨U+2028⟩⟨U+E000⟩⟨U+D800⟩"),
        ("नमस्\u200dते", "नमस्\u200dते"),
        ("مريم", "مريم"),
    ],
)
def test_what_hides_is_shown_and_ordinary_spelling_is_left_alone(text, shown):
    """Including joiners that Indic and Persian spelling needs."""
    assert plain(text) == shown


def test_piles_of_marks_are_cut():
    """Letters do not climb over the line above."""
    assert plain("e" + "\u0301" * 40) == "e" + "\u0301" * MARKS_MAX


def test_long_texts_end_with_an_ellipsis():
    """The reader sees that there was more."""
    assert plain("x" * 500, most=10) == "xxxxxxxxx…"


@BOTH
def test_the_server_is_told_apart_from_what_is_known(language):
    """When it was last heard and what waits for it; its silence makes no knowledge old."""
    keys = Freshness("keys", 60, FreshnessState.FRESH)
    heard = Freshness("server", 300, FreshnessState.AGEING, waiting=12)
    never = Freshness("server", None, FreshnessState.MISSING)
    shown = rendered(language, freshness=(keys, heard))["freshness"]
    part = shown["parts"][1]

    assert shown["state"] is FreshnessState.FRESH
    assert ("5\u00a0min" in part["age"], "12" in part["word"]) == (True, True)
    assert rendered(language, freshness=(keys, never))["freshness"]["parts"][1]["word"] == ""
