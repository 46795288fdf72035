"""What every answer carries, and what every request is refused for."""

import pytest

from portique.gate.screen.guard import BODY_BYTES_MAX, POLICY, host_name

pytestmark = pytest.mark.slow  # real sockets

PAGES = ("/", "/holder", "/agent", "/healthz", "/static/agent.js", "/nowhere", "/holder/stream")
POSTS = (
    "/pair",
    "/agent/sign-in",
    "/agent/unlock",
    "/agent/lock",
    "/agent/sign-out",
    "/agent/alive",
    "/agent/rule",
    "/agent/manual",
    "/agent/count",
    "/agent/mode",
    "/agent/dismiss",
    "/agent/end-evacuation",
)


@pytest.mark.parametrize("path", PAGES[:-1])
def test_every_answer_forbids_what_pages_do_not_need(visitor, path):
    """The policy, no caching, no sniffing, no referrer, no frame, on errors too."""
    headers = visitor.get(path).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["server"] is None


def test_the_policy_starts_from_nothing_and_allows_only_this_site():
    """No inline script or style, no other origin, no form elsewhere, no base, no frame."""
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    for rule in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert rule in POLICY


@pytest.mark.parametrize(
    "host", ["gate.example", "127.0.0.1.example:80", "", "localhost.", "[::2]:1", "10.0.0.5"]
)
def test_another_name_is_turned_away(visitor, host):
    """A page of the outside world can't reach the gate by a name of its own (DNS rebinding)."""
    assert visitor.get("/agent", host=host).status == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.0.0.1", "[::1]:8470"])
def test_the_gates_own_names_are_answered(visitor, host):
    """With or without port, in whatever case."""
    assert visitor.get("/healthz", host=host).status == 200


def test_names_given_in_the_settings_are_answered(serve, visitor):
    """A technician can give the gate a name."""
    visitor.port = serve(hosts=("Portique-Nord.lan",)).port

    assert visitor.get("/healthz", host="portique-nord.lan:8470").status == 200


@pytest.mark.parametrize(
    ("host", "name"),
    [("A.b:1", "a.b"), ("[::1]:8", "::1"), ("[::1]", "::1"), ("x", "x"), ("", "")],
)
def test_a_hosts_name_is_read_without_its_port(host, name):
    """Brackets belong to the notation, not to the name."""
    assert host_name(host) == name


@pytest.mark.parametrize("path", POSTS)
def test_no_address_that_changes_something_answers_to_get(visitor, path):
    """A link or a picture can't do anything."""
    assert visitor.get(path).status == 405


@pytest.mark.parametrize("path", POSTS)
def test_nothing_changes_without_the_pages_token(visitor, path):
    """Only pages of this site, in this browser, know the token."""
    visitor.get("/agent")
    visitor.token = "0" * 40

    assert visitor.post(path, {}).status == 403


def test_a_token_of_another_browser_is_worth_nothing(agent, second_agent):
    """It is bound to the device's own cookie."""
    agent.token = second_agent.token

    assert agent.post("/agent/alive", {}).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://gate.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
    ],
)
def test_a_request_from_elsewhere_is_refused_even_with_the_token(agent, headers):
    """The browser itself says where a request comes from."""
    assert agent.post("/agent/alive", {}, **headers).status == 403


def test_a_request_from_this_very_site_is_served(agent):
    """Scheme, name and port all agree."""
    own = {"origin": f"http://127.0.0.1:{agent.port}", "sec_fetch_site": "same-origin"}

    assert agent.post("/agent/alive", {}, **own).status == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'"x"', b"[" * 4000, b'{"a":"' + b"x" * BODY_BYTES_MAX + b'"}', b"\xff"],
    ids=["empty", "list", "cut", "text", "deep", "long", "not-utf8"],
)
def test_a_body_no_page_sends_is_refused_in_words(agent, body):
    """Small JSON objects only; nothing else is looked into."""
    answer = agent._ask("POST", "/agent/rule", body, {"x-portique-token": agent.token})

    assert answer.status == 400
    assert answer.json()["error"]


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_elsewhere(visitor):
    """HttpOnly and SameSite=Strict on both."""
    page = visitor.get("/agent").headers.get_all("set-cookie")
    signed = visitor.sign_in().headers.get_all("set-cookie")

    assert len(signed) == 2
    for cookie in (*page, *signed):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


def test_pages_hold_no_inline_script_or_style_and_no_foreign_address(agent):
    """The policy would stop them; the pages do not try."""
    for path in ("/", "/holder", "/agent", "/nowhere"):
        text = agent.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert " on" not in {part[:3] for part in text.split("<")}
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text


def test_static_files_do_not_leave_their_folder(visitor):
    """Dots lead nowhere."""
    assert visitor.get("/static/../settings.py").status == 404
    assert visitor.get("/static/%2e%2e/settings.py").status == 404
