"""The tables of a gate's configuration, every key with its meaning, default and bounds.

Every default is safe: loopback only, no relay, no fire line, nothing kept longer than the design
allows. `portique.gate.config` reads them, writes them and checks what spans several keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from portique.gate.toml import Key

LANGUAGES = ("fr", "en")
FAIL_STATES = ("secured", "free")
RETENTION_DAYS_MAX = 14  # design §5.5: acknowledged rows are kept for re-filling, no longer


@dataclass(frozen=True, slots=True)
class GateSection:
    """Who this gate is."""

    id: Annotated[str, Key("this gate's name, unique in the school", example="entry-1")]
    school: Annotated[str, Key("the school's UAI: seven digits and a letter", example="0131234B")]
    lane: Annotated[str, Key("the lane it serves, as named in the school's folder")] = "entry-1"
    direction: Annotated[
        str, Key("the one direction of passage; also the door's role", choices=("entry", "exit"))
    ] = "entry"
    mode: Annotated[
        str,
        Key(
            "control; counting: nobody is stopped, people are counted; free: nothing is decided",
            choices=("control", "counting", "free"),
        ),
    ] = "control"
    spot_check_percent: Annotated[
        float,
        Key(
            "share of showings, drawn at random, referred for a look at the card; 0: none. "
            "What the school decides for the lane wins",
            bounds=(0.0, 100.0),
        ),
    ] = 0.0
    language: Annotated[str, Key("language of the holder's screen", choices=LANGUAGES)] = "fr"
    staffed_point: Annotated[
        str,
        Key("where an agent is found, until the school says it: its zones.json then wins"),
    ] = "la loge"
    key: Annotated[Path, Key("this gate's own private key, mode 0600")] = Path("gate.key")


@dataclass(frozen=True, slots=True)
class CameraSection:
    """The camera that looks at passes."""

    source: Annotated[
        str, Key("a camera's number, a file, a folder, an address (rtsp://, http://), or none")
    ] = "0"
    aim: Annotated[
        tuple[float, float, float, float],
        Key(
            "the aim area as left, top, right, bottom, fractions of the picture", bounds=(0.0, 1.0)
        ),
    ] = (0.0, 0.0, 1.0, 1.0)
    minimum_size: Annotated[
        float, Key("smallest code looked at, as a fraction of the width", bounds=(0.01, 1.0))
    ] = 0.08
    width: Annotated[int, Key("picture width asked for, pixels", bounds=(160, 4096))] = 1280
    height: Annotated[int, Key("picture height asked for, pixels", bounds=(120, 4096))] = 720
    rate: Annotated[int, Key("pictures a second asked for", bounds=(1, 120))] = 30
    exposure_ms: Annotated[
        float, Key("longest exposure, milliseconds; 4 stops a walking hand", bounds=(0.1, 40.0))
    ] = 4.0
    alternate_exposure: Annotated[
        bool, Key("alternate short pictures for phones and long ones for paper")
    ] = True
    focus: Annotated[str, Key("locked keeps the focus still", choices=("locked", "auto"))] = (
        "locked"
    )
    mains_hz: Annotated[
        int, Key("mains frequency against flicker; 0: leave it", bounds=(0, 60))
    ] = 50
    options: Annotated[dict[str, str], Key("options handed to FFmpeg for an address or a file")] = (
        field(default_factory=dict)
    )


@dataclass(frozen=True, slots=True)
class ReaderSection:
    """A reader beside the camera."""

    kind: Annotated[str, Key("what it is", choices=("wedge", "serial", "stdin"), example="wedge")]
    name: Annotated[str, Key("its name on screens and in metrics; its kind when empty")] = ""
    device: Annotated[
        Path | None, Key("/dev/input/by-id/… for a wedge, a tty, file or FIFO for serial")
    ] = None
    layout: Annotated[
        str, Key("the keyboard layout the wedge itself is set to", choices=("us", "fr"))
    ] = "us"
    prefix: Annotated[str, Key("characters the reader adds before each text, cut off")] = ""
    suffix: Annotated[str, Key("characters the reader adds before Enter, cut off")] = ""
    baud: Annotated[int, Key("speed of a tty; ignored for a file", bounds=(300, 4_000_000))] = 9600
    line_end: Annotated[
        str, Key("serial: what ends a text: lf (LF or CR LF) or cr", choices=("lf", "cr"))
    ] = "lf"
    key_gap_ms: Annotated[
        int, Key("a longer silence inside a text drops it: a hand, not a scan", bounds=(10, 5_000))
    ] = 200
    lines_per_minute: Annotated[
        int, Key("beyond this rate lines are counted and dropped", bounds=(1, 600))
    ] = 60


@dataclass(frozen=True, slots=True)
class FailSection:
    """What the door does when nobody commands it, as wired and as driven."""

    link_lost: Annotated[str, Key("the way to the door is lost", choices=FAIL_STATES)] = "secured"
    process_dead: Annotated[str, Key("the gate died or hangs", choices=FAIL_STATES)] = "secured"
    power_lost: Annotated[str, Key("as wired: states a fact", choices=FAIL_STATES)] = "secured"
    fire: Annotated[str, Key("the only value: fire frees every door", choices=("free",))] = "free"


@dataclass(frozen=True, slots=True)
class WebhookSection:
    """A door controller that takes HTTP requests."""

    url: Annotated[str, Key("where orders are posted as JSON")] = ""
    secret: Annotated[Path | None, Key("a file, mode 0600: its text signs each request (HMAC)")] = (
        None
    )
    timeout_s: Annotated[
        float, Key("seconds before the link counts as lost", bounds=(0.1, 2.0))
    ] = 1.0


@dataclass(frozen=True, slots=True)
class MqttSection:
    """A broker in the school."""

    host: Annotated[str, Key("the broker")] = "127.0.0.1"
    port: Annotated[int, Key("its port; 8883 with tls", bounds=(1, 65535))] = 1883
    topic: Annotated[str, Key("the topic's beginning; /order and /state are added")] = (
        "portique/door"
    )
    user: Annotated[str, Key("user name, if the broker asks")] = ""
    password: Annotated[Path | None, Key("a file, mode 0600, holding the password")] = None
    tls: Annotated[bool, Key("encrypt; wanted unless the broker is this machine")] = False


@dataclass(frozen=True, slots=True)
class GpioSection:
    """Relays on a single-board computer; pins are BCM numbers."""

    lines: Annotated[
        Path | None,
        Key("a folder of value files (gpio17/value, as the kernel exports), instead of gpiozero"),
    ] = None
    door: Annotated[int | None, Key("the door's relay; never on an exit lane", bounds=(0, 63))] = (
        None
    )
    released: Annotated[
        str, Key("the level that opens; low: no power, open", choices=("low", "high"))
    ] = "low"
    go: Annotated[int | None, Key("the green lamp", bounds=(0, 63))] = None
    agent: Annotated[int | None, Key("the amber lamp", bounds=(0, 63))] = None
    heartbeat: Annotated[
        int | None,
        Key("a line toggled while alive, for an external watchdog relay", bounds=(0, 63)),
    ] = None


@dataclass(frozen=True, slots=True)
class DoorSection:
    """What a grant releases."""

    kind: Annotated[
        str, Key("the driver", choices=("none", "simulated", "webhook", "mqtt", "gpio"))
    ] = "simulated"
    open_s: Annotated[float, Key("seconds a grant keeps the door released", bounds=(0.5, 30.0))] = (
        5.0
    )
    lamp_s: Annotated[float, Key("seconds the lamp shows an outcome", bounds=(0.5, 30.0))] = 3.0
    fail: Annotated[FailSection, Key("the fail states")] = field(default_factory=FailSection)
    webhook: Annotated[WebhookSection, Key("for kind = webhook")] = field(
        default_factory=WebhookSection
    )
    mqtt: Annotated[MqttSection, Key("for kind = mqtt")] = field(default_factory=MqttSection)
    gpio: Annotated[GpioSection, Key("for kind = gpio")] = field(default_factory=GpioSection)


@dataclass(frozen=True, slots=True)
class FireSection:
    """The fire panel's line."""

    kind: Annotated[
        str, Key("where it comes from", choices=("none", "contact", "line", "webhook", "mqtt"))
    ] = "none"
    pin: Annotated[int | None, Key("BCM number of the contact's pin", bounds=(0, 63))] = None
    contact: Annotated[
        str,
        Key(
            "opens: the loop is closed at rest, so a cut wire is a fire",
            choices=("opens", "closes"),
        ),
    ] = "opens"
    path: Annotated[Path | None, Key("for line: a FIFO; a line saying fire or 1 is a fire")] = None
    port: Annotated[int, Key("for webhook: loopback port; POST /fire", bounds=(1, 65535))] = 9465
    topic: Annotated[str, Key("for mqtt: fire, on the broker of [door.mqtt]")] = "portique/fire"


@dataclass(frozen=True, slots=True)
class AgentSection:
    """Somebody who may rule."""

    alias: Annotated[
        str, Key("what the journal calls the agent; no full name needed", example="loge")
    ]
    pin_hash: Annotated[str, Key("scrypt hash of the PIN, as `gate init` makes it")]


@dataclass(frozen=True, slots=True)
class ScreensSection:
    """The holder's and the agent's pages."""

    host: Annotated[str, Key("address listened on; another one needs tls and an agent")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Key("port; 0 takes a free one", bounds=(0, 65535))] = 8440
    languages: Annotated[tuple[str, ...], Key("offered to the agent", choices=LANGUAGES)] = (
        LANGUAGES
    )
    names: Annotated[
        tuple[str, ...], Key("host names the pages answer to, besides the address")
    ] = ()
    tls_certificate: Annotated[Path | None, Key("PEM certificate chain")] = None
    tls_key: Annotated[Path | None, Key("its private key, mode 0600")] = None
    agents: Annotated[tuple[AgentSection, ...], Key("who may rule")] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeSection:
    """What the school tells this gate."""

    path: Annotated[Path, Key("a file, or a folder watched for files; a stick's too")] = Path(
        "knowledge"
    )
    poll_s: Annotated[float, Key("seconds between two looks", bounds=(0.5, 3600.0))] = 5.0
    school_key: Annotated[Path, Key("the school's public key that signs it")] = Path("school.pub")


@dataclass(frozen=True, slots=True)
class JournalSection:
    """The journal."""

    file: Annotated[Path, Key("the journal, on a local disk")] = Path("journal.db")
    retention_days: Annotated[
        int,
        Key(
            "school days an entry outlives its own; never over 14 calendar days",
            bounds=(1, RETENTION_DAYS_MAX),
        ),
    ] = 1
    rows_max: Annotated[int, Key("alarm at 80 % of this", bounds=(1_000, 5_000_000))] = 500_000


@dataclass(frozen=True, slots=True)
class ServerSection:
    """The school's server. Without an address the gate works from files alone."""

    address: Annotated[
        str, Key("https://name:port; http only on this machine; empty: no server")
    ] = ""
    ca: Annotated[
        Path | None, Key("PEM file of the authority to believe instead of the system's")
    ] = None
    proxy: Annotated[str, Key("http://name:port of a proxy; empty: straight to the server")] = ""


@dataclass(frozen=True, slots=True)
class MetricsSection:
    """Figures for Prometheus, on loopback only."""

    port: Annotated[int, Key("port on 127.0.0.1; 0: off", bounds=(0, 65535))] = 0


@dataclass(frozen=True, slots=True)
class SandboxSection:
    """Limits on the process that decodes pictures."""

    level: Annotated[
        str,
        Key(
            "best: as strong as the machine allows; required: no start without the strongest",
            choices=("best", "required"),
        ),
    ] = "best"
    memory_mb: Annotated[
        int, Key("address space of the decoder, megabytes", bounds=(512, 8192))
    ] = 2048
    frame_ms: Annotated[int, Key("wall time per picture before a restart", bounds=(50, 10_000))] = (
        2_000
    )


@dataclass(frozen=True, slots=True)
class GateConfig:
    """One lane, whole."""

    gate: Annotated[GateSection, Key("who this gate is")]
    camera: Annotated[CameraSection, Key("the camera")] = field(default_factory=CameraSection)
    readers: Annotated[tuple[ReaderSection, ...], Key("readers beside the camera")] = ()
    door: Annotated[DoorSection, Key("the door and its lamp")] = field(default_factory=DoorSection)
    fire: Annotated[FireSection, Key("the fire panel's line")] = field(default_factory=FireSection)
    screens: Annotated[ScreensSection, Key("the pages")] = field(default_factory=ScreensSection)
    knowledge: Annotated[KnowledgeSection, Key("what the school says")] = field(
        default_factory=KnowledgeSection
    )
    journal: Annotated[JournalSection, Key("the journal")] = field(default_factory=JournalSection)
    server: Annotated[ServerSection, Key("the school's server")] = field(
        default_factory=ServerSection
    )
    metrics: Annotated[MetricsSection, Key("figures")] = field(default_factory=MetricsSection)
    sandbox: Annotated[SandboxSection, Key("the decoder's limits")] = field(
        default_factory=SandboxSection
    )
