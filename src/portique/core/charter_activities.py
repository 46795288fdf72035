"""The register's activities: what Portique does with data about people, and no more.

Each has its purposes with their legal basis, the people concerned, those who
may receive the data, the usual retention and the longest. Faces and visitors
come with what they do, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.charter_law import Activity, LegalBasis, Purpose, Recipient, Source
from portique.core.charter_retention import (
    NEXT_SCHOOL_DAY,
    ONE_MONTH,
    ONE_YEAR,
    SIX_MONTHS,
    THREE_MONTHS,
    UNTIL_REPLACED,
    WHILE_ACCOUNT,
    WHILE_IN_SERVICE,
    WHILE_KNOWN,
    WHILE_ON_MEDIUM,
    WHILE_PERMITTED,
    WHILE_SESSION,
    WHILE_VALID,
)
from portique.core.plain import Words
from portique.core.values import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

HOLDERS = tuple(Kind)
PUPILS_AND_GUARDIANS = (Kind.PUPIL, Kind.GUARDIAN)

ENTRY_CONTROL = Activity(
    code="entry-control",
    title=Words("Contrôle des entrées et des sorties", "Control of entries and exits"),
    purposes=(
        Purpose(
            "admit",
            Words(
                "laisser passer qui en a le droit, et dire pourquoi non",
                "let those pass who may, and say why not",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "copies",
            Words(
                "repérer un laissez-passer copié ou volé", "notice a pass that was copied or stolen"
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "not-seen",
            Words(
                "savoir le jour même qui n’a pas été vu à l’entrée",
                "know on the day who was not seen at the gate",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
    ),
    persons=HOLDERS,
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.AGENT, Recipient.RECEPTION),
            *(Recipient.SCHOOL_LIFE, Recipient.HEAD),
        }
    ),
    source=Source.GATE,
    retention=NEXT_SCHOOL_DAY,
    longest=(THREE_MONTHS,),
)

DIRECTORY = Activity(
    code="directory",
    title=Words("Annuaire des personnes", "Directory of people"),
    purposes=(
        Purpose(
            "recognise",
            Words(
                "savoir qui appartient à l’établissement, et à quel groupe",
                "know who belongs to the school, and to which group",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "match",
            Words(
                "retrouver la même personne d’une importation à l’autre",
                "find the same person from one import to the next",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
    ),
    persons=HOLDERS,
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.GUARDIAN, Recipient.AGENT, Recipient.RECEPTION),
            *(Recipient.SCHOOL_LIFE, Recipient.HEAD),
        }
    ),
    source=Source.IMPORT,
    retention=WHILE_KNOWN,
    longest=(WHILE_KNOWN, WHILE_ON_MEDIUM, UNTIL_REPLACED),
)

PASSES = Activity(
    code="passes",
    title=Words("Délivrance des laissez-passer", "Issuance of passes"),
    purposes=(
        Purpose(
            "issue",
            Words(
                "délivrer, imprimer et remplacer un laissez-passer",
                "issue, print and replace a pass",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "verify",
            Words(
                "vérifier au portique qu’il est authentique et valable",
                "verify at the gate that it is genuine and valid",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
    ),
    persons=HOLDERS,
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.GUARDIAN, Recipient.AGENT, Recipient.RECEPTION),
            *(Recipient.SCHOOL_LIFE, Recipient.HEAD),
        }
    ),
    source=Source.SCHOOL,
    retention=WHILE_VALID,
    longest=(WHILE_VALID, WHILE_ON_MEDIUM, UNTIL_REPLACED, WHILE_KNOWN),
)

ACCOUNTS = Activity(
    code="accounts",
    title=Words("Comptes et connexion", "Accounts and sign-in"),
    purposes=(
        Purpose(
            "sign-in",
            Words(
                "reconnaître qui se connecte et ce qui lui est permis",
                "recognise who signs in and what they may do",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "protect",
            Words(
                "protéger les comptes contre qui devine ou vole un mot de passe",
                "protect accounts from those who guess or steal a password",
            ),
            LegalBasis.LEGAL_OBLIGATION,  # security of processing: GDPR art. 32
        ),
    ),
    persons=HOLDERS,
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.SCHOOL_LIFE, Recipient.HEAD),
            *(Recipient.TECHNICIAN, Recipient.DPO),
        }
    ),
    source=Source.PERSON,
    retention=WHILE_ACCOUNT,
    longest=(WHILE_ACCOUNT, WHILE_SESSION, SIX_MONTHS),
)

EXIT_RIGHTS = Activity(
    code="exit-rights",
    title=Words("Droits de sortie et autorisations", "Exit rights and permissions"),
    purposes=(
        Purpose(
            "exit",
            Words(
                "appliquer le régime de sortie choisi avec la famille",
                "apply the exit regime chosen with the family",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "permit",
            Words(
                "permettre une entrée ou une sortie hors des règles",
                "permit an entry or exit that the rules don’t",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "away",
            Words(
                "savoir qui n’est pas attendu\u00a0: stage, sortie, absence justifiée",
                "know who is not expected: internship, outing, justified absence",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
    ),
    persons=HOLDERS,
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.GUARDIAN, Recipient.AGENT, Recipient.RECEPTION),
            *(Recipient.SCHOOL_LIFE, Recipient.HEAD),
        }
    ),
    source=Source.SCHOOL,
    retention=WHILE_KNOWN,
    longest=(WHILE_KNOWN, WHILE_PERMITTED, WHILE_ON_MEDIUM, UNTIL_REPLACED),
)

GUARDIAN_MESSAGES = Activity(
    code="guardian-messages",
    title=Words("Messages aux responsables légaux", "Messages to guardians"),
    purposes=(
        Purpose(
            "contact",
            Words("savoir à qui et comment écrire", "know whom to write to, and how"),
            LegalBasis.PUBLIC_TASK,
        ),
        Purpose(
            "inform",
            Words(
                "prévenir qu’un élève n’a pas été vu, après l’accord de la vie scolaire",
                "say that a pupil was not seen, once the school life office agreed",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
    ),
    persons=PUPILS_AND_GUARDIANS,
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.GUARDIAN, Recipient.SCHOOL_LIFE, Recipient.HEAD),
            Recipient.BOUND_PARTY,  # who carries the message
        }
    ),
    source=Source.IMPORT,
    retention=ONE_MONTH,
    longest=(WHILE_KNOWN,),
)

ACCESS_AUDIT = Activity(
    code="access-audit",
    title=Words("Trace des consultations", "Record of who looked"),
    purposes=(
        Purpose(
            "account",
            Words(
                "montrer qui a consulté ou changé des données personnelles, et pourquoi",
                "show who looked at or changed personal data, and why",
            ),
            LegalBasis.LEGAL_OBLIGATION,  # accountability and security: GDPR art. 5(2), 32
        ),
    ),
    persons=HOLDERS,
    recipients=frozenset({Recipient.HOLDER, Recipient.HEAD, Recipient.DPO, Recipient.AUDITOR}),
    source=Source.SCHOOL,
    retention=SIX_MONTHS,
    longest=(ONE_YEAR,),  # CNIL's recommendation on logs, 2021: six months to a year
)

GATE_OPERATION = Activity(
    code="gate-operation",
    title=Words("Marche des portiques", "Running of the gates"),
    purposes=(
        Purpose(
            "operate",
            Words(
                "tenir les voies ouvertes, savoir quel agent y a répondu",
                "keep the lanes going, know which agent answered there",
            ),
            LegalBasis.PUBLIC_TASK,
        ),
    ),
    persons=(Kind.STAFF,),
    recipients=frozenset(
        {
            *(Recipient.HOLDER, Recipient.AGENT, Recipient.SCHOOL_LIFE),
            *(Recipient.HEAD, Recipient.TECHNICIAN),
        }
    ),
    source=Source.GATE,
    retention=NEXT_SCHOOL_DAY,
    longest=(THREE_MONTHS, WHILE_IN_SERVICE),
)

ACTIVITIES: Mapping[str, Activity] = {
    activity.code: activity
    for activity in (
        *(ENTRY_CONTROL, DIRECTORY, PASSES, EXIT_RIGHTS, GUARDIAN_MESSAGES),
        *(ACCOUNTS, ACCESS_AUDIT, GATE_OPERATION),
    )
}
"""Every activity by its code, in the register's order."""
