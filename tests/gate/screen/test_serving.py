"""Settings refused in a sentence, serving from a thread, stopping at once."""

import http.client
import socket
import threading

import pytest

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.core.values import Language
from portique.gate.screen.preview import agents
from portique.gate.screen.settings import Agent, ScreenSettings, is_loopback

HASH = agents()[0].pin_hash


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "gate.lan"])  # noqa: S104
def test_the_network_needs_tls(host):
    """One sentence: what, why, what to do."""
    with pytest.raises(ConfigError, match="they need TLS: give `certificate`"):
        ScreenSettings(host=host, agents=agents())


def test_the_network_needs_agents_with_pins(certificate):
    """A page without anybody to sign in is a page for everybody."""
    crt, key = certificate
    with pytest.raises(ConfigError, match="need agents with PINs"):
        ScreenSettings(host="0.0.0.0", certificate=crt, private_key=key)  # noqa: S104


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"port": -1}, "port"),
        ({"port": 70000}, "port"),
        ({"idle_lock_s": 0}, "idle_lock_s"),
        ({"idle_lock_s": 99999}, "idle_lock_s"),
        ({"languages": ()}, "languages"),
        ({"languages": (Language.FR, Language.FR)}, "languages"),
        ({"secret": b"short"}, "secret"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"zone": "../etc"}, "zone"),
        ({"agents": (Agent("a", HASH), Agent("a", HASH))}, "alias"),
    ],
)
def test_a_wrong_setting_is_named(changes, named):
    """Nothing starts half right."""
    with pytest.raises(ConfigError, match=named):
        ScreenSettings(**changes)


@pytest.mark.parametrize("alias", ["", "-x", "é", "a b", "x" * 25, "a\n"])
def test_an_alias_is_a_code(alias):
    """The journal keeps it."""
    with pytest.raises(ConfigError, match="alias"):
        Agent(alias, HASH)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False),
        ("0.0.0.0", False),  # noqa: S104 - the case
        ("localhost.example", False),
    ],
)
def test_loopback_is_recognised_in_all_its_forms(host, own):
    """By address, not by the look of it."""
    assert is_loopback(host) is own


def test_the_secret_is_not_printed():
    """Settings end up in logs."""
    settings = ScreenSettings()

    assert settings.secret.hex() not in repr(settings)
    assert "secret" not in repr(settings)


def test_a_taken_port_is_one_clear_sentence(serve):
    """What, why, what to do."""
    port = serve().port
    with pytest.raises(EnvironmentProblem, match="another program has that port; stop it or"):
        serve(port=port)


def test_an_address_of_another_machine_is_one_clear_sentence(serve, certificate):
    """TEST-NET is nobody's."""
    crt, key = certificate
    with pytest.raises(EnvironmentProblem, match="give `host` an address of this machine"):
        serve(host="192.0.2.1", certificate=crt, private_key=key)


def test_tls_files_that_do_not_belong_together_are_one_clear_sentence(serve, certificate, tmp_path):
    """The gate does not start without its lock."""
    crt, _ = certificate
    for key in (crt, tmp_path / "missing.key"):
        with pytest.raises(EnvironmentProblem, match="TLS files"):
            serve(certificate=crt, private_key=key)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_that_others_can_read_is_refused(serve, certificate, mode):
    """Whoever has it can pass for the gate: the sentence says what to type."""
    crt, key = certificate
    key.chmod(mode)

    with pytest.raises(EnvironmentProblem, match=f"run: chmod 600 {key}"):
        serve(certificate=crt, private_key=key)


def test_stopping_frees_the_port_although_screens_are_watching(serve, visitor):
    """Streams end, the thread ends, the port can be used again."""
    serving = serve()
    visitor.port = serving.port
    events = visitor.listen("/holder/stream")
    next(events)
    serving.stop()

    assert list(events) is not None
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", serving.port))
    assert not any(t.name == "screens" and t is serving._thread for t in threading.enumerate())


def test_pages_are_served_over_tls_with_secure_cookies(visitor, network):
    """On the network nothing travels in the clear."""
    network(visitor)
    answer = visitor.get("/agent")

    assert answer.status == 200
    assert all("Secure" in each for each in answer.headers.get_all("set-cookie"))
    plain = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=20)
    plain.request("GET", "/agent")
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.getresponse()


def test_the_start_page_leads_every_role_to_its_screen(visitor):
    """In both languages."""
    for language in ("fr", "en"):
        text = visitor.get(f"/?lang={language}").text
        assert f'href="/agent?lang={language}"' in text
        assert f'href="/holder?lang={language}"' in text
        assert f'<html lang="{language}">' in text


def test_a_page_that_does_not_exist_leads_back(visitor):
    """404, in words."""
    answer = visitor.get("/nowhere")

    assert answer.status == 404
    assert "Accueil des écrans" in answer.text


def test_a_gate_without_agents_says_so(serve, visitor):
    """Rather than showing a form nobody can fill."""
    visitor.port = serve(agents=()).port

    assert "Aucun agent" in visitor.get("/agent").text


@pytest.mark.parametrize(
    ("languages", "first"), [((Language.EN, Language.FR), "en"), ((Language.FR,), "fr")]
)
def test_the_school_chooses_the_holders_languages(serve, visitor, languages, first):
    """The first one is big; the other may be left out."""
    visitor.port = serve(languages=languages).port
    text = visitor.get("/holder").text

    assert f'<html lang="{first}">' in text
    assert ('class="second"' in text) is (len(languages) == 2)
