"""Forms of accounts, in our words. Django's `{{ form }}` renders them by the frame's template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator

from portique.server.accounts.models import login_key
from portique.server.accounts.roles import TITLES, Role
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LOGIN = words("Identifiant", "Login")
PASSWORD = words("Mot de passe", "Password")
NEW_PASSWORD = words("Nouveau mot de passe", "New password")
AGAIN = words("Le même mot de passe, encore une fois", "The same password once more")
PASSWORD_HINT = words(
    "12 caractères au moins ; plusieurs mots sont faciles à retenir.",
    "At least 12 characters; several words are easy to remember.",
)
APP_CODE = words("Code de l’application", "Code from the app")
NOT_ALIKE = words("Les deux ne sont pas pareils.", "The two are not alike.")
SIX_DIGITS = RegexValidator(r"^[0-9]{6}$", words("Six chiffres.", "Six digits."))


def code_field() -> forms.CharField:
    """Return a field for a code copied from paper or a screen."""
    attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(
        label=words("Code", "Code"), max_length=40, widget=forms.TextInput(attrs=attrs)
    )


def secret_field(label: _StrPromise, hint: _StrPromise | str = "", **attrs: str) -> forms.CharField:
    """Return a field whose letters are hidden."""
    shown = {"autocomplete": "new-password"} | attrs
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs=shown),
    )


class TwiceForm(forms.Form):
    """A new password, typed twice."""

    password = secret_field(NEW_PASSWORD, PASSWORD_HINT)
    again = secret_field(AGAIN)

    def clean_password(self) -> str:
        """Refuse short and well-known ones."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        given = super().clean() or self.cleaned_data
        if "password" in given and given["password"] != given.get("again"):
            self.add_error("again", NOT_ALIKE)
        return given


class StartForm(TwiceForm):
    """The head's account, with the code that the server printed."""

    field_order = ("code", "name", "login", "password", "again")
    code = code_field()
    name = forms.CharField(
        label=words("Votre nom", "Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    login = forms.CharField(
        label=LOGIN,
        max_length=80,
        help_text=words(
            "Ce que vous taperez pour vous connecter.", "What you will type to sign in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class ArrivalForm(forms.Form):
    """A code on paper."""

    code = code_field()


class PinForm(forms.Form):
    """A new PIN, typed twice."""

    _digits: ClassVar[dict[str, str]] = {"inputmode": "numeric", "maxlength": "6"}
    password = secret_field(words("Votre code à 6 chiffres", "Your 6-digit PIN"), **_digits)
    again = secret_field(
        words("Le même code, encore une fois", "The same PIN once more"), **_digits
    )

    def clean_password(self) -> str:
        """Take six digits and nothing else."""
        pin: str = self.cleaned_data["password"]
        SIX_DIGITS(pin)
        return pin

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        given = super().clean() or self.cleaned_data
        if "password" in given and given["password"] != given.get("again"):
            self.add_error("again", NOT_ALIKE)
        return given


class OwnPinForm(PinForm):
    """Another PIN for oneself, with the present one."""

    field_order = ("former", "password", "again")
    former = secret_field(
        words("Votre code actuel", "Your present PIN"), inputmode="numeric", maxlength="6",
        autocomplete="off",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = words("Nouveau code à 6 chiffres", "New 6-digit PIN")
        self.fields["again"].label = words("Le nouveau, encore une fois", "The new one once more")


class ColleagueForm(forms.Form):
    """Somebody new."""

    name = forms.CharField(label=words("Nom", "Name"), max_length=80)
    login = forms.CharField(
        label=LOGIN,
        max_length=80,
        help_text=words(
            "Ce que la personne tapera pour se connecter ; pour un agent, un repère interne.",
            "What the person will type to sign in; for an agent, an internal mark.",
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=words("Rôle", "Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nobody becomes head of school because the list began there.
        unchosen = ("", words("choisissez", "choose"))
        self.fields["role"].choices = [unchosen, *role_choices()]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=words("Rôle", "Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]


class DeviceForm(forms.Form):
    """Where a shared device stands."""

    name = forms.CharField(
        label=words("Emplacement du poste", "Where the device stands"),
        max_length=40,
        help_text=words(
            "Par exemple : loge, grille sud. Pas de nom de personne.",
            "For example: lodge, south gate. No person’s name.",
        ),
    )


def role_choices() -> list[tuple[str, str]]:
    """Return the roles that can be given, in words."""
    return [(role.value, spoken(TITLES[role])) for role in Role if role is not Role.HOLDER]


# --- the signing-in package's own forms, in our words ---------------------------------------------


class SignInForm(account_forms.LoginForm):  # type: ignore[misc] # the package is untyped
    """Login and password; the login is looked for by its keyed hash."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        attrs = {"autocomplete": "username", "autocapitalize": "none"}
        self.fields["login"] = forms.CharField(
            label=LOGIN, max_length=80, widget=forms.TextInput(attrs=attrs)
        )
        self.fields["password"] = secret_field(PASSWORD, autocomplete="current-password")
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        """Return what the account is found by."""
        return login_key(self.cleaned_data["login"])


class AgainForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """One's password again."""

    password = secret_field(PASSWORD, autocomplete="current-password")


class PasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password for oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": words("Mot de passe actuel", "Present password")}
        labels |= {"password1": NEW_PASSWORD, "password2": AGAIN}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = PASSWORD_HINT if name == "password1" else ""


class _InOurWords:
    """Label the field for the code of a second factor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = APP_CODE  # type: ignore[attr-defined]
        attrs = self.fields["code"].widget.attrs  # type: ignore[attr-defined]
        attrs.pop("placeholder", None)
        attrs |= {"inputmode": "numeric", "maxlength": "12"}


class FactorForm(_InOurWords, factor_forms.AuthenticateForm):  # type: ignore[misc]
    """The code of the app, or one from the sheet."""


class FactorAgainForm(_InOurWords, factor_forms.ReauthenticateForm):  # type: ignore[misc]
    """The same, once more."""


class AppForm(_InOurWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""


class PasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; its name is a number, whatever is sent."""

    def clean_name(self) -> str:
        """Return the number."""
        self.cleaned_data["name"] = ""
        return str(super().clean_name())


class RemoveAppForm(totp_forms.DeactivateTOTPForm):  # type: ignore[misc]
    """Taking an app's codes away."""
