"""Signing in, the first start, accounts, shared devices.

Of the package that signs people in, only the pages named here are reachable: none of e-mail,
sign-up or resetting a password by oneself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import views as signing_in
from allauth.mfa.base import views as factors
from allauth.mfa.totp import views as app_codes
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path

from portique.server.accounts import views, views_accounts, views_devices
from portique.server.accounts.access import allowed, before_second_factor, public
from portique.server.accounts.roles import WITH_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    View = Callable[..., Any]


def open_to_all(view: View) -> View:
    """Mark a page of signing in or out."""
    return public(before_second_factor(view))


def own(view: View) -> View:
    """Mark a page about one's own password or second factor."""
    return allowed(*WITH_PASSWORD)(before_second_factor(view))


ours = [
    path("depart/", views.start, name="start"),
    path("arrivee/", views.arrive, name="arrive"),
    path("arrivee/choisir/", views.choose, name="choose"),
    path("touche/", views.touch, name="touch"),
    path("comptes/", views_accounts.accounts, name="accounts"),
    path("comptes/nouveau/", views_accounts.new, name="new"),
    path("comptes/<uuid:account_id>/", views_accounts.account, name="account"),
    path("comptes/<uuid:account_id>/code/", views_accounts.print_code, name="print-code"),
    path("comptes/<uuid:account_id>/desactiver/", views_accounts.disable, name="disable"),
    path("comptes/<uuid:account_id>/reactiver/", views_accounts.enable, name="enable"),
    path(
        "comptes/<uuid:account_id>/second-facteur/",
        views_accounts.reset_second_factor,
        name="reset-second-factor",
    ),
    path("actes/", views_accounts.audit_log, name="audit"),
    path("postes/", views_devices.shared, name="devices"),
    path("postes/<uuid:device_id>/retirer/", views_devices.remove, name="remove-device"),
    path("poste/", views_devices.tiles, name="tiles"),
    path("poste/mon-code/", views_devices.own_pin, name="own-pin"),
    path("sessions/fermer/", views.end_elsewhere, name="end-elsewhere"),
    path("poste/quitter/", views_devices.leave, name="leave"),
    path("poste/<uuid:account_id>/", views_devices.pin, name="pin"),
]
second_factor = [
    path("", own(factors.index), name="mfa_index"),
    path("verification/", open_to_all(factors.authenticate), name="mfa_authenticate"),
    path("encore/", own(factors.reauthenticate), name="mfa_reauthenticate"),
    path("application/", own(app_codes.activate_totp), name="mfa_activate_totp"),
    path("application/retirer/", own(app_codes.deactivate_totp), name="mfa_deactivate_totp"),
    path("cles/", own(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("cles/ajouter/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("cles/connexion/", open_to_all(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("cles/encore/", own(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("cles/<int:pk>/retirer/", own(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
]
urlpatterns = [
    path("", include((ours, "accounts"))),
    path("connexion/", open_to_all(signing_in.login), name="account_login"),
    path("deconnexion/", open_to_all(signing_in.logout), name="account_logout"),
    path("inactif/", open_to_all(signing_in.account_inactive), name="account_inactive"),
    path("encore/", own(signing_in.reauthenticate), name="account_reauthenticate"),
    path("mot-de-passe/", own(signing_in.password_change), name="account_change_password"),
    path("second-facteur/", include(second_factor)),
]
