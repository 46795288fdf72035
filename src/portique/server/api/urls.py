"""Addresses of `api`."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from portique.server.accounts.access import by_proof, marked
from portique.server.api import views
from portique.server.api.v1.calls import finished
from portique.server.api.v1.interface import interface


def _guarded(view: Any) -> Any:
    return by_proof(finished(view))


patterns, _, _ = interface.urls
app_name = "api"
urlpatterns = [
    path("", views.reference, name="reference"),
    path("jetons/", views.tokens, name="tokens"),
    path("jetons/<uuid:token_id>/retirer/", views.revoke, name="revoke"),
    path("v1/openapi.json", views.description, name="description"),
    path(
        "v1/",
        include(
            marked([one for one in patterns if getattr(one, "name", "") != "api-root"], _guarded)
        ),
    ),
    path("v1/<path:rest>", views.nothing, name="nothing"),
]
