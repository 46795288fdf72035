"""`portique explain`: any facts, one decision, or one sentence about what is no fact."""

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
(ORDINARY,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def explain(run, *options: object, **changed: object):
    """Explain an ordinary morning's facts with some changed."""
    facts = json.loads(ORDINARY) | changed
    return run("explain", "-", *options, stdin=json.dumps(facts).encode())


@pytest.mark.parametrize(
    ("changed", "code", "reasons"),
    [
        ({}, 0, []),
        ({"status": "revoked"}, 4, ["revoked"]),
        ({"opening": "closed"}, 3, ["outside-opening"]),
        ({"knowledge": "stale", "validity": "expired"}, 3, ["expired", "knowledge-stale"]),
        ({"lesson_begun_ms": 600_000}, 0, ["late"]),
    ],
)
def test_facts_are_decided(run, changed, code: int, reasons):
    """Exit code and reasons are those of a gate."""
    answer = explain(run, "--json", **changed)

    assert answer.code == code
    assert sorted(one["reason"] for one in answer.json["reasons"]) == sorted(reasons)


def test_the_example_is_the_page_s_and_a_good_entry(run):
    """It can be changed and explained."""
    printed = run("explain", "--example")

    assert json.loads(printed.stdout) == json.loads(ORDINARY)
    assert run("explain", "-", stdin=printed.stdout.encode()).code == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_reason_is_said_three_ways(run, language: str):
    """For the agent to read, to read aloud, and what to do."""
    (reason,) = explain(run, "--json", "--language", language, status="revoked").json["reasons"]

    assert all(reason[part] for part in ("agent", "aloud", "next_step"))
    assert explain(run, "--language", language, status="revoked").stdout.startswith("refuse\n")


@pytest.mark.parametrize(
    "changed",
    [
        {"direction": "up"},
        {"at_ms": "now"},
        {"at_ms": 2**60},
        {"clock_trusted": 1},
        {"name": "Zoé Martin"},
        {"at_ms": None},
    ],
)
def test_what_is_no_fact_is_wrong_use(run, changed):
    """The fact is named."""
    answer = explain(run, **changed)

    assert answer.code == 2
    assert next(iter(changed)) in answer.stderr


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_said(run, tmp_path, content: bytes):
    """From a file or standard input: one sentence, no traceback."""
    path = tmp_path / "facts.json"
    path.write_bytes(content)

    assert run("explain", path).code in {2, 5}
    assert run("explain", "-", stdin=content).code in {2, 5}


def test_a_missing_file_is_the_environment_s_fault(run, tmp_path):
    """Exit code 5, in words, not in the machine's numbers."""
    answer = run("explain", tmp_path / "nosuch.json")

    assert answer.code == 5
    assert "Errno" not in answer.stderr


def test_a_fact_told_twice_is_wrong_use(run):
    """Nobody knows which was meant."""
    facts = run("explain", "--example").stdout.strip()
    doubled = facts.removesuffix("}") + ', "status": "revoked"}'
    answer = run("explain", "-", stdin=doubled.encode())

    assert answer.code == 2
    assert "status is there twice" in answer.stderr
