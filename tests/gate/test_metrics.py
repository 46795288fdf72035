"""Figures: closed sets of labels, nobody's data, loopback only (reliability B2)."""

import http.client
import socket

import pytest
from prometheus_client import generate_latest

from portique.core.decide import Decision, Outcome, Reason
from portique.core.errors import EnvironmentProblem
from portique.core.values import Medium
from portique.gate.metrics import HOST, Metrics
from portique.gate.ports import ReaderCounts

LABELS = {"outcome", "medium", "reason", "organ", "reader", "why", "le"}


@pytest.fixture
def metrics():
    made = Metrics()
    yield made
    made.close()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """Return one figure."""
    return metrics.registry.get_sample_value(f"portique_{name}", labels)


def test_a_decision_is_counted_with_its_reasons(metrics):
    """By outcome and medium; each reason once."""
    refused = Decision(Outcome.REFUSE, (Reason.EXPIRED, Reason.REVOKED), "t")
    metrics.decided(refused, Medium.PAPER)
    metrics.decided(refused, None)
    assert value(metrics, "decisions_total", outcome="refuse", medium="paper") == 1
    assert value(metrics, "decisions_total", outcome="refuse", medium="none") == 1
    assert value(metrics, "reasons_total", reason="expired") == 2


def test_pictures_durations_and_restarts_are_counted(metrics):
    """Times go into buckets, not into a list."""
    metrics.looked(1)
    metrics.dropped(3)
    metrics.appended(0.0008)
    metrics.restarted("decode")
    assert value(metrics, "frames_total") == 1
    assert value(metrics, "frames_dropped_total") == 3
    assert value(metrics, "journal_append_seconds_bucket", le="0.0005") == 0
    assert value(metrics, "restarts_total", organ="decode") == 1


def test_what_stands_now_is_shown(metrics):
    """Unknown knowledge is -1, not 0: nothing is not fresh."""
    metrics.standing(queue=2, outbox=7, knowledge_age_s=None, clock_trusted=False)
    metrics.let_go("desk", ReaderCounts(flooded=4))
    metrics.crowded_out(5)
    assert value(metrics, "queue_depth") == 2
    assert value(metrics, "outbox_entries") == 7
    assert value(metrics, "knowledge_age_seconds") == -1
    assert value(metrics, "clock_trusted") == 0
    assert value(metrics, "lines_dropped") == 5
    assert value(metrics, "reader_lines_dropped", reader="desk", why="flooded") == 4


def test_a_label_outside_its_closed_set_is_a_bug(metrics):
    """A free text as label would grow for ever, and might name somebody."""
    with pytest.raises(ValueError, match="capture, decode, keeper"):
        metrics.restarted("Zéphyrine")
    with pytest.raises(ValueError, match="result of a call"):
        metrics.called("Zéphyrine")


def test_all_figures_together_stay_few_and_nameless(metrics):
    """Every outcome, medium and reason seen: under 250 series, no label but those listed."""
    for outcome in Outcome:
        for medium in (None, *Medium):
            metrics.decided(Decision(outcome, tuple(Reason), "t"), medium)
    samples = [sample for family in metrics.registry.collect() for sample in family.samples]
    assert len(samples) < 250
    assert {label for sample in samples for label in sample.labels} <= LABELS


def test_the_page_answers_on_loopback_only(metrics):
    """Prometheus' own text, from this machine."""
    port = metrics.serve(0)
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert b"portique_frames_total" in answer.read()
    connection.close()
    server = metrics._server
    assert server is not None
    assert server[0].socket.getsockname()[0] == "127.0.0.1"


def test_a_port_taken_is_one_sentence(metrics):
    """The key to mend is named."""
    with (
        socket.create_server((HOST, 0)) as taken,
        pytest.raises(EnvironmentProblem, match=r"metrics\.port"),
    ):
        metrics.serve(taken.getsockname()[1])


def test_closing_twice_is_fine(metrics):
    """The page is gone after the first time."""
    port = metrics.serve(0)
    metrics.close()
    metrics.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), timeout=5)


def test_two_gates_in_one_process_do_not_share_figures():
    """Each has a registry of its own."""
    one, other = Metrics(), Metrics()
    one.dropped(1)
    assert b"portique_frames_dropped_total 1.0" in generate_latest(one.registry)
    assert b"portique_frames_dropped_total 0.0" in generate_latest(other.registry)
