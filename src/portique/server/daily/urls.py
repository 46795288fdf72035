"""Addresses of `daily`."""

from __future__ import annotations

from django.urls import path

from portique.server.daily.views import away, late, messages, unseen

app_name = "daily"
urlpatterns = [
    path("", unseen.unseen, name="unseen"),
    path("noter/", unseen.note, name="note"),
    path("non-attendus/", away.away, name="away"),
    path("non-attendus/eleve/<uuid:key>/", away.of_person, name="away-person"),
    path("non-attendus/<uuid:away_id>/retirer/", away.withdraw, name="withdraw"),
    path("messages/", messages.messages_today, name="messages"),
    path("messages/eleve/<uuid:key>/", messages.draft, name="draft"),
    path("messages/<uuid:message_id>/lettre/", messages.print_letter, name="letter"),
    path("retards/", late.late, name="late"),
    path("retards/billets/", late.print_slips, name="slips"),
]
