"""Django's settings: what a school's server is made of. See Django's own manual for each name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF

from portique.server.config import environment, mail
from portique.server.vault import keyfiles

if TYPE_CHECKING:
    from pathlib import Path

HERE = environment.read()
PORTIQUE_SCHOOL: Path | None = HERE.school
PORTIQUE_STREAM = HERE.stream
PORTIQUE_PAGES_PORT = HERE.pages_port
PORTIQUE_PROXIED = HERE.proxied
PORTIQUE_ADDRESS = HERE.address
SECRET_KEY = keyfiles.server_secret(HERE.school)
DEBUG = False
ALLOWED_HOSTS = list(HERE.hosts)

APPS = (
    *("vault", "frame", "accounts", "people", "school", "passes", "gates", "console", "daily"),
    "holders",
    "outgoing",
    "wallet",
    "api",
)
INSTALLED_APPS = [
    *(f"portique.server.{name}" for name in APPS),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # widgets' templates, for our own renderer
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portique.server.frame.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portique.server.frame.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portique.server.accounts.access.AccessMiddleware",  # before CSRF reads what was sent
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portique.server.accounts.sessions.LockMiddleware",
]
ROOT_URLCONF = "portique.server.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portique.server.frame.context.frame",
            ],
            "builtins": ["portique.server.frame.templatetags.frame"],
        },
    }
]

DATABASES = {"default": environment.database_settings(HERE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- accounts -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["portique.server.accounts.passwords.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_key"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "portique.server.accounts.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login": None}  # a whole school has one address: see accounts.throttle
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "portique.server.accounts.forms.SignInForm",
    "reauthenticate": "portique.server.accounts.forms.AgainForm",
    "change_password": "portique.server.accounts.forms.PasswordForm",
}
MFA_ADAPTER = "portique.server.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HERE.secure
MFA_FORMS = {
    "authenticate": "portique.server.accounts.forms.FactorForm",
    "reauthenticate": "portique.server.accounts.forms.FactorAgainForm",
    "activate_totp": "portique.server.accounts.forms.AppForm",
    "deactivate_totp": "portique.server.accounts.forms.RemoveAppForm",
    "add_webauthn": "portique.server.accounts.forms.PasskeyForm",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "frame:home"
LOGOUT_REDIRECT_URL = "frame:home"

# --- sessions and cookies: `__Host-` names need HTTPS, which loopback has not ---------------------
SECURE = HERE.secure
PREFIX = "__Host-" if SECURE else environment.cookie_mark(HERE.school)
SESSION_COOKIE_NAME = f"{PREFIX}portique"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"  # the strict kind would sign people out who follow a link
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # not a clear cookie
CSRF_COOKIE_NAME = f"{PREFIX}portique-form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
DEVICE_COOKIE_NAME = f"{PREFIX}portique-device"
CSRF_FAILURE_VIEW = "portique.server.frame.views.forgotten_form"

SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HERE.proxied:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *([HERE.stream] if HERE.stream else [])],
        "img-src": [SELF, "data:"],  # codes drawn as SVG
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- languages, time, files -----------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_COOKIE_NAME = f"{PREFIX}portique-language"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
TIME_ZONE = environment.time_zone(HERE.school)
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
FORM_RENDERER = "portique.server.frame.forms.Renderer"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
# Imports stay in memory, or are not kept: no name is ever on the disk in clear.
FILE_UPLOAD_HANDLERS = ["portique.server.people.uploads.InMemory"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

# --- messages to guardians: none leave unless the school named its mail server -------------------
MAIL = mail.read()
PORTIQUE_MAIL_FROM = MAIL.sender
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL.sender else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.tls, MAIL.starttls
EMAIL_TIMEOUT = 10

# --- logs: structured, and without personal data; see `frame.logs` --------------------------------
LOGGING_CONFIG = "portique.server.frame.logs.configure"
LOGGING = {"version": 1}  # our own function takes nothing from it; Django calls none without it
# Being preloaded is asked of browsers' makers, for a whole domain: its owner's choice, not ours.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
