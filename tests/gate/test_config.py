"""A lane's configuration: read whole or refused with one sentence; safe by default."""

import dataclasses
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.errors import ConfigError
from portique.gate.config import (
    check_secret,
    dump,
    is_loopback,
    is_server_address,
    load,
    parse,
    read_secret,
)
from portique.gate.screen.settings import hash_pin
from portique.gate.sections import GateConfig
from portique.gate.toml import every_key, name_of

FOLDER = Path("folder")
LEAST = '[gate]\nid = "entry-1"\nschool = "0131234B"\n'
PIN_HASH = hash_pin("246810", salt=bytes(16))
REFERENCE = Path(__file__).parents[2] / "docs" / "gate-configuration.md"


def refusal(text: str) -> str:
    """Return the sentence that refuses ``text``."""
    with pytest.raises(ConfigError) as refused:
        parse(text, folder=FOLDER)
    return str(refused.value)


def test_the_least_configuration_is_safe():
    """Id and school are enough; nothing listens beyond loopback, nothing is wired."""
    config = parse(LEAST, folder=FOLDER)
    assert is_loopback(config.screens.host)
    assert config.metrics.port == 0
    assert (config.door.kind, config.fire.kind) == ("simulated", "none")
    assert config.door.fail.link_lost == "secured"
    assert config.journal.retention_days == 1


def test_relative_paths_start_at_the_files_folder(tmp_path):
    """A gate's folder can be moved: defaults and given paths follow the file."""
    file = tmp_path / "gate.toml"
    file.write_text(LEAST + '[journal]\nfile = "data/j.db"\n')
    config = load(file)
    assert config.journal.file == tmp_path / "data" / "j.db"
    assert config.gate.key == tmp_path / "gate.key"


def test_an_absolute_path_stays(tmp_path):
    """A path from the root is taken as it is."""
    config = parse(LEAST + '[journal]\nfile = "/var/lib/j.db"\n', folder=tmp_path)
    assert config.journal.file == Path("/var/lib/j.db")


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("[dor]\n", "dor is not a key of Portique; did you mean door?"),
        ("[door]\nknd = 'gpio'\n", "door.knd is not a key of Portique; did you mean kind?"),
        ("[door.mqtt]\nhots = 'x'\n", "door.mqtt.hots is not a key of Portique"),
        ("[door]\nkind = 'mqt'\n", "door.kind must be one of none, simulated"),
        ("[door]\nopen_s = '5'\n", "door.open_s must be a number, not '5'"),
        ("[door]\nopen_s = nan\n", "door.open_s must be from 0.5 to 30.0"),
        ("[camera]\nrate = true\n", "camera.rate must be a whole number, not True"),
        ("[camera]\naim = [0, 0, 1]\n", "camera.aim must be 4 numbers"),
        ("[server]\naddress = 'http://portique.example'\n", "server.address must be https://"),
        ("[server]\nproxy = 'socks5://x:1'\n", "server.proxy must be http://name:port"),
        ("[camera]\naim = [0.9, 0, 0.1, 1]\n", "camera.aim is empty"),
        ("[camera]\noptions = {a = 1}\n", "camera.options.a must be a text in quotes"),
        ("[camera]\noptions = 3\n", "camera.options must be a table of texts"),
        ("camera = 3\n", "gate.camera is not a key of Portique"),
        ("[[readers]]\nname = 'x'\n", "readers[1].kind is missing: what it is"),
        ("[[readers]]\nkind = 'wedge'\n", "readers[1].device is missing"),
        ("[[readers]]\nkind = 'stdin'\n" * 2, "two readers are named 'stdin'"),
        ("[door]\nkind = 'webhook'\n", "door.webhook.url must be an address"),
        ("[door]\nkind = 'gpio'\n", "door.gpio.door is missing"),
        ("[door]\nkind = 'mqtt'\n[door.mqtt]\nhost = 'broker'\n", "door.mqtt.tls must be true"),
        ("[door.fail]\nfire = 'secured'\n", "door.fail.fire must be one of free"),
        ("[door.fail]\nlink_lost = 'free'\n", "a lost link must not open an entry"),
        ("[fire]\nkind = 'contact'\n", "fire.pin is missing"),
        ("[fire]\nkind = 'line'\n", "fire.path is missing"),
        ("[screens]\nhost = '0.0.0.0'\n", "pages outside this machine need tls_certificate"),
        ("[screens]\nhost = 'gate.lan'\n", "pages outside this machine need tls_certificate"),
        ("[screens]\ntls_key = 'k'\n", "give both or none"),
        ("[[screens.agents]]\nalias = 'a'\npin_hash = '1234'\n", "agents[1].pin_hash"),
        ("[screens]\nlanguages = ['fr', 'de']\n", "screens.languages must be one of fr, en"),
        ("[screens]\nagents = 'x'\n", "screens.agents must be a list of tables"),
        ("[screens]\nagents = ['x']\n", "screens.agents[1] must be a table"),
        ("[journal]\nretention_days = 15\n", "journal.retention_days must be from 1 to 14"),
        ("[metrics]\nport = 70000\n", "metrics.port must be from 0 to 65535"),
        ("[x", "not TOML"),
    ],
)
def test_a_fault_is_refused_with_one_sentence_that_names_it(extra, said):
    """The whole file is refused; the sentence has the key's path and what is accepted."""
    sentence = refusal(LEAST + extra)
    assert said in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("school", ["", "013123B", "0131234b", "0131234BX"])
def test_a_school_is_named_by_its_uai(school):
    """Seven digits and a capital letter."""
    assert "gate.school must be a UAI" in refusal(f'[gate]\nid = "e"\nschool = "{school}"\n')


def test_an_exit_lane_has_no_relay_to_lock():
    """The configuration of an exit cannot even name a door's pin."""
    sentence = refusal(
        LEAST + "direction = 'exit'\n[door]\nkind = 'gpio'\n[door.gpio]\ndoor = 17\n"
    )
    assert "an exit lane drives no lock" in sentence


def test_an_empty_file_says_what_is_missing():
    """Nothing can be guessed about who the gate is."""
    assert refusal("").startswith("gate is missing")


def test_a_missing_file_says_what_to_do(tmp_path):
    """The sentence names the command that makes one."""
    with pytest.raises(ConfigError, match="portique gate init"):
        load(tmp_path / "none.toml")


def test_a_huge_file_is_not_read_as_a_configuration(tmp_path):
    """A journal given by mistake is refused by its size."""
    (tmp_path / "big").write_bytes(b"#" * 70_000)
    with pytest.raises(ConfigError, match="70000 bytes"):
        load(tmp_path / "big")


def full(folder: Path) -> GateConfig:
    """Return a configuration with every kind of value set."""
    return parse(
        LEAST
        + 'staffed_point = "l’accueil \\"A\\" \\\\ \\u0007"\n'
        + "[camera]\noptions = { rtsp_transport = 'tcp', 'a b' = '\"' }\n"
        + "[[readers]]\nkind = 'wedge'\ndevice = '/dev/input/event3'\nlayout = 'fr'\n"
        + "[[readers]]\nkind = 'serial'\ndevice = 'tty'\nbaud = 115200\n"
        + "[door]\nkind = 'gpio'\n[door.gpio]\ndoor = 17\nlines = 'lines'\n"
        + "[screens]\nhost = '0.0.0.0'\ntls_certificate = 'c.pem'\ntls_key = 'k.pem'\n"
        + "languages = ['en']\nnames = ['gate.lan', 'portique']\n"
        + f"[[screens.agents]]\nalias = 'loge'\npin_hash = '{PIN_HASH}'\n"
        + f"[[screens.agents]]\nalias = 'aed'\npin_hash = '{PIN_HASH}'\n",
        folder=folder,
    )


@pytest.mark.parametrize("make", [full, lambda folder: parse(LEAST, folder=folder)])
def test_what_is_written_is_read_back_the_same(tmp_path, make):
    """`gate init` writes what `gate run` reads, with paths that stay inside the folder."""
    config = make(tmp_path)
    written = dump(config, folder=tmp_path)
    assert parse(written, folder=tmp_path) == config
    assert str(tmp_path) not in written


@given(text=st.text(max_size=40))
def test_any_text_survives_being_written(text):
    """Quotes, controls and line ends in a name do not break the file."""
    config = parse(LEAST, folder=FOLDER)
    config = dataclasses.replace(config, gate=dataclasses.replace(config.gate, staffed_point=text))
    assert parse(dump(config), folder=Path()).gate.staffed_point == text


def test_the_file_written_explains_every_plain_key(tmp_path):
    """Each key's meaning stands above it, set or not."""
    written = dump(full(tmp_path), folder=tmp_path)
    for item in every_key(GateConfig):
        assert item.about.doc.lower() in written.lower(), item.path


def test_a_secret_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path):
    """Modes are checked at every start, not only when the file was made."""
    key = tmp_path / "gate.key"
    key.write_text("secret")
    key.chmod(0o640)
    (tmp_path / "gate.toml").write_text(LEAST)
    with pytest.raises(ConfigError, match=r"mode 0640.*chmod 600"):
        load(tmp_path / "gate.toml")
    key.chmod(0o600)
    assert load(tmp_path / "gate.toml").gate.key == key


def test_a_configuration_with_pins_is_a_secret_itself(tmp_path):
    """A PIN's hash gives the PIN to whoever can try a million of them."""
    file = tmp_path / "gate.toml"
    file.write_text(LEAST + f"[[screens.agents]]\nalias = 'a'\npin_hash = '{PIN_HASH}'\n")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load(file)
    file.chmod(0o600)
    assert load(file).screens.agents[0].alias == "a"


def test_a_secrets_text_comes_without_its_last_newline(tmp_path):
    """Editors add one; a password has none."""
    secret = tmp_path / "password"
    secret.touch(mode=0o600)
    secret.write_text("hunter2\n")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    check_secret(secret)
    assert read_secret(secret) == "hunter2"


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_or_empty_secret_is_refused(tmp_path, content):
    """Signing with nothing would look like signing."""
    secret = tmp_path / "password"
    if content is not None:
        secret.touch(mode=0o600)
    with pytest.raises(ConfigError, match=r"can't be read|is empty"):
        read_secret(secret)


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.4", False), ("portique", False)],  # noqa: S104 - refused
)  # fmt: skip
def test_only_loopback_is_this_machine(host, here):
    """A name that is not localhost may resolve to anything."""
    assert is_loopback(host) is here


def test_the_reference_page_is_what_the_tables_say():
    """Regenerate it with `python -m portique.gate.config_page > docs/gate-configuration.md`."""
    from portique.gate.config_page import page

    assert REFERENCE.read_text(encoding="utf-8") == page()


def test_every_key_has_a_meaning_and_a_named_type():
    """No key is left to be guessed."""
    for item in every_key(GateConfig):
        assert len(item.about.doc) > 5, item.path
        assert name_of(item.kind)


@pytest.mark.parametrize(
    ("address", "accepted"),
    [
        ("https://portique.example", True),
        ("https://portique.example:8443", True),
        ("https://[2001:db8::1]:8443", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://portique.example", False),
        ("https://portique.example/", False),
        ("https://portique.example:0", False),
        ("https://portique.example:port", False),
        ("https://user@portique.example", False),
        ("https://", False),
        ("portique.example", False),
        ("ftp://portique.example", False),
        ("https://lycée.example", False),
    ],
)
def test_a_server_is_where_tls_or_this_machine_is(address, accepted):
    """Scheme, name, port, and nothing that a request could be led astray by."""
    assert is_server_address(address) is accepted
