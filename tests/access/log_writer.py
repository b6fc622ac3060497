"""What the tests of killed processes run: acts, each with its entry in one transaction; or pages asked for, with the sealer beside.

python log_writer.py acts NAME COUNT
python log_writer.py pages NAME COUNT
python log_writer.py seal COUNT
"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "peelian.settings"


def acts(name: str, count: int) -> None:
    """Each act makes an agency and says so in the log."""
    import django

    django.setup()
    from django.db import transaction

    from peelian.access.actor import Actor, record_act
    from peelian.access.models import Agency, User

    actor = Actor.of(User.objects.select_related("agency").get(username="operator"), "records")
    print("ready", flush=True)
    for n in range(count):
        with transaction.atomic():
            code = f"{name}-{n}"
            Agency.objects.create(code=code, name=code, kind="partner")
            record_act(actor, "alteration", code, subjects=[f"test/{code}/{k}" for k in range(n % 4)])


def pages(name: str, count: int) -> None:
    """A web process: the real application with its sealer's thread, asked for one page after another."""
    from django.conf import settings
    from django.test import Client

    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    import peelian.wsgi  # noqa: F401
    from peelian.access.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username="operator"))
    session = client.session
    session["purpose"] = "records"
    session.save()
    print("ready", flush=True)
    for _ in range(count):
        answer = client.get("/records/")
        assert answer.status_code == 200, (name, answer.status_code)


def seal(_: str, count: int) -> None:
    """A sealer that never rests."""
    import django

    django.setup()
    from peelian.access.log.sealer import seal

    print("ready", flush=True)
    for _n in range(count):
        seal()


if __name__ == "__main__":
    {"acts": acts, "pages": pages, "seal": seal}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
