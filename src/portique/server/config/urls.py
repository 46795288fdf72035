"""Every address of the server."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    # Tried in this order: first what machines ask, the most there is.
    path("gate/v1/", include("portique.server.gates.wire_urls")),
    path("api/", include("portique.server.api.urls")),
    path("", include("portique.server.frame.urls")),
    path("compte/", include("portique.server.accounts.urls")),
    path("personnes/", include("portique.server.people.urls")),
    path("regles/", include("portique.server.school.urls")),
    path("passes/", include("portique.server.passes.urls")),
    path("portiques/", include("portique.server.gates.urls")),
    path("direct/", include("portique.server.console.urls")),
    path("vie-scolaire/", include("portique.server.daily.urls")),
    path("mes-donnees/", include("portique.server.holders.urls")),
    path("evenements/", include("portique.server.outgoing.urls")),
    path("telephones/", include("portique.server.wallet.urls")),
    path("wallet/v1/", include("portique.server.wallet.call_urls")),
    path("", include("portique.server.wallet.app_urls")),
]
handler400 = "portique.server.frame.views.bad_request"
handler403 = "portique.server.frame.views.forbidden"
handler404 = "portique.server.frame.views.not_found"
handler500 = "portique.server.frame.views.server_error"
