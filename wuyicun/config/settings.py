"""Django's settings. What differs between installations comes from `environment`; docs/settings.md lists it."""

from pathlib import Path

import django_stubs_ext
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from wuyicun.config import environment
from wuyicun.kernel.crypto import Keyring

django_stubs_ext.monkeypatch()

ENVIRONMENT = environment.read()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "wuyicun.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


# `owner` migrates; the application itself never connects as it. The sealer's own connection is psycopg's, not Django's.
DATABASES = {"default": _database(ENVIRONMENT.database_url), "owner": _database(ENVIRONMENT.owner_url)}
WUYI_SEALER_URL = ENVIRONMENT.sealer_url

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "wuyicun.kernel.accounts",
    "wuyicun.kernel.audit",
    "wuyicun.kernel.records",
    "wuyicun.kernel.backup",
    "wuyicun.kernel.jobs",
    "wuyicun.kernel.web",
    "wuyicun.domains.territory",
    "wuyicun.domains.profiles",
    "wuyicun.domains.registry",
    "wuyicun.domains.microgrids",
    "wuyicun.domains.rolls",
    "wuyicun.domains.standing",
    "wuyicun.domains.tasks",
    "wuyicun.domains.screening",
    "wuyicun.domains.verification",
    "wuyicun.domains.hygiene",
    "wuyicun.domains.laboratory",
    "wuyicun.fieldsync",
    "wuyicun.interop",
    "wuyicun.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wuyicun.portal.setup.middleware.SetupMiddleware",
    "wuyicun.kernel.accounts.gate.FirstPasswordMiddleware",
    "wuyicun.kernel.accounts.middleware.ScopeMiddleware",
    "wuyicun.kernel.web.errors.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wuyicun.kernel.web.context.shell",
            ]
        },
    }
]

# Accounts: by user name or phone; wrong passwords are counted by axes (user and address). Of allauth's own limits the
# one by address is off because a whole office shares one; `login_failed` counts wrong second factors.
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "wuyicun.kernel.accounts.backends.NameOrPhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "wuyicun.kernel.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/h/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "wuyicun.kernel.accounts.adapter.MfaAdapter"
MFA_TOTP_TOLERANCE = 1  # clocks of phones and of a server without network differ
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # no secret that can be guessed; a whole office shares an address
MFA_FORMS = {
    "add_webauthn": "wuyicun.kernel.accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "wuyicun.kernel.accounts.passkeys.NamePasskeyForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "account_login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_USERNAME_CALLABLE = "wuyicun.kernel.accounts.backends.counted_as"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "wuyicun.kernel.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Behind HTTPS the cookies travel over nothing else; what ends it passes plain HTTP on to us.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.address.startswith("https://")
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.address] if SESSION_COOKIE_SECURE else []
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None

# No inline scripts, no foreign origin: the system works on an island.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = None

WUYI_KEYRING = Keyring(ENVIRONMENT.field_keys, ENVIRONMENT.current_field_key, ENVIRONMENT.index_key)
WUYI_DATA = ENVIRONMENT.data
WUYI_OWNER_URL = ENVIRONMENT.owner_url
WUYI_KEY_TEXTS = environment.key_texts(ENVIRONMENT)
WUYI_BACKUP_FOLDER = ENVIRONMENT.backup_folder
WUYI_BACKUP_HOUR = ENVIRONMENT.backup_hour
WUYI_BACKUP_PASSPHRASE = ENVIRONMENT.backup_passphrase
WUYI_ADDRESS = ENVIRONMENT.address
WUYI_SECOND_FACTOR_REQUIRED = ENVIRONMENT.second_factor
WUYI_SECOND_FACTOR_DAYS = ENVIRONMENT.second_factor_days
WUYI_REACTIONS = "wuyicun.config.reactions.REACTIONS"
WUYI_RECORD_KINDS = "wuyicun.config.kinds.KINDS"
WUYI_SHELL = "wuyicun.config.shell.shell"
WUYI_PERSON_PANELS = "wuyicun.config.hooks.PERSON_PANELS"
WUYI_HOUSEHOLD_PANELS = "wuyicun.config.hooks.HOUSEHOLD_PANELS"
WUYI_PLACE_PANELS = "wuyicun.config.hooks.PLACE_PANELS"
WUYI_PEOPLE_IN_USE = "wuyicun.config.hooks.people_in_use"
WUYI_HOUSEHOLD_PLACES = "wuyicun.config.hooks.household_places"
WUYI_OPEN_WORK = "wuyicun.config.hooks.OPEN_WORK"
WUYI_NAVIGATION = "wuyicun.config.navigation.ITEMS"
WUYI_AREA_CARDS = "wuyicun.config.area_cards.CARDS"
WUYI_FINDERS = "wuyicun.config.finders.FINDERS"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
