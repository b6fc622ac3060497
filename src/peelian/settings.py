"""Django settings. Everything an installation may change comes from the environment."""

from __future__ import annotations

import contextlib
import os
import secrets

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
    "peelian.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
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
    "peelian.web.middleware.ActorMiddleware",
]
ROOT_URLCONF = "peelian.urls"
WSGI_APPLICATION = "peelian.wsgi.application"
AUTH_USER_MODEL = "access.User"
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # one long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # plain HTTP on loopback; TLS ends at the force's proxy
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
