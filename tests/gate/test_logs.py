"""Logs hold nobody: canaries of every kind, in every place a caller may put one."""

import io
import json

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from portique.core.errors import BadSeal, ConfigError, EnvironmentProblem
from portique.gate.logs import KEYS, AllowList, LeakError, allowed, configure, fault_of, log

CANARIES = (
    "Zéphyrine Canary",
    "Canary",
    "CANARY",
    "PQ1:6BFOXN%TS3DH",
    "pq1 00112233445566778899",
    "0123456789abcdef",
    "pass-0123456789ABCDEF",
    "canary one",
    "canary\nline",
    "\u202ecanary",
    "canary@example.org",
    ["canary"],
    {"canary": 1},
    b"canary",
)
FORBIDDEN = ("name", "label", "text", "pass_id", "holder", "template", "score", "photo", "regime")


@pytest.fixture
def written():
    """Log into memory; give structlog its defaults back."""
    stream = io.StringIO()
    configure(stream)
    yield stream
    structlog.reset_defaults()


def last(stream: io.StringIO) -> dict[str, object]:
    """Return the last line written."""
    line = json.loads(stream.getvalue().splitlines()[-1])
    assert isinstance(line, dict)
    return line


def test_a_line_is_json_with_time_level_and_what_was_bound(written):
    """One event, one line, UTC."""
    log(organ="decode", gate="entry-1").warning("process-restarted", pid=7, seconds=0.25)
    line = last(written)
    assert line.pop("at", "")[-1] == "Z"  # type: ignore[index]  # a text
    assert line == {
        "event": "process-restarted", "level": "warning", "organ": "decode",
        "gate": "entry-1", "pid": 7, "seconds": 0.25,
    }  # fmt: skip


@pytest.mark.parametrize("key", sorted(KEYS - {"level", "at", "error"}))
def test_no_allowed_key_carries_a_canary(key):
    """Even a key of the list takes only numbers, truths and short lowercase codes."""
    assert [canary for canary in CANARIES if allowed(key, canary)] == []


@pytest.mark.parametrize("key", FORBIDDEN)
def test_what_is_personal_has_no_key(key, written):
    """The value is withheld and the withholding counted."""
    log().info("showing-decided", outcome="grant", **{key: "canary"})
    assert "canary" not in written.getvalue()
    assert last(written)["withheld"] == 1


@pytest.mark.parametrize("canary", CANARIES[:10], ids=repr)
def test_a_canary_in_the_events_own_name_is_withheld(written, canary):
    """An f-string as event is the easiest leak of all."""
    log().info(canary)
    assert json.dumps(canary)[1:-1] not in written.getvalue()
    assert canary not in written.getvalue()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("Zéphyrine Canary"), "ValueError"),
        (KeyError("0123456789abcdef"), "KeyError"),
        (BadSeal("the seal of Canary"), "BadSeal"),
        (EnvironmentProblem("no camera: plug it in"), "EnvironmentProblem: no camera: plug it in"),
        (ConfigError("id 0123456789abcdef in PQ1:AB C"), "ConfigError: id … in PQ…"),
    ],
)
def test_errors_are_told_without_anybodys_data(written, error, said):
    """Our own sentences pass, without ids and texts; of other errors the type alone."""
    log().error("fault", error=error)
    assert last(written)["error"] == said == fault_of(error)


def test_a_traceback_is_not_written(written):
    """Local values in a traceback are whatever the lane held at that moment."""
    try:
        raise ValueError("Canary")  # noqa: TRY301 - what is logged is the point
    except ValueError:
        log().exception("fault")
    assert "Canary" not in written.getvalue()
    assert "Traceback" not in written.getvalue()


def test_a_text_given_as_error_is_withheld(written):
    """Only an exception can be explained safely."""
    log().error("fault", error="Zéphyrine Canary")
    assert "Canary" not in written.getvalue()
    assert last(written)["withheld"] == 1


def test_tests_are_told_of_a_leak_aloud():
    """Strict logging raises, naming the key and never the value."""
    with pytest.raises(LeakError, match="'holder'") as leak:
        AllowList(strict=True)(None, "info", {"event": "x", "holder": "canary"})
    assert "canary" not in str(leak.value)


def test_debug_lines_are_off(written):
    """What is not written cannot leak."""
    log().debug("frame", count=1)
    assert written.getvalue() == ""


@given(key=st.text(max_size=12), value=st.text(min_size=17))
def test_no_long_or_unknown_text_gets_through(key, value):
    """Whatever is thrown at it: an unknown key never, an id or a text never."""
    kept = AllowList()(None, "info", {key: value, "event": "x"})
    assert set(kept) <= KEYS | {"withheld"}


def test_a_stream_that_was_closed_stops_nobody():
    """The process goes on deciding when its terminal is gone."""
    stream = io.StringIO()
    configure(stream)
    stream.close()
    log().info("showing-decided", outcome="grant")
