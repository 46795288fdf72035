"""The public holidays of France, computed: Easter by the Gregorian rule, and the fixed days."""

from __future__ import annotations

from datetime import date, timedelta

FIXED = {
    (1, 1): "Jour de l’an",
    (5, 1): "Fête du Travail",
    (5, 8): "Victoire de 1945",
    (7, 14): "Fête nationale",
    (8, 15): "Assomption",
    (11, 1): "Toussaint",
    (11, 11): "Armistice de 1918",
    (12, 25): "Noël",
}
FROM_EASTER = {
    1: "Lundi de Pâques",
    39: "Ascension",
    50: "Lundi de Pentecôte",
}  # code du travail, L. 3133-1


def easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year, by the method of Meeus, Jones and Butcher."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year: int, *, alsace_moselle: bool = False) -> dict[date, str]:
    """Return a civil year's public holidays and their French names, in order.

    Args:
        year: From 1946 on, when the list became what it is.
        alsace_moselle: Add Good Friday and 26 December, off in those departments.
    """
    sunday = easter(year)
    found = {date(year, *day): name for day, name in FIXED.items()}
    found |= {sunday + timedelta(days=ahead): name for ahead, name in FROM_EASTER.items()}
    if alsace_moselle:
        found[sunday - timedelta(days=2)] = "Vendredi saint"
        found[date(year, 12, 26)] = "Saint-Étienne"
    return dict(sorted(found.items()))
