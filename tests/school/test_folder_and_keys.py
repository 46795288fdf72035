"""The folder on disk: made once, keys for their owner, files whole or not at all."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests.school.conftest import AT, SETTINGS

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.school import keys
from portique.school.folder import SchoolFolder, uai_warning


def test_what_is_made_is_opened(folder):
    """Settings come back as they were given."""
    opened = SchoolFolder.open(folder)

    assert opened.settings == SETTINGS
    opened.close()


def test_half_a_school_is_not_made_over(folder, entropy):
    """Keys without settings are somebody's keys still."""
    (folder / "school.toml").unlink()

    with pytest.raises(EnvironmentProblem, match="holds a school already"):
        SchoolFolder.create(folder, SETTINGS, at=AT, entropy=entropy)


def test_each_purpose_has_a_key_of_its_own(folder):
    """Five files, all different, mode 0600."""
    files = sorted((folder / "keys").iterdir())

    assert [file.name for file in files] == [
        *("knowledge.pem", "name-2026.key", "orders.pem"),
        *("pass-2026.pem", "status.pem"),
    ]
    assert len({file.read_bytes() for file in files}) == len(files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_the_newest_year_issues(folder, entropy):
    """Older ones follow, newest first."""
    for year in (2027, 2031, 2028):
        keys.roll(folder / "keys", year=year, entropy=entropy)
    store = keys.load(folder / "keys")
    newest = keys.read_signer(folder / "keys" / "pass-2031.pem", store.issuers[0].purpose)

    assert len(store.issuers) == len(store.names) == 4
    assert store.issuers[0].public == newest.public


@pytest.mark.parametrize("missing", ["pass-2031.pem", "name-2031.key"])
def test_a_roll_stopped_half_way_is_completed(folder, entropy, missing):
    """What is there stays as it is; only what is missing is made."""
    keys.roll(folder / "keys", year=2031, entropy=entropy)
    (folder / "keys" / missing).unlink()
    kept = {path: path.read_bytes() for path in (folder / "keys").iterdir()}
    keys.roll(folder / "keys", year=2031, entropy=entropy)

    assert {path: path.read_bytes() for path in kept} == kept
    assert len(keys.load(folder / "keys").names) == len(keys.load(folder / "keys").issuers) == 2


def test_a_key_left_by_a_former_version_does_no_harm(folder):
    """Schools made before have a recovery key, which nothing reads."""
    (folder / "keys" / "recovery.pem").write_text("anything", encoding="utf-8")

    assert keys.load(folder / "keys").issuers


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_open_to_others_is_not_used(folder, mode):
    """The sentence says the command that closes it."""
    (folder / "keys" / "status.pem").chmod(mode)

    with pytest.raises(EnvironmentProblem, match="chmod 600"):
        keys.load(folder / "keys")


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff" * 99])
@pytest.mark.parametrize("name", ["pass-2026.pem", "name-2026.key", "orders.pem"])
def test_a_spoiled_key_is_named(folder, name, content):
    """It is never made anew in silence."""
    (folder / "keys" / name).write_bytes(content)

    with pytest.raises(EnvironmentProblem, match=name):
        keys.load(folder / "keys")


@pytest.mark.parametrize(
    "other", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_a_key_of_another_kind_is_refused(folder, other):
    """Only P-256 signs here."""
    pem = other.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "keys" / "status.pem").write_bytes(pem)

    with pytest.raises(EnvironmentProblem, match="not a P-256 key"):
        keys.load(folder / "keys")


def test_data_is_written_whole(school):
    """Nothing but the file is left, and it reads back."""
    school.write_data("regimes.json", [{"code": "é"}])

    assert school.read_data("regimes.json") == [{"code": "é"}]
    assert json.loads((school.path / "regimes.json").read_text("utf-8")) == [{"code": "é"}]
    assert list(school.path.glob("*.draft")) == []


def test_data_that_cannot_be_written_is_said(school):
    """What, why, and what to do; never a bare OSError."""
    (school.path / "regimes.json").mkdir()

    with pytest.raises(EnvironmentProblem, match="can't be written"):
        school.write_data("regimes.json", [])


def test_data_that_is_absent_is_none(school):
    """A new school has no regimes of its own."""
    assert school.read_data("regimes.json") is None


def test_a_control_letter_is_checked():
    """Seven digits give one letter."""
    assert uai_warning("0999001W") is None
    assert "should be W" in str(uai_warning("0999001B"))


def test_settings_nobody_has_are_refused(folder):
    """The file is named."""
    (folder / "school.toml").write_text('uai = "0999001W"\nname = ""\n')

    with pytest.raises(ConfigError, match="1 to 80"):
        SchoolFolder.open(folder)
