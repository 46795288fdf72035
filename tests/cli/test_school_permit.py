"""`portique school permit`: the exception that lets somebody leave, listed and taken back."""

import json

import pytest


def permit(school, pass_id: str, *options: object):
    """Permit, list or take back."""
    return school.run("school", "permit", pass_id, "--school", school.folder, *options)


def leave(school, pass_id: str, at: str):
    """Ask whether a pupil may leave."""
    return school.run("school", "may-leave", pass_id, "--school", school.folder, "--at", at)


@pytest.fixture
def alone(school) -> str:
    """Issue a pass to a pupil whose regime permits nothing by itself."""
    title = {"fr": "jamais sans adulte", "en": "never alone"}
    never = {"code": "never", "title": title, "rule": "permission-only", "period": "profile"}
    (school.folder / "regimes.json").write_text(json.dumps([never]), encoding="utf-8")
    number: str = school.issue("--regime", "never")["pass_id"]
    return number


def test_a_permission_lets_out_whom_the_regime_keeps_in(school, alone):
    """Before, never alone; in between, permitted; afterwards, no more."""
    asked = ("--exit", "--from", "2099-11-23T15:00", "--until", "2099-11-23T16:00")

    assert leave(school, alone, "2099-11-23T15:30").code != 0
    assert permit(school, alone, *asked, "--reason", "rendez-vous").code == 0
    assert leave(school, alone, "2099-11-23T15:30").code == 0
    assert leave(school, alone, "2099-11-23T16:00").code != 0


def test_what_is_permitted_is_listed_and_taken_back(school, alone):
    """By its place in the list."""
    permit(school, alone, "--exit", "--from", "2099-11-23T15:00", "--until", "2099-11-23")
    permit(school, alone, "--entry", "--from", "2099-11-24", "--until", "2099-11-24T09:00")

    listed = permit(school, alone).lines
    left = permit(school, alone, "--remove", 1, "--json").json["permissions"]

    assert listed == [
        "1. exit from 2099-11-23 15:00 until 2099-11-24 00:00, vie scolaire",
        "2. entry from 2099-11-24 00:00 until 2099-11-24 09:00, vie scolaire",
    ]
    assert [one["direction"] for one in left] == ["entry"]


def test_one_that_has_ended_makes_room(school, alone):
    """Whoever is permitted something every day never has too many."""
    permit(school, alone, "--exit", "--from", "2026-01-01", "--until", "2026-01-01")

    held = permit(school, alone, "--exit", "--until", "2099-01-01", "--json").json["permissions"]

    assert [one["until"] for one in held] == ["2099-01-01T23:00:00Z"]


@pytest.mark.parametrize(
    ("options", "code", "because"),
    [
        (("--exit",), 2, "goes with --until"),
        (("--until", "2099-01-01"), 2, "goes with --until"),
        (("--exit", "--until", "2099-01-01", "--remove", 1), 2, "one of"),
        (("--exit", "--from", "2099-01-02", "--until", "2099-01-01"), 2, "later than"),
        (("--exit", "--until", "2099-01-01", "--reason", "x" * 81), 1, "at most 80"),
        (("--remove", 1), 1, "no permission 1"),
    ],
)
def test_wrong_use_permits_nothing(school, alone, options, code: int, because: str):
    """It is said, and nothing changes."""
    answer = permit(school, alone, *options)

    assert (answer.code, because in answer.stderr) == (code, True)
    assert permit(school, alone).lines == ["no permission"]
