"""Addresses of `school`."""

from __future__ import annotations

from django.urls import path

from portique.server.school.views import (
    calendar,
    changes,
    checks,
    openings,
    regimes,
    simulator,
    timetable,
)

app_name = "school"
urlpatterns = [
    path("changements/", changes.changes, name="changes"),
    path("changements/<uuid:number>/annuler/", changes.undo, name="undo"),
    path("emploi-du-temps/", timetable.timetable, name="timetable"),
    path("emploi-du-temps/apercu/", timetable.preview, name="timetable-preview"),
    path("calendrier/", calendar.calendar, name="calendar"),
    path("calendrier/annee/", calendar.official_year, name="official-year"),
    path("calendrier/fichier/", calendar.year_file, name="year-file"),
    path("calendrier/jours/", calendar.add_days, name="add-days"),
    path("calendrier/retirer/", calendar.remove_days, name="remove-days"),
    path("ouverture/", openings.opening, name="opening"),
    path("ouverture/retirer/", openings.remove, name="remove-opening"),
    path("regimes/", regimes.regimes, name="regimes"),
    path("controles/", checks.checks, name="checks"),
    path("controles/decider/", checks.decide, name="decide-checks"),
    path("essai/", simulator.simulator, name="simulator"),
    path("essai/<uuid:key>/", simulator.of_person, name="simulator-person"),
]
