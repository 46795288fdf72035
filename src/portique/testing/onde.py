"""A fictional school's tables: ONDE's two extractions, and a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.testing.siecle import email_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.testing.siecle import FictionalSchool


def onde_pupils(school: FictionalSchool) -> bytes:
    """Write ONDE's list of pupils, newer form, as Windows does."""
    titles = (
        "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;"
        "Pays1;Adresse2;Cp2;Commune2;Pays2; Cycle;Niveau;Libellé classe;Identifiant classe;"
        "Attestation fournie;Autorisation associations;Autorisation photo;Décision de passage"
    )
    rows = (
        f"{p.family_name};{p.usual_family_name};{p.first_name};{p.birth_date:%d/%m/%Y};F;{p.ine};"
        f"1 RUE DE L'EXEMPLE;99999;EXEMPLE;FRANCE;;;;;CYCLE III;CM2;{p.label};{p.number};"
        "Oui;Non;Non;"
        for p in school.pupils
        if p.left_on is None
    )
    return _lines(titles, rows)


def onde_relatives(school: FictionalSchool) -> bytes:
    """Write ONDE's list of relatives, whose titles repeat for each child."""
    most = max((len(guardian.pupils) for guardian in school.guardians), default=1)
    by_number = {pupil.number: pupil for pupil in school.pupils}
    child = "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
    titles = (
        "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse "
        "responsable;CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;"
        "Téléphone travail;Téléphone portable;" + ";".join([child] * most)
    )
    rows = (
        f"MME;;{g.family_name};{g.first_name};1 RUE DE L'EXEMPLE;99999;EXEMPLE;FRANCE;"
        f"{email_of(g)};;;0600000000;"
        + ";".join(
            f"{pupil.usual_family_name};{pupil.family_name};{pupil.first_name};{pupil.label}"
            for pupil in (by_number[number] for number in g.pupils)
        )
        for g in school.guardians
    )
    return _lines(titles, rows)


def spreadsheet_csv(school: FictionalSchool) -> bytes:
    """Write a table as a school's timetable software lets one export it, in UTF-8 with a mark."""
    titles = "Nom;Prénom;Né(e) le;Classe;Groupes;Régime;Autorisation de sortie;INE;Portable"
    rows = (
        f"{p.family_name};{p.first_name};{p.birth_date:%d/%m/%Y};{p.label};"
        f"{', '.join(p.groups)};{p.regime};libre;{p.ine};0600000000"
        for p in school.here
    )
    return "\r\n".join([titles, *rows, ""]).encode("utf-8-sig")


def _lines(titles: str, rows: Iterable[str]) -> bytes:
    return "\r\n".join([titles, *rows, ""]).encode("cp1252")
