"""Django settings. Everything an installation may change comes from the environment."""

from __future__ import annotations

import os
import secrets

import dj_database_url

from peelian.home import home

HOME = home()


def _secret() -> str:
    """The installation's own key, made once and kept beside its data."""
    path = HOME / "secret-key"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(fd, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text() or secrets.token_urlsafe(50)


SECRET_KEY = os.environ.get("PEELIAN_SECRET_KEY") or _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("PEELIAN_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "peelian.access",
    "peelian.records",
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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "peelian.urls"
WSGI_APPLICATION = "peelian.wsgi.application"
AUTH_USER_MODEL = "access.User"
LOGIN_URL, LOGIN_REDIRECT_URL = "sign-in", "home"
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
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=1073741824;",
    }

USE_TZ, TIME_ZONE = True, "UTC"
LANGUAGE_CODE = "en-gb"
LONDON = "Europe/London"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # plain HTTP on loopback; TLS ends at the force's proxy
