"""A real OpenID Connect provider, run as its own process: django-allauth's, with its users and one client.

Usage: python oidc_provider.py PORT FOLDER CALLBACK USERNAME ...
"""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


def serve() -> None:
    """Be the provider until terminated."""
    port, folder, callback, usernames = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.configure(
        SECRET_KEY="of the provider in a test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="provider_urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        SESSION_COOKIE_NAME="provider-session",
        IDP_OIDC_PRIVATE_KEY=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        USE_TZ=True,
    )

    django.setup()

    class Urls:
        """The module of addresses."""

        urlpatterns = [path("accounts/", include("allauth.urls")), path("", include("allauth.idp.urls"))]

    sys.modules["provider_urls"] = Urls  # type: ignore[assignment]

    call_command("migrate", verbosity=0)

    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User

    for username in usernames:
        User.objects.create_user(username, f"{username}@example.police.invalid", "the-force-knows-me")
    client = Client(
        id="peelian",
        name="Peelian",
        scopes="openid\nprofile\nemail",
        grant_types="authorization_code",
        redirect_uris=callback,
        skip_consent=True,
    )
    client.set_secret("kept between the two")
    client.save()

    make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    serve()
