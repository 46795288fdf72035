"""A school that lives in a folder: who it is, its keys, its register, its rules as files.

DIR/school.toml      name, UAI, time zone
DIR/calendar.json    openings, terms, holidays, timetable (editable)
DIR/regimes.json     exit regimes (editable; the usual ones when absent)
DIR/zones.json       zones and lanes (editable)
DIR/register.db      passes issued, rights by holder, gates
DIR/keys/            one file each, mode 0600

All but `regimes.json` are made once, by `create`. One that is missing afterwards was lost: it is
never made anew in silence, for an empty register revokes everybody and a new school's calendar
opens a closed one.
"""

from __future__ import annotations

import json
import tomllib
import unicodedata
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

from portique.core.calendars import default_calendar
from portique.core.errors import ConfigError, EnvironmentProblem, KnowledgeError
from portique.core.localtime import zone_of
from portique.core.values import Uai, is_uai, uai_letter
from portique.core.zones import default_site
from portique.school import keys
from portique.school.disk import write_durably
from portique.school.register_file import RegisterFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

SETTINGS, CALENDAR, ZONES = "school.toml", "calendar.json", "zones.json"
REGISTER = "register.db"
MOVED = "register.db.moved-to-the-server"  # since a server holds the school's truth
KEYS = "keys"
NAME_CHARACTERS_MAX = 80
UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, half characters, line ends
FIRST_SCHOOL_MONTH = 9  # the French school year starts in September


@dataclass(frozen=True, slots=True)
class Settings:
    """What `school.toml` says."""

    uai: Uai
    name: str
    time_zone: str = "Europe/Paris"

    @property
    def zone(self) -> ZoneInfo:
        """The school's local time."""
        return zone_of(self.time_zone)


class SchoolFolder:
    """An open school folder. Use `create` or `open`, and `close` it."""

    def __init__(self, path: Path, settings: Settings, store: keys.KeyStore) -> None:
        self.path = path
        self.settings = settings
        self.keys = store
        self.register = RegisterFile(path / REGISTER)

    @classmethod
    def create(
        cls, path: Path, settings: Settings, *, at: datetime, entropy: Callable[[int], bytes]
    ) -> SchoolFolder:
        """Make a new school: keys of the current school year, an empty register, usual rules.

        Raises:
            ConfigError: The UAI isn't one, or the name is empty or too long.
            EnvironmentProblem: The folder holds a school already, or can't be written.
        """
        check(settings)
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any((path / name).exists() for name in (SETTINGS, KEYS, REGISTER)):
                raise EnvironmentProblem(f"{path} holds a school already; choose another folder")
            keys.make(path / KEYS, year=school_year(at, settings.zone), entropy=entropy)
            RegisterFile.create(path / REGISTER).close()
            write_durably(path / CALENDAR, _json_text(default_calendar().to_data()))
            write_durably(path / ZONES, _json_text(default_site().to_data()))
            # Last: a folder is a school once it says so, and lacks nothing then.
            write_durably(path / SETTINGS, _settings_text(settings).encode())
        except OSError as error:
            raise EnvironmentProblem(
                f"the school can't be made in {path} ({error.strerror}); check the disk and rights"
            ) from error
        return cls(path, settings, keys.load(path / KEYS))

    @classmethod
    def open(cls, path: Path) -> SchoolFolder:
        """Open an existing school.

        Raises:
            EnvironmentProblem: No school there, or its keys or register can't be read.
            ConfigError: Its settings are damaged.
        """
        if is_served(path):
            raise EnvironmentProblem(
                f"the school in {path} has a server, whose database holds its register: "
                "use the console, or commands with --school, which ask the database"
            )
        return cls(path, read_settings(path), keys.load(path / KEYS))

    def close(self) -> None:
        """Close the register."""
        self.register.close()

    def roll_keys(self, *, year: int, entropy: Callable[[int], bytes]) -> None:
        """Start a school year: new issuing and name keys; older ones keep verifying."""
        keys.roll(self.path / KEYS, year=year, entropy=entropy)
        self.keys = keys.load(self.path / KEYS)

    def read_data(self, name: str) -> Any:
        """Return a JSON file of the folder as plain data, or None when absent.

        Raises:
            ConfigError: The file isn't JSON.
        """
        path = self.path / name
        try:
            text = path.read_text(encoding="utf-8-sig")  # Notepad may put a mark before it
            return json.loads(text, object_pairs_hook=without_doubles)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EnvironmentProblem(
                f"{path} can't be read ({error.strerror}); run as the folder's owner"
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{path} is not UTF-8 text; in Notepad: Save as, Encoding: UTF-8"
            ) from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path} is not JSON ({error}); correct it or restore it") from error

    def write_data(self, name: str, data: object) -> None:
        """Write a JSON file of the folder, whole or not at all.

        Raises:
            EnvironmentProblem: The disk refused.
        """
        path = self.path / name
        try:
            write_durably(path, _json_text(data))
        except OSError as error:
            raise EnvironmentProblem(
                f"{path} can't be written ({error.strerror}); check the disk and your rights"
            ) from error


def is_served(path: Path) -> bool:
    """Say whether a server's database took the place of a folder's register and rules."""
    return (path / MOVED).exists()


def read_settings(path: Path) -> Settings:
    """Read who the school in a folder is.

    Raises:
        EnvironmentProblem: No school there, or the file can't be read.
        ConfigError: Its settings are damaged.
    """
    try:
        text = (path / SETTINGS).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EnvironmentProblem(
            f"there is no school in {path}; make one with: portique school init {path}"
            " --uai UAI --name NAME"
        ) from error
    except OSError as error:
        raise EnvironmentProblem(
            f"{path / SETTINGS} can't be read ({error.strerror}); run as the folder's owner"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{SETTINGS} is damaged; restore it from the backup") from error
    return _settings_from(text)


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON; of a key given twice nobody knows which was meant.

    Raises:
        ValueError: Names the key.
    """
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"{key:.40} is there twice")
        made[key] = value
    return made


def school_year(at: datetime, zone: ZoneInfo) -> int:
    """Return the calendar year in which the school year of `at` began, by the school's own time."""
    local = at.astimezone(zone)
    return local.year if local.month >= FIRST_SCHOOL_MONTH else local.year - 1


def check(settings: Settings) -> None:
    """Refuse settings no school has.

    Raises:
        ConfigError: Says which and why.
    """
    if not is_uai(settings.uai):
        raise ConfigError("a UAI is seven digits and a capital letter, such as 0990001X")
    if not 0 < len(settings.name) <= NAME_CHARACTERS_MAX:
        raise ConfigError(f"a school's name has 1 to {NAME_CHARACTERS_MAX} characters")
    if any(unicodedata.category(character) in UNFIT for character in settings.name):
        raise ConfigError("a school's name is one line of UTF-8 text")


def uai_warning(uai: str) -> str | None:
    """Say when the control letter of a UAI is wrong; some codes in the wild are, so only warn."""
    expected = uai_letter(uai[:7])
    if uai[7] == expected:
        return None
    return f"the control letter of {uai} should be {expected}; check it with the academy"


def _json_text(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _settings_text(settings: Settings) -> str:
    lines = [
        "# A school of Portique. Times without offset are in this zone.",
        f"uai = {json.dumps(settings.uai)}",
        f"name = {json.dumps(settings.name, ensure_ascii=False)}",
        f"time_zone = {json.dumps(settings.time_zone)}",
    ]
    return "\n".join(lines) + "\n"


def _settings_from(text: str) -> Settings:
    try:
        data = tomllib.loads(text)
        settings = replace(Settings(Uai(data.pop("uai")), data.pop("name")), **data)
        _ = "".join(astuple(settings)), settings.zone  # texts, and a zone that exists
    except (KnowledgeError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{SETTINGS} is damaged ({error}); it holds uai, name and time_zone"
        ) from error
    check(settings)
    return settings
