"""Every error Portique raises on purpose, and what its catcher does.

PortiqueError
├── PassError              the code shown can't be trusted     → refuse, journal, carry on
│   ├── NotAPass           a code of somebody else's           → refuse, no id
│   ├── UnreadablePass     ours by its prefix, but not canonical or damaged
│   ├── OtherSchool        made for another school
│   ├── UnknownIssuer      sealed by a key this gate doesn't hold
│   └── BadSeal            the signature doesn't verify
├── PhoneProofError        a phone's proof is missing, wrong, old or early
├── SealedIdentityError    the sealed part can't be opened here → refer
├── KnowledgeError         what the server said can't be used  → keep the former, say its age
├── JournalError           the journal can't be written or read → entry refers, exit stays free
├── ConfigError            a setting is unknown or wrong       → don't start, name the key
├── EnvironmentProblem     disk, camera, port, network         → say what, why, what to do
├── LinkError              the server can't be reached         → keep deciding, keep the outbox
├── RegisterError          the school's folder can't do that   → say why
├── FileRefused            a file of people can't be taken     → nothing changed, say its cause
├── BackupError            a copy can't be made or put back    → nothing changed, say its cause
├── TimetableError         a timetable, calendar or change      → nothing changed, show its words
└── TooLate                someone else acted first            → show the present state

A bug of ours is none of these. It ends a command; a lane's loop logs its type, tells agents and
goes on.
No message ever holds personal data: no name, text of a code, holder's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portique.core.plain import Words


class PortiqueError(Exception):
    """Base of the errors above; caught only at entry points (gate loop, view, command)."""


class PassError(PortiqueError):
    """The presented pass can't be trusted.

    `detail` is for the journal and the technician; whoever holds the code
    learns only that it was refused.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(f"pass refused: {detail}")
        self.detail = detail


class NotAPass(PassError):  # noqa: N818 - named as the field names it, not as Python does
    """The text has none of Portique's prefixes."""


class UnreadablePass(PassError):  # noqa: N818
    """The text begins like a pass but isn't the one canonical form of anything."""


class OtherSchool(PassError):  # noqa: N818
    """The pass names another school."""


class UnknownIssuer(PassError):  # noqa: N818
    """No key of this gate has the pass's key id."""


class BadSeal(PassError):  # noqa: N818
    """The signature doesn't verify with the key the pass names."""


class PhoneProofError(PortiqueError):
    """The phone's own signature around its pass is missing or wrong."""


class SealedIdentityError(PortiqueError):
    """The sealed part of a genuine pass can't be opened: no key here, or damaged."""


class KnowledgeError(PortiqueError):
    """A bundle of knowledge is unsigned, damaged, too old or not for this gate."""


class JournalError(PortiqueError):
    """The journal can't be written or read; nothing was acknowledged."""


class ConfigError(PortiqueError):
    """A configuration names an unknown key or gives a wrong value."""


class EnvironmentProblem(PortiqueError):  # noqa: N818
    """The machine lacks something: the message says what, why and what to do."""


class LinkError(PortiqueError):
    """The server can't be reached."""


class RegisterError(PortiqueError):
    """The school's folder can't do what was asked: no such pass, already revoked."""


class TimetableError(PortiqueError):
    """A timetable, a school calendar or a change of the day can't be used; nothing was changed.

    `words` says what, why and what to do, in both languages.
    """

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class FileRefused(PortiqueError):  # noqa: N818
    """A file of people is too large, hostile, damaged or something else; nothing was changed.

    `cause` is a short code, of which pages have a sentence in each language.
    """

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause


class TooLate(PortiqueError):  # noqa: N818
    """Someone else acted first, or it expired."""


class BackupError(PortiqueError):
    """A copy of the database can't be made or put back; nothing was changed."""
