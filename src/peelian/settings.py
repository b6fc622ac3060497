"""Django settings. Everything an installation may change comes from the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import timedelta

import dj_database_url

from peelian.home import home

HOME = home()


def _secret() -> str:
    """The installation's own key, made once and kept beside its data; two first starts at once agree on it."""
    path = HOME / "secret-key"
    if not path.exists():
        own = HOME / f"secret-key.{os.getpid()}"
        own.touch(mode=0o600)
        own.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text()


SECRET_KEY = os.environ.get("PEELIAN_SECRET_KEY") or _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("PEELIAN_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "peelian.access",
    "peelian.records",
    "peelian.identity",
    "peelian.casework",
    "peelian.assurance",
    "peelian.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peelian.web.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "peelian.web.middleware.SessionMiddleware",
    "peelian.web.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "peelian.urls"
WSGI_APPLICATION = "peelian.wsgi.application"
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign-in", "home", "sign-in"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("PEELIAN_DATABASE_URL") or f"sqlite:///{HOME / 'peelian.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=1073741824; "
        # SQLite's own 2 MB of cache and 4 MB of log make a large load read and write its indexes over and over.
        "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=8000;",
    }

USE_TZ, TIME_ZONE = True, "UTC"
LANGUAGE_CODE = "en-gb"
LONDON = "Europe/London"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
BUILT = HOME / "built"  # scripts that `build_static` takes out of installed wheels
BUILT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BUILT]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MARKING_CEILING = os.environ.get("PEELIAN_MARKING_CEILING") or "OFFICIAL"  # a row above it is refused as a spill
UPLOADS = HOME / "uploads"
UPLOADS.mkdir(exist_ok=True, mode=0o700)
FILE_UPLOAD_TEMP_DIR = UPLOADS  # a force's file never rests in a folder that others may read
# A command that looks for viruses, such as "clamdscan --no-summary"; unset, every file says that it was not scanned.
VIRUS_SCAN = os.environ.get("PEELIAN_VIRUS_SCAN", "")
ATTACHMENT_MB = int(os.environ.get("PEELIAN_ATTACHMENT_MB") or 50)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in. The numbers are local settings.
LOOPBACK = {h.rpartition(":")[0] or h for h in ALLOWED_HOSTS} <= {"127.0.0.1", "localhost"}
SECOND_FACTOR = os.environ.get("PEELIAN_SECOND_FACTOR") or ("optional" if LOOPBACK else "required")
IDLE_MINUTES = int(os.environ.get("PEELIAN_IDLE_MINUTES") or 30)
SESSIONS = int(os.environ.get("PEELIAN_SESSIONS") or 3)  # at once for one account: desk, car, court
OTP_TOTP_ISSUER = "Peelian"
# Name and address together: by the name alone anybody could lock the control room out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "peelian.web.views.sign_in.locked"
AXES_DISABLE_ACCESS_LOG = True  # the project's own log has it
AXES_VERBOSE = AXES_ENABLE_ADMIN = False
PROXIES = int(
    os.environ.get("PEELIAN_PROXIES") or 0
)  # in front of the server, whose X-Forwarded headers may be believed
if PROXIES:
    AXES_IPWARE_PROXY_COUNT = PROXIES
    AXES_IPWARE_META_PRECEDENCE_ORDER = ("HTTP_X_FORWARDED_FOR", "REMOTE_ADDR")
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Single sign-on (OpenID Connect), where the force's provider is told.
OIDC_ISSUER = os.environ.get("PEELIAN_OIDC_ISSUER", "").rstrip("/")
OIDC_NAME = os.environ.get("PEELIAN_OIDC_NAME") or "your force's account"
OIDC_CLAIM = os.environ.get("PEELIAN_OIDC_CLAIM") or "preferred_username"  # that holds the account's name here
if OIDC_ISSUER:
    INSTALLED_APPS += [
        "allauth", "allauth.account", "allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"
    ]  # fmt: skip
    MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")
    AUTHENTICATION_BACKENDS.append("allauth.account.auth_backends.AuthenticationBackend")
    ACCOUNT_ADAPTER = "peelian.web.single_sign_on.AccountAdapter"
    SOCIALACCOUNT_ADAPTER = "peelian.web.single_sign_on.SocialAccountAdapter"
    SOCIALACCOUNT_ONLY, ACCOUNT_EMAIL_VERIFICATION = True, "none"
    SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "force",
                    "name": OIDC_NAME,
                    "client_id": os.environ.get("PEELIAN_OIDC_CLIENT", "peelian"),
                    "secret": os.environ.get("PEELIAN_OIDC_SECRET", ""),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }

SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would lose the session on the way back from single sign-on
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600  # one long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if not LOOPBACK:  # TLS ends at the force's proxy
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in ALLOWED_HOSTS]
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the proxy redirects to TLS
if LOOPBACK:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W012", "security.W016"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # They write names and addresses.
        "axes": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "allauth": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "stamina": {
            "handlers": [],
            "level": "CRITICAL",
            "propagate": False,
        },  # the manifest of a pack says what was tried again
    },
}
