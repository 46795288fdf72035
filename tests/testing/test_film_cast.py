"""The demonstration's cast: each medium is good, or bad in exactly the way that is told."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from portique.core import passes
from portique.core.decide import Outcome, Reason
from portique.core.errors import BadSeal, EnvironmentProblem, OtherSchool
from portique.core.passes import Proof, Verified
from portique.core.revocation import Status
from portique.core.rules import SAME_LANE_MS
from portique.core.values import from_ms, to_ms
from portique.school.folder import SchoolFolder
from portique.testing import film_reel
from portique.testing.film import Film, Phone, Take
from portique.testing.film_cast import Cast, Prop, Studio, make_cast
from portique.testing.film_scripts import Demonstration, one_after_another
from portique.testing.film_video import write_video
from portique.testing.school import make_school
from portique.testing.school_folder import create_folder

pytestmark = pytest.mark.slow  # films drawn

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ROUNDS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchoolFolder]:
    """Give the synthetic lycée in a folder."""
    path: Path = tmp_path_factory.mktemp("lycee") / "school"
    made = create_folder(
        path, make_school(date(2026, 11, 23)), at=NOON, entropy=random.Random(1).randbytes
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def cast(folder: SchoolFolder) -> Cast:
    """Give a cast of two rounds."""
    school = make_school(date(2026, 11, 23))
    studio = Studio(folder, NOON, random.Random(2).randbytes)
    return make_cast(studio, school.people, outside_hours=school.away, rounds=ROUNDS)


def verified(folder: SchoolFolder, prop: Prop) -> Verified:
    """Read what a prop shows at noon, as a gate of the school does."""
    shown = prop.code if isinstance(prop.code, str) else prop.code.text_at(to_ms(NOON), to_ms(NOON))
    ring = folder.keys.public.ring(folder.settings.uai)
    return passes.verify(passes.parse(shown), ring)


def test_good_passes_are_genuine_and_valid(folder: SchoolFolder, cast: Cast):
    """Signature, dates and status of each good pass hold, and a phone proves itself."""
    assert len(cast.good) == 15 * ROUNDS
    for prop in (*cast.good, *cast.lent, *cast.pairs):
        found = verified(folder, prop)
        assert NOON in found.held.window
        assert found.proof is (Proof.VALID if isinstance(prop.code, Phone) else Proof.NOT_NEEDED)
        assert prop.pass_id is not None
        assert folder.register.get(prop.pass_id).status is Status.VALID


def test_good_passes_are_on_paper_phones_and_badges(cast: Cast):
    """Every medium is met in each round."""
    surfaces = {str(prop.surface) for prop in cast.good[:15]}

    assert {"paper", "screen", "badge"} <= surfaces


def test_nobody_plays_two_parts(cast: Cast):
    """A holder is met once, so that no double use is counted but the lent card's."""
    props = (*cast.good, *cast.lent, *cast.pairs, *cast.revoked, *cast.suspended, *cast.expired)
    ids = [prop.pass_id for prop in props]

    assert len(set(ids)) == len(ids)
    assert len({prop.name for prop in props}) > 0.95 * len(props)


def test_forged_passes_fail_on_their_seal(folder: SchoolFolder, cast: Cast):
    """A forged pass names the school's key, which did not sign it."""
    for prop in cast.forged:
        with pytest.raises(BadSeal):
            verified(folder, prop)


def test_other_schools_are_told_apart(folder: SchoolFolder, cast: Cast):
    """A pass of another school is recognised as such."""
    for prop in cast.other_school:
        with pytest.raises(OtherSchool):
            verified(folder, prop)


def test_statuses_are_in_the_register(folder: SchoolFolder, cast: Cast):
    """Revoked and suspended passes are so for the whole school."""
    found = [
        {folder.register.get(prop.pass_id).status for prop in props if prop.pass_id}
        for props in (cast.revoked, cast.suspended)
    ]

    assert found == [{Status.REVOKED}, {Status.SUSPENDED}]


def test_expired_passes_ended_before_today(folder: SchoolFolder, cast: Cast):
    """An expired badge is genuine, of an adult, and over since yesterday."""
    for prop in cast.expired:
        assert verified(folder, prop).held.window.closes <= NOON - timedelta(days=1)


def test_screenshots_are_older_than_a_gate_accepts(folder: SchoolFolder, cast: Cast):
    """The proof is genuine and ten minutes old."""
    for prop in cast.screenshots:
        found = verified(folder, prop)
        assert found.proof is Proof.VALID
        assert found.proof_seconds is not None
        assert NOON - from_ms(found.proof_seconds * 1000) == timedelta(minutes=10)


def test_a_round_shows_every_kind_of_exception(cast: Cast):
    """Within one round, each bad pass is met once, among good ones."""
    acts = list(islice(Demonstration(cast), 15 + 11))
    reasons = {expected.reason for act in acts for expected in act.expected}

    assert {
        None,
        Reason.BAD_SEAL,
        Reason.REVOKED,
        Reason.SUSPENDED,
        Reason.EXPIRED,
        Reason.PHONE_CODE_OLD,
        Reason.OUTSIDE_OPENING,
        Reason.OTHER_SCHOOL,
        Reason.DOUBLE_USE,
        Reason.NOT_A_PASS,
    } == reasons


def test_the_demonstration_plays_the_same_each_time(cast: Cast):
    """Iterating again starts anew and gives the same acts, beyond one round."""
    script = Demonstration(cast)

    assert list(islice(script, 60)) == list(islice(script, 60))


def test_a_lent_card_comes_back_as_a_new_showing(cast: Cast):
    """Its second showing begins more than two seconds after the first one ends."""
    acts = list(islice(Demonstration(cast), 26))
    lent = next(act for act in acts if "lent" in act.title)

    assert lent.pause_s > 2
    assert lent.expected[0].outcome is Outcome.REFER


def test_a_good_card_comes_back_after_double_use_is_forgotten(folder: SchoolFolder):
    """With the usual number of rounds, nobody but the lent card's bearer is seen twice in 5 min."""
    school = make_school(date(2026, 11, 23))
    studio = Studio(folder, NOON, random.Random(3).randbytes)
    full = make_cast(studio, school.people, outside_hours=school.away)
    seen: dict[object, int] = {}

    for truth in islice(Film(Demonstration(full)).truths(0), 400):
        for expected in (*truth.act.expected, *truth.act.possible):
            if expected.pass_id is not None and expected.reason is not Reason.DOUBLE_USE:
                before = seen.get(expected.pass_id, -SAME_LANE_MS)
                assert truth.begins_ms - before >= SAME_LANE_MS, truth.act.title
            seen[expected.pass_id] = truth.ends_ms


def test_a_cast_survives_its_file(tmp_path: Path, cast: Cast):
    """What another process reads is what was written, and only its owner may."""
    path = tmp_path / "cast.json"
    film_reel.write_cast(cast, path)

    assert film_reel.read_cast(path) == cast
    assert path.stat().st_mode & 0o077 == 0


def test_a_reel_opens_from_a_camera_s_address(tmp_path: Path, cast: Cast):
    """Factories take texts, as an address has them."""
    path = tmp_path / "cast.json"
    film_reel.write_cast(cast, path)
    film = film_reel.one_after_another(cast=str(path), people="3")

    assert len(list(film.truths(0))) == 3
    assert next(film_reel.demonstration(cast=str(path)).frames(0))[1].shape == (720, 1280)


def test_a_live_reel_leaves_out_what_it_could_not_draw_in_time(cast: Cast):
    """On a machine ten times too slow, frames are missed but the film keeps the clock's time."""
    now = iter(range(0, 10**9, 667))  # each look at the clock is ten frames later
    live = film_reel.Live(Film(one_after_another(cast.good[:2])), lambda: next(now))
    times_ms = [at_ms for at_ms, _ in islice(live.frames(0), 5)]

    assert all(at_ms >= 667 * number for number, at_ms in enumerate(times_ms))


def test_a_live_reel_in_time_leaves_nothing_out(cast: Cast):
    """A machine that draws faster than a camera delivers gives every frame."""
    film = Film(one_after_another(cast.good[:1]))
    live = film_reel.Live(film, lambda: 0)

    assert [at for at, _ in live.frames(0)] == [at for at, _ in film.frames(0)]


def test_a_missing_cast_is_said_in_a_sentence(tmp_path: Path):
    """A file that is no cast says what to do about it."""
    with pytest.raises(EnvironmentProblem, match="start the demonstration again"):
        film_reel.read_cast(tmp_path / "nothing.json")


def test_texts_to_try_leave_phones_out(cast: Cast):
    """What can be printed is text: a phone's code would be old before the ink is dry."""
    listed = film_reel.texts_to_try(cast)

    assert {"good", "revoked", "forged"} <= {name for name, _ in listed}
    assert all(text.startswith("PQ1:") for name, text in listed if name != "strangers")


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_film_becomes_a_video(tmp_path: Path, cast: Cast, suffix: str):
    """Every frame is in the file, at its own time."""
    film = Film(one_after_another(cast.good[:1]), Take(width_px=640, height_px=480))
    path = tmp_path / f"film{suffix}"
    count = write_video(film, path, for_ms=2000)

    assert count == 30
    assert times(path) == [at_ms for at_ms, _ in islice(film.frames(0), 30)]


def times(path: Path) -> list[int]:
    """Read the frames' times back, in milliseconds."""
    import av

    with av.open(str(path)) as container:
        return [round((frame.time or 0) * 1000) for frame in container.decode(video=0)]
