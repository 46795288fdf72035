"""The roles of a school's server. One account has one; a person may have several accounts."""

from __future__ import annotations

from enum import StrEnum

from portique.core.plain import Words


class Role(StrEnum):
    """What somebody signs in as."""

    HEAD = "head"
    SCHOOL_LIFE = "school-life"
    RECEPTION = "reception"
    AGENT = "agent"
    TECHNICIAN = "technician"
    DPO = "dpo"
    AUDITOR = "auditor"
    HOLDER = "holder"


TITLES = {
    Role.HEAD: Words("Direction", "Head of school"),
    Role.SCHOOL_LIFE: Words("Vie scolaire", "School life office"),
    Role.RECEPTION: Words("Accueil", "Reception"),
    Role.AGENT: Words("Agent au portique", "Gate agent"),
    Role.TECHNICIAN: Words("Technique", "Technician"),
    Role.DPO: Words("Protection des données", "Data protection officer"),
    Role.AUDITOR: Words("Audit (lecture seule)", "Auditor (read only)"),
    Role.HOLDER: Words("Titulaire", "Holder"),
}
# Those whose sign-in takes a second factor: they change who may pass, or see everybody.
TWO_FACTORS = frozenset({Role.HEAD, Role.SCHOOL_LIFE, Role.TECHNICIAN, Role.DPO})
EVERYBODY = frozenset(Role)
WITH_PASSWORD = EVERYBODY - {Role.AGENT}  # agents have PINs, on shared devices
