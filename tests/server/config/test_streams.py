"""The streams' process, for real: nothing is missed, and nobody listens who may not."""

import pytest

pytestmark = pytest.mark.slow


def test_a_console_misses_no_line_over_a_cut(streams):
    """What happened meanwhile comes first, each line once and in order."""
    cookie = streams.ask("sign_in", "reception")
    listener = streams.listen(Cookie=cookie)
    before = streams.ask("file", 3)
    assert listener.ids(3) == before
    listener.close()

    meanwhile = streams.ask("file", 450)
    again = streams.listen(Cookie=cookie, Last_Event_ID=str(before[-1]))
    first = again.ids(len(meanwhile))
    afterwards = streams.ask("file", 2)

    assert first + again.ids(2) == meanwhile + afterwards
    again.close()


def test_a_page_begins_after_what_it_shows(streams):
    """Its address names the last line it was drawn with."""
    cookie = streams.ask("sign_in", "reception")
    shown, later = streams.ask("file", 2), streams.ask("file", 3)
    listener = streams.listen(f"/direct/flux?lang=en&after={shown[-1]}", Cookie=cookie)

    assert listener.ids(3) == later
    listener.close()


def test_an_id_of_a_lost_database_reloads_the_page(streams):
    """After a restore ids begin anew: waiting for more would be waiting for ever."""
    cookie = streams.ask("sign_in", "reception")
    listener = streams.listen("/direct/flux?after=99", Cookie=cookie)

    assert [kind for kind, _, _ in listener.events()] == ["reload"]
    listener.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Cookie": "portique=forged"}, 401), ({"Origin": "http://evil.example"}, 403)],
)
def test_strangers_hear_nothing(streams, headers, status):
    """No session, a forged one, another site's page."""
    listener = streams.listen(**headers)

    assert listener.response.status == status
    listener.close()


def test_the_pages_own_origin_may_listen(streams):
    """Another port of the same host; with its cookie."""
    cookie = streams.ask("sign_in", "reception")
    listener = streams.listen(Cookie=cookie, Origin="http://127.0.0.1:8600")

    assert listener.response.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8600"
    assert listener.response.headers["Access-Control-Allow-Credentials"] == "true"
    listener.close()


def test_streams_end_with_the_account_and_with_the_session(streams):
    """One account is disabled, another signs out: both are told, and heard no more."""
    gone, left = streams.ask("sign_in", "gone"), streams.ask("sign_in", "left")
    listeners = [streams.listen(Cookie=cookie) for cookie in (gone, left)]
    assert streams.ask("disable", "gone") == 1
    assert streams.ask("sign_out", left) == 1

    ends = [list(listener.events())[-1] for listener in listeners]
    assert [kind for kind, _, _ in ends] == ["signed-out", "signed-out"]
    for listener in listeners:
        listener.close()
