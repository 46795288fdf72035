"""What people read about an import, in French and English; no sentence holds a name."""

from __future__ import annotations

from portique.core.plain import Words
from portique.school.people.difference import Concern
from portique.school.people.mapping import Field
from portique.school.people.matching import Answer, Why
from portique.school.people.records import Boarding, Cause, Caution, Role, Skip
from portique.school.people.refusals import Refusal

# Codes are unique across their enumerations, so that a code kept as text finds its sentence too.
SENTENCES: dict[str, Words] = {
    Refusal.EMPTY: Words(
        "Le fichier est vide. Refaites l’export.", "The file is empty. Export it again."
    ),
    Refusal.TOO_LARGE: Words(
        "Le fichier est trop gros pour une liste de personnes. Exportez moins, ou en deux fois.",
        "The file is too large for a list of people. Export less, or in two parts.",
    ),
    Refusal.BOMB: Words(
        "Une fois ouvert, ce fichier remplirait la mémoire. Il n’a pas été ouvert. "
        "Refaites l’export.",
        "Once opened, this file would fill the memory. It was not opened. Export it again.",
    ),
    Refusal.TOO_MANY_MEMBERS: Words(
        "L’archive contient trop de fichiers. N’y laissez que l’export.",
        "The archive holds too many files. Keep only the export in it.",
    ),
    Refusal.LOCKED: Words(
        "L’archive est protégée par un mot de passe. Enlevez-le d’abord.",
        "The archive is locked by a password. Unlock it first.",
    ),
    Refusal.DAMAGED: Words(
        "Le fichier est abîmé ou incomplet. Refaites l’export.",
        "The file is damaged or incomplete. Export it again.",
    ),
    Refusal.ENTITIES: Words(
        "Le fichier contient des instructions qu’aucun export ne contient. Il n’a pas été lu. "
        "Vérifiez d’où il vient.",
        "The file holds instructions that no export holds. It was not read. "
        "Check where it comes from.",
    ),
    Refusal.NOT_WELL_FORMED: Words(
        "Le fichier XML s’interrompt ou a été modifié. Refaites l’export sans l’ouvrir ensuite.",
        "The XML file breaks off or was modified. Export it again and don’t open it afterwards.",
    ),
    Refusal.TOO_DEEP: Words(
        "Ce fichier XML ne ressemble à aucun export connu.",
        "This XML file is like no known export.",
    ),
    Refusal.TOO_MANY_PARTS: Words(
        "Ce fichier contient plus d’éléments qu’aucun établissement n’en a.",
        "This file holds more parts than any school has.",
    ),
    Refusal.TEXT_TOO_LONG: Words(
        "Un texte du fichier est trop long pour une liste de personnes.",
        "A text of the file is too long for a list of people.",
    ),
    Refusal.WRONG_ROOT: Words(
        "Ce n’est pas un export de SIECLE. Dans SIECLE Bases élèves, choisissez "
        "Exploitation, Exports standard, Exports XML génériques.",
        "This is no SIECLE export. In SIECLE Bases élèves, choose Exploitation, "
        "Exports standard, Exports XML génériques.",
    ),
    Refusal.NO_PUPILS: Words(
        "Il manque la liste des élèves. Ajoutez-la à l’import.",
        "The list of pupils is missing. Add it to the import.",
    ),
    Refusal.TWO_LISTS: Words(
        "Il y a deux listes d’élèves. N’en gardez qu’une.",
        "There are two lists of pupils. Keep one.",
    ),
    Refusal.TOO_MANY_PEOPLE: Words(
        "Le fichier contient plus de personnes qu’aucun établissement n’en a.",
        "The file holds more people than any school has.",
    ),
    Refusal.NOT_A_TABLE: Words(
        "Ce n’est pas un tableau. Enregistrez-le en CSV, XLSX ou ODS.",
        "This is no table. Save it as CSV, XLSX or ODS.",
    ),
    Refusal.OLD_FORMAT: Words(
        "Le classeur est d’un ancien format ou protégé. Enregistrez-le en XLSX, sans mot de passe.",
        "The workbook is of an old format or locked. Save it as XLSX, without a password.",
    ),
    Refusal.TOO_MANY_ROWS: Words(
        "Le tableau a trop de lignes pour une liste de personnes. Exportez-le en plusieurs fois.",
        "The table has too many lines for a list of people. Export it in parts.",
    ),
    Refusal.TOO_MANY_COLUMNS: Words(
        "Le tableau a trop de colonnes. N’y laissez que les utiles.",
        "The table has too many columns. Keep the useful ones.",
    ),
    Refusal.HEADER_WRONG: Words(
        "Un des fichiers n’a pas les titres d’ONDE, ou il est là deux fois. Refaites l’extraction.",
        "One of the files has not ONDE’s titles, or is there twice. Extract it again.",
    ),
    Refusal.MAPPING_WRONG: Words(
        "Indiquez la colonne du nom et celle du prénom, et n’en donnez aucune deux fois.",
        "Say which column is the family name and which the first name, and give none twice.",
    ),
    Cause.NAME_MISSING: Words("Le nom ou le prénom manque.", "A name is missing."),
    Cause.NAME_WRONG: Words(
        "Un nom ou un prénom contient des signes impossibles.",
        "A name holds signs that no name has.",
    ),
    Cause.FORMULA: Words(
        "Une case commence comme une formule de tableur.", "A cell begins like a formula."
    ),
    Cause.DATE_WRONG: Words(
        "La date de naissance n’est pas une date.", "The birth date is no date."
    ),
    Cause.INE_WRONG: Words("L’INE n’a pas la forme d’un INE.", "The INE has not an INE’s form."),
    Cause.CODE_TOO_LONG: Words(
        "La classe, un groupe ou le régime est trop long.",
        "The class, a group or the regime is too long.",
    ),
    Cause.BOARDING_UNKNOWN: Words("Le régime n’est pas connu.", "The boarding is not known."),
    Cause.MEAL_DAYS_UNKNOWN: Words(
        "Les jours de repas n’ont pas été compris.", "The meal days were not understood."
    ),
    Cause.CONTACT_WRONG: Words(
        "L’adresse électronique ou le numéro est impossible.",
        "The e-mail address or the number is impossible.",
    ),
    Cause.ROW_TOO_LONG: Words(
        "La ligne a plus de cases qu’il n’y a de titres.",
        "The line has more cells than there are titles.",
    ),
    Cause.TWICE: Words(
        "L’élève est sans numéro d’export, ou y est deux fois.",
        "The pupil has no number in the export, or is there twice.",
    ),
    Cause.CHILD_UNKNOWN: Words(
        "L’enfant n’est pas dans la liste des élèves.", "The child is not in the list of pupils."
    ),
    Cause.CHILD_UNCLEAR: Words(
        "Deux élèves peuvent être cet enfant. Le lien est à faire à la main.",
        "Two pupils could be this child. Tie them by hand.",
    ),
    Skip.LEFT_SCHOOL: Words(
        "élèves qui ont déjà quitté l’établissement", "pupils who have left the school already"
    ),
    Skip.NO_CLASS: Words("élèves sans classe", "pupils without a class"),
    Skip.NO_PUPIL: Words("responsables d’aucun élève importé", "guardians of no imported pupil"),
    Caution.OTHER_SCHOOL: Words(
        "Le fichier vient d’un autre établissement. Confirmez que c’est voulu.",
        "The file comes from another school. Confirm that this is meant.",
    ),
    Caution.NO_SCHOOL_NAMED: Words(
        "Le fichier ne dit pas de quel établissement il vient.",
        "The file doesn’t say which school it comes from.",
    ),
    Caution.NO_SURE_KEY: Words(
        "Sans INE ni date de naissance, chaque personne déjà connue vous sera demandée.",
        "Without INE or birth date, you will be asked about everybody known already.",
    ),
    Concern.MANY_LEAVE: Words(
        "Plus d’une personne sur dix partirait. Confirmez que le fichier est complet.",
        "Over one person in ten would leave. Confirm that the file is complete.",
    ),
    Concern.UNREAD_ROWS: Words(
        "Des lignes n’ont pas été lues. Leurs personnes sont peut-être parmi les départs.",
        "Some lines were not read. Their people may be among those leaving.",
    ),
    Concern.CLASSES_MISSING: Words(
        "Des classes entières manquent au fichier. Leurs élèves restent, sauf si vous confirmez "
        "que ces classes n’existent plus.",
        "Whole classes are missing from the file. Their pupils stay, unless you confirm that "
        "these classes exist no more.",
    ),
    Concern.UNANSWERED: Words(
        "Des lignes peuvent désigner plusieurs personnes. Choisissez, ou elles seront laissées.",
        "Some lines may mean several people. Choose, or they are left aside.",
    ),
    Why.TWICE_IN_FILE: Words(
        "Plusieurs lignes ont le même nom et la même date de naissance, ou le même INE.",
        "Several lines have the same name and birth date, or the same INE.",
    ),
    Why.TWICE_KNOWN: Words(
        "Plusieurs personnes connues ont ce nom et cette date de naissance.",
        "Several people known have this name and birth date.",
    ),
    Why.OTHER_INE: Words(
        "La personne connue de ce nom a un autre INE.",
        "The person known by this name has another INE.",
    ),
    Why.LOOKS_LIKE: Words(
        "Une personne connue lui ressemble, sans que ce soit sûr.",
        "Somebody known looks like them, but this is not sure.",
    ),
    Answer.NEW: Words("c’est une nouvelle personne", "somebody new"),
    Answer.LEAVE_OUT: Words("ne pas importer cette ligne", "leave this line out"),
    Field.FAMILY_NAME: Words("nom de famille (état civil)", "family name (civil)"),
    Field.USUAL_FAMILY_NAME: Words("nom d’usage", "usual family name"),
    Field.FIRST_NAME: Words("prénom (état civil)", "first name (civil)"),
    Field.USUAL_FIRST_NAME: Words("prénom d’usage", "usual first name"),
    Field.BIRTH_DATE: Words(
        "date de naissance (pour reconnaître la personne)", "birth date (to recognise the person)"
    ),
    Field.INE: Words("INE (pour reconnaître l’élève)", "INE (to recognise the pupil)"),
    Field.LABEL: Words("classe ou service", "class or service"),
    Field.GROUPS: Words("groupes", "groups"),
    Field.BOARDING: Words("régime (externe, demi-pension, internat)", "boarding"),
    Field.MEAL_DAYS: Words("jours de repas", "meal days"),
    Field.EXIT_REGIME: Words("régime de sortie", "exit regime"),
    Boarding.DAY: Words("externe", "day pupil"),
    Boarding.SUPERVISED_DAY: Words("externe surveillé", "supervised day pupil"),
    Boarding.HALF_BOARDER: Words("demi-pensionnaire", "half-boarder"),
    Boarding.BOARDER: Words("interne", "boarder"),
    Boarding.DAY_BOARDER: Words("interne externé", "boarder who sleeps in town"),
    Boarding.HOSTED_BOARDER: Words("interne hébergé", "boarder of another school"),
    Boarding.HALF_BOARDER_ELSEWHERE: Words(
        "demi-pensionnaire hors établissement", "half-boarder in another school"
    ),
    Role.LEGAL: Words("responsable légal", "legal guardian"),
    Role.CONTACT: Words("personne à contacter", "contact"),
    Role.UNSAID: Words("responsable (rôle non précisé)", "guardian (role not said)"),
}
