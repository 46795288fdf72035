"""Reading a camera's frames: what is read, what is only suspected, and at which cost."""

import multiprocessing
from dataclasses import replace
from multiprocessing.synchronize import Event
from typing import Any

import numpy as np
import pytest

from portique.sight import codes
from portique.sight.codes import CODES_MAX, TRACKS_MAX, Advice, CodeReader, Look, ReaderSettings
from portique.sight.shapes import Box
from portique.sight.tracks import Track
from portique.testing.backgrounds import Background
from portique.testing.held import Fault, held, pass_like_text
from portique.testing.scenes import Card, Frame, Glare, Placed, Rendered, Scene, Surface, render

pytestmark = pytest.mark.slow  # pictures drawn and read

SIZES = [(640, 480), (1280, 720), (1920, 1080)]


def texts(looks: list[Look]) -> set[str]:
    """Return every text read in these looks."""
    return {code.text for look in looks for code in look.codes}


def scene_of(card: Card, size: tuple[int, int] = (1280, 720), **placed: Any) -> Scene:
    one = Placed(card, (size[0] / 2, size[1] / 2), **({"module_px": 4.0} | placed))
    return Scene((one,), *size, noise_sigma=3)


@pytest.mark.parametrize("surface", Surface, ids=str)
def test_every_surface_is_read(show, surface):
    """Paper, screens in light and dark mode, coloured paper and ink, badges."""
    card = Card(pass_like_text(1, 200), surface)
    scenes = [replace(scene_of(card, rotation_deg=33, tilt_deg=20), seed=n) for n in range(3)]

    assert texts(show([render(scene) for scene in scenes])) == {card.text}


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_small_tilted_codes_are_read_at_each_size(show, size):
    """A module of 2.8 pixels after a tilt of 45 degrees is enough."""
    card = Card(pass_like_text(2, 150), version=7)
    scenes = [
        replace(scene_of(card, size, module_px=4.2, tilt_deg=45.0, rotation_deg=10.0), seed=n)
        for n in range(4)
    ]

    assert texts(show([render(scene) for scene in scenes])) == {card.text}


@pytest.mark.parametrize("change", [{"gain": 0.12}, {"noise_sigma": 8.0}], ids=str)
def test_poor_light_is_read(show, change: dict[str, Any]):
    """Neither a dim frame nor a noisy one stops reading."""
    scene = replace(scene_of(Card(pass_like_text(3))), **change)

    assert texts(show([render(replace(scene, seed=n)) for n in range(4)]))


def test_a_spot_of_glare_inside_the_code_is_read(show):
    """The code's own error correction answers a small spot."""
    scene = scene_of(Card(pass_like_text(4)), glare=Glare(0.6, 0.55, 3.5))

    assert texts(show([render(replace(scene, seed=n)) for n in range(4)]))


def test_a_code_that_lost_a_corner_to_glare_is_read(show):
    """A finder pattern under a lamp's reflection is drawn again."""
    card = Card(pass_like_text(5, 200), version=9)
    scene = scene_of(card, glare=Glare(0.06, 0.06, 4.5))
    plain = replace(scene, background=Background.PLAIN)

    assert texts(show([render(replace(plain, seed=n)) for n in range(6)])) == {card.text}


def test_a_finder_pattern_that_a_spot_only_touches_is_drawn_again(show):
    """Three patterns that a person sees at once, and a decoder does not."""
    card = Card(pass_like_text(17, 250), version=9)
    scene = scene_of(card, glare=Glare(0.14, 0.05, 2.2), rotation_deg=12.0)

    assert texts(show([render(replace(scene, seed=n)) for n in range(6)])) == {card.text}


def test_defocus_of_six_tenths_of_a_module_is_undone(show):
    """The decoder alone reads none of these; the blur is read off the picture and undone."""
    looks = show([held(6, n, Fault(0.6)) for n in range(3)])

    assert texts(looks) == {pass_like_text(6)}
    assert any(code.sharpened for look in looks for code in look.codes)


def test_motion_of_a_module_and_a_half_is_undone(show):
    """A card that moves by six pixels during the exposure is read within a second."""
    looks = show([held(7, n, Fault(motion_modules=1.5)) for n in range(5)])

    assert texts(looks) == {pass_like_text(7)}


def test_the_quad_lies_on_the_code(show):
    """The corners come back in the frame's own pixels, from the code's own top left."""
    frame = held(8, 0, Fault(0.55))
    code = show([frame])[0].codes[0]

    assert np.abs(np.array(code.quad) - np.array(frame.quads[0])).max() < 8


def test_at_most_four_codes_are_read_in_a_frame(show):
    """A wall of codes costs no more than four."""
    spots = [(200 + 210 * n, 180 + 340 * m) for n in range(5) for m in range(2)]
    cards = [Card(f"PQ1:CARD NUMBER {n}") for n in range(len(spots))]
    placed = tuple(Placed(c, xy, 5.0) for c, xy in zip(cards, spots, strict=True))

    looks = show([render(Scene(placed, noise_sigma=2))])

    assert len(looks[0].codes) == CODES_MAX


def test_an_empty_scene_shows_no_code(show):
    """Checks, stripes and lone finder patterns are not codes."""
    scenes = [Scene((), background=Background.DISTRACTING, noise_sigma=5, seed=n) for n in range(6)]

    assert not texts(show([render(scene) for scene in scenes]))


def test_a_code_too_small_to_read_is_suspected_with_advice(show):
    """Far away, the holder is told to come closer."""
    scene = scene_of(Card(pass_like_text(9)), module_px=1.1, defocus_px=1.2)
    plain = replace(scene, background=Background.PLAIN)

    look = show([render(plain)])[0]

    assert not look.codes
    assert Advice.CLOSER in {suspect.advice for suspect in look.suspects}


def test_work_stays_within_the_budget():
    """Whatever is shown, a frame costs no more units than allowed."""
    reader = CodeReader(ReaderSettings(work_max=9_000))

    looks = [reader.read(held(10, n, Fault(1.125)).frame, at_ms=67 * n) for n in range(6)]

    assert max(look.work for look in looks) <= 9_000


def test_what_one_frame_s_work_can_t_hold_goes_on_with_the_next():
    """A frame too short of work for all the ways tries the others on the next ones."""
    card = Card(pass_like_text(5, 200), version=9)
    scene = replace(scene_of(card, glare=Glare(0.06, 0.06, 4.5)), background=Background.PLAIN)
    reader = CodeReader(ReaderSettings(work_max=6_000))

    looks = [reader.read(render(replace(scene, seed=n)).frame, at_ms=67 * n) for n in range(8)]

    assert not looks[0].codes
    assert texts(looks) == {card.text}
    assert max(look.work for look in looks) <= 6_000


def test_a_hopeless_place_is_looked_at_less_often(monkeypatch):
    """A poster that never gives a text stops costing every frame."""
    monkeypatch.setattr("portique.sight.tracks.PATIENCE_FRAMES", 3)
    reader = CodeReader()

    works = [reader.read(held(11, 0, Fault(1.25)).frame, at_ms=67 * n).work for n in range(14)]

    assert np.mean(works[4:]) < 0.5 * np.mean(works[:3])


def resisting_at(place: int) -> Frame:
    """Draw a large frame in which a code resists, in one of twelve places."""
    centre = 240.0 + 480 * (place % 4), 200.0 + 360 * (place // 4)
    placed = Placed(Card(pass_like_text(14)), centre, 4.0, defocus_px=5.0)
    scene = Scene((placed,), 1920, 1080, Background.PLAIN, noise_sigma=3, seed=place)
    return render(scene).frame


def test_however_many_places_resist_eight_are_followed():
    """A picture full of codes, or one that moves about, can't have more averages held."""
    reader = CodeReader()

    followed = []
    for place in range(12):
        reader.read(resisting_at(place), at_ms=50 * place)
        followed.append(reader.followed)

    assert followed == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8]


def test_of_too_many_places_those_not_seen_for_longest_are_let_go(monkeypatch):
    """The code in front of the camera is followed on, whatever else turns up beside it."""
    begun: list[Track] = []

    def begin(box: Box, seen_ms: int) -> Track:
        begun.append(Track(box, seen_ms))
        return begun[-1]

    monkeypatch.setattr(codes, "Track", begin)
    reader = CodeReader()
    reader.read(resisting_at(0), at_ms=0)

    for place in range(1, 12):
        reader.read(resisting_at(place), at_ms=50 * place - 25)
        reader.read(resisting_at(0), at_ms=50 * place)

    assert (len(begun), reader.followed) == (12, TRACKS_MAX)


def test_what_was_held_of_a_code_goes_although_others_are_read():
    """An average must not outlive its code, not even behind a wall of codes."""
    spots = [(200 + 300 * n, 200 + 300 * m) for n in range(2) for m in range(2)]
    placed = tuple(Placed(Card(f"PQ1:CARD {n}"), xy, 5.0) for n, xy in enumerate(spots))
    wall = render(Scene(placed, background=Background.PLAIN, noise_sigma=2)).frame
    reader = CodeReader()
    reader.read(resisting_at(0), at_ms=0)
    assert reader.followed == 1

    looks = [reader.read(wall, at_ms=at_ms) for at_ms in (350, 701)]

    assert [len(look.codes) for look in looks] == [CODES_MAX, CODES_MAX]
    assert reader.followed == 0


def test_two_readers_of_the_same_frames_agree():
    """Nothing but the frames and their times decides."""
    frames = [held(12, n, Fault(0.75)) for n in range(5)]

    assert read_all(frames) == read_all(frames)


def test_a_loaded_machine_reads_the_same():
    """Work is counted, not timed: busy cores change nothing."""
    frames = [held(13, n, Fault(0.725)) for n in range(4)]
    calm = read_all(frames)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    busy = [context.Process(target=burn, args=(stop,), daemon=True) for _ in range(3)]
    for process in busy:
        process.start()
    try:
        assert read_all(frames) == calm
    finally:
        stop.set()
        for process in busy:
            process.join(timeout=20)


def test_a_frame_of_the_wrong_kind_is_refused():
    """Colour is not grey: the caller has a bug."""
    with pytest.raises(ValueError, match="grey uint8"):
        CodeReader().read(np.zeros((4, 4, 3), np.uint8), at_ms=0)


def read_all(frames: list[Rendered]) -> list[Look]:
    reader = CodeReader()
    return [reader.read(one.frame, at_ms=67 * n) for n, one in enumerate(frames)]


def burn(stop: Event) -> None:
    while not stop.is_set():
        sum(range(10_000))
