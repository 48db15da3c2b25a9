"""Every setting comes from the environment, with a default that is safe; `.env.example` lists them."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from ntm_tracker.databases import tuned

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
# Only this file: a search up the tree would read the .env of some other project. The tests read none.
env.read_env(env.path("ENV_FILE", BASE_DIR / ".env"), recurse=False)

# Off unless asked for: a server that was set up in a hurry must not show its insides.
DEBUG = env.bool("DEBUG", False)

INSECURE_KEY = "insecure-key-for-a-demo-on-this-machine-only"
SECRET_KEY = env.str("SECRET_KEY", INSECURE_KEY if DEBUG else "")
if not DEBUG and (len(SECRET_KEY) < 50 or SECRET_KEY == INSECURE_KEY):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or too short for production. Set it to at least 50 random characters, e.g. "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))', or set DEBUG=1 for a demo."
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if not DEBUG and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS=* is refused in production. Name the hosts, e.g. ALLOWED_HOSTS=ntm.laichau.gov.vn"
    )
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "accounts",
    "communes",
    "criteria",
    "directives",
    "dashboards",
    "ntm_tracker.apps.TrackerConfig",
    "ntm_tracker.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
]

MIDDLEWARE = [
    "ntm_tracker.operation.log.request_log",
    "ntm_tracker.operation.proxy.visitor_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A sheet is a quarter of a megabyte, and communes are far away. The length of an answer does not give away the CSRF
    # token: Django masks it anew each time, and this middleware adds random bytes.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "ntm_tracker.operation.health.health",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.audit.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, for it answers instead of a sign-in that is locked out.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ntm_tracker.urls"
WSGI_APPLICATION = "ntm_tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.context.office",
            ],
            "builtins": ["ntm_tracker.templatetags.vietnamese"],
        },
    }
]

# SQLite needs nothing installed; an office with more than a few people sets DATABASE_URL to PostgreSQL.
DATABASES = {"default": tuned(env.dj_db_url("DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}"), debug=DEBUG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# The first refuses who is locked out, the second knows people.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.PlaceBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    # Passwords of before; each is hashed anew when its owner signs in.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# A name tried from one address: others of the office, behind the same address, go on signing in, and nobody locks a
# colleague out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("SIGN_IN_TRIES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SIGN_IN_LOCK_MINUTES", 15))
# Trying on does not make the wait longer: the sentence on the page says until when.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.signing_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.signing_in.address_of"
# Who signed in when is kept in a log of our own, which administrators read.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Whether it is kept who saw, changed and took away what.
AUDIT = env.bool("AUDIT", True)
# Roles that must sign in in two steps, with commas, e.g. administrator; the others may.
TWO_STEP_ROLES = env.list("TWO_STEP_ROLES", [])
LOGIN_URL = "accounts:login"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
LOGIN_REDIRECT_URL = "dashboards:overview"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
# Dates as officers write them, and the strings that Django leaves in English.
FORMAT_MODULE_PATH = "ntm_tracker.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "ntm_tracker.files.WholeFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Uploads are never served by the web server: a view hands them out as downloads after asking who may see them.
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "media")
FILE_UPLOAD_PERMISSIONS = 0o640
# Less free room than this, and /readyz says so.
DISK_FREE_MB = env.int("DISK_FREE_MB", 500)
# Where `manage.py backup` puts its files unless told otherwise; better another disk than that of the database.
BACKUP_ROOT = env.path("BACKUP_ROOT", BASE_DIR / "backups")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# A whole document is pasted into one box: what is too long is refused by its page in words, and only a flood by Django.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
# More than a drop of evidence takes (200): a few too many are refused by its page in words, and only a flood by Django.
DATA_UPLOAD_MAX_NUMBER_FILES = 500

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Nothing leaves the machine and nothing inline runs; Bootstrap draws its arrows from data: pictures.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 12) * 3600
if not DEBUG:
    # An office that has no certificate yet must say so in words: HTTPS=0.
    HTTPS = env.bool("HTTPS", True)
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
    # Whatever watches over the process asks it without the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
    SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The first lines of a letterhead and the name beside the logo: the office this installation serves.
OFFICE_NAME = env.str("OFFICE_NAME", "huyện Tam Đường" if DEBUG else "")
# What an authenticator writes beside its codes.
OTP_TOTP_ISSUER = f"NTM {OFFICE_NAME}".strip()
OFFICE_PARENT = env.str("OFFICE_PARENT", "ỦY BAN NHÂN DÂN HUYỆN TAM ĐƯỜNG" if DEBUG else "")
OFFICE_BODY = env.str("OFFICE_BODY", "BAN CHỈ ĐẠO CÁC CHƯƠNG TRÌNH MTQG" if DEBUG else "")
# Whose layout official papers follow: that of State offices (Nghị định 30/2020/NĐ-CP) or of Party offices.
OFFICE_LETTERHEAD = env.str("OFFICE_LETTERHEAD", "state")
if OFFICE_LETTERHEAD not in ("state", "party"):
    raise ImproperlyConfigured("OFFICE_LETTERHEAD is the letterhead of official papers: state or party.")
# How many days before its due date an assignment counts as due soon.
DUE_SOON_DAYS = env.int("DUE_SOON_DAYS", 7)
# How many days before a piece of evidence ceases to be valid it is said to expire soon.
EVIDENCE_SOON_DAYS = env.int("EVIDENCE_SOON_DAYS", 30)

# Reminders. Links in letters and calendars begin with the site's own address; without a mail server they stay in the app.
SITE_URL = env.str("SITE_URL", "").rstrip("/")
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", EMAIL_HOST_USER)
if EMAIL_HOST and not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL is missing: letters link to the site, e.g. SITE_URL=https://ntm.example.vn")
if EMAIL_HOST and "@" not in DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL is missing, e.g. DEFAULT_FROM_EMAIL=nhacviec@ntm.example.vn")
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("EMAIL_USE_TLS (STARTTLS, port 587) and EMAIL_USE_SSL (port 465) exclude one another.")

# One line an event, of JSON on the standard output; where DEBUG is off one a request too (ntm_tracker/operation/log.py).
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"]))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_address": {"()": "ntm_tracker.operation.log.WithoutAddress"}},
    "formatters": {
        "line": {
            "()": "ntm_tracker.operation.log.Lines",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "ntm_tracker.operation.log.JsonLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout" if LOG_FORMAT == "json" else "ext://sys.stderr",
            "formatter": LOG_FORMAT,
            "filters": [] if DEBUG else ["without_address"],
        }
    },
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", "WARNING")},
    "loggers": {
        # Django's own handler would say everything a second time.
        "django": {"handlers": [], "level": "NOTSET"},
        # The development server's line for each request.
        "django.server": {"level": "INFO", "propagate": True},
        # A page that is not there has its line already.
        "django.request": {"level": "NOTSET" if DEBUG else "ERROR"},
        "ntm_tracker.operation.log": {"level": "NOTSET" if DEBUG else "INFO"},
    },
}
