"""What each reason says in French: to the agent, aloud to the person, and the next step.

The words to read aloud blame nobody; the next step names the staffed point, `{point}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.decide import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES_FR: Mapping[Reason, tuple[str, str, str]] = {
    Reason.ALARM_INTRUSION: (
        "Alerte intrusion : personne n’entre, et personne n’est retenu à la sortie.",
        "Éloignez-vous du portail et mettez-vous à l’abri.",
        "Éloignez les arrivants, prévenez {point}, laissez sortir.",
    ),
    Reason.ALARM_EVACUATION: (
        "Évacuation : on n’entre pas, on laisse sortir sans contrôle.",
        "L’établissement est évacué : rejoignez calmement le point de rassemblement.",
        "Envoyez les arrivants vers {point}, laissez sortir.",
    ),
    Reason.ALARM_SHELTER: (
        "Mise à l’abri : on n’entre plus que par un passage tenu par un adulte.",
        "L’établissement est mis à l’abri : entrez tout de suite par {point}.",
        "Faites entrer par {point} et refermez ; ne retenez personne à la sortie.",
    ),
    Reason.NOT_A_PASS: (
        "Ce code n’est pas un laissez-passer de Portique.",
        "Ce code n’est pas le bon : avez-vous votre laissez-passer ?",
        "Demandez le laissez-passer ; sinon, envoyez vers {point}.",
    ),
    Reason.UNREADABLE_PASS: (
        "Laissez-passer abîmé ou recopié : son contenu n’est pas dans la forme attendue.",
        "Votre code ne se lit pas bien : on va vous le réimprimer.",
        "Envoyez vers {point} pour un nouveau tirage.",
    ),
    Reason.BAD_SEAL: (
        "La signature est fausse : ce code n’a pas été fait par l’établissement.",
        "Ce code ne fonctionne pas ici : on regarde cela ensemble.",
        "Gardez la carte ou le papier et vérifiez l’identité avec {point}.",
    ),
    Reason.UNKNOWN_KEY: (
        (
            "Code signé par une clé que ce portique ne connaît pas (année passée, ou "
            "portique pas à jour)."
        ),
        "Votre code est d’une autre série : on va le vérifier.",
        "Vérifiez l’identité avec {point} ; si cela se répète, mettez le portique à jour.",
    ),
    Reason.OTHER_SCHOOL: (
        "Laissez-passer d’un autre établissement.",
        "Ce laissez-passer est celui d’un autre établissement : qui venez-vous voir ?",
        "Envoyez vers {point} pour un accueil en visite.",
    ),
    Reason.PHONE_PROOF_MISSING: (
        (
            "Laissez-passer de téléphone montré sans la preuve du téléphone (capture d’écran "
            "ou impression)."
        ),
        (
            "Ouvrez votre laissez-passer dans l’application, s’il vous plaît : une image ne "
            "suffit pas."
        ),
        "Faites rouvrir l’application ; sinon, vérifiez l’identité avec {point}.",
    ),
    Reason.PHONE_PROOF_BAD: (
        "La preuve jointe n’est pas celle du téléphone de ce laissez-passer.",
        "Ce téléphone n’est pas celui du laissez-passer : on regarde cela ensemble.",
        "Vérifiez l’identité avec {point}.",
    ),
    Reason.PHONE_CODE_OLD: (
        "Code de téléphone trop ancien : capture d’écran, ou téléphone dont l’heure retarde.",
        "Rouvrez votre laissez-passer pour qu’il se redessine, s’il vous plaît.",
        (
            "Faites remontrer le code ; s’il reste ancien, l’heure du téléphone est à mettre en"
            " automatique. Sinon, envoyez vers {point}."
        ),
    ),
    Reason.PHONE_CODE_AHEAD: (
        "Code de téléphone en avance : l’heure du téléphone n’est pas juste.",
        "L’heure de votre téléphone avance : mettez-la en automatique, puis remontrez le code.",
        (
            "Faites mettre l’heure du téléphone en automatique ; sinon, vérifiez l’identité avec"
            " {point}."
        ),
    ),
    Reason.REPLAYED: (
        "Ce code de téléphone a déjà servi ici même.",
        "Attendez que votre code se redessine, puis remontrez-le, s’il vous plaît.",
        "Attendez le code suivant (15 s) ; sinon, vérifiez l’identité avec {point}.",
    ),
    Reason.REVOKED: (
        "Laissez-passer annulé (perdu, remplacé ou retiré).",
        "Ce laissez-passer n’est plus valable : en avez-vous un plus récent ?",
        "Demandez le plus récent ; sinon, envoyez vers {point}.",
    ),
    Reason.SUSPENDED: (
        "Laissez-passer suspendu par l’établissement.",
        "On vous attend pour faire le point : je vous y envoie.",
        "Envoyez vers {point}, sans commenter devant les autres.",
    ),
    Reason.PHONE_SUSPENDED: (
        "Téléphone suspendu (déclaré perdu, ou pas de téléphones ici).",
        "Ce téléphone ne compte pas en ce moment : avez-vous votre carte ou papier ?",
        "Faites lire la carte ou le papier ; sinon, envoyez vers {point}, sans commenter.",
    ),
    Reason.STATUS_UNLISTED: (
        "Numéro jamais attribué : la clé qui signe les laissez-passer a peut-être été volée.",
        "Votre code doit être vérifié : on s’en occupe tout de suite.",
        "Gardez la carte ou le papier et appelez {point} tout de suite.",
    ),
    Reason.EXPIRED: (
        "Laissez-passer arrivé à sa date de fin.",
        "Votre laissez-passer n’est plus à jour, ce n’est pas grave : on va le refaire.",
        "Vérifiez le nom, puis envoyez vers {point} pour le renouveler.",
    ),
    Reason.NOT_YET_VALID: (
        "Laissez-passer qui n’est pas encore valable.",
        "Votre laissez-passer commence plus tard : on vérifie ce qui est prévu.",
        "Voyez avec {point} si la personne est attendue.",
    ),
    Reason.OUTSIDE_OPENING: (
        "En dehors des heures d’ouverture pour cette personne.",
        "Ce n’est pas encore l’heure, ou c’est déjà fini : on regarde ce qui est prévu pour vous.",
        "Voyez avec {point} ; ne laissez pas un élève dans la rue.",
    ),
    Reason.ZONE_NOT_COVERED: (
        "Cette partie de l’établissement n’est pas ouverte à cette personne.",
        "Cette porte n’est pas la vôtre : je vous indique la bonne.",
        "Indiquez le bon accès ou voyez avec {point}.",
    ),
    Reason.VISIT_DESTINATION: (
        "La visite est prévue dans une autre partie de l’établissement.",
        "Votre rendez-vous est ailleurs : je vous indique le chemin.",
        "Faites accompagner ou voyez avec {point}.",
    ),
    Reason.VISIT_HOURS: (
        "La visite est prévue à une autre heure.",
        "Votre rendez-vous est à une autre heure : je préviens la personne qui vous reçoit.",
        "Faites prévenir par {point} la personne visitée.",
    ),
    Reason.EXIT_NOT_PERMITTED: (
        "Sortie non prévue à cette heure pour cet élève. Rien ne se verrouille.",
        "Votre sortie n’est pas prévue maintenant : venez, on en parle.",
        "Parlez avec l’élève et voyez {point} ; en cas de départ, signalez-le.",
    ),
    Reason.EXIT_REGIME_UNKNOWN: (
        "Régime de sortie inconnu : le portique ne peut pas répondre.",
        "Je vérifie votre autorisation de sortie, un instant.",
        "Voyez le régime de sortie avec {point}.",
    ),
    Reason.TIMETABLE_UNKNOWN: (
        "Emploi du temps du jour inconnu : le portique ne peut pas dire si les cours sont finis.",
        "Je vérifie votre emploi du temps, un instant.",
        "Voyez avec {point} si les cours de l’élève sont finis.",
    ),
    Reason.IDENTITY_SEALED: (
        "Laissez-passer authentique, mais ce portique ne peut pas en lire le nom.",
        "Bonjour, vous me rappelez votre nom ?",
        "Demandez le nom et comparez avec {point}.",
    ),
    Reason.IDENTITY_TO_CONFIRM: (
        "Vérification de l’identité : contrôle au hasard, ou comparaison hésitante.",
        "Petite vérification, comme pour tout le monde : vous me dites votre nom ?",
        "Comparez la personne, le nom et la classe ; en cas de doute, voyez {point}.",
    ),
    Reason.LOW_ASSURANCE: (
        "Rien ne prouve qui c’est : badge lu par son seul numéro, ou carte oubliée.",
        "Bonjour, vous me dites votre nom ?",
        "Comparez le nom affiché et la personne ; en cas de doute, voyez {point}.",
    ),
    Reason.DOUBLE_USE: (
        "Ce laissez-passer vient déjà de servir, ici ou sur une autre voie.",
        "Ce laissez-passer vient de servir : on vérifie ensemble.",
        "Comparez le nom et la personne ; en cas de prêt, envoyez vers {point}.",
    ),
    Reason.IN_OUT_MISMATCH: (
        "Deux passages de suite dans le même sens : un passage n’a pas été vu.",
        "Le passage d’avant n’a pas été vu : tout va bien, un instant.",
        "Vérifiez le nom et laissez passer, ou voyez {point}.",
    ),
    Reason.TIME_UNTRUSTED: (
        "L’heure du portique n’est pas sûre : dates et horaires ne peuvent pas être jugés.",
        "Notre appareil est à régler, ce n’est pas vous : un instant.",
        "Vérifiez le nom et l’heure, décidez ; prévenez {point}.",
    ),
    Reason.STATUS_MISSING: (
        (
            "La liste des laissez-passer annulés manque, ou ce laissez-passer ne peut pas y "
            "être cherché."
        ),
        "Notre appareil n’est pas à jour, ce n’est pas vous : un instant.",
        "Vérifiez l’identité ; en cas de doute, voyez avec {point}.",
    ),
    Reason.STATUS_STALE: (
        "La liste des laissez-passer annulés est périmée.",
        "Notre appareil n’est pas à jour, ce n’est pas vous : un instant.",
        "Vérifiez le nom et décidez ; voyez avec {point} pour une mise à jour.",
    ),
    Reason.KNOWLEDGE_MISSING: (
        "Ce portique n’a reçu aucune information de l’établissement.",
        "Notre appareil n’est pas prêt, ce n’est pas vous : un instant.",
        "Passez à la liste papier et prévenez {point}.",
    ),
    Reason.KNOWLEDGE_STALE: (
        "Les informations de ce portique sont périmées : droits et horaires ont pu changer.",
        "Notre appareil n’est pas à jour, ce n’est pas vous : un instant.",
        "Vérifiez le nom et décidez ; voyez avec {point} pour une mise à jour.",
    ),
    Reason.TABLE_DIFFERS: (
        "Cet appareil applique une autre table de règles que l’établissement.",
        "Notre appareil n’est pas à jour, ce n’est pas vous : un instant.",
        "Décidez vous-même et voyez avec {point} pour mettre l’appareil à jour.",
    ),
    Reason.JOURNAL_UNAVAILABLE: (
        "Le journal n’écrit plus : aucun passage ne peut être noté.",
        "Notre appareil a un souci, ce n’est pas vous : je vous note à la main.",
        "Cochez sur la liste papier et prévenez {point} ; la sortie reste libre.",
    ),
    Reason.LATE: (
        "Le cours de cet élève a commencé.",
        "Bonjour, votre cours a commencé : passez d’abord voir {point}.",
        "Laissez entrer et envoyez vers {point}.",
    ),
    Reason.EXIT_NOTE: (
        "Sortie par autorisation ponctuelle, avec ou sans motif donné.",
        "C’est noté, bonne journée.",
        "Laissez sortir ; {point} a l’autorisation.",
    ),
}
