"""Who is away is signed out: by the server's clock, whatever the page does."""

from datetime import timedelta

import pytest
from tests.server.accounts.conftest import PIN, fill

from portique.server.accounts import actions, queries
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role


@pytest.mark.parametrize(("role", "minutes"), [(Role.AGENT, 5), (Role.RECEPTION, 15)])
def test_without_a_touch_the_session_ends(signed_in, moved, role, minutes):
    """Five minutes for agents, a quarter of an hour for the others."""
    client = signed_in(role)
    moved.move(minutes=minutes, seconds=-1)
    assert client.get("/").status_code == 200
    moved.move(minutes=minutes)

    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_an_agent_who_was_away_finds_the_names_again(agent_on_device, moved):
    """And comes back to the page they were on, by PIN."""
    client, agent = agent_on_device()
    fill(client, f"/compte/poste/{agent.pk}/", pin=PIN)
    moved.move(minutes=6)

    response = client.get("/?at=gate")
    assert response["Location"] == "/compte/poste/?next=%2F%3Fat%3Dgate"
    back = fill(client, f"/compte/poste/{agent.pk}/?next=/%3Fat=gate", pin=PIN)
    assert back.redirect_chain[-1][0] == "/?at=gate"


def test_what_a_page_asks_by_itself_is_no_touch(signed_in, moved):
    """A live page in an empty lodge does not keep it open."""
    client = signed_in(Role.AGENT)
    for _ in range(6):
        moved.move(minutes=1)
        response = client.get("/compte/touche/", headers={"sec-fetch-dest": "empty"})

    assert response.status_code == 401


def test_a_touch_that_the_page_tells_of_keeps_the_session(signed_in, moved):
    """Somebody scrolls and reads."""
    client = signed_in(Role.AGENT)
    for _ in range(6):
        moved.move(minutes=1)
        client.post("/compte/touche/", headers={"sec-fetch-dest": "empty"})

    assert client.get("/").status_code == 200


def test_after_twelve_hours_everybody_signs_in_again(signed_in, moved):
    """However busy they were."""
    client = signed_in(Role.RECEPTION)
    for _ in range(72):
        assert client.get("/").status_code == 200
        moved.move(minutes=10)

    assert client.get("/").status_code == 302


def test_a_stream_learns_that_its_session_is_over(signed_in, account, moved):
    """Disabled, idle, or ended by the head: each time there is nobody behind it any more."""
    client = signed_in(Role.RECEPTION)
    key = client.session.session_key
    user = queries.live_session(key)
    assert user is not None
    assert queries.is_live(user.pk)

    moved.move(minutes=16)
    assert queries.live_session(key) is None
    moved.at -= timedelta(minutes=16)
    head = account(Role.HEAD)
    actions.disable(user, by=head)
    assert not queries.is_live(user.pk)
    actions.enable(user, by=head)
    assert queries.live_session(key) is None


def test_a_stream_of_nobody_is_over(served):
    """A key that was never given."""
    assert queries.live_session("nothing") is None
    assert not User.objects.exists()
