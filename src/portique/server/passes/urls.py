"""Addresses of `passes`."""

from __future__ import annotations

from django.urls import path

from portique.server.passes.views import badges, cards, forgotten, groups, permissions, years

app_name = "passes"
urlpatterns = [
    path("", groups.classes, name="classes"),
    path("classe/", groups.group, name="group"),
    path("delivrer/", groups.issue_missing, name="issue-missing"),
    path("reemettre/", groups.renew, name="renew"),
    path("imprimer/", groups.print_group, name="print-group"),
    path("alerte/", groups.alert, name="alert"),
    path("trouvee/", cards.found, name="found"),
    path("personne/<uuid:key>/", cards.person, name="person"),
    path("personne/<uuid:key>/delivrer/", cards.issue, name="issue"),
    path("personne/<uuid:key>/badge/", badges.badge, name="badge"),
    path("personne/<uuid:key>/autorisations/", permissions.permissions, name="permissions"),
    path("personne/<uuid:key>/autorisations/retirer/", permissions.withdraw, name="withdraw"),
    path("changer/", cards.change, name="change"),
    path("carte/imprimer/", cards.print_card, name="print-card"),
    path("oubli/", forgotten.forgotten, name="forgotten"),
    path("oubli/suite/", forgotten.answer, name="forgotten-answer"),
    path("oubli/billet/<str:pass_id>/", forgotten.slip, name="slip"),
    path("oubli/billet/<str:pass_id>/imprimer/", forgotten.print_slip, name="print-slip"),
    path("annee/", years.year, name="year"),
]
