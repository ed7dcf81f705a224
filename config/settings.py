"""The only settings file. Its values come from the environment.

`DEMO=1` (demonstration, tests) and `DEBUG=1` (development) supply the missing values: a secret key
stored in var/, the embedded PostgreSQL, the name of this machine. Anything else is production: a
missing value stops the start with one line that names the variable to set.
"""

import datetime
import os
import re
import sys
import zoneinfo
from collections.abc import MutableMapping
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", DEBUG)
if DEMO:  # production does not install the embedded PostgreSQL
    from scripts import embedded_postgres


def required(name: str, example: str):
    value = env.str(name, "")
    if not value:
        sys.exit(f"{name} is not set. Set it in the environment, e.g. {example}")
    return value


def file_path(name: str) -> str:
    """Return the path in a variable, or "" if it is not set."""
    path = env.str(name, "")
    if path and not Path(path).is_file():
        sys.exit(f"{name} is {path!r}, which is not a file. Set it to the path of the file")
    return path


def time_of_day(name: str) -> datetime.time | None:
    """Return the time in a variable, such as 03:00, or None if it is not set."""
    value = env.str(name, "")
    try:
        return datetime.time.fromisoformat(value) if value else None
    except ValueError:
        sys.exit(f"{name} is {value!r}. Set it to a time such as 03:00")


def kept_secret_key() -> str:
    """Return the secret key of the demonstration: made once, stored in var/, never committed."""
    path = VAR / "secret-key"
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


def database_url() -> str:
    if not DEMO:
        return required("DATABASE_URL", "DATABASE_URL=postgres://user:password@host/symposium")
    try:
        return env.str("DATABASE_URL", "") or embedded_postgres.ensure_running(VAR / "postgres")
    except embedded_postgres.PostgresError as error:
        sys.exit(str(error))


# Identity
if DEMO:
    SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret_key()
    SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    SECRET_KEY = required("SECRET_KEY", "SECRET_KEY=(50 random characters)")
    SITE_URL = required("SITE_URL", "SITE_URL=https://symposium.example.org")
    required("ALLOWED_HOSTS", "ALLOWED_HOSTS=symposium.example.org")
    ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS")]
# Former keys: values signed or encrypted with them, and sessions, stay valid.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = SITE_URL.rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

# Applications
INSTALLED_APPS = [
    "modeltranslation",
    "symposium.website.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "pgtrigger",
    "symposium.core",
    "symposium.accounts",
    "symposium.editions",
    "symposium.speakers",
    "symposium.sessions",
    "symposium.abstracts",
    "symposium.search",
    "symposium.registrations",
    "symposium.agenda",
    "symposium.privacy",
    "symposium.spreadsheets",
    "symposium.tasks",
    "symposium.website.apps.WebsiteConfig",
    "symposium.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "imagekit",
    "simple_history",
    "import_export",
    "adminsortable2",
    "django_countries",
    "csp",
]

# The page cache stores a page with all its headers. The middleware that sets headers is outside the
# rest, so that static files and errors have them too.
MIDDLEWARE = [
    "symposium.core.observation.ObservationMiddleware",
    "symposium.core.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # above the policies, which would weigh as much as a small file: see add_drawing_policy()
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "symposium.core.middleware.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "symposium.core.middleware.NoStoreMiddleware",
    "symposium.core.middleware.BadRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "symposium.editions.context.EditionMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "symposium.accounts.middleware.ShortFormsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                # Last, since it replaces Django's `language_name`, which is always in English.
                "symposium.core.templatetags.symposium",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "symposium.editions.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Data
DATABASES = {"default": environ.Env.db_url_config(database_url())}
# PgBouncer in transaction mode refuses options of a connection, which `ALTER ROLE` then sets, and
# loses cursors between two transactions.
PGBOUNCER = env.bool("PGBOUNCER", False)
TIMEOUTS = {} if PGBOUNCER else {"options": "-c lock_timeout=3000 -c statement_timeout=30000"}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 0 if PGBOUNCER else 60),
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": PGBOUNCER,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {}) | {"connect_timeout": 5} | TIMEOUTS,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Memory of each process for published pages; 0 stores none.
PAGE_CACHE_BYTES = env.int("PAGE_CACHE_MEGABYTES", 64) * 1024 * 1024
# Pages of the reader's own account; they remember the edition from which the reader came.
OWN_PAGES = re.compile(r"/[^/]+/(?:my|accounts)/")
# Let browsers store pages for reading offline; if off, browsers delete what they have stored.
OFFLINE = env.bool("OFFLINE", True)
# This cache counts the attempts that are limited, over all processes: see gunicorn.conf.py. It does
# not store pages.
CACHES = {"default": env.cache_url("CACHE_URL", "dbcache://symposium_cache?max_entries=100000")}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "symposium.core.redis_cache.FallbackRedisCache"
CACHE_IS_SHARED = not CACHES["default"]["BACKEND"].endswith((".LocMemCache", ".DummyCache"))

# Files: hashed names, compressed once, served by the process itself
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", str(VAR / "static"))()
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", str(VAR / "media"))()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False


def add_drawing_policy(headers: MutableMapping[str, str], path: str, _url: str) -> None:
    """Add a policy to a static file that a window could show as a page: an SVG drawing."""
    if path.endswith(".svg"):
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        )


WHITENOISE_ADD_HEADERS_FUNCTION = add_drawing_policy
FILE_UPLOAD_PERMISSIONS = 0o644
# Make the sizes of a picture when it is saved; a page neither makes them nor checks for them.
IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = "imagekit.cachefiles.strategies.Optimistic"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Languages and time
LANGUAGES = [("fr", "Français"), ("en", "English"), ("ar", "العربية")]
LANGUAGE_CODE = "fr"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
MODELTRANSLATION_DEFAULT_LANGUAGE = LANGUAGE_CODE
MODELTRANSLATION_FALLBACK_LANGUAGES = tuple(code for code, _name in LANGUAGES)
TIME_ZONE = "Africa/Casablanca"
# Read the time zone rules from requirements.txt, not from the machine, whose copy may be years old:
# Morocco left UTC+1 in 2026.
zoneinfo.reset_tzpath(to=[])
USE_TZ = True

# Countries, by their ISO 3166 names in each language; most participants come from the first
COUNTRIES_FIRST = ["MA"]

# Sign-in: the e-mail address is the login; with a code by e-mail, a password or a passkey
AUTH_USER_MODEL = "symposium_accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "registrations:overview"
ACCOUNT_LOGOUT_REDIRECT_URL = "editions:current"
ACCOUNT_ADAPTER = "symposium.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "symposium.accounts.forms.LoginForm",
    "confirm_login_code": "symposium.accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "symposium.accounts.forms.ConfirmEmailForm",
    "confirm_reauthentication_code": "symposium.accounts.forms.ConfirmReauthenticationCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
# Limits by IP address (ip) are wide, since many people share one at the venue. A key is an account
# with the origin of the attempts: an IP address, or a browser that opened the account before.
# `…_for_address` limits the attempts of all unknown browsers on one account. Wrong codes have their
# limits in accounts/guesses.py.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # the limits below replace it
    "request_login_code": "60/m/ip,3/m/key,20/h/key",
    "codes_for_address": "60/h/key",
    "codes_of_browser": "3/m/key,20/h/key",
    "login_failed": "5/5m/key,20/h/key,60/d/key",
    "passwords_for_address": "30/m/ip,300/d/key",
    "passwords_of_browser": "5/5m/key,60/d/key",
    "confirm_email": "1/10s/key,20/h/key",
}
MFA_RATE_LIMITS = {"webauthn_login": None}  # a passkey cannot be guessed
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_ADAPTER = "symposium.accounts.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "symposium.accounts.forms.SecondStepForm",
    "reauthenticate": "symposium.accounts.forms.ConfirmSecondStepForm",
    "activate_totp": "symposium.accounts.forms.ActivateApplicationForm",
    "add_webauthn": "symposium.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "symposium.accounts.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO

# Whether organisers need a second factor, an app or a passkey, to open the desk
STAFF_SECOND_FACTOR = env.str("STAFF_SECOND_FACTOR", "optional" if DEMO else "required")
if STAFF_SECOND_FACTOR not in ("required", "optional"):
    sys.exit(f"STAFF_SECOND_FACTOR is {STAFF_SECOND_FACTOR!r}. Set it to required or to optional")

# The admin
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# Mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", "filemail:///" if DEMO else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
if DEMO and "EMAIL_URL" not in env.ENVIRON:
    EMAIL_FILE_PATH = VAR / "mail"
# An e-mail is a row of the queue, written in the same transaction as the change that it announces;
# `manage.py worker` sends it.
EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
EMAIL_TIMEOUT = 20  # less than `worker.MAX_SILENCE_SECONDS`
MAIL_TRANSPORT = EMAIL_CONFIG["EMAIL_BACKEND"]
MAIL_RETENTION_DAYS = env.int("MAIL_RETENTION_DAYS", 30)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "contact@example.org")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Contact for reports of security holes: an e-mail address, or the https: URL of a form. By default
# the contact address of the current edition, or else the sender of the e-mails.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")

# Tickets in the wallets of phones: files from Apple and Google. A wallet without its values is not
# offered.
APPLE_WALLET_KEY = file_path("APPLE_WALLET_KEY")
APPLE_WALLET_CERTIFICATES = file_path("APPLE_WALLET_CERTIFICATES")
GOOGLE_WALLET_ISSUER = env.str("GOOGLE_WALLET_ISSUER", "")
GOOGLE_WALLET_KEY = file_path("GOOGLE_WALLET_KEY")

# Security
SECURE_HTTPS = SITE_URL.startswith("https:")
SECURE_SSL_REDIRECT = SECURE_HTTPS
SECURE_SSL_HOST = SITE_URL.partition("://")[2]
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", False)
# Only the owner of the domain can promise HTTPS on every subdomain, and for good (HSTS preload).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "symposium.website.errors.csrf_failure"
PERMISSIONS_POLICY = (
    "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Bootstrap draws the marks of checkboxes, radio buttons and selects from data: URLs.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        **({"upgrade-insecure-requests": True} if SECURE_HTTPS else {}),
    }
}

# Backups. The public key is one of age (age1…): with it, archives are encrypted.
BACKUP_FOLDER = env.path("BACKUP_FOLDER", str(VAR / "backups"))()
BACKUP_KEEP = max(1, env.int("BACKUP_KEEP", 14))
BACKUP_PUBLIC_KEY = env.str("BACKUP_PUBLIC_KEY", "")
BACKUP_AT = time_of_day("BACKUP_AT")  # the worker runs it then; None: it does not
# Folder of pg_dump and pg_restore; "": they are in PATH.
POSTGRES_PROGRAMS = env.str(
    "POSTGRES_PROGRAMS", embedded_postgres.programs_folder() if DEMO else ""
)

# Observation: counters for Prometheus, errors for Sentry or GlitchTip. Off unless they are set.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if METRICS_TOKEN:  # each process writes its counters there; prometheus_client reads this name
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(VAR / "metrics"))
    Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)
SENTRY_DSN = env.str("SENTRY_DSN", "")

# Logs go to the standard error; the process manager stores them
LOG_FORMAT = env.str("LOG_FORMAT", "line")
if LOG_FORMAT not in ("line", "json"):
    sys.exit(f"LOG_FORMAT is {LOG_FORMAT!r}. Set it to line or to json")
LOG_REQUESTS = LOG_FORMAT == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"ours": {"()": "symposium.core.logs.DropExpectedTracebacks"}},
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        },
        "json": {"()": "symposium.core.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["ours"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
